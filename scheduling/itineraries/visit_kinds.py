"""What a kind of visit brings: its legs, its notice and horizon; and the legs of one visit before anybody is named."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from clinic.platform.db.compiled import Compiled, StandIns
from clinic.platform.refusals import Refused
from scheduling.itineraries.legs import CONSULT, IN_PERSON, MODES, NO_LIMITS, Itinerary, Limits
from scheduling.itineraries.models import VisitType, VisitTypeLeg


class ChosenLeg(NamedTuple):
    """A consult that somebody chose: the specialty's code, minutes (None: the usual length), the one clinician who
    must do it (None: anyone of the specialty), and how (empty: as the kind of visit says).

    The code may be that of a scan: specialty and kind of room, as in RAD_ONC.ct. It is a leg beside the consult of the
    same specialty, in person, in that room.
    """

    code: str
    minutes: int | None = None
    clinician_id: int | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class LegWish:
    """A leg before anybody is named for it. `minutes` None: the specialty's usual length."""

    key: str
    code: str
    minutes: int | None
    stage: str = CONSULT
    room_kind: str = ""
    is_fixed: bool = True
    mode: str = IN_PERSON
    clinician_id: int | None = None


@dataclass(frozen=True, slots=True)
class KindOfVisit:
    """Its own legs in order, whether chosen specialties are added, its limits; None: as the clinic has set."""

    legs: list[LegWish] = field(default_factory=list)
    takes_chosen: bool = False
    notice_minutes: int | None = None
    horizon_days: int | None = None
    limits: Limits = NO_LIMITS


@lru_cache(maxsize=32)
def _statement(vendor: str, count: int) -> Compiled:
    """So many visit types with their legs: built once, since it is read for every search and offer."""
    stand_ins = StandIns()
    found = (
        VisitType.objects.filter(pk__in=stand_ins.numbers(count))
        .order_by("pk", "legs__position")
        .values_list(
            "pk", "takes_suggested_legs", "notice_minutes", "horizon_days",
            "gap_min_minutes", "gap_max_minutes", "total_max_minutes",
            "legs__specialty__code", "legs__minutes", "legs__stage", "legs__extra_room_kind", "legs__mode",
        )
    )  # fmt: skip
    return Compiled(found, stand_ins)


def kinds_of_visit(visit_type_ids: Iterable[int | None]) -> dict[int, KindOfVisit]:
    """What these kinds of visit bring, by their key: one query."""
    found: dict[int, KindOfVisit] = {}
    keys = sorted({key for key in visit_type_ids if key is not None})
    rows = _statement(connection.vendor, len(keys)).rows(keys) if keys else ()
    for pk, takes, notice, horizon, gap_min, gap_max, total, code, minutes, stage, room_kind, mode in rows:
        kind = found.setdefault(pk, KindOfVisit([], takes, notice, horizon, Limits(gap_min, gap_max, total)))
        if minutes is not None:
            _add_leg(kind, code or "", minutes, stage, room_kind, mode)
    return found


def kind_of(row: VisitType, legs: Iterable[VisitTypeLeg]) -> KindOfVisit:
    """The same of a visit type and its legs that have been read already, with their specialties."""
    limits = Limits(row.gap_min_minutes, row.gap_max_minutes, row.total_max_minutes)
    kind = KindOfVisit([], row.takes_suggested_legs, row.notice_minutes, row.horizon_days, limits)
    for leg in sorted(legs, key=lambda leg: leg.position):
        code = leg.specialty.code if leg.specialty else ""
        _add_leg(kind, code, leg.minutes, leg.stage, leg.extra_room_kind, leg.mode)
    return kind


def _add_leg(kind: KindOfVisit, code: str, minutes: int, stage: str, room_kind: str, mode: str) -> None:
    """With a key of its own: the code, with a suffix for a scan (beside a consult) and for a second leg."""
    keys = {leg.key for leg in kind.legs}
    first = scan_code(code, room_kind) if room_kind else code
    key = next(k for k in (first, f"{code}.{stage}", *(f"{code}.{n}" for n in range(99))) if k not in keys)
    kind.legs.append(LegWish(key, code, minutes, stage, room_kind, mode=mode))


def kind_of_visit(visit_type_id: int | None) -> KindOfVisit:
    """The same of one kind; nothing at all for a key that does not exist."""
    return kinds_of_visit([visit_type_id]).get(visit_type_id or 0, KindOfVisit())


def all_legs(kind: KindOfVisit, chosen: Iterable[tuple]) -> list[LegWish]:
    """The legs of one visit: fixed ones, open places filled with the first specialties chosen, the others if taken.

    `chosen` are ChosenLegs or the beginnings of such. One for a specialty that the kind of visit brings itself adds no
    leg (unless that one is a scan with a room of its own, which is always in person); it says who does it and how.
    """
    named = {leg.code for leg in kind.legs if leg.code and not leg.room_kind}
    wanted: dict[str, ChosenLeg] = {}
    for one in chosen:
        wanted.setdefault(one[0], ChosenLeg(*one))
    left = [one for code, one in wanted.items() if code not in named]
    legs = []
    for leg in kind.legs:
        if leg.code:
            legs.append(_as_chosen(leg, wanted.get(leg.code)))
        elif left:
            first = left.pop(0)
            legs.append(_as_chosen(replace(leg, key=first.code, code=first.code), first))
    if kind.takes_chosen:
        legs += [_as_chosen(_added(one), one) for one in left]
    return legs


def scan_code(code: str, room_kind: str) -> str:
    """What a scan in a room of its own is chosen by, and its key among the legs."""
    return f"{code}.{room_kind}"


def _added(one: ChosenLeg) -> LegWish:
    code, _dot, room_kind = one.code.partition(".")
    return LegWish(one.code, code, one.minutes, room_kind=room_kind, is_fixed=False)


def _as_chosen(leg: LegWish, one: ChosenLeg | None) -> LegWish:
    if one is None:
        return leg
    mode = one.mode if one.mode and not leg.room_kind else leg.mode
    return replace(leg, mode=mode, clinician_id=one.clinician_id)


def legs_of(one: Itinerary, kind: KindOfVisit) -> list[LegWish]:
    """The legs that a given day claims to have; those the visit type demands must be among them, at their length."""
    demanded = {leg.key for leg in kind.legs if leg.code}
    held = {leg.key: leg.mode for leg in one.legs}
    chosen = [(leg.key, (leg.end - leg.start) * 5) for leg in one.legs if leg.key not in demanded]
    legs = [leg if leg.room_kind else replace(leg, mode=held.get(leg.key, leg.mode)) for leg in all_legs(kind, chosen)]
    if sorted(leg.key for leg in legs) != sorted(held) or not MODES.issuperset(held.values()):
        raise Refused(_("These appointments are not those of this kind of visit."), code="not_bookable")
    return legs
