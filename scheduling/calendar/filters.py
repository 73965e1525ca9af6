"""What part of the calendar is asked for: specialty, clinician, site, room, kind of visit. Read from the address."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from clinic.platform.numbers import whole_number
from scheduling.visits.models import Appointment

LONGEST_CODE = 20


@dataclass(frozen=True, slots=True)
class Filters:
    """Nothing chosen: everything. Clinicians, sites, rooms and kinds of visit by key, specialties by code."""

    specialty: str = ""
    clinician: int | None = None
    site: int | None = None
    room: int | None = None
    kind: int | None = None

    @classmethod
    def of(cls, asked: QueryDict) -> "Filters":
        """The filters of an address. Raises Http404 for what can be no key."""
        code = asked.get("specialty", "")
        if len(code) > LONGEST_CODE or not code.isprintable():
            raise Http404
        keys = (key_in(asked.get(name, "")) for name in ("clinician", "site", "room", "kind"))
        return cls(code, *keys)

    def takes(self, leg: Appointment) -> bool:
        """Whether an appointment is one of those asked for; site, specialty and clinician choose columns, not legs."""
        rooms = (leg.room_id, leg.visit.room_id)
        return (self.room is None or self.room in rooms) and (self.kind is None or self.kind == leg.visit.visit_type_id)

    @property
    def by_leg(self) -> bool:
        """Whether only some appointments are asked for."""
        return self.room is not None or self.kind is not None

    @property
    def query(self) -> str:
        """The same as the end of an address, with its question mark; empty for everything."""
        pairs = {"specialty": self.specialty, "clinician": self.clinician}
        pairs |= {"site": self.site, "room": self.room, "kind": self.kind}
        given = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(given)}" if given else ""


def key_in(text: str) -> int | None:
    """The key that a parameter names, None for an empty one. Raises Http404 for anything else."""
    if not text:
        return None
    key = whole_number(text)
    if key is None:
        raise Http404
    return key
