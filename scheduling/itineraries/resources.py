"""Who may do a leg, who interprets, and which rooms there are: one query."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection
from django.db.models import BooleanField, CharField, F, IntegerField, Q, TextField, Value
from django.db.models.functions import Cast

from clinic.directory.models import Room, Specialty
from clinic.platform.db.compiled import Compiled, StandIns
from scheduling.itineraries.interpreters import INTERPRETER, languages_spoken

OF_PEOPLE = (
    "what", "code", "default_minutes", "is_physician", "clinicians__id", "place", "active", "called", "spoken", "name",
)  # fmt: skip
Roster = Mapping[int | None, Collection[int]]  # who has working time at each site


@dataclass(frozen=True, slots=True)
class Resources:
    """Specialties with their active clinicians and the own site of each, interpreters with theirs and the codes of
    their languages, and rooms by (kind, site)."""

    minutes: dict[str, int] = field(default_factory=dict)
    physicians: set[str] = field(default_factory=set)
    homes: dict[str, dict[int, int]] = field(default_factory=dict)
    interpreters: dict[int, tuple[int, frozenset[str]]] = field(default_factory=dict)
    rooms: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)
    site_of_room: dict[int, int] = field(default_factory=dict)
    names: dict[tuple[str, int], str] = field(default_factory=dict)  # of ("clinician" | "room", key)
    titles: dict[str, str] = field(default_factory=dict)  # of specialties, by code

    @property
    def sites(self) -> Sequence[int | None]:
        """Sites that have a patient room, in a fixed order."""
        return sorted({site for kind, site in self.rooms if kind == Room.Kind.STAY and site is not None})

    @property
    def all_people(self) -> list[int]:
        """Everybody, in a fixed order."""
        return sorted({one for people in self.homes.values() for one in people})

    def people(self, code: str, site: int | None, roster: Roster) -> list[int]:
        """Who of a specialty belongs to a site or has working time there; without a site, everybody."""
        here = roster.get(site, ())
        everybody = self.homes.get(code, {}).items()
        return sorted(one for one, home in everybody if site is None or home == site or one in here)

    def home_of(self, clinician_id: int) -> int:
        """The own site of somebody who may do a leg."""
        return next(people[clinician_id] for people in self.homes.values() if clinician_id in people)

    def speakers(self, language: str, site: int | None, roster: Roster) -> list[int]:
        """Interpreters of a language, at a site as `people` are."""
        here = roster.get(site, ())
        return sorted(
            one
            for one, (home, languages) in self.interpreters.items()
            if language in languages and (site is None or home == site or one in here)
        )


@lru_cache(maxsize=32)
def _statement(vendor: str, count: int) -> Compiled:
    """People of so many specialties, interpreters, rooms: built once, since it is read for every search and offer."""
    stand_ins = StandIns()
    codes = stand_ins.texts(count)
    word, whole, text = CharField(), IntegerField(), TextField()
    people = (
        Specialty.objects.filter(Q(code__in=codes, is_leg=True) | Q(code=INTERPRETER, is_leg=False))
        .order_by()
        .annotate(
            what=Value("person", word),
            place=F("clinicians__site_id"),
            active=F("clinicians__is_active"),
            called=F("clinicians__name"),
            spoken=Cast("clinicians__languages", text),
        )
        .values_list(*OF_PEOPLE)
    )
    rooms = (
        Room.objects.filter(is_active=True, site__is_active=True)
        .order_by()
        .annotate(
            what=Value("room", word),
            nothing=Value(0, whole),
            no=Value(False, BooleanField()),
            spoken=Value("[]", text),
            title=Value("", word),
        )
        .values_list("what", "kind", "nothing", "no", "id", "site_id", "is_active", "name", "spoken", "title")
    )
    return Compiled(people.union(rooms, all=True).order_by(), stand_ins)


def resources(codes: set[str]) -> Resources:
    """People of these specialties, all interpreters, and the rooms in use: one query."""
    found = Resources()
    rows = _statement(connection.vendor, len(codes)).rows(sorted(codes))
    for what, code, minutes, is_physician, key, site, active, name, languages, title in rows:
        if what == "room":
            found.rooms.setdefault((code, site), []).append(key)
            found.site_of_room[key] = site
            found.names["room", key] = name
            continue
        is_here = key is not None and active
        if is_here:
            found.names["clinician", key] = name
        if code == INTERPRETER:
            if is_here:
                found.interpreters[key] = site, languages_spoken(json.loads(languages))
            continue
        found.minutes[code], found.titles[code] = minutes, title
        if is_physician:
            found.physicians.add(code)
        if is_here:
            found.homes.setdefault(code, {})[key] = site
    for group in found.rooms.values():
        group.sort()
    return found
