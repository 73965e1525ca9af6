"""What a kind of visit brings: its legs, its notice and horizon; and the legs of one visit before anybody is named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from clinic.platform.refusals import Refused
from scheduling.itineraries.legs import CONSULT, Itinerary
from scheduling.itineraries.models import VisitType

ChosenLeg = tuple[str, int | None]  # specialty code, minutes (None: the usual length)


@dataclass(frozen=True, slots=True)
class LegWish:
    """A leg before anybody is named for it. `minutes` None: the specialty's usual length."""

    key: str
    code: str
    minutes: int | None
    stage: str = CONSULT
    room_kind: str = ""
    is_fixed: bool = True


@dataclass(frozen=True, slots=True)
class KindOfVisit:
    """Its own legs in order, whether chosen specialties are added; None: notice and horizon as the clinic has set."""

    legs: list[LegWish] = field(default_factory=list)
    takes_chosen: bool = False
    notice_minutes: int | None = None
    horizon_days: int | None = None


def kinds_of_visit(visit_type_ids: Iterable[int | None]) -> dict[int, KindOfVisit]:
    """What these kinds of visit bring, by their key: one query."""
    found: dict[int, KindOfVisit] = {}
    rows = (
        VisitType.objects.filter(pk__in=[key for key in visit_type_ids if key is not None])
        .order_by("pk", "legs__position")
        .values_list(
            "pk", "takes_suggested_legs", "notice_minutes", "horizon_days",
            "legs__specialty__code", "legs__minutes", "legs__stage", "legs__extra_room_kind",
        )
    )  # fmt: skip
    for pk, takes, notice, horizon, code, minutes, stage, room_kind in rows:
        kind = found.setdefault(pk, KindOfVisit(takes_chosen=takes, notice_minutes=notice, horizon_days=horizon))
        if minutes is not None:
            code, keys = code or "", {leg.key for leg in kind.legs}
            key = next(k for k in (code, f"{code}.{stage}", *(f"{code}.{n}" for n in range(99))) if k not in keys)
            kind.legs.append(LegWish(key, code, minutes, stage, room_kind))
    return found


def kind_of_visit(visit_type_id: int | None) -> KindOfVisit:
    """The same of one kind; nothing at all for a key that does not exist."""
    return kinds_of_visit([visit_type_id]).get(visit_type_id or 0, KindOfVisit())


def all_legs(kind: KindOfVisit, chosen: Sequence[ChosenLeg]) -> list[LegWish]:
    """The legs of one visit: fixed ones, open places filled with the first specialties chosen, the others if taken."""
    named = {leg.code for leg in kind.legs if leg.code}
    left = [(code, minutes) for code, minutes in dict(chosen).items() if code not in named]
    legs = []
    for leg in kind.legs:
        if leg.code:
            legs.append(leg)
        elif left:
            code, _minutes = left.pop(0)
            legs.append(replace(leg, key=code, code=code))
    if kind.takes_chosen:
        legs += [LegWish(code, code, minutes, is_fixed=False) for code, minutes in left]
    return legs


def legs_of(one: Itinerary, kind: KindOfVisit) -> list[LegWish]:
    """The legs that a given day claims to have; those the visit type demands must be among them, at their length."""
    demanded = {leg.key for leg in kind.legs if leg.code}
    chosen = [(leg.key, (leg.end - leg.start) * 5) for leg in one.legs if leg.key not in demanded]
    legs = all_legs(kind, chosen)
    if sorted(leg.key for leg in legs) != sorted(leg.key for leg in one.legs):
        raise Refused(_("These appointments are not those of this kind of visit."), code="not_bookable")
    return legs
