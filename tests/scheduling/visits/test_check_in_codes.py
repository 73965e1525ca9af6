"""The code that a patient shows at the desk: it names one visit and nothing of the patient."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.visits.check_in_codes import _first_key, address_of, code_of, visits_of
from scheduling.visits.models import Visit
from tests.factories import a_request
from tests.scheduling.day_rows import a_visit_today


@settings(max_examples=200, deadline=None)
@given(st.uuids())
def test_typed_code_leads_to_a_small_range_of_keys(visit_id):
    first = _first_key(code_of(visit_id).lower().replace("-", " "))
    assert first.int <= visit_id.int < first.int + (1 << 89)


@pytest.mark.parametrize("text", ["", "2222-2222", "ZZZZ-ZZZZ-Z", "\x00", "x" * 300, "2222-2222-X", "BMC-2222-22"])
def test_what_is_no_code_stands_for_no_key(text):
    assert _first_key(text) is None


def test_largest_and_smallest_keys_have_codes():
    for number in (0, (1 << 128) - 1):
        assert _first_key(code_of(UUID(int=number))) is not None


@pytest.mark.django_db
@pytest.mark.usefixtures("standing_clock")
def test_address_code_and_reference_lead_to_the_visit(small_clinic, now):
    wanted = a_request()
    visit = a_visit_today(wanted, small_clinic, [("SPINE_SURG", now)])
    a_visit_today(a_request(), small_clinic, [("RAD_ONC", now)], room=1)

    for text in (
        address_of(visit.pk),
        f"  {str(visit.pk).upper()}\n",
        visit.pk.hex,
        code_of(visit.pk),
        code_of(visit.pk).lower(),
        wanted.reference,
        wanted.reference.lower(),
    ):
        assert visits_of(text, Visit.objects.all()).get() == visit
    for text in (str(uuid4()), "nonsense", "", "a\x00b"):
        assert not visits_of(text, Visit.objects.all()).exists()


def test_address_is_absolute_and_holds_the_visit_only(settings):
    settings.PUBLIC_URL = "https://clinic.example"
    visit_id = uuid4()
    assert address_of(visit_id) == f"https://clinic.example/staff/check-in/{visit_id}/"
