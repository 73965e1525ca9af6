"""The builder of a coordinated visit: specialties with minutes, wishes, and the days to hold."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.forms import CheckboxesField, ConsentField, RadioField, SubmitForm, WholeNumberField

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
    ("any", gettext_lazy("Any time")),
    ("morning", gettext_lazy("Morning")),
    ("afternoon", gettext_lazy("Afternoon")),
]


class AnyValues(forms.MultipleChoiceField):
    """Tick boxes whose values are signed days: the signature decides, not a list of choices."""

    def valid_value(self, value) -> bool:
        return len(str(value)) <= 4000


class BuildForm(SubmitForm):
    """One form with two buttons: find days for these specialties, or hold the ticked days and send the offer."""

    buttons = ("do",)
    weekdays = CheckboxesField(
        label=gettext_lazy("Days of the week that suit"), choices=WEEKDAYS, required=False, show_optional=False
    )
    part = RadioField(
        label=gettext_lazy("Time of day that suits"), choices=PARTS, required=False, show_optional=False, inline=True
    )
    only = ConsentField(label=gettext_lazy("Only show days that meet these wishes"), required=False)
    day = AnyValues(required=False)

    def __init__(self, *args, specialties, **kwargs):
        super().__init__(*args, **kwargs)
        self.specialties = list(specialties)
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

    @property
    def leg_rows(self) -> list[tuple]:
        """(specialty, tick box, minutes) in the order of the list."""
        return [(one, self[f"leg_{one.code}"], self[f"minutes_{one.code}"]) for one in self.specialties]

    def clean(self) -> dict:
        """At least one specialty, minutes for each; one to three days when days are to be held."""
        cleaned = super().clean() or self.cleaned_data
        chosen = [one for one in self.specialties if cleaned.get(f"leg_{one.code}")]
        if not chosen:
            self.add_error(None, _("Tick at least one specialty"))
        elif len(chosen) > MOST_LEGS:
            self.add_error(None, _("Tick %(most)s specialties or fewer for one day") % {"most": MOST_LEGS})
        for one in chosen:
            self.require(f"minutes_{one.code}", _("Enter the minutes for %(specialty)s") % {"specialty": one.name})
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
    def chosen_legs(self) -> list[tuple[str, int]]:
        """(specialty code, minutes) of the ticked specialties; only of a checked form."""
        cleaned = self.cleaned_data
        return [
            (one.code, cleaned[f"minutes_{one.code}"])
            for one in self.specialties
            if cleaned.get(f"leg_{one.code}") and cleaned.get(f"minutes_{one.code}")
        ]
