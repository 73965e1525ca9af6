"""Booked visits for the tests of their changes, and what a refused change must leave alone."""

from datetime import date, timedelta

import pytest

from clinic.platform.refusals import Refused
from scheduling.availability.models import Closure
from scheduling.offers.accepting import accept_offer
from scheduling.visits.models import Appointment, Visit
from tests.factories import a_request, an_offer, claims_held, days_of, local, person_of

TUESDAY = date(2027, 1, 5)
QUARTER = timedelta(minutes=15)


def a_booked_visit(now, fresh_key, *, on=TUESDAY, **facts) -> Visit:
    """Booked from 8:15 of that day: nurse, spine surgery, radiation oncology, wrap-up unless `facts` say otherwise."""
    closure = Closure.objects.create(starts_at=now - timedelta(days=1), ends_at=local(on, 8, 15), reason="Not yet")
    wanted = a_request(**facts)
    offer = an_offer(wanted, now=now, days=1)
    closure.delete()
    return accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=fresh_key(), now=now)


def legs_of(visit) -> list[Appointment]:
    """The legs as they are now, in order."""
    return list(visit.appointments.select_related("specialty", "clinician").order_by("position"))


def as_it_is(visit) -> tuple:
    """Everything that a refused change must leave alone."""
    row = Visit.objects.values().get(pk=visit.pk)
    changes = list(visit.changes.values().order_by("pk"))
    return row, list(visit.appointments.values().order_by("pk")), claims_held(visit), changes


def refusal(call) -> str:
    """The code with which the call is refused."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code
