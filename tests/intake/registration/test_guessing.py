"""Ten thousand guesses open nothing, and never keep the rightful person out for more than fifteen minutes."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.platform.crypto.index import blind_index
from clinic.platform.refusals import Refused
from intake.access.codes import new_code
from intake.access.models import KnownNetwork
from intake.access.tries import forget_networks
from intake.registration import actions
from intake.registration.models import Draft
from tests.intake.factories import a_draft

pytestmark = pytest.mark.django_db

BORN, HOME, ELSEWHERE = date(1951, 3, 27), "192.0.2.1", "203.0.113.200"
TRIES = 10_000


@pytest.fixture
def saved() -> tuple[Draft, str]:
    """A form that was saved at home, and its code."""
    draft = a_draft()
    return draft, actions.save_for_later(draft, BORN, by=actions.person(draft.pk, "patient"), network=HOME)


def tries(code: str, born: date, network: str) -> bool:
    """Whether it opened."""
    try:
        actions.resume(code, born, network=network)
    except Refused as no:
        return no.code != "cannot_open"
    return True


def network(number: int) -> str:
    return f"198.51.{number // 250}.{number % 250}"


def test_ten_thousand_guessed_codes_open_nothing_and_lock_nobody_out(saved):
    _draft, code = saved
    guesses = {new_code() for _number in range(TRIES)} - {code}
    assert not any(tries(guess, BORN, network(number)) for number, guess in enumerate(guesses))
    assert tries(code, BORN, ELSEWHERE)  # at once, from anywhere


def test_two_thousand_birth_dates_for_a_stolen_code_open_nothing(saved, time_machine):
    _draft, code = saved
    days = [BORN + timedelta(days=number + 1) for number in range(TRIES // 5)]
    opened = [day for number, day in enumerate(days) if tries(code, day, network(number))]
    assert opened == []
    # the owner is not kept out at home even for a moment, and elsewhere for at most fifteen minutes
    assert tries(code, BORN, HOME)
    time_machine.move_to(timezone.now() + timedelta(minutes=15))
    assert tries(code, BORN, ELSEWHERE)


def test_guesses_that_never_pause_do_not_keep_the_owner_out_at_home(saved, time_machine):
    _draft, code = saved
    start = timezone.now()
    for minute in range(60):
        time_machine.move_to(start + timedelta(minutes=minute), tick=False)
        for number in range(20):
            assert not tries(code, BORN + timedelta(days=1), network(20 * minute + number))
        if minute % 15 == 0:
            assert tries(code, BORN, HOME)


def test_where_somebody_came_back_once_they_are_known(saved):
    _draft, code = saved
    assert tries(code, BORN, ELSEWHERE)
    for number in range(30):
        tries(code, BORN + timedelta(days=1), network(number))
    assert tries(code, BORN, ELSEWHERE)


def test_one_network_never_learns_more_than_its_tries(saved):
    _draft, code = saved
    assert sum(tries(new_code(), BORN, ELSEWHERE) for _number in range(200)) == 0
    assert not tries(code, BORN, ELSEWHERE)  # used up: even the right one must wait
    assert tries(code, BORN, HOME)


def test_a_known_network_is_kept_as_a_blind_index_and_forgotten(saved):
    draft, _code = saved
    (row,) = KnownNetwork.objects.all()
    assert HOME not in row.key
    assert row.key != blind_index(HOME, purpose="known_network")
    assert forget_networks(draft.expires_at) == 0
    assert forget_networks(timezone.now() + timedelta(days=31)) == 1
