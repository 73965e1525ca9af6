"""What the demonstration shows after visits: plans, letters, calls, an event; made in a moment."""

import pytest
from django.utils import timezone

from clinic.platform.audit.actors import SYSTEM
from scheduling.demonstration.follow_up import add_follow_up
from scheduling.demonstration.staff import make_staff
from scheduling.follow_up.calls import plan_calls
from scheduling.models import FollowUpCall, HospitalEvent, Letter, PlanItem
from tests.scheduling.follow_up.rows import a_seen_patient

pytestmark = pytest.mark.django_db


def test_completed_visits_have_plans_letters_and_calls_in_every_state():
    make_staff()
    visits = [a_seen_patient(days_ago=days).visit for days in (30, 29, 15, 14, 9, 3)]
    for visit in visits:
        plan_calls(visit, by=SYSTEM)

    waiting = add_follow_up(timezone.now())

    assert waiting == FollowUpCall.objects.filter(state="due").count() > 0
    assert set(PlanItem.objects.values_list("state", flat=True)) == {"open", "done", "dropped"}
    assert set(Letter.objects.values_list("state", flat=True)) == {"draft", "sent"}
    assert all(letter.sent_at >= letter.visit.ends_at for letter in Letter.objects.filter(state="sent"))
    assert {"due", "reached"} == set(FollowUpCall.objects.values_list("state", flat=True))
    assert FollowUpCall.objects.filter(state="due", attempts__reached=False).exists()
    assert HospitalEvent.objects.count() == 1
