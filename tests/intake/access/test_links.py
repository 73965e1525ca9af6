"""Links open by token and date of birth only, and every failed try hears the same."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.platform.refusals import Refused
from intake.access.links import is_dead, make_link, open_link, revoke_links
from intake.access.models import AccessLink
from intake.access.tries import CODE_TRIES, NETWORK_TRIES, may_try

pytestmark = pytest.mark.django_db

BORN, OTHER = date(1951, 3, 27), date(1951, 3, 28)


def a_link(**more) -> str:
    given = {
        "purpose": "offer",
        "subject_id": "7",
        "birth_date": BORN,
        "expires_at": timezone.now() + timedelta(days=1),
    }
    return make_link(**{**given, **more})


def sentence_of(token, born, network="192.0.2.1", purpose="offer") -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        open_link(token, born, purpose=purpose, network=network)
    return str(refused.value), refused.value.code


def test_token_and_birth_date_open_the_link():
    link = open_link(a_link(), BORN, purpose="offer", network="192.0.2.1")
    assert (link.purpose, link.subject_id) == ("offer", "7")
    assert link.used_at is not None


def test_the_token_is_random_and_stored_hashed():
    token, another = a_link(), a_link()
    assert token != another
    assert len(token) >= 22  # 128 bits
    assert not AccessLink.objects.filter(token_hash__contains=token).exists()


def test_wrong_code_wrong_date_and_wrong_purpose_hear_the_same():
    token = a_link()
    wrong = {
        sentence_of("x" * 22, BORN, "192.0.2.1"),
        sentence_of(token, OTHER, "192.0.2.2"),
        sentence_of(token, BORN, "192.0.2.3", purpose="visit"),
    }
    assert len(wrong) == 1
    assert next(iter(wrong))[1] == "cannot_open"


def test_only_who_knows_both_learns_that_a_link_has_expired():
    token = a_link(expires_at=timezone.now() - timedelta(seconds=1))
    assert is_dead(token, purpose="offer")
    assert sentence_of(token, BORN)[1] == "expired"
    assert sentence_of(token, OTHER)[1] == "cannot_open"


def test_a_single_use_link_opens_once_and_another_again():
    once, often = a_link(single_use=True), a_link()
    for _time in range(2):
        open_link(often, BORN, purpose="offer", network="192.0.2.1")
    open_link(once, BORN, purpose="offer", network="192.0.2.1")
    assert sentence_of(once, BORN)[1] == "expired"


def test_revoked_links_are_dead_and_others_live():
    token, other = a_link(), a_link(subject_id="8")
    assert revoke_links("offer", "7") == 1
    assert revoke_links("offer", "7") == 0
    assert is_dead(token, purpose="offer")
    assert not is_dead(other, purpose="offer")


def test_guessing_the_date_of_one_link_ends_after_five_tries_even_with_the_right_date():
    token = a_link()
    for _try in range(CODE_TRIES):
        sentence_of(token, OTHER)
    assert sentence_of(token, BORN)[1] == "cannot_open"


def test_the_rightful_person_waits_no_longer_than_fifteen_minutes(time_machine_later):
    token = a_link()
    for _try in range(CODE_TRIES):
        sentence_of(token, OTHER)
    time_machine_later(minutes=15)
    assert open_link(token, BORN, purpose="offer", network="192.0.2.9").subject_id == "7"


def test_right_tries_use_up_nothing_of_the_network():
    for _number in range(NETWORK_TRIES + 5):
        assert open_link(a_link(), BORN, purpose="offer", network="192.0.2.1")


def test_one_network_may_try_twenty_codes_an_hour():
    allowed = [may_try(f"code {number}", "192.0.2.1") for number in range(NETWORK_TRIES + 1)]
    assert allowed == [True] * NETWORK_TRIES + [False]
    assert may_try("code 1", "192.0.2.2")


@pytest.fixture
def time_machine_later():
    """Move the clock on by so many minutes."""
    import time_machine

    travels = []

    def later(*, minutes: int) -> None:
        travel = time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)
        travel.start()
        travels.append(travel)

    yield later
    for travel in reversed(travels):
        travel.stop()
