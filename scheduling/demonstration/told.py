"""What many patients of the demonstration told before the visit: allergies, implants, treatments, insurance, needs."""

import datetime as dt
import uuid
from typing import Any

from clinic.platform.audit.actors import Actor
from intake.before_visit.actions import save_row, save_section_step
from scheduling.demonstration.patients import at_moment
from scheduling.requests.models import AppointmentRequest

TELLING = ("scheduled", "offered", "in_review")
PATIENTS = 20
RADIATION = {"kind": "radiation", "detail": None, "site": "Left hip", "same_place_as_pain": "no", "date": "2024",
             "place": "Example Hospital, Lakeside", "ongoing": "no"}  # fmt: skip
PILLS = {"kind": "hormone", "detail": None, "site": None, "same_place_as_pain": None, "date": "2023",
         "place": None, "ongoing": "yes"}  # fmt: skip
CT = {"kind": "ct", "body_part": "Chest and belly", "date": "2026-10", "place": "Example Imaging, Northgate",
      "have": ["disk", "report"]}  # fmt: skip
HIP = {"kind": "rods_joint", "body_part": "Right hip", "detail": None, "date": "2015", "has_card": "no"}
NEEDS = {"communication_needs": [], "communication_other": None, "visit_needs": []}
# One patient after the other takes the next of these: pages (slug -> answers) and rows (list -> rows)
PAGES: tuple[dict[str, dict[str, Any]], ...] = (
    {
        "needs": {**NEEDS, "mobility_aid": "cane", "visit_needs": ["cannot_lie_flat"]},
        "status": {"insurance_status": "insured"},
        "plan": {"payer_type": "medicare", "payer_name": "Medicare", "member_id": None, "group_number": None},
    },
    {"needs": {**NEEDS, "mobility_aid": "none"}, "status": {"insurance_status": "insured"}},
    {
        "status": {"insurance_status": "insured"},
        "plan": {
            "payer_type": "commercial",
            "payer_name": "Example Health Plan",
            "member_id": "X000000000",
            "group_number": None,
        },
        "conditions": {
            "kidney_disease": "no",
            "dialysis": None,
            "diabetes": "yes",
            "claustrophobia": "yes",
            "pregnant_possible": "not_applicable",
        },
    },
    {"needs": {**NEEDS, "communication_needs": ["large_print"], "mobility_aid": "walker"}},
)
ROWS: tuple[dict[str, tuple[dict[str, Any], ...]], ...] = (
    {
        "allergies": ({"kind": "drug", "name": "Penicillin", "reaction": "Rash"},),
        "medicines": ({"name": "Apixaban", "dose": "5 mg", "how_often": "twice a day", "ticked": ["anticoagulant"]},),
    },
    {"treatments": (RADIATION,), "imaging": (CT,)},
    {
        "treatments": (PILLS,),
        "medicines": ({"name": "Letrozole", "dose": "2.5 mg", "how_often": "once a day", "ticked": []},),
    },
    {
        "allergies": ({"kind": "contrast", "name": None, "reaction": "Hives"},),
        "implants": (HIP,),
        "imaging": (CT,),
    },
    {"biopsy": ({"site": "Left pelvis", "date": "2026-08", "place": "Example Hospital, Lakeside"},)},
)


def tell(now: dt.datetime) -> int:
    """Let patients who wait for a day or have one answer some pages, a few hours after sending; how many."""
    wanted = AppointmentRequest.objects.filter(status__in=TELLING).select_related("report__patient")
    rows = list(wanted.order_by("-status", "submitted_at", "pk")[:PATIENTS])
    for number, request in enumerate(rows):
        by = Actor("caregiver" if request.filled_by == "caregiver" else "patient", f"request:{request.pk}")
        with at_moment(min(request.submitted_at + dt.timedelta(hours=3), now)):
            for slug, answers in PAGES[number % len(PAGES)].items():
                save_section_step(request.report, slug, answers, by=by)
            for slug, rows_of_list in ROWS[number % len(ROWS)].items():
                for row in rows_of_list:
                    save_row(request.report, slug, uuid.uuid4().hex, row, by=by)
    return len(rows)
