"""Pressing a button twice."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from clinic.directory.models import Holiday
from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.refusals import Refused
from clinic.platform.submits.models import Submit
from clinic.platform.submits.once import new_key, submit_once

pytestmark = pytest.mark.django_db
PATIENT = Actor("patient", "p1")


@submit_once("add_holiday", store=lambda row: str(row.pk), replay=lambda stored: Holiday.objects.get(pk=stored))
def add_holiday(on, *, name, by, key, now=None):
    row = Holiday.objects.create(on=on, name=name)
    if name == "refused":
        raise Refused("That day was just taken.", code="taken", next_times=["2026-11-23", "2026-11-24"])
    return row


@submit_once("other")
def other(on, *, name, by, key):
    return None


def test_same_key_gives_the_same_answer_and_one_row():
    key = new_key()
    first = add_holiday("2026-12-25", name="Christmas", by=PATIENT, key=key, now=datetime(2026, 1, 1, tzinfo=UTC))
    again = add_holiday("2026-12-25", name="Christmas", by=PATIENT, key=key, now=datetime(2026, 1, 2, tzinfo=UTC))
    assert first == again
    assert Holiday.objects.count() == 1


def test_refusal_is_stored_and_told_again_while_its_work_is_undone():
    key = new_key()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            add_holiday("2026-12-25", name="refused", by=PATIENT, key=key)
        assert str(refused.value) == "That day was just taken."
        assert refused.value.code == "taken"
        assert refused.value.next_times == ("2026-11-23", "2026-11-24")
    assert not Holiday.objects.exists()
    assert Submit.objects.get().state == Submit.State.REFUSED


def test_refusal_survives_inside_an_outer_transaction():
    key = new_key()
    with transaction.atomic(), pytest.raises(Refused):
        add_holiday("2026-12-25", name="refused", by=PATIENT, key=key)
    assert Submit.objects.filter(key=key).exists()


@pytest.mark.parametrize(
    ("action", "by", "name"),
    [
        (add_holiday, Actor("patient", "p2"), "Christmas"),
        (add_holiday, PATIENT, "Easter"),
        (other, PATIENT, "Christmas"),
    ],
)
def test_same_key_for_something_else_is_refused(action, by, name):
    key = new_key()
    add_holiday("2026-12-25", name="Christmas", by=PATIENT, key=key)
    with pytest.raises(Refused) as refused:
        action("2026-12-25", name=name, by=by, key=key)
    assert refused.value.code == "key_reused"


@pytest.mark.parametrize("key", ["", "   ", "x" * 65, None, "a\0b"])
def test_missing_or_overlong_key_is_refused(key):
    with pytest.raises(Refused) as refused:
        add_holiday("2026-12-25", name="Christmas", by=SYSTEM, key=key)
    assert refused.value.code == "key_missing"
    assert not Submit.objects.exists()


def test_failure_leaves_the_key_free():
    key = new_key()
    Holiday.objects.create(on="2026-12-25", name="there")
    with pytest.raises(Exception, match=r"(?i)unique"):
        add_holiday("2026-12-25", name="Christmas", by=PATIENT, key=key)
    Holiday.objects.all().delete()
    assert add_holiday("2026-12-25", name="Christmas", by=PATIENT, key=key).pk


def test_keys_are_new_each_time():
    assert new_key() != new_key()
    assert len(new_key()) == 32


def test_stored_submit_holds_no_argument_in_clear():
    add_holiday("2026-12-25", name="CANARYNAME", by=PATIENT, key=new_key())
    assert "CANARYNAME" not in repr(Submit.objects.values().get())
