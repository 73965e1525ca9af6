"""A Monday at noon, and a nurse at her desk."""

import pytest
import time_machine

from tests.scheduling.patient_page_steps import NOON
from tests.scheduling.staff_rows import a_member


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def nurse(client):
    user = a_member("nurse", "Nora Bell")
    client.force_login(user)
    return user
