"""Several querysets in one statement give the same rows as one after the other."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.accounts.models import User
from clinic.directory.models import Clinician, Holiday, Room
from clinic.messages.models import Message
from clinic.platform.db.together import read_together
from intake.models import Patient, ReadinessItem, SymptomReport, Triage
from scheduling.models import AppointmentRequest
from tests.scheduling.staff_rows import a_clinician_row, a_member, a_row

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 14, 30, 15, 250000, tzinfo=UTC)


def values_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def same(found, queryset):
    return sorted(map(values_of, found), key=str) == sorted(map(values_of, queryset), key=str)


def test_rows_of_many_kinds_come_as_the_orm_gives_them():
    wanted = a_row(contacted_at=AT, visit_due_on=date(2026, 12, 4))
    Message.objects.create(template="x", to="to@example.org", context={"link": "é % 100%"}, sent_at=AT)
    Holiday.objects.create(on=date(2026, 12, 25), name="Christmas")
    ReadinessItem.objects.create(report=wanted.report, kind="imaging", detail="MRI", is_required=False)
    everything = [
        model.objects.all()
        for model in (Patient, SymptomReport, Triage, AppointmentRequest, Message, Holiday, ReadinessItem, User)
    ]
    with CaptureQueriesContext(connection) as queries:
        found = read_together(*everything)
    assert len(queries) == 1
    for rows, queryset in zip(found, everything, strict=True):
        assert same(rows, queryset), queryset.model
    assert [len(rows) for rows in found] == [1, 1, 1, 1, 1, 1, 1, 0]


def test_related_rows_and_annotations_come_with_them(django_assert_num_queries):
    clinician, user = a_clinician_row(), a_member("nurse", "Dana")
    wanted = a_row(taken_by=user)
    a_row()
    with django_assert_num_queries(1):
        [people, requests] = read_together(
            Clinician.objects.select_related("specialty", "user").annotate(
                room_count=Count("site__rooms"), has_rooms=Exists(Room.objects.filter(site=OuterRef("site")))
            ),
            AppointmentRequest.objects.select_related("taken_by").annotate(born=F("patient__date_of_birth")),
        )
        [person] = people
        assert (person.specialty.code, person.user, person.room_count, person.has_rooms) == ("RAD_ONC", None, 1, True)
        by_key = {row.pk: row for row in requests}
        assert by_key.pop(wanted.pk).taken_by.name == "Dana"
        [other] = by_key.values()
        assert (other.taken_by, other.born) == (None, "1951-03-27")
    assert person == clinician


def test_nothing_asked_and_nothing_found_give_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read_together() == []
        assert read_together(User.objects.none(), User.objects.filter(pk__in=[])) == [[], []]
    with django_assert_num_queries(1):
        assert read_together(User.objects.none(), Patient.objects.all()) == [[], []]


def test_slices_keep_their_order_and_some_fields_can_be_left_out():
    for number in range(5):
        Holiday.objects.create(on=date(2026, 1, 1 + number), name=str(number))
    a_row()
    last, kinds = read_together(Holiday.objects.order_by("-on")[:2], Patient.objects.only("zip", "created_at"))
    assert {day.name for day in last} == {"3", "4"}
    assert kinds[0].get_deferred_fields() >= {"legal_last_name", "phone_index"}
    assert (kinds[0].zip, kinds[0].created_at <= timezone.now()) == ("48109", True)


def test_reading_leaves_the_querysets_as_they_were():
    days = Holiday.objects.order_by("-on")
    for number in range(3):
        Holiday.objects.create(on=date(2026, 1, 1 + number), name=str(number))
    read_together(days, days)
    assert [day.name for day in days] == ["2", "1", "0"]
