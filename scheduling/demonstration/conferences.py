"""Two case conferences for the demonstration: the next one with four patients, the last one with its outcomes."""

import datetime as dt
import uuid

from clinic.accounts.actors import staff_actor
from clinic.accounts.models import User
from clinic.directory.models import Clinician, Specialty
from scheduling.conference.actions import add_case, create_conference
from scheduling.conference.days import closed_reason, start_of
from scheduling.conference.models import Attendance, Conference, ConferenceCase, Recommendation
from scheduling.requests.models import AppointmentRequest, RequestNote

NOON, PLACE = dt.time(12), "Conference room, Building A"
# sign-in -> the clinician whose account it is: recommendations are for the own specialty
OWN_NAMES = {
    "nurse@example.org": "Dana Whitfield, RN",
    "physician@example.org": "Dr. Elena Marsh",
    "clinician@example.org": "Dr. Naomi Blake",
    "trials@example.org": "Morgan Pace",
}
QUESTIONS = (
    "Does the lesion need fixation before radiation, or is radiation alone safe?",
    "One strong dose or several? Earlier radiation at the same place is not excluded.",
    "Is the spine stable enough for treatment without a brace?",
    "Can systemic treatment go on during radiation?",
)
OUTCOMES = (
    ("Radiation in one dose on the day of the visit. Rehabilitation for a walker.", "RAD_ONC", "8 Gy in one dose."),
    ("No surgery now. Radiation first, new pictures after six weeks.", "SPINE_SURG", "Stable: no surgery, no brace."),
    ("Fixation first, then radiation of the whole bone.", "ORTHO_ONC", "Nail before radiation: high risk of fracture."),
)


def add_conferences(now: dt.datetime) -> int:
    """Tie sign-ins to clinicians, plan the next conference, write the last one; how many cases they have."""
    for email, name in OWN_NAMES.items():
        Clinician.objects.filter(name=name, user=None).update(user=User.objects.get(email=email))
    coordinator = User.objects.get(email="coordinator@example.org")
    coming = _next(coordinator, now)
    return coming + _last(coordinator, now)


def _open_day(start: dt.date, step: int) -> dt.date:
    """The first day after (step 1) or before (step -1) `start` on which the clinic is open."""
    day = start + dt.timedelta(days=step)
    while closed_reason(day):
        day += dt.timedelta(days=step)
    return day


def _next(coordinator: User, now: dt.datetime) -> int:
    who = {"user": coordinator, "by": staff_actor(coordinator)}
    on = _open_day(_today(now), 1)
    meeting = create_conference(
        on=on, starts_at=start_of(on, NOON), place=PLACE, on_closed_day=False, **who, key=uuid.uuid4().hex
    )
    wanted = AppointmentRequest.objects.filter(status__in=["ready", "offered", "scheduled"], closed_at=None)
    chosen = list(wanted.select_related("patient").order_by("urgency_rank", "submitted_at")[: len(QUESTIONS)])
    for one, question in zip(chosen, QUESTIONS, strict=False):
        add_case(meeting, one, question=question, **who, key=uuid.uuid4().hex)
    physician = User.objects.get(email="physician@example.org")
    first = meeting.cases.order_by("position").first()
    if first is not None:
        _recommend(first, "RAD_ONC", "One dose, if the surgeon does not see a fracture to come.", physician, now)
    return len(chosen)


def _last(coordinator: User, now: dt.datetime) -> int:
    """Rows as they were written then: patients who have been seen since."""
    on = _open_day(_today(now) - dt.timedelta(days=6), -1)
    began = start_of(on, NOON)
    over = began + dt.timedelta(hours=1)
    meeting = Conference.objects.create(
        on=on, starts_at=began, place=PLACE, created_by=coordinator, closed_at=over
    )  # after its outcomes
    seen = AppointmentRequest.objects.filter(status="completed").order_by("submitted_at")[: len(OUTCOMES)]
    physician = User.objects.get(email="physician@example.org")
    notes, cases = [], 0
    for position, (wanted, (outcome, code, said)) in enumerate(zip(seen, OUTCOMES, strict=False), start=1):
        case = ConferenceCase.objects.create(
            conference=meeting,
            request=wanted,
            position=position,
            state=ConferenceCase.State.DISCUSSED,
            question=QUESTIONS[position - 1],
            outcome=outcome,
            specialties=wanted.specialties,
            records_complete=position != 2,
            version=2,
            added_by=coordinator,
            added_at=began - dt.timedelta(days=2),
            discussed_at=began + dt.timedelta(minutes=10 * position),
            concluded_by=physician,
        )
        _recommend(case, code, said, physician, case.discussed_at)
        notes.append(
            RequestNote(
                request=wanted, kind="conference_outcome", text=outcome, by_label=physician.name, at=case.discussed_at
            )
        )
        cases += 1
    RequestNote.objects.bulk_create(notes)
    people = Clinician.objects.filter(is_active=True).exclude(specialty__code="INTERPRETER").order_by("pk")
    Attendance.objects.bulk_create(
        Attendance(conference=meeting, clinician=one, is_present=number % 4 == 0, at=began)
        for number, one in enumerate(people)
    )
    return cases


def _recommend(case: ConferenceCase, code: str, text: str, by: User, at: dt.datetime) -> None:
    Recommendation.objects.create(case=case, specialty=Specialty.objects.get(code=code), text=text, by=by, at=at)


def _today(now: dt.datetime) -> dt.date:
    return now.astimezone(start_of(now.date(), NOON).tzinfo).date()
