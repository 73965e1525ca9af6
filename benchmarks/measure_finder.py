"""The finder: earliest three itineraries over 12 weeks, 40 clinicians, 6 legs, 70 % fill, a patient room throughout.

Product: `find_days`, with all it reads. Floor: the bare read of all claims of the 12 weeks (bare_free_time.py) and the
plain dynamic programme `dp` of floors/coordinated_visit_variants.py for one day on the same free time. Two cases: the
days are near (the product may stop early, the floor reads all 12 weeks), and a discipline that is away for 11 weeks, so
that the product, too, has to go through all of them.
"""

import datetime as dt
from types import SimpleNamespace

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.bare_free_time import free_masks, read_claims
from benchmarks.clinic import FILL, WEEKS, make_request
from benchmarks.floors import coordinated_visit_variants
from benchmarks.measuring import by_turns, count_queries
from benchmarks.opened import first_moment, first_unit, opened_masks
from benchmarks.rows import Row, row
from clinic.directory.models import Clinician, Room
from scheduling.availability.models import Closure
from scheduling.itineraries.search import find_days
from scheduling.visits.models import Claim

CONSULTS = ["RAD_ONC", "ORTHO_ONC", "MED_ONC", "PALLIATIVE"]
MINUTES = (30, 45, 40, 40, 45, 15)  # navigator, the four consults, wrap-up with the navigator
AWAY_WEEKS = 11
ROUNDS, WARM_UP = 15, 3
LIMIT_RATIO, LIMIT_QUERIES = 3, 6


def measure() -> list[Row]:
    """Two ratios, and the queries with many and with few claims."""
    wanted = make_request("coordinated_new", CONSULTS)
    rows = [_ratio(wanted, "the days are near")]
    with transaction.atomic():
        _send_away("PALLIATIVE")
    rows.append(_ratio(wanted, f"the days come after {AWAY_WEEKS} weeks"))
    many, claims = count_queries(lambda: _product(wanted)), Claim.objects.count()
    rows.append(row(f"finder: queries with {claims:,} claims", many, "queries", limit=LIMIT_QUERIES))
    with transaction.atomic():
        keep = list(Claim.objects.order_by("pk").values_list("pk", flat=True)[:10])
        Claim.objects.exclude(pk__in=keep).delete()
        few = count_queries(lambda: _product(wanted))
        transaction.set_rollback(True)
    rows.append(row("finder: queries with 10 claims", few, "queries", limit=LIMIT_QUERIES))
    _come_back()
    return rows


def _product(wanted):
    return find_days(wanted, now=timezone.now(), limit=3)


def _ratio(wanted, case: str) -> Row:
    floor = _floor()
    _same_clinic(_product(wanted).itineraries, floor())
    product_ms, floor_ms = by_turns([lambda: _product(wanted)] * ROUNDS, [floor] * ROUNDS, warm_up=WARM_UP)
    name = f"finder: three days of six legs, {WEEKS} weeks, {FILL:.0%} filled, {case}"
    return row(name, product_ms, "ms", floor=floor_ms, limit=LIMIT_RATIO)


def _same_clinic(found, floor_found) -> None:
    """The floor knows neither rest nor the room for the whole stay: its end is never later than the product's."""
    if len(found) != 3 or floor_found is None:
        raise RuntimeError(f"{len(found)} days were found, the floor found {floor_found}")
    first_end, floor_end = min(one.end for one in found), floor_found[1] + first_unit()
    if floor_end > first_end or first_end - floor_end > 7 * 288:
        raise RuntimeError("product and floor did not search the same clinic")


def _floor():
    """The floor as a call: read, bitmaps, dynamic programme."""
    connection.ensure_connection()
    cursor, vendor = connection.connection.cursor(), connection.vendor
    first, base = first_moment(), first_unit()
    last, length = first + dt.timedelta(weeks=WEEKS), WEEKS * 7 * 288
    people = {code: list(_ids(Clinician.objects.filter(specialty__code=code))) for code in ("NURSE_NAV", *CONSULTS)}
    rooms = list(_ids(Room.objects.filter(kind="stay")))
    opened = opened_masks(length, [one for ids in people.values() for one in ids], rooms)
    legs = ["NURSE_NAV", *CONSULTS, "NURSE_NAV"]

    def work():
        free = free_masks(read_claims(cursor, vendor, first, last), opened, base, length)
        clinic = SimpleNamespace(
            days=WEEKS * 7,
            U=288,
            gap=6,
            move=1,
            grid=3,
            n=len(legs),
            dur=[minutes // 5 for minutes in MINUTES],
            pract=[[free["c", one] for one in people[code]] for code in legs],
            rooms=[[free["r", one] for one in rooms]],
            pool=[0] * len(legs),
            order=[(0, n) for n in range(1, len(legs))] + [(n, len(legs) - 1) for n in range(1, len(legs) - 1)],
        )
        return coordinated_visit_variants.dp(clinic)

    return work


def _ids(rows):
    return rows.filter(is_active=True).order_by("pk").values_list("pk", flat=True)


def _send_away(code: str) -> None:
    first = first_moment()
    Closure.objects.bulk_create(
        Closure(
            clinician=one,
            starts_at=first - dt.timedelta(days=1),
            ends_at=first + dt.timedelta(weeks=AWAY_WEEKS),
            reason="Away",
        )
        for one in Clinician.objects.filter(specialty__code=code)
    )


def _come_back() -> None:
    Closure.objects.all().delete()
