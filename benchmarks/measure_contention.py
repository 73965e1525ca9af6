"""Booking while 16 clients book at once, each a process with a connection of its own.

One booking is what measure_booking.py calls "held, then booked": a visit of four legs, two transactions. In each step
12 days are fought for, two of every team of clinicians and room, so that clients wait for the same locks; four of the
days are wanted by two clients at the same moment, and one of the two is refused. On PostgreSQL the floor is the bare
SQL of the same rows in the same tables under the same exclusion constraint (replay.py), sent by 16 processes that fight
in the same way; the times of both are taken from the common start to the last end.
"""

import multiprocessing
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import connection, connections

from benchmarks.clinic import coordinator, find_by_hand, free_days, make_request, make_team
from benchmarks.measure_booking import PLAN, SPECIALTIES, Case
from benchmarks.replay import Names, Recording, Statement, bare_connection, rows_of_all_tables, run_in_one_transaction
from benchmarks.rows import Row, row
from clinic.platform.refusals import Refused
from scheduling.availability.bits import datetime_of
from scheduling.requests.models import AppointmentRequest

CLIENTS, WANTED_TWICE = 16, 4
AFTERNOON = 285  # minutes from 8:00 to 12:45, when the second half of the day begins
DAYS_EACH = 20
STEPS, FLOOR_STEPS, ROUNDS = 10, 24, 3
LIMIT_RATIO = 100 / 15  # at least 15 % of the floor's rate
LIMIT_SECONDS = {"postgresql": 3, "sqlite": 1}
NAME = f"contention: {CLIENTS} clients book visits of 4 legs"


@dataclass
class Told:
    """What one client reports."""

    booked: int = 0
    refused: Counter = field(default_factory=Counter)
    slowest: float = 0  # seconds of one call
    failed: str = ""

    def timed(self, call: Callable[[], object]) -> None:
        """Run it and remember the time if it is the longest yet."""
        started = time.perf_counter()
        try:
            call()
        finally:
            self.slowest = max(self.slowest, time.perf_counter() - started)


def measure() -> list[Row]:
    """The rate and the deadlocks (PostgreSQL), the slowest call and the calls refused as busy (both)."""
    case, recorded, holding, accepting = _record_one()
    floor_of = partial(_transactions_of, case, recorded, holding, accepting)
    deadlocks, told, rates, floors = 0, [], [], []
    for _round in range(ROUNDS):
        if connection.vendor == "postgresql":
            floors.append(_rate([partial(_book_bare, list(map(floor_of, cases))) for cases in _prepared(FLOOR_STEPS)]))
        counted = _deadlocks()
        rates.append(_rate([partial(_book, cases) for cases in _prepared(STEPS)], told))
        deadlocks += _deadlocks() - counted
    rows = [
        row(f"{NAME}, the slowest call", max(one.slowest for one in told), "s", limit=LIMIT_SECONDS[connection.vendor]),
        row(f"{NAME}, calls refused as busy", sum(one.refused["busy"] for one in told), "calls", limit=0),
    ]
    if floors:
        rate, floor = statistics.median(rates), statistics.median(floors)
        rows.insert(0, row(NAME, rate, "visits/s", floor=floor, limit=LIMIT_RATIO))
        rows.append(row(f"{NAME}, deadlocks", deadlocks, "deadlocks", limit=0))
    return rows


def _rate(works: Sequence[Callable[[Told], None]], reports: list[Told] | None = None) -> float:
    """Visits booked a second; what the clients report is added to `reports`."""
    told, spent = _all_at_once(works)
    if reports is not None:
        reports += told
    return sum(one.booked for one in told) / spent


