"""The finder in the large clinic: 200 clinicians, 26 weeks, visits of eight legs of 20 to 30 minutes (large.py).

- Days within four weeks: a discipline is away for the first 15 days, so the first window of two weeks is searched in
  vain. Floor: the bare read of the same rows, window by window, bitmaps, and the plain dynamic programme.
- No day at all: what is booked keeps two disciplines apart on every day, so that all 26 weeks are read and searched,
  and the reason is looked for. A limit in seconds, and on growth: twice the clinicians or the weeks take at most twice
  the time; here the "floor" is the time of the smaller clinic, times so much.
- The past: the near days again with 10 thousand and with 1 million past appointments; the time may grow by half, the
  database's plan of each query must stay the same.

It changes the database that it measures: it is the last one to run.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from types import SimpleNamespace

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import large
from benchmarks.bare_free_time import free_masks, read_claims
from benchmarks.clinic import make_request
from benchmarks.floors import coordinated_visit_variants
from benchmarks.measuring import best_of, by_turns, milliseconds
from benchmarks.opened import first_moment, first_unit, opened_masks
from benchmarks.rows import Row, row
from clinic.directory.models import Clinician, Room
from scheduling.availability.models import Closure
from scheduling.itineraries.search import find_days

WINDOW_DAYS, AWAY_DAYS, NEAR_DAYS = 14, 15, 28
ROUNDS, WARM_UP, TRIES, PAST_ROUNDS = 11, 2, 5, 25
LIMIT_RATIO, LIMIT_SECONDS, LIMIT_PAST = 3, 1.5, 1.5
LIMIT_LINEAR = 1.1  # a tenth is left to the noise of the clock
DAYS = (45, 91, 182)  # each half of the next, and all the weeks last
CLINICIANS = (6, 12, 25)  # of each of eight specialties: 48, 96, 200
FEW_PAST, MANY_PAST = 50, 5_000  # of each of 200 clinicians
DAY_UNITS = 288
NAME = "finder, 200 x 26 weeks x 8 legs"


def measure() -> list[Row]:
    """The ratio, the seconds, the growth, the past."""
    kind = large.make_large_clinic()
    large.write_time(FEW_PAST)
    wanted = make_request(kind.code, [])
    away = _send_away(large.CODES[3])
    rows = [_near(wanted), *_past(wanted)]
    away.delete()
    large.keep_apart()
    large.look_at_rows()
    return [*rows, *_hopeless(wanted, kind)]


def _product(wanted):
    return find_days(wanted, now=timezone.now(), limit=3)


def _near(wanted) -> Row:
    floor = _floor()
    found, floor_found = _product(wanted).itineraries, floor()
    _same_clinic(found, floor_found)
    product_ms, floor_ms = by_turns([lambda: _product(wanted)] * ROUNDS, [floor] * ROUNDS, warm_up=WARM_UP)
    return row(f"{NAME}: three days in weeks 3 and 4", product_ms, "ms", floor=floor_ms, limit=LIMIT_RATIO)


def _same_clinic(found, floor_end: int | None) -> None:
    """Both found a day in weeks 3 and 4; the floor knows neither rest nor total, so its end is never later."""
    last = first_unit() + NEAR_DAYS * DAY_UNITS
    if len(found) != 3 or floor_end is None or max(one.end for one in found) > last:
        raise RuntimeError(f"{found} were found, by the floor {floor_end}")
    first_end = min(one.end for one in found)
    if floor_end > first_end or first_end - floor_end > 7 * DAY_UNITS or first_end < first_unit() + 14 * DAY_UNITS:
        raise RuntimeError("product and floor did not search the same clinic")


def _floor() -> Callable[[], int | None]:
    """Windows of two weeks until a day is found: the rows of the same clinicians and rooms, masks, the programme."""
    connection.ensure_connection()
    cursor, vendor = connection.connection.cursor(), connection.vendor
    length = WINDOW_DAYS * DAY_UNITS
    people = {code: [one.pk for one in large.large_people(code)] for code in large.CODES}
    everybody = [one for ids in people.values() for one in ids]
    rooms = list(Room.objects.filter(site__is_active=True, kind="stay").order_by("pk").values_list("pk", flat=True))
    opened = opened_masks(large.WEEKS * 7 * DAY_UNITS, everybody, rooms)
    cut = (1 << length) - 1

    def window(number: int) -> int | None:
        first, base = first_moment() + dt.timedelta(days=number * WINDOW_DAYS), number * length
        rows = read_claims(cursor, vendor, first, first + dt.timedelta(days=WINDOW_DAYS), everybody, rooms)
        parts = {key: mask >> base & cut for key, mask in opened.items()}
        free = free_masks(rows, parts, first_unit() + base, length)
        found = coordinated_visit_variants.dp(_programme(free, people, rooms))
        return None if found is None else first_unit() + base + found[1]

    def work() -> int | None:
        for number in range(large.WEEKS * 7 // WINDOW_DAYS):
            end = window(number)
            if end is not None:
                return end
        return None

    return work


def _programme(free, people: dict[str, list[int]], rooms: list[int]) -> SimpleNamespace:
    """One window as the stick wants it: first and last leg in their places, gaps of 5 to 30 minutes."""
    count = len(large.CODES)
    return SimpleNamespace(
        days=WINDOW_DAYS,
        U=DAY_UNITS,
        gap=6,
        move=1,
        grid=3,
        n=count,
        dur=[minutes // 5 for minutes in large.MINUTES],
        pract=[[free["c", one] for one in people[code]] for code in large.CODES],
        rooms=[[free["r", one] for one in rooms]],
        pool=[0] * count,
        order=[(0, n) for n in range(1, count)] + [(n, count - 1) for n in range(1, count - 1)],
    )


def _past(wanted) -> list[Row]:
    """Time and plans with few and with many past appointments."""
    now = timezone.now()
    few_plans, few_ms = _plans(wanted, now), best_of(lambda: _product(wanted), PAST_ROUNDS)
    large.write_time(MANY_PAST)
    many_plans, many_ms = _plans(wanted, now), best_of(lambda: _product(wanted), PAST_ROUNDS)
    changed = [pair for pair in zip(few_plans, many_plans, strict=True) if pair[0] != pair[1]]
    for pair in changed:
        print(*(plan[:600] for plan in pair), sep="\n\n", flush=True)
    name = f"{NAME}: 10 thousand -> 1 million past appointments"
    return [
        row(name, many_ms, "ms", floor=few_ms, limit=LIMIT_PAST),
        row(f"{name}, query plans that changed of {len(few_plans)}", len(changed), "plans", limit=0),
    ]


def _plans(wanted, now: dt.datetime) -> list[str]:
    """How the database goes about each query of one search."""
    with CaptureQueriesContext(connection) as captured:
        find_days(wanted, now=now, limit=3)
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (COSTS OFF)"
    plans = []
    with connection.cursor() as cursor:
        for one in captured.captured_queries:
            if " SELECT " in f" {one['sql'].lstrip('(')}":
                cursor.execute(f"{explain} {one['sql']}")
                plans.append("\n".join(str(line[-1]) for line in cursor.fetchall()))
    return plans


def _hopeless(wanted, kind) -> list[Row]:
    """No day at all: seconds, and how they grow."""
    found = _product(wanted)
    if found.itineraries or found.why_not is None or not found.why_not.days_with_leg:
        raise RuntimeError(f"a day that was not to be expected, or no reason: {found}")
    weeks = _taken_by_turns(wanted, {days / 7: partial(_look_ahead, kind, days) for days in DAYS})
    people = _taken_by_turns(wanted, {each * len(large.CODES): partial(_keep_active, each) for each in CLINICIANS})
    rows = [
        row(f"{NAME}: no day at all, and why", min(weeks[large.WEEKS], people[200]) / 1000, "s", limit=LIMIT_SECONDS)
    ]
    return [*rows, *_growth("weeks", weeks), *_growth("clinicians", people)]


def _taken_by_turns(wanted, sizes: dict[float, Callable[[], None]]) -> dict[float, float]:
    """The best time of a search in each size of the clinic; they take turns, the last one is what remains."""
    best = dict.fromkeys(sizes, float("inf"))
    for number in range(TRIES + 1):
        for size, make in sizes.items():
            make()
            spent = milliseconds(lambda: _product(wanted))
            best[size] = min(best[size], spent) if number else best[size]
    return best


def _look_ahead(kind, days: int) -> None:
    type(kind).objects.filter(pk=kind.pk).update(horizon_days=days - 1)


def _keep_active(each: int) -> None:
    """So many clinicians of each specialty work."""
    ids = [[one.pk for one in large.large_people(code)] for code in large.CODES]
    for active in (True, False):
        chosen = [one for some in ids for one in (some[:each] if active else some[each:])]
        Clinician.objects.filter(pk__in=chosen).update(is_active=active)


def _growth(what: str, spent: dict[float, float]) -> list[Row]:
    """Against the next smaller clinic, times as much as this one is larger."""
    return [
        row(
            f"{NAME}: no day, {small:g} -> {big:g} {what}, against linear",
            spent[big],
            "ms",
            floor=spent[small] * big / small,
            limit=LIMIT_LINEAR,
        )
        for small, big in pairwise(sorted(spent))
    ]


def _send_away(code: str):
    first = first_moment()
    Closure.objects.bulk_create(
        Closure(
            clinician=one,
            starts_at=first - dt.timedelta(days=1),
            ends_at=first + dt.timedelta(days=AWAY_DAYS),
            reason="Away",
        )
        for one in large.large_people(code)
    )
    return Closure.objects.filter(clinician__specialty__code=code)
