"""A seen patient with everything that can follow a visit, written straight into the tables."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from scheduling.models import FollowUpCall, HospitalEvent, Letter, PlanItem
from tests.scheduling.staff_rows import CANCER, SAFE, a_booked_visit, a_clinician_row, a_member, a_row

IN_PAIN = {**SAFE, **CANCER, "pain_present": "yes", "pain_worst": 6}


def a_seen_patient(answers=None, *, days_ago=8, **fields):
    """A request whose visit was completed at noon that many days ago; the visit is `wanted.visit`."""
    wanted = a_row(IN_PAIN if answers is None else answers, status="completed", **fields)
    on = timezone.localdate() - timedelta(days=days_ago)
    at = datetime.combine(on, time(12), timezone.get_default_timezone())
    wanted.visit = a_booked_visit(wanted, [a_clinician_row()], starts_at=at, state="completed")
    wanted.visit.appointments.update(state="done")
    return wanted


def an_item(wanted, *, owner=None, outside="", due=7, **fields):
    """Something planned, due in so many days; without an owner it is somebody outside."""
    author = owner or a_member("nurse")
    values = {"kind": "imaging", "text": "MRI of the spine", "created_at": timezone.now()} | fields
    due_on = timezone.localdate() + timedelta(days=due)
    who = {"owner": owner, "owner_outside": outside or ("" if owner else "Dr. Ana Park")}
    return PlanItem.objects.create(request=wanted, due_on=due_on, created_by=author, **who, **values)


def a_letter(wanted, user, **fields):
    """A draft to Dr. Park."""
    values = {"kind": "report", "addressee": "Dr. Ana Park\nLakeside Cancer Center", "body": "Dear Dr. Park,"} | fields
    return Letter.objects.create(request=wanted, written_by=user, written_at=timezone.now(), **values)


def a_call(wanted, *, due=-1, kind="day_7", **fields):
    """A follow-up call due in so many days."""
    due_on = timezone.localdate() + timedelta(days=due)
    return FollowUpCall.objects.create(request=wanted, visit=wanted.visit, kind=kind, due_on=due_on, **fields)


def an_event(wanted, user):
    """An emergency department visit of today."""
    facts = {"kind": "ed_visit", "cause": "fracture", "on": timezone.localdate()}
    return HospitalEvent.objects.create(request=wanted, by=user, at=timezone.now(), **facts)
