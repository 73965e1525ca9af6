"""Plans, letters and follow-up calls of the demonstration's completed visits, and a plan for some that are booked."""

import datetime as dt
import uuid

from django.utils import timezone

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from scheduling.demonstration.patients import at_moment
from scheduling.follow_up.actions import add_hospital_event, add_item, close_item
from scheduling.follow_up.calls import log_follow_up
from scheduling.follow_up.letter_text import addressee_of, read_facts, report_text
from scheduling.follow_up.letters import send_letter, write_letter
from scheduling.follow_up.models import FollowUpCall, PlanItem
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit

# (kind, what, whose account or who outside, due so many days after the visit)
ITEMS = (
    ("radiation", "8 Gy in one fraction to the painful bone.", "physician@example.org", 7),
    ("imaging", "MRI of the whole spine, without and with contrast.", "coordinator@example.org", 14),
    ("drug", "Dexamethasone as in the visit note; stop after five days.", "physician@example.org", 5),
    ("labs", "Calcium, albumin and creatinine.", "the patient's own laboratory", 10),
    ("bone_agent", "Dental check before the first dose.", "the patient's dentist", 30),
    ("support", "First visit with palliative care.", "nurse@example.org", 21),
)
PAINS = (3, 5, 8, 2, None)
DOCTOR = "Dr. Robin Example\nExample Cancer Center, Lakeside\nFax 202-555-0178"
BOOKED_WITH_PLAN = 3


def add_follow_up(now: dt.datetime) -> int:
    """Each completed visit with its plan, most with a sent report, calls reached until today; how many calls wait."""
    nurse = User.objects.get(email="nurse@example.org")
    by = Actor("staff", str(nurse.pk), nurse.name)
    done = Visit.objects.filter(state=Visit.State.COMPLETED).select_related("request__patient", "request__report")
    for number, visit in enumerate(done.order_by("starts_at", "pk")):
        made = [
            _item(visit.request, ITEMS[(number + step) % len(ITEMS)], visit.ends_at, visit.ends_at, nurse, by)
            for step in range(3)
        ]
        if number % 4 != 3:
            _report(visit, now, nurse, by, sent=number % 4 != 2)
        _close_some(made, number, visit.ends_at, now, nurse, by)
        _calls(visit, number, now, nurse, by)
    first = done.order_by("starts_at", "pk").first()
    if first is not None:
        _hospital(first, now, nurse, by)
    booked = Visit.objects.filter(state=Visit.State.BOOKED).select_related("request").order_by("starts_at", "pk")
    for number, visit in enumerate(booked[:BOOKED_WITH_PLAN]):
        _item(visit.request, ITEMS[(number + 1) % len(ITEMS)], now, now, nurse, by)
    return FollowUpCall.objects.filter(state=FollowUpCall.State.DUE).count()


def _who(user: User, by: Actor) -> dict:
    return {"user": user, "by": by, "key": uuid.uuid4().hex}


def _item(wanted: AppointmentRequest, item: tuple, from_when: dt.datetime, at: dt.datetime, user, by) -> PlanItem:
    kind, text, owner, days = item
    member = User.objects.filter(email=owner).first()
    due_on = timezone.localdate(from_when) + dt.timedelta(days=days)
    facts = {"owner_id": member.pk if member else None, "owner_outside": "" if member else owner, "due_on": due_on}
    return add_item(wanted, kind=kind, text=text, **facts, **_who(user, by), now=at)


def _close_some(made: list[PlanItem], number: int, ended_at: dt.datetime, now: dt.datetime, user, by) -> None:
    """Some are done three days later, one is not needed after all."""
    for step, item in enumerate(made[: 1 + number % 2]):
        is_done = (number + step) % 3 != 2
        at = min(now, ended_at + dt.timedelta(days=3))
        close_item(
            item,
            state="done" if is_done else "dropped",
            done_on=timezone.localdate(at) if is_done else None,
            reason="" if is_done else "The patient has had this elsewhere.",
            version=item.version,
            **_who(user, by),
            now=at,
        )


def _report(visit: Visit, now: dt.datetime, user: User, by: Actor, *, sent: bool) -> None:
    wanted, at = visit.request, min(now, visit.ends_at + dt.timedelta(hours=3))
    with at_moment(at):
        facts = read_facts(wanted)
        name, told = addressee_of(wanted)
        addressee = told or DOCTOR
        text = report_text(wanted, facts, to=name or DOCTOR.partition("\n")[0], signed_by=user.name)
        words = {"kind": "report", "template": "visit_report", "addressee": addressee, "body": text}
        letter = write_letter(wanted, visit=visit, **words, **_who(user, by))
        if sent:
            send_letter(letter, how="fax", sent_at=None, version=letter.version, **_who(user, by), now=at)


def _calls(visit: Visit, number: int, now: dt.datetime, user: User, by: Actor) -> None:
    """Calls of past days were reached, but for every third visit: those wait, one of them tried already."""
    zone = timezone.get_default_timezone()
    for call in FollowUpCall.objects.filter(visit=visit, due_on__lt=timezone.localdate(now)):
        at = dt.datetime.combine(call.due_on, dt.time(10, 20), zone)
        reached = number % 3 != 0
        said = (
            {
                "pain_worst": PAINS[number % len(PAINS)],
                "ecog_self": number % 3,
                "problems": "Constipation since Monday.",
            }
            if reached
            else {"note": "No answer."}
        )
        log_follow_up(call, reached=reached, **said, **_who(user, by), now=at)


def _hospital(visit: Visit, now: dt.datetime, user: User, by: Actor) -> None:
    on = timezone.localdate(min(now, visit.ends_at + dt.timedelta(days=4)))
    facts = {"kind": "ed_visit", "cause": "other", "on": on, "note": "Told on the phone: a fall, nothing broken."}
    add_hospital_event(visit.request, **facts, **_who(user, by), now=now)
