"""What `make run` fills: everything the README says, by the product's own actions."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.directory.models import Clinician, Specialty
from intake.models import BeforeVisit, Proxy, ReadinessItem, StaffTask, Upload
from scheduling.availability.models import WeeklySession
from scheduling.conference.models import Conference, ConferenceCase
from scheduling.demonstration.busy_time import WEEKS
from scheduling.demonstration.cases import PLAN
from scheduling.demonstration.measures import PAST
from scheduling.follow_up.models import FollowUpCall, Letter
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Claim, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """Made once for this module, since it takes seconds; undone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("make_demonstration")
        yield
        transaction.set_rollback(True)


def test_demonstration_has_all_that_the_readme_promises(demonstration):
    assert Specialty.objects.count() == 15
    assert 38 <= Clinician.objects.exclude(specialty__code="INTERPRETER").count() <= 42
    assert AppointmentRequest.objects.count() == 60 + PAST
    assert sorted(role for user in User.objects.all() for role in user.roles) == sorted(Role)
    every = {"submitted", "in_review", "needs_info", "records_pending", "ready", "offered", "scheduled", "completed"}
    assert every | {"redirected_to_ed", "declined", "withdrawn"} == set(
        AppointmentRequest.objects.values_list("status", flat=True)
    )
    assert {"held", "booked", "completed", "no_show", "cancelled_by_patient"} <= set(
        Visit.objects.values_list("state", flat=True)
    )


def test_demonstration_walks_every_patient_to_the_planned_state(demonstration):
    planned = {state: count for state, count, _cases in PLAN}
    planned["completed"] += PAST
    found = Counter(AppointmentRequest.objects.values_list("status", flat=True))
    for state in ("submitted", "in_review", "needs_info", "scheduled", "completed", "redirected_to_ed", "withdrawn"):
        assert found[state] == planned[state], state


def test_demonstration_gives_the_desk_something_to_do(demonstration):
    kinds = StaffTask.objects.filter(state="open").values_list("kind", flat=True)
    assert set(kinds) == set(StaffTask.Kind.values)
    assert {"needed", "requested", "received"} <= set(ReadinessItem.objects.values_list("state", flat=True))
    assert sorted(proxy.verified_at is not None for proxy in Proxy.objects.all()) == [False, True]
    pair = StaffTask.objects.get(kind="merge")
    assert pair.data["because"] == ["name"]


def test_demonstration_lets_many_patients_answer_before_the_visit(demonstration):
    told = list(BeforeVisit.objects.all())
    assert len(told) >= 20
    answered = {key for before in told for key, value in before.answers.items() if value not in (None, [], "")}
    needed = {"allergies", "implants", "prior_treatments", "medications", "imaging", "payer_type", "mobility_aid"}
    assert answered >= needed
    assert Upload.objects.filter(by_kind="patient").count() >= 15
    faxed = ReadinessItem.objects.filter(state="received", by_file__by_kind="staff")
    assert [item.received_by for item in faxed] == ["Robin Castle"] * len(faxed) != []


def test_demonstration_fills_twelve_weeks_to_about_seventy_percent(demonstration):
    busy = sum(
        ((c.ends_at - c.starts_at).total_seconds() / 60 for c in Claim.objects.filter(visit=None)),
        start=0.0,
    )
    open_minutes = sum(
        (dt.datetime.combine(dt.date.min, s.ends) - dt.datetime.combine(dt.date.min, s.starts)).total_seconds() / 60
        for s in WeeklySession.objects.all()
    )
    assert 0.66 <= busy / (open_minutes * WEEKS) <= 0.74


def test_demonstration_is_made_once_and_prints_its_sign_ins(demonstration, capsys):
    call_command("make_demonstration")
    assert AppointmentRequest.objects.count() == 60 + PAST
    call_command("make_demonstration", "--sign-ins")
    assert "nurse@example.org" in capsys.readouterr().out


def test_demonstration_has_a_past_to_measure_and_nothing_of_it_is_open(demonstration):
    """Counted from the newest of the sixty: what is older than any of them is of the past half year."""
    oldest = timezone.now() - dt.timedelta(days=42)
    past = AppointmentRequest.objects.filter(submitted_at__lt=oldest)
    assert past.count() > PAST / 2
    assert past.filter(closed_at=None).count() == 0
    assert Visit.objects.filter(request__in=past).exclude(state__in=Visit.State.values[4:]).count() == 0
    assert Visit.objects.filter(state="completed", ends_at__gt=timezone.now()).count() == 0
    assert AppointmentRequest.objects.filter(closed_at__gt=timezone.now()).count() == 0
    assert FollowUpCall.objects.filter(request__in=past, state="due").count() == 0
    assert Letter.objects.filter(request__in=past, state="draft").count() == 0


def test_demonstration_is_refused_in_a_clinic(settings):
    settings.DEMONSTRATION = False
    before = User.objects.count()
    with pytest.raises(CommandError):
        call_command("make_demonstration")
    assert User.objects.count() == before


def test_demonstration_starts_its_weeks_in_the_past(demonstration):
    today = timezone.now().astimezone(ZoneInfo("America/Detroit")).date()
    assert not WeeklySession.objects.filter(valid_from__gt=today - dt.timedelta(days=60)).exists()


def test_demonstration_has_a_coming_conference_and_one_with_outcomes(demonstration):
    coming = Conference.objects.get(closed_at=None)
    assert coming.on > timezone.localdate()
    assert [case.state for case in coming.cases.all() if case.question] == ["listed"] * 4
    over = ConferenceCase.objects.filter(state="discussed", recommendations__isnull=False)
    assert all(case.outcome and case.conference.closed_at for case in over)
    assert over.count() == 3


def test_clinician_of_the_demonstration_has_a_calendar_with_patients_in_it(demonstration):
    clinician = Clinician.objects.get(user__email="clinician@example.org")
    assert clinician.specialty.code == "PALLIATIVE"
    assert clinician.appointments.filter(state__in=["booked", "done"], visit__patient__isnull=False).exists()


def test_nobody_of_the_demonstration_is_left_booked_on_a_day_that_has_passed(demonstration):
    today = timezone.localdate()
    booked = Visit.objects.filter(state__in=["booked", "held"])
    assert booked.exists()
    assert all(timezone.localdate(visit.starts_at) > today for visit in booked)
