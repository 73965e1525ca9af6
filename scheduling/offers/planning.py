"""What staff can choose for the day of one request: specialties, who does a leg and how, an interpreter."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Clinician, Room, Specialty
from clinic.platform.db.together import read_together
from clinic.platform.words import minutes_words
from intake.patients.languages import language_words
from intake.symptoms.models import SymptomReport
from intake.triage.disciplines import Suggestions, suggest
from scheduling.itineraries.interpreters import INTERPRETER, language_needed, languages_spoken
from scheduling.itineraries.legs import IN_PERSON, rules_for
from scheduling.itineraries.look import SEES_RESERVE
from scheduling.itineraries.models import VisitTypeLeg
from scheduling.itineraries.visit_kinds import KindOfVisit, LegWish, kind_of, scan_code
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.suggestions import judged_by
from scheduling.scores.models import Score


class Scan(NamedTuple):
    """Something with a room of its own that can be added to a coordinated day, such as a CT simulation."""

    code: str
    name: str
    default_minutes: int


@dataclass(frozen=True, slots=True)
class Planning:
    """`names` of specialties by code, `clinicians` in use (interpreters too) and `rooms` by key; the open offer."""

    kind: KindOfVisit
    offer: Offer | None
    specialties: list[Specialty]
    scans: list[Scan]
    clinicians: dict[int, Clinician]
    rooms: dict[int, Room]
    language: str
    can_interpret: bool
    limits: str
    sees_reserve: bool
    suggested: Suggestions

    @property
    def choosable(self) -> list[Specialty | Scan]:
        """What there is to tick: not what the kind of visit brings itself, but for one that it brings as a scan.

        Scans stand last, and only where the visit takes any number of specialties.
        """
        if self.places == 0:
            return []
        taken = {leg.code for leg in self.fixed if not leg.room_kind}
        own = {leg.key for leg in self.fixed}
        scans = [one for one in self.scans if one.code not in own] if self.kind.takes_chosen else []
        return [*(one for one in self.specialties if one.code not in taken), *scans]

    @property
    def fixed(self) -> list[LegWish]:
        """Legs that the kind of visit brings itself."""
        return [leg for leg in self.kind.legs if leg.code]

    @property
    def places(self) -> int | None:
        """How many specialties can be ticked; None: any number."""
        return None if self.kind.takes_chosen else len(self.kind.legs) - len(self.fixed)

    @property
    def usual_mode(self) -> str:
        """How a chosen specialty sees the patient unless staff say otherwise."""
        return next((leg.mode for leg in self.kind.legs if not leg.code), IN_PERSON)

    @property
    def names(self) -> dict[str, str]:
        """Specialties and scans by code."""
        return {one.code: one.name for one in (*self.specialties, *self.scans)}

    @property
    def usual_minutes(self) -> dict[str, int]:
        """The usual length by code."""
        return {one.code: one.default_minutes for one in self.specialties}

    def people(self, code: str) -> list[tuple[str, str]]:
        """Clinicians of a specialty (or of that of a scan) as choices, by name."""
        specialty = code.partition(".")[0]
        found = [(one.name, key) for key, one in self.clinicians.items() if one.specialty.code == specialty]
        return [(str(key), name) for name, key in sorted(found)]

    def people_by_specialty(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Everybody with appointments, grouped."""
        groups = [(one.name, self.people(one.code)) for one in self.specialties]
        return [group for group in groups if group[1]]

    @property
    def language_name(self) -> str:
        """The language in which the patient wants an interpreter."""
        return language_words(self.language)


def planning_of(wanted: AppointmentRequest) -> Planning:
    """What there is to choose for a request, and what is suggested; the request came with its report. One query."""
    legs, specialties, clinicians, rooms, offers, later, scores = read_together(
        VisitTypeLeg.objects.filter(
            Q(visit_type=wanted.visit_type_id)
            | Q(visit_type__is_active=True, specialty__is_leg=True) & ~Q(extra_room_kind="")
        ).select_related("specialty", "visit_type"),
        Specialty.objects.filter(is_leg=True),
        Clinician.objects.filter(Q(specialty__is_leg=True) | Q(specialty__code=INTERPRETER), is_active=True)
        .select_related("specialty"),
        Room.objects.filter(is_active=True).select_related("site"),
        wanted.offers.filter(state=Offer.State.OPEN, expires_at__gt=timezone.now()),
        SymptomReport.objects.filter(follows_id=wanted.report_id),
        Score.objects.filter(patient_id=wanted.patient_id).current().only("kind", "total", "result"),
    )  # fmt: skip
    language = language_needed(wanted.patient)
    spoken = [languages_spoken(one.languages) for one in clinicians if one.specialty.code == INTERPRETER]
    kind = KindOfVisit(takes_chosen=True)
    if wanted.visit_type is not None:
        kind = kind_of(wanted.visit_type, [leg for leg in legs if leg.visit_type_id == wanted.visit_type_id])
    return Planning(
        kind=kind,
        offer=offers[0] if offers else None,
        specialties=sorted(specialties, key=lambda one: (one.position, one.code)),
        scans=_scans(legs),
        clinicians={one.pk: one for one in clinicians},
        rooms={room.pk: room for room in rooms},
        language=language,
        can_interpret=any(language in codes for codes in spoken),
        limits=_limits_in_words(kind, is_frail=wanted.is_frail),
        sees_reserve=wanted.level in SEES_RESERVE,
        suggested=suggest(judged_by(wanted, later, scores, getattr(wanted.report, "before_visit", None))),
    )


def _scans(legs: Iterable[VisitTypeLeg]) -> list[Scan]:
    """Each specialty's use of a kind of room once, named after the kind of visit that brings it."""
    found: dict[str, Scan] = {}
    for leg in sorted(legs, key=lambda one: (one.visit_type.name, one.position)):
        if leg.extra_room_kind and leg.specialty is not None:
            code = scan_code(leg.specialty.code, leg.extra_room_kind)
            found.setdefault(code, Scan(code, leg.visit_type.name, leg.minutes))
    return list(found.values())


def _limits_in_words(kind: KindOfVisit, *, is_frail: bool) -> str:
    """ "Pauses of 5 to 30 minutes; at most 5 hours 30 minutes from the first start to the last end." """
    rules = rules_for(is_frail, kind.limits)
    return _("Pauses of %(low)s to %(high)s minutes; at most %(total)s from the first start to the last end.") % {
        "low": rules.gap_min * 5,
        "high": rules.gap_max * 5,
        "total": minutes_words(rules.total_max * 5),
    }
