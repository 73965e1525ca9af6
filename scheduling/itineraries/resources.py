"""Who may do a leg, and which rooms there are: one query."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import BooleanField, CharField, F, IntegerField, Value

from clinic.directory.models import Room, Specialty

Roster = Mapping[int | None, Collection[int]]  # who has working time at each site


@dataclass(frozen=True, slots=True)
class Resources:
    """Specialties with their active clinicians and the own site of each, and rooms by (kind, site)."""

    minutes: dict[str, int] = field(default_factory=dict)
    physicians: set[str] = field(default_factory=set)
    homes: dict[str, dict[int, int]] = field(default_factory=dict)
    rooms: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)
    site_of_room: dict[int, int] = field(default_factory=dict)
    names: dict[tuple[str, int], str] = field(default_factory=dict)  # of ("clinician" | "room", key)

    @property
    def sites(self) -> Sequence[int | None]:
        """Sites that have a patient room, in a fixed order."""
        return sorted({site for kind, site in self.rooms if kind == Room.Kind.STAY and site is not None})

    @property
    def all_people(self) -> list[int]:
        """Everybody, in a fixed order."""
        return sorted({one for people in self.homes.values() for one in people})

    def people(self, code: str, site: int | None, roster: Roster) -> list[int]:
        """Who of a specialty belongs to a site or has working time there."""
        here = roster.get(site, ())
        return sorted(one for one, home in self.homes.get(code, {}).items() if home == site or one in here)


def resources(codes: set[str]) -> Resources:
    """People of these specialties and the rooms in use: one query."""
    word, whole = CharField(), IntegerField()
    people = (
        Specialty.objects.filter(code__in=codes, is_leg=True)
        .order_by()
        .annotate(
            what=Value("person", word),
            place=F("clinicians__site_id"),
            active=F("clinicians__is_active"),
            called=F("clinicians__name"),
        )
        .values_list("what", "code", "default_minutes", "is_physician", "clinicians__id", "place", "active", "called")
    )
    rooms = (
        Room.objects.filter(is_active=True, site__is_active=True)
        .order_by()
        .annotate(what=Value("room", word), nothing=Value(0, whole), no=Value(False, BooleanField()))
        .values_list("what", "kind", "nothing", "no", "id", "site_id", "is_active", "name")
    )
    found = Resources()
    for what, code, minutes, is_physician, key, site, active, name in people.union(rooms, all=True).order_by():
        if what == "room":
            found.rooms.setdefault((code, site), []).append(key)
            found.site_of_room[key] = site
            found.names["room", key] = name
            continue
        found.minutes[code] = minutes
        if is_physician:
            found.physicians.add(code)
        if key is not None and active:
            found.homes.setdefault(code, {})[key] = site
            found.names["clinician", key] = name
    for group in found.rooms.values():
        group.sort()
    return found