def _prepared(steps: int) -> list[list[Case]]:
    """What each client is to book, step by step; `WANTED_TWICE` of the days of a step are also another client's."""
    days, staff, distinct = free_days(DAYS_EACH), coordinator(), CLIENTS - WANTED_TWICE
    teams = [make_team(SPECIALTIES) for _n in range(-(-steps * distinct // (2 * DAYS_EACH)))]
    clients: list[list[Case]] = [[] for _client in range(CLIENTS)]
    for step in range(steps):
        for client in range(CLIENTS):
            place, half = divmod(step * distinct + client % distinct, 2)
            team, day = teams[place // DAYS_EACH], days[place % DAYS_EACH]
            plan = [(start + half * AFTERNOON, minutes) for start, minutes in PLAN]
            made = make_request("coordinated_new", ["RAD_ONC", "MED_ONC"])
            wanted = AppointmentRequest.objects.get(pk=made.pk)
            clients[client].append(Case(wanted, team, find_by_hand(team, SPECIALTIES, plan, day), staff))
    return clients


def _all_at_once(works: Sequence[Callable[[Told], None]]) -> tuple[list[Told], float]:
    """Each in a process of its own, begun together; what they report and the seconds from begin to last end.

    Raises RuntimeError when one fails, or when another number of days was booked than there were.
    """
    connections.close_all()  # a forked process must not use its parent's
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(len(works) + 1), context.SimpleQueue()
    processes = [context.Process(target=_run, args=(work, gate, answers)) for work in works]
    for one in processes:
        one.start()
    gate.wait(60)
    started = time.perf_counter()
    told = [answers.get() for _process in processes]
    spent = time.perf_counter() - started
    for one in processes:
        one.join()
    failed = [one.failed for one in told if one.failed]
    if failed:
        raise RuntimeError(f"{len(failed)} clients failed: {failed[0]}")
    asked = sum(one.booked + sum(one.refused.values()) for one in told)
    missing = asked * (CLIENTS - WANTED_TWICE) // CLIENTS - sum(one.booked for one in told)
    if not 0 <= missing <= sum(one.refused["busy"] for one in told):
        raise RuntimeError(f"{missing} of the days that were free were not booked: {[one.refused for one in told]}")
    return told, spent


def _run(work: Callable[[Told], None], gate, answers) -> None:
    """In the child: connect, wait for the others, work, report."""
    told = Told()
    try:
        connection.ensure_connection()
        gate.wait(60)
        work(told)
    except Exception as error:  # noqa: BLE001  (whatever it is, the parent must hear of it)
        told.failed = f"{type(error).__name__}: {error}"
    answers.put(told)
    connections.close_all()


def _book(cases: Sequence[Case], told: Told) -> None:
    for case in cases:
        try:
            told.timed(case.hold)
            told.timed(case.look().accept)
        except Refused as refused:
            if refused.code not in ("taken", "busy"):
                raise
            told.refused[refused.code] += 1
        else:
            told.booked += 1


def _record_one() -> tuple[Case, list, Recording, Recording]:
    """One booking for the floor to repeat, with the rows that were there before it.

    It also loads what a process loads with its first booking, as a server has done before it is open.
    """
    bare, case = bare_connection(), _prepared(1)[0][0]
    rows, before = case.rows, rows_of_all_tables(bare)
    case.hold()
    between = rows_of_all_tables(bare)
    case.look().accept()
    after = rows_of_all_tables(bare)
    bare.close()
    return case, rows, Recording.between(before, between), Recording.between(between, after)


def _transactions_of(
    first: Case, recorded: list, holding: Recording, accepting: Recording, case: Case
) -> list[list[Statement]]:
    """The statements that the booking of `first` was, for another case: the two transactions of the floor."""
    names = Names.of(recorded, case.rows)
    for one, its in ((first.found, case.found), *zip(first.found.legs, case.found.legs, strict=True)):
        names.add_moment(datetime_of(one.start), datetime_of(its.start))
        names.add_moment(datetime_of(one.end), datetime_of(its.end))
    return [holding.statements(names), accepting.statements(names)]


def _book_bare(visits: Sequence[list[list[Statement]]], told: Told) -> None:
    import psycopg

    bare = bare_connection()
    for transactions in visits:
        try:
            for statements in transactions:
                run_in_one_transaction(bare, statements)
        except psycopg.errors.ExclusionViolation:
            bare.execute("ROLLBACK")
            told.refused["taken"] += 1
        except psycopg.errors.DeadlockDetected:  # the bare floor takes no locks beforehand
            bare.execute("ROLLBACK")
            told.refused["busy"] += 1
        else:
            told.booked += 1
    bare.close()


def _deadlocks() -> int:
    """How many deadlocks PostgreSQL has broken up in this database."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
