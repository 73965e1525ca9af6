"""What is left when a process is killed in the middle, or the database server falls over: all of it or nothing."""

import os
import signal
import subprocess
import sys
import time
import warnings
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from benchmarks.reliability import world
from benchmarks.reliability.attempts import StandingClock, perform
from benchmarks.reliability.crowd import Crowd
from benchmarks.reliability.history import committed_since, marks
from benchmarks.reliability.judge import result_of
from benchmarks.reliability.words import Attempt, Day, Leg
from clinic.platform.submits.models import Submit
from clinic.platform.submits.once import new_key
from tests.concurrency.test_booking_collisions import several_connections
from tests.support.postgres_server import postgres_server, restart

__all__ = ["several_connections"]
COORDINATED = (("NURSE_NAV", 0, 30), ("RAD_ONC", 45, 45), ("MED_ONC", 105, 40), ("NURSE_NAV.wrap_up", 165, 15))
MOST_STATEMENTS = 90
RESTARTS = 2
EVERY = int(os.environ.get("KILL_EVERY", "10"))  # statement of the longer actions


def a_day(model, days_ahead):
    """A coordinated day at 9 a.m. of one of the next days."""
    start, clinic = world.OPENS + timedelta(days=days_ahead), model.clinic
    return Day(
        clinic.where("stay")[0],
        tuple(
            Leg(
                key,
                clinic.who(key.split(".")[0])[0],
                None,
                start + timedelta(minutes=after),
                start + timedelta(minutes=after + minutes),
            )
            for key, after, minutes in COORDINATED
        ),
    )


class Desk:
    """Someone who presses one button after the other, and dies at a given statement of the one in hand."""

    def __init__(self):
        with transaction.atomic():
            world.make_world(requests=1, people_each=1, rooms=1)
        self.model = world.model_of_world(settings.HOLD_HOURS, settings.UNDO_MINUTES)
        self.now = world.OPENS

    def die_everywhere(self, what, *, step=EVERY, **given):
        """Killed before each `step`-th of the statements, and after the commit: then pressed again."""
        key, before = new_key(), world.state_of_database()
        for number in range(0, MOST_STATEMENTS, step):
            died = self.in_a_child(what, key, number, **given)
            if not died:
                break
            assert world.state_of_database() == before, f"killed before statement {number}"
            assert not Submit.objects.filter(key=key).exists()
        assert number > 3, "it was not killed in the middle at all"
        self.follow(what, **given)
        after = world.state_of_database()
        assert world.differences(after, world.state_of_model(self.model)) == []
        self.press(what, key, **given)
        assert world.state_of_database() == after
        assert Submit.objects.filter(key=key).count() == 1

    def follow(self, what, **given):
        """The model does what the child that was killed after its commit had done."""
        [(moment, its)] = committed_since(*self.marks).items()
        attempt = Attempt(what, "staff", moment, given)
        assert self.model.refusals(attempt) == set()
        assert set(its.moves) == self.model.apply(attempt, result_of(attempt, its))

    def press(self, what, key, **given):
        self.now += timedelta(milliseconds=1)
        with StandingClock() as clock:
            clock.now = self.now
            return perform(Attempt(what, "staff", self.now, given), key)

    def in_a_child(self, what, key, number, **given):
        """Press in a process of its own that is killed before statement `number`, or else as soon as it has committed.

        Whether it was killed in the middle.
        """
        self.marks = marks()
        self.now += timedelta(milliseconds=1)
        connection.close()  # a child must not inherit one
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the child of a process with threads only does this
            child = os.fork()
        if child == 0:
            self.press_and_die(what, key, number, given)
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGTERM), "an error in the child"
        return os.WTERMSIG(status) == signal.SIGKILL

    def press_and_die(self, what, key, number, given):
        try:
            connection.connection = None  # after a browser test of this process another one is inherited here
            count = -1

            def kill_before(execute, sql, params, many, context):
                nonlocal count
                count += connection.in_atomic_block
                if count == number:
                    os.kill(os.getpid(), signal.SIGKILL)
                return execute(sql, params, many, context)

            with connection.execute_wrapper(kill_before):
                self.press(what, key, **given)
            os.kill(os.getpid(), signal.SIGTERM)  # it has committed; nobody hears of it
        finally:
            os._exit(1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("several_connections")
def test_killed_at_any_statement_of_holding_booking_moving_and_canceling_nothing_partial_is_left():
    desk = Desk()
    [request] = desk.model.requests

    desk.die_everywhere("make_offer", request=request, days=[a_day(desk.model, 1), a_day(desk.model, 2)])
    [offer] = desk.model.offers
    visit = desk.model.offers[offer].days[0]
    desk.die_everywhere("accept", step=5, offer=offer, visit=visit)
    desk.die_everywhere("move_day", visit=visit, day=a_day(desk.model, 3))
    desk.die_everywhere("cancel", visit=visit)

    assert desk.model.visits[visit].state == "cancelled_by_clinic"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="it is a server that is restarted")
def test_a_server_that_falls_over_loses_no_acknowledged_booking(tmp_path):
    with postgres_server() as url:
        crowd = Crowd(tmp_path, url, 8, 240, speed=3600.0, may_lose_connection=True)
        subprocess.run(
            [sys.executable, "-m", "benchmarks.reliability.prepare", "24"], env=crowd.environment(), check=True
        )
        running = crowd.begin()
        while not crowd.has_begun() and running.poll() is None:
            time.sleep(0.1)
        for _number in range(RESTARTS):
            time.sleep(1)
            restart(url)
        assert running.wait(300) == 0

        answer = tmp_path / "verdict.json"
        assert crowd.call("check", str(tmp_path), str(answer)).wait() == 0
        verdict = answer.read_text(encoding="utf-8")

    assert '"faults": []' in verdict
    assert " unknown" in verdict, "nobody was at work when it fell over"
