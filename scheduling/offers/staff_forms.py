"""The builder of a coordinated visit: specialties with minutes, who and how, wishes, and the days to hold."""

from collections.abc import Mapping
from typing import NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.directory.models import Clinician
from clinic.platform.forms import (
    CheckboxesField,
    ConsentField,
    SelectField,
    SplitDateField,
    SubmitForm,
    WholeNumberField,
)
from clinic.platform.words import minutes_words
from scheduling.itineraries.legs import FIRST, PARTS_OF_DAY, WRAP_UP, Wishes
from scheduling.itineraries.models import VisitTypeLeg
from scheduling.itineraries.visit_kinds import ChosenLeg, LegWish
from scheduling.offers.planning import Planning

MOST_DAYS = 3
MOST_LEGS = 10
WEEKDAYS = [
    ("0", gettext_lazy("Monday")),
    ("1", gettext_lazy("Tuesday")),
    ("2", gettext_lazy("Wednesday")),
    ("3", gettext_lazy("Thursday")),
    ("4", gettext_lazy("Friday")),
]
PARTS = [
    ("morning", gettext_lazy("Morning, before 11")),
    ("midday", gettext_lazy("Midday, 11 to 2")),
    ("afternoon", gettext_lazy("Afternoon, after 2")),
]


class LegRow(NamedTuple):
    """A specialty with its controls; `said` is what they say now. What the kind of visit brings has no box to tick, and
    its minutes are set."""

    name: str
    tick: BoundField | None
    minutes: BoundField | None
    who: BoundField | None
    how: BoundField | None
    said: str
    why: str = ""  # which answers suggest it

    @property
    def has_errors(self) -> bool:
        """Whether one of the controls was filled in wrongly."""
        return any(one is not None and one.errors for one in (self.minutes, self.who, self.how))


class AnyValues(forms.MultipleChoiceField):
    """Tick boxes whose values are signed days: the signature decides, not a list of choices."""

    def valid_value(self, value) -> bool:
        return len(str(value)) <= 4000


