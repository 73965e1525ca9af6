"""What followed the finished requests of the past: alerts, plans, letters, calls, conferences, questions and forms."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import record
from intake.access.codes import new_code
from intake.nurse_line.models import NurseQuestion, Topic
from intake.registration.models import Draft
from intake.registration.steps import FLOW
from intake.triage.actions import FIND_CODE_LENGTH
from intake.triage.models import Alert, AlertStep, ContactAttempt
from scheduling.conference.models import Conference, ConferenceCase
from scheduling.demonstration.patients import at_moment
from scheduling.follow_up.models import FollowUpAttempt, FollowUpCall, HospitalEvent, Letter, PlanItem
from scheduling.follow_up.rules import DAYS_AFTER
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit

if TYPE_CHECKING:
    from scheduling.demonstration.measures import Past, Rows

CONFERENCE_EVERY, CASES_EACH, NOT_SINCE = 14, 5, 25  # days, cases, days
QUESTIONS, UNSENT = 70, 48
REFERRER = "Dr. Robin Example\nExample Cancer Center, Lakeside\nFax 202-555-0178"


def alert_of(past: "Past", rows: "Rows", wanted: AppointmentRequest) -> None:
    """The alert of an emergency, taken on, called and closed; its audit says when it was written."""
    detected = wanted.submitted_at - dt.timedelta(minutes=4)
    reached = detected + dt.timedelta(minutes=past.dice.choice((4, 6, 8, 9, 11, 12, 14, 22)))
    taken = detected + dt.timedelta(minutes=2)
    alert = rows.add(
        Alert(
            draft_id=uuid.uuid4(),
            report=wanted.report,
            rules=[rule for rule in wanted.triage.rules if rule.startswith("E")],
            message=wanted.triage.message,
            filled_by="patient",
            find_code=new_code(FIND_CODE_LENGTH),
            detected_at=detected,
            contact_due_at=detected + dt.timedelta(minutes=15),
            paged_at=detected,
            acknowledged_at=taken,
            acknowledged_by=past.nurse,
            closed_at=reached,
            outcome="reached",
        )
    )
    rows.add(ContactAttempt(alert=alert, report=wanted.report, reached=True, by=past.nurse, at=reached))
    for kind, at in (("detected", detected), ("acknowledged", taken), ("reached", reached), ("closed", reached)):
        rows.add(AlertStep(alert=alert, kind=kind, at=at))
    with at_moment(detected + dt.timedelta(milliseconds=past.dice.randint(20, 400))):
        record("alert_raised", by=SYSTEM, subject=alert, data={"rules": alert.rules})


def after_the_visit(past: "Past", rows: "Rows", visit: Visit, pain: int) -> None:
    """Plan, report and calls of a completed visit; nothing of them is open."""
    dice, on = past.dice, visit.starts_at.astimezone(past.zone).date()
    if dice.random() < 0.7:
        later = dice.choice((0, 0, 0, 1, 3))
        rows.add(
            PlanItem(request=visit.request, kind="radiation", text="8 Gy in one fraction.", owner=past.nurse,
                     due_on=on, state="done", done_on=on + dt.timedelta(days=later), created_by=past.nurse,
                     created_at=visit.ends_at)
        )  # fmt: skip
    sent = visit.ends_at + dt.timedelta(hours=dice.choice((2, 5, 20, 24, 44, 48, 120)))
    rows.add(
        Letter(request=visit.request, visit=visit, kind="report", addressee=REFERRER,
               body="Report of the visit, in the demonstration.", state="sent", how="fax", written_by=past.nurse,
               written_at=visit.ends_at, sent_by=past.nurse, sent_at=min(sent, past.now))
    )  # fmt: skip
    for kind, days in DAYS_AFTER.items():
        due = past.open_day(on + dt.timedelta(days=days))
        if past.local(due, 17) + dt.timedelta(days=5) < past.now:
            _call(past, rows, visit, kind, due, pain)
    if dice.random() < 0.03:
        rows.add(
            HospitalEvent(request=visit.request, kind="ed_visit", cause=dice.choice(("fracture", "other")),
                          on=on, by=past.nurse, at=visit.ends_at)
        )  # fmt: skip


def _call(past: "Past", rows: "Rows", visit: Visit, kind: str, due: dt.date, pain: int) -> None:
    dice = past.dice
    is_reached = dice.random() < 0.86
    at = past.local(due + dt.timedelta(days=dice.choice((0, 0, 0, 1, 4))), dice.randint(9, 15))
    call = rows.add(
        FollowUpCall(
            request=visit.request,
            visit=visit,
            kind=kind,
            due_on=due,
            state="reached" if is_reached else "closed",
            reached_at=at if is_reached else None,
            pain_worst=max(0, pain - dice.randint(-1, 4)) if is_reached else None,
            closed_reason="" if is_reached else "no_answer",
        )
    )
    rows.add(FollowUpAttempt(call=call, reached=is_reached, by=past.nurse, at=at))


def conferences(past: "Past", rows: "Rows") -> None:
    """A closed conference every other week, with patients who were seen in the days after it."""
    visits = sorted((row for row in rows.by_model[Visit] if row.state == "completed"), key=lambda row: row.starts_at)
    last = past.now.astimezone(past.zone).date() - dt.timedelta(days=NOT_SINCE)
    taken = set(Conference.objects.values_list("on", flat=True))
    on = past.open_day(visits[0].starts_at.astimezone(past.zone).date())
    while on < last:
        coming = [row for row in visits if row.starts_at > past.local(on, 13)][:CASES_EACH]
        if on not in taken:
            _conference(past, rows, on, [row.request for row in coming])
        on = past.open_day(on + dt.timedelta(days=CONFERENCE_EVERY))


def _conference(past: "Past", rows: "Rows", on: dt.date, wanted: list[AppointmentRequest]) -> None:
    start, end = past.local(on, 12), past.local(on, 13)
    meeting = rows.add(
        Conference(on=on, starts_at=start, place="Conference room, Building A", created_by=past.nurse, closed_at=end)
    )
    for position, one in enumerate(dict.fromkeys(wanted)):
        rows.add(
            ConferenceCase(conference=meeting, request=one, position=position, state="discussed",
                           outcome="Radiation in one dose on the day of the visit.", specialties=["RAD_ONC"],
                           records_complete=past.dice.random() < 0.8, added_by=past.nurse, added_at=start,
                           discussed_at=end, concluded_by=past.nurse)
        )  # fmt: skip


def add_questions_and_forms(past: "Past", today: dt.date, sent: list[AppointmentRequest]) -> None:
    """Questions that were answered, forms that became the requests, and forms that never did."""
    dice, questions = past.dice, []
    for number in range(QUESTIONS):
        on = past.open_day(today - dt.timedelta(days=175 - int(number * 165 / QUESTIONS)))
        asked = past.local(on, dice.randint(8, 16), dice.randint(0, 59))
        answered = asked + dt.timedelta(hours=dice.choice((1, 2, 3, 5, 18, 22, 26, 80)))
        answered = min(answered, past.now)
        questions.append(
            NurseQuestion(kind="question", topic=dice.choice(Topic.values), state="answered", urgency_rank=3,
                          filled_by="patient", name="Example Person", phone="+12025550155", asked_at=asked,
                          due_at=asked + dt.timedelta(days=1), answered_at=answered, closed_at=answered)
        )  # fmt: skip
    NurseQuestion.objects.bulk_create(questions)
    slugs = [step.slug for step in FLOW.steps]
    drafts = [
        (one.submitted_at, Draft(state="sent", steps_done=slugs, request_reference=one.reference)) for one in sent
    ]  # fmt: skip
    for number in range(UNSENT):
        begun = past.now - dt.timedelta(days=178 - number * 3, hours=dice.randint(0, 12))
        saved = slugs[: dice.choice((0, 2, 2, 5, 8, len(slugs) // 2, len(slugs) - 2))]
        drafts.append((begun, Draft(state="expired", steps_done=saved)))
    for begun, draft in drafts:
        draft.expires_at = begun + dt.timedelta(days=30)
    rows = Draft.objects.bulk_create([draft for _begun, draft in drafts])
    for row, (begun, _draft) in zip(rows, drafts, strict=True):
        row.created_at = begun
    Draft.objects.bulk_update(rows, ["created_at"], batch_size=300)
