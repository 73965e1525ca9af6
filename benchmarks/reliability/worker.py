"""One process of the run: attempt after attempt, each written down before it is begun and after it was answered."""

import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.reliability.choosing import Seen
    from benchmarks.reliability.words import Attempt

AGAIN = 0.06  # of the buttons are pressed twice
OLD_PAGE = 0.12  # of the attempts come from a page that was opened some time ago
TOGETHER = 0.35  # of the attempts are about the request that everybody looks at in this half second


@dataclass
class Plan:
    """What this process is to do."""

    process: int
    attempts: int
    log: str
    origin: int  # on the monotonic clock, when the clinic's clock began
    speed: float  # seconds of the clinic's clock in one real second
    seed: int
    unfinished: str = ""  # the log of a killed process: press its last button once more
    may_lose_connection: bool = False


@dataclass
class Clock:
    """The clinic's clock: it runs fast, and no two moments of any processes are the same."""

    plan: Plan
    opens: datetime
    last: datetime | None = field(default=None)

    def tick(self) -> datetime:
        """A moment never told before; its microseconds name the process."""
        seconds = (time.monotonic_ns() - self.plan.origin) / 1e9 * self.plan.speed
        now = self.opens + timedelta(milliseconds=int(seconds * 1000), microseconds=self.plan.process)
        if self.last is not None and now <= self.last:
            now = self.last + timedelta(milliseconds=1)
        self.last = now
        return now


def main(plan: Plan) -> None:
    """As many attempts as planned, by the product's actions."""
    from benchmarks.reliability.attempts import StandingClock
    from benchmarks.reliability.choosing import choose
    from benchmarks.reliability.logs import Log
    from benchmarks.reliability.screens import look
    from benchmarks.reliability.world import OPENS, clinic_of_world, request_keys
    from clinic.platform.submits.once import new_key

    dice, clock, clinic = random.Random(plan.seed), Clock(plan, OPENS), clinic_of_world()
    requests, log, old = request_keys(), Log(Path(plan.log), plan.process), {}
    with StandingClock() as standing:
        _finish(plan, log, clock, standing)
        done = 0
        while done < plan.attempts:
            key = _request(requests, dice)
            seen: Seen = old[key] if key in old and dice.random() < OLD_PAGE else patiently(look, key, plan)
            old[key] = seen
            attempt = choose(seen, clinic, clock.tick(), dice)
            pressed, answered = new_key(), False
            while not answered:
                answered = press(attempt, pressed, log, standing, plan)
                done += 1
                if answered and dice.random() < AGAIN:
                    press(_later(attempt, clock), pressed, log, standing, plan)
                    done += 1
                attempt = _later(attempt, clock)
    log.close()


def _request(requests: list[str], dice: random.Random) -> str:
    if dice.random() < TOGETHER:
        return requests[int(time.monotonic() * 2) % len(requests)]
    return dice.choice(requests)


def _later(attempt: "Attempt", clock: Clock) -> "Attempt":
    from benchmarks.reliability.words import Attempt

    return Attempt(attempt.what, attempt.by, clock.tick(), attempt.given)


def _finish(plan: Plan, log, clock: Clock, standing) -> None:
    """Press the last button of a killed process again, with the key of its page."""
    from benchmarks.reliability.logs import read_logs
    from benchmarks.reliability.words import UNKNOWN

    if plan.unfinished:
        for one in read_logs([Path(plan.unfinished)]):
            if one.outcome == UNKNOWN:
                press(_later(one.attempt, clock), one.key, log, standing, plan)


def patiently(look, key: str, plan: Plan):
    """What a page shows; loaded again while the database is being restarted, if it may be."""
    from django.db import InterfaceError, OperationalError, connection

    while True:
        try:
            return look(key)
        except (OperationalError, InterfaceError) as error:
            if not (plan.may_lose_connection and is_loss(error)):
                raise
            connection.close()
            time.sleep(0.2)


def press(attempt: "Attempt", key: str, log, standing, plan: Plan) -> bool:
    """Carry it out and write down what came of it; False when the answer was lost with the connection."""
    from django.db import Error, InterfaceError, OperationalError, connection

    from benchmarks.reliability.attempts import perform
    from benchmarks.reliability.words import FAILED, MADE, REFUSED
    from clinic.platform.refusals import Refused

    standing.now = attempt.now
    number = log.begin(attempt, key)
    try:
        log.end(number, MADE, result=perform(attempt, key))
    except Refused as refused:
        log.end(number, REFUSED, said=refused.code)
    except (OperationalError, InterfaceError) as error:
        if plan.may_lose_connection and is_loss(error):
            connection.close()
            time.sleep(0.2)
            return False
        log.end(number, FAILED, said=_words(error))
    except Error as error:
        log.end(number, FAILED, said=_words(error))
    except Exception as error:  # noqa: BLE001  (whatever would have come to a person as an error page)
        log.end(number, FAILED, said=_words(error))
    return True


def is_loss(error: Exception) -> bool:
    """Whether the database itself was gone, as against an error that it answered."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200]