class BuildForm(SubmitForm):
    """One form with two buttons: find days for these specialties, or hold the ticked days and send the offer."""

    buttons = ("do", "pick")
    suggested: Mapping[str, str] = {}  # code of a specialty -> why the answers suggest it
    interpreter = ConsentField(label="", required=False)
    weekdays = CheckboxesField(
        label=gettext_lazy("Days of the week that suit"), choices=WEEKDAYS, required=False, show_optional=False
    )
    parts = CheckboxesField(
        label=gettext_lazy("Times of day that suit"), choices=PARTS, required=False, show_optional=False
    )
    only = ConsentField(label=gettext_lazy("Only show days that meet these wishes"), required=False)
    earliest = SplitDateField(
        label=gettext_lazy("Not before"),
        what=gettext_lazy("The day"),
        future=True,
        required=False,
        show_optional=False,
    )
    day = AnyValues(required=False)

    over = SelectField(
        label=gettext_lazy("Put an appointment over another one of"),
        help_text=gettext_lazy("Only when no day is found, and once the patient has agreed to the day."),
        empty=gettext_lazy("Nobody"),
        required=False,
        show_optional=False,
    )

    def __init__(self, *args, planning: Planning, can_overbook: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.planning = planning
        self.specialties = planning.choosable
        if can_overbook:
            self.fields["over"].choices = [("", _("Nobody")), *planning.people_by_specialty()]
        else:
            del self.fields["over"]
        if planning.can_interpret:
            self.fields["interpreter"].label = _("An interpreter for the whole visit: %(language)s") % {
                "language": planning.language_name
            }
        else:
            del self.fields["interpreter"]
        for one in self.specialties:
            self.fields[f"leg_{one.code}"] = ConsentField(label=one.name, required=False)
            self.fields[f"minutes_{one.code}"] = WholeNumberField(
                label=_("Minutes for %(specialty)s") % {"specialty": one.name},
                min_value=5,
                max_value=330,
                required=False,
                show_optional=False,
                initial=one.default_minutes,
            )
            self._ask_who_and_how(one.code, one.name, "" if "." in one.code else planning.usual_mode)
        for code, leg in self._fixed_alone.items():
            self._ask_who_and_how(code, planning.names.get(code, code), "" if leg.room_kind else leg.mode)

    @property
    def _fixed_alone(self) -> dict[str, LegWish]:
        """Legs of the kind of visit whose specialty cannot be ticked besides, which then says who and how for both."""
        tickable = {one.code for one in self.specialties}
        return {leg.code: leg for leg in self.planning.fixed if leg.code not in tickable}

    def _ask_who_and_how(self, code: str, name: str, usual_mode: str) -> None:
        """Controls for the one clinician who must do a leg, and for how it is held where that is open."""
        self.fields[f"who_{code}"] = SelectField(
            label=_("Who, for %(specialty)s") % {"specialty": name},
            choices=self.planning.people(code),
            empty=_("Anyone"),
            required=False,
            show_optional=False,
        )
        if usual_mode:
            self.fields[f"how_{code}"] = SelectField(
                label=_("How, for %(specialty)s") % {"specialty": name},
                choices=VisitTypeLeg.Mode.choices,
                empty=_("As usual: %(how)s") % {"how": VisitTypeLeg.Mode(usual_mode).label},
                required=False,
                show_optional=False,
            )

    @property
    def leg_rows(self) -> list[LegRow]:
        """The specialties to tick, in the order of the list."""
        return [
            self._row(one.code, one.name, self[f"leg_{one.code}"], self[f"minutes_{one.code}"])
            for one in self.specialties
        ]

    @property
    def fixed_rows(self) -> list[LegRow]:
        """What the kind of visit brings, in its order; who and how stands once where a specialty comes twice."""
        asked: set[str] = set()
        rows = []
        for leg in self.planning.fixed:
            is_asked = leg.code in self._fixed_alone and leg.code not in asked
            asked.add(leg.code)
            name = self.planning.names.get(leg.code, leg.code)
            if leg.stage in (FIRST, WRAP_UP):
                name = f"{name} ({VisitTypeLeg.Stage(leg.stage).label.lower()})"
            rows.append(self._row(leg.code, name, minutes=leg.minutes or 0, is_asked=is_asked))
        return rows

    def _row(
        self,
        code: str,
        name: str,
        tick: BoundField | None = None,
        asked_minutes: BoundField | None = None,
        *,
        minutes: int = 0,
        is_asked: bool = True,
    ) -> LegRow:
        who, how = (self[key] if is_asked and key in self.fields else None for key in (f"who_{code}", f"how_{code}"))
        length = str(asked_minutes.value() or "") if asked_minutes is not None else str(minutes)
        said = [minutes_words(int(length))] if length.isascii() and length.isdigit() else []
        chosen = [(one.field.choices, str(one.value() or "")) for one in (who, how) if one is not None]
        said += [str(dict(choices).get(value, "")) for choices, value in chosen if value]
        if who is not None and not who.value():
            said.append(_("anyone"))
        return LegRow(name, tick, asked_minutes, who, how, ", ".join(said), self.suggested.get(code, ""))

    def clean(self) -> dict:
        """At least one specialty unless the kind of visit takes none, with minutes; one to three days to hold."""
        cleaned = super().clean() or self.cleaned_data
        chosen = [one for one in self.specialties if cleaned.get(f"leg_{one.code}")]
        places = self.planning.places
        if not chosen and places != 0:
            self.add_error(None, _("Tick at least one specialty"))
        elif places is not None and len(chosen) > places:
            self.add_error(None, _("Tick %(most)s specialties or fewer for this kind of visit") % {"most": places})
        elif len(chosen) > MOST_LEGS:
            self.add_error(None, _("Tick %(most)s specialties or fewer for one day") % {"most": MOST_LEGS})
        for one in chosen:
            self.require(f"minutes_{one.code}", _("Enter the minutes for %(specialty)s") % {"specialty": one.name})
        over = self.planning.clinicians.get(int(cleaned.get("over") or 0))
        code = over.specialty.code if over is not None else ""
        if over is not None and code not in self._fixed_alone and not cleaned.get(f"leg_{code}"):
            words = {"specialty": over.specialty, "name": over.name}
            self.add_error("over", _("Tick %(specialty)s, or choose somebody else than %(name)s") % words)
        if self.wants_hold:
            if not cleaned.get("day"):
                self.add_error(None, _("Tick the days to hold, up to 3"))
            elif len(set(cleaned["day"])) > MOST_DAYS:
                self.add_error(None, _("Tick 3 days or fewer"))
        return cleaned

    @property
    def wants_hold(self) -> bool:
        """Whether the button pressed was the one that holds days."""
        return self.data.get("do") == "hold"

    @property
    def overbooked(self) -> Clinician | None:
        """Whose booked appointments are no obstacle, if somebody was chosen."""
        key = (self.cleaned_data if self.is_bound else self.initial).get("over")
        return self.planning.clinicians[int(key)] if key else None

    @property
    def chosen_legs(self) -> list[ChosenLeg]:
        """The ticked specialties, and what was chosen for those of the kind of visit; of a fresh form its initials."""
        values = self.cleaned_data if self.is_bound else self.initial
        legs = [
            self._chosen(one.code, values, values[f"minutes_{one.code}"])
            for one in self.specialties
            if values.get(f"leg_{one.code}") and values.get(f"minutes_{one.code}")
        ]
        fixed = [self._chosen(code, values, None) for code in self._fixed_alone]
        if over := self.overbooked:  # who is to be overbooked does it
            code = over.specialty.code
            legs, fixed = (
                [one._replace(clinician_id=over.pk) if one.code == code else one for one in group]
                for group in (legs, fixed)
            )
        return legs + [one for one in fixed if one.clinician_id or one.mode]

    @staticmethod
    def _chosen(code: str, values: Mapping, minutes: int | None) -> ChosenLeg:
        who = values.get(f"who_{code}")
        return ChosenLeg(code, minutes, int(who) if who else None, values.get(f"how_{code}") or "")

    @property
    def has_legs(self) -> bool:
        """Whether there is anything to look for: a ticked specialty, or a kind of visit that needs none."""
        ticked = {one.code for one in self.specialties}
        return self.planning.places == 0 or any(leg.code in ticked for leg in self.chosen_legs)

    @property
    def wants_interpreter(self) -> bool:
        """Whether an interpreter must be there for the whole visit."""
        values = self.cleaned_data if self.is_bound else self.initial
        return bool(values.get("interpreter")) and "interpreter" in self.fields

    @property
    def wishes(self) -> Wishes:
        """Days and times, and whether they limit."""
        values = self.cleaned_data if self.is_bound else self.initial
        weekdays = frozenset(int(day) for day in values.get("weekdays") or ())
        parts = tuple(PARTS_OF_DAY[part] for part in values.get("parts") or ())
        return Wishes(weekdays, parts, required=bool(values.get("only")))
