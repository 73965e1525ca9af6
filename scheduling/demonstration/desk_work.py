"""Work of the desk for the demonstration: answers before the visit, records to chase, tasks, a caregiver verified."""

import datetime as dt
import uuid

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from intake.before_visit.actions import save_row, save_section_step
from intake.patients.models import Proxy
from intake.patients.proxies import verify_proxy
from intake.registration.new_symptoms_steps import NEW_SYMPTOMS
from intake.tasks.models import StaffTask
from scheduling.demonstration.cases import ALL_CLEAR
from scheduling.demonstration.emergencies import add_emergencies
from scheduling.demonstration.patients import at_moment
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.new_symptoms import save_new_symptoms, send_new_symptoms, start_new_symptoms
from scheduling.requests.records import change_record
from scheduling.visits.models import Visit
from scheduling.visits.other_day_actions import ask_for_another_day
from scheduling.waitlist.actions import join_waitlist, match_waitlist

SCANS = (
    ("ct", "Spine", "Example Hospital, Lakeside", "2026-09", ["neither"]),
    ("mri", "Left hip", "Example Imaging, Northgate", "2026-08-14", ["report"]),
    ("bone_scan", "Whole body", "Example Hospital, Lakeside", "2026", ["unknown"]),
)
READY, WITH_SCANS, WAITING = "ready", 4, 3


def add_desk_work(now: dt.datetime) -> int:
    """Tell, ask for and receive some records, open tasks of each kind, verify one caregiver; how many tasks wait."""
    coordinator = User.objects.get(email="coordinator@example.org")
    by = Actor("staff", str(coordinator.pk), coordinator.name)
    with at_moment(now - dt.timedelta(hours=1)):
        ready = list(AppointmentRequest.objects.filter(status=READY).select_related("report__patient").order_by("pk"))
        for number, wanted in enumerate(ready[:WITH_SCANS]):
            _tell(wanted, number)
        _chase(ready[:WITH_SCANS], coordinator, by)
        newest = AppointmentRequest.objects.filter(closed_at=None).order_by("-submitted_at").first()
        _tell_new_symptoms(newest)
        agent = Proxy.objects.filter(authority="health_care_agent").first()
        verify_proxy(agent, user=coordinator, by=by, key=uuid.uuid4().hex)
        _ask_and_wait(now, by)
    add_emergencies(now)
    return StaffTask.objects.still_open().count()


def _ask_and_wait(now: dt.datetime, by: Actor) -> None:
    """The last of the booked visits: one patient asks for another day, others wait for an earlier appointment."""
    booked = Visit.objects.filter(state=Visit.State.BOOKED).select_related("request").order_by("-starts_at", "pk")
    first, *others = booked[: 1 + WAITING]
    person = _person(first.request)
    ask_for_another_day(first, words="Fridays suit me best.", by=person, key=uuid.uuid4().hex, now=now)
    for visit in others:
        leg = visit.appointments.select_related("specialty").order_by("position")[1]
        join_waitlist(visit.request, specialty=leg.specialty, by=by, key=uuid.uuid4().hex)
    match_waitlist(now)


def _person(wanted: AppointmentRequest) -> Actor:
    return Actor("caregiver" if wanted.filled_by == "caregiver" else "patient", f"request:{wanted.pk}")


def _tell_new_symptoms(wanted: AppointmentRequest) -> None:
    """The short form, filled in and sent: the pain has come back at night."""
    person = _person(wanted)
    draft = start_new_symptoms(wanted, by=person)
    told = {**ALL_CLEAR, "pain_present": "yes", "pain_worst": 6, "what_changed": "The pain now wakes me at night."}
    while (step := NEW_SYMPTOMS.first_gap(draft.answers, draft.steps_done)) is not None:
        answers = {key: told.get(key) for key in step.keys}
        draft = save_new_symptoms(wanted, draft, step.slug, answers, by=person).draft
    send_new_symptoms(wanted, draft, by=person, key=uuid.uuid4().hex)


def _tell(wanted: AppointmentRequest, number: int) -> None:
    """What the patient says before the visit: scans, an implant for one, insurance for another."""
    report, person = wanted.report, _person(wanted)
    for kind, part, place, date, have in SCANS[: 1 + number % len(SCANS)]:
        row = {"kind": kind, "body_part": part, "place": place, "date": date, "have": have}
        save_row(report, "imaging", uuid.uuid4().hex, row, by=person)
    if number == 0:
        row = {"kind": "pacemaker", "body_part": "Chest", "detail": None, "date": "2021", "has_card": "yes"}
        save_row(report, "implants", uuid.uuid4().hex, row, by=person)
    if number == 1:
        save_section_step(report, "status", {"insurance_status": "applying"}, by=person)


def _chase(requests: list[AppointmentRequest], coordinator: User, by: Actor) -> None:
    """Some records are asked for, those of one request are all here."""
    for number, wanted in enumerate(requests):
        for place, item in enumerate(wanted.report.readiness.filter(is_required=True).order_by("pk")):
            state = "received" if number == 0 else "requested" if place == 0 else ""
            if state:
                change_record(
                    wanted,
                    item,
                    state=state,
                    source=item.source,
                    is_required=True,
                    version=item.version,
                    user=coordinator,
                    by=by,
                    key=uuid.uuid4().hex,
                )
