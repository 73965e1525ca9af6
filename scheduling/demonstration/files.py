"""A few added files for the demonstration: a report as a PDF file, blood results, both sides of an insurance card."""

import datetime as dt
import io

import pikepdf
from django.db import transaction
from PIL import Image, ImageDraw

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from intake.records import storage
from intake.records.checking import Verdict
from intake.records.uploads import write_row
from scheduling.demonstration.patients import at_moment
from scheduling.requests.models import AppointmentRequest

REPORT = (
    "IMAGING REPORT (invented for the demonstration)",
    "Examination: CT of the thoracic and lumbar spine",
    "Finding: lytic lesion of the vertebral body T11, no retropulsion",
    "Impression: metastasis of known breast cancer is likely",
)
RESULTS = (
    "BLOOD TEST RESULTS (invented for the demonstration)",
    "Calcium 9.4 mg/dL    Albumin 4.0 g/dL    Creatinine 0.9 mg/dL",
    "Alkaline phosphatase 140 U/L    Hemoglobin 11.2 g/dL    Platelets 210",
)
CARD = ("INSURANCE CARD (invented)", "Plan: Example Health Plan", "Member: EXAMPLE 000000")
BACK = ("INSURANCE CARD, BACK (invented)", "Customer service: 202-555-0177")
FILES = (
    ("imaging_report", "CT spine report.pdf", REPORT),
    ("labs", "blood-results.pdf", RESULTS),
    ("insurance_front", "IMG_0412.png", CARD),
    ("insurance_back", "IMG_0413.png", BACK),
)
FAX = (
    "PATHOLOGY REPORT (invented for the demonstration)",
    "Specimen: core biopsy, left pelvis",
    "Diagnosis: metastatic carcinoma, consistent with the known primary",
)
PATIENTS = 9
FAXES = 3


def add_files(now: dt.datetime) -> int:
    """Add one to four files to the newest open requests, an hour after each was sent, and some faxes; how many."""
    added = 0
    wanted = AppointmentRequest.objects.filter(closed_at=None).select_related("report").order_by("-submitted_at")
    for number, request in enumerate(wanted[:PATIENTS]):
        by = Actor("caregiver" if request.filled_by == "caregiver" else "patient", f"request:{request.pk}")
        for kind, name, lines in FILES[: 1 + number % len(FILES)]:
            _add(request, kind, name, lines, by=by, at=min(request.submitted_at + dt.timedelta(hours=1), now))
            added += 1
    return added + _add_faxes(now)


def _add_faxes(now: dt.datetime) -> int:
    """Reports that staff added for booked visits; where one was waited for, it is received with that."""
    coordinator = User.objects.filter(email="coordinator@example.org").first()
    if coordinator is None:
        return 0
    by = Actor("staff", str(coordinator.pk), coordinator.name)
    waiting = AppointmentRequest.objects.filter(status="scheduled", report__readiness__kind="pathology")
    found = list(waiting.select_related("report").order_by("pk").distinct()[:FAXES])
    for request in found:
        _add(request, "pathology", "Fax pathology.pdf", FAX, by=by, at=now - dt.timedelta(hours=2))
    return len(found)


def _add(
    request: AppointmentRequest, kind: str, name: str, lines: tuple[str, ...], *, by: Actor, at: dt.datetime
) -> None:
    made = _made(name, lines)
    kept = storage.keep(made.path)
    with at_moment(at), transaction.atomic():
        write_row(request.report, kind, name, made, kept=kept, by=by)


def _made(name: str, lines: tuple[str, ...]) -> Verdict:
    """A file of our own making: nothing in it needs checking."""
    is_pdf = name.endswith(".pdf")
    data = _pdf(lines) if is_pdf else _picture(lines)
    path = storage.new_quarantine_path()
    with storage.create(path) as file:
        file.write(data)
    return Verdict(path=path, content_type="application/pdf" if is_pdf else "image/png", size=len(data))


def _pdf(lines: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(612, 792))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        shown = " T* ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj" for line in lines)
        page.obj.Contents = pdf.make_stream(f"BT /F1 12 Tf 24 TL 54 720 Td {shown} ET".encode())
        pdf.save(out)
    return out.getvalue()


def _picture(lines: tuple[str, ...]) -> bytes:
    picture = Image.new("RGB", (640, 400), "#e1eef6")
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((10, 10, 630, 390), radius=24, outline="#0b4a6f", width=4)
    for number, line in enumerate(lines):
        pen.text((40, 50 + 60 * number), line, fill="#14212b", font_size=28)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
