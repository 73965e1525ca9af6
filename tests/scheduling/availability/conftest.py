"""Rows and people for the pages of working time."""

from datetime import time, timedelta

import pytest

from scheduling.availability.models import Closure, SessionException
from tests import factories
from tests.scheduling.availability.time_pages import MONDAY


@pytest.fixture
def rows(small_clinic, now):
    one = small_clinic.people["MED_ONC"][0]
    return {
        "clinician": one,
        "session": one.sessions.get(weekday=1, starts=time(8)),
        "exception": SessionException.objects.create(
            clinician=one, on=MONDAY + timedelta(days=7), adds=True, starts=time(18), ends=time(19), reason="Evening"
        ),
        "closure": Closure.objects.create(
            room=small_clinic.ct, starts_at=now + timedelta(days=20), ends_at=now + timedelta(days=21), reason="Repair"
        ),
    }


@pytest.fixture
def coordinator(client):
    somebody = factories.a_coordinator()
    client.force_login(somebody)
    return somebody
