"""Token buckets."""

import pytest
import time_machine

from clinic.platform.limits import give_back, take
from clinic.platform.limits.buckets import forget_full
from clinic.platform.limits.models import TokenBucket

pytestmark = pytest.mark.django_db
START = 1_795_000_000


def test_bucket_is_empty_after_its_tokens_and_fills_again():
    with time_machine.travel(START, tick=False) as clock:
        assert [take("code", "k", capacity=5, per_seconds=900) for _ in range(7)] == [True] * 5 + [False] * 2
        clock.shift(181)
        assert take("code", "k", capacity=5, per_seconds=900)
        assert not take("code", "k", capacity=5, per_seconds=900)
        clock.shift(900)
        assert [take("code", "k", capacity=5, per_seconds=900) for _ in range(6)] == [True] * 5 + [False]


def test_buckets_of_other_keys_and_names_are_apart():
    assert take("code", "a", capacity=1, per_seconds=60)
    assert not take("code", "a", capacity=1, per_seconds=60)
    assert take("code", "b", capacity=1, per_seconds=60)
    assert take("network", "a", capacity=1, per_seconds=60)


def test_token_that_is_given_back_can_be_taken_again_and_the_bucket_never_overflows():
    with time_machine.travel(START, tick=False):
        give_back("code", "k", capacity=2)  # nobody has taken any: nothing to give back
        assert not TokenBucket.objects.exists()
        for _ in range(9):
            assert take("code", "k", capacity=2, per_seconds=60)
            give_back("code", "k", capacity=2)
        give_back("code", "k", capacity=2)
        assert [take("code", "k", capacity=2, per_seconds=60) for _ in range(3)] == [True, True, False]


def test_clock_set_back_does_not_lock_anybody_out():
    with time_machine.travel(START, tick=False) as clock:
        take("code", "k", capacity=2, per_seconds=60)
        clock.shift(-3600)
        assert take("code", "k", capacity=2, per_seconds=60)


def test_key_is_not_kept_in_clear():
    take("code", "192.0.2.7", capacity=1, per_seconds=60)
    assert "192.0.2.7" not in TokenBucket.objects.get().name


def test_take_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        take("code", "k", capacity=1, per_seconds=60)


def test_forget_full_keeps_recent_buckets():
    with time_machine.travel(START, tick=False) as clock:
        take("code", "old", capacity=1, per_seconds=60)
        clock.shift(90_000)
        take("code", "new", capacity=1, per_seconds=60)
        assert forget_full() == 1
    assert TokenBucket.objects.count() == 1


@pytest.mark.parametrize(("capacity", "seconds"), [(0, 60), (1, 0)])
def test_senseless_bucket_is_an_error(capacity, seconds):
    with pytest.raises(ValueError, match="bucket"):
        take("code", "k", capacity=capacity, per_seconds=seconds)
