"""The forms of repeatable rows: scans, biopsies, blood tests, treatments, medicines, allergies, implants.

One row is one page. Of a row at most what names it is required; everything else may stay open, or has "I do not know".
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import (
    ApproximateDateField,
    CheckboxesField,
    RadioField,
    Reveal,
    SelectField,
    TextField,
)
from clinic.platform.forms.rules import ascii_digits, fault
from intake.before_visit import choices, lab_tests
from intake.before_visit import record_choices as lists
from intake.before_visit.medicine_flags import flags_of
from intake.flow.forms import StepForm

OLDEST_YEAR = 1900
A_YEAR_IS_ENOUGH = _("A year is enough, for example 2025")


def about_when(label: Any) -> ApproximateDateField:
    """A date of the past, as exact as it is known."""
    return ApproximateDateField(label=label, what=_("The date"), help_text=A_YEAR_IS_ENOUGH, required=False)


class RowForm(StepForm):
    """One row of a list. `row` is its key, minted with an empty page, so that the same page sent twice adds one row."""

    row = forms.RegexField(regex=r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput, required=False)
    own_names = ("version", "asked", "row")
    submit_label = _("Save and continue")

    def clean(self):
        cleaned = super().clean()
        day = cleaned.get("date")
        if day is not None and day.year < OLDEST_YEAR and "date" not in self.errors:
            self.add_error("date", fault(_("Check the year. It is too long ago"), parts=["year"]))
        return cleaned


class ImagingForm(RowForm):
    kind = RadioField(
        label=_("What kind of scan was it?"), choices=lists.IMAGING_KINDS, missing=_("Select what kind of scan it was")
    )
    body_part = TextField(label=_("Which part of the body?"), max_length=100, required=False)
    date = about_when(_("When was the scan?"))
    place = TextField(
        label=_("Where was it done?"),
        help_text=_("The name of the hospital or clinic, and the town"),
        max_length=200,
        required=False,
    )
    have = CheckboxesField(
        label=_("What do you have from this scan?"),
        help_text=_("Pick all that fit"),
        choices=lists.HAVE,
        exclusive=("neither", "unknown"),
        required=False,
    )
    for_caregiver = {"have": {"label": _("What does the patient, or somebody for them, have from this scan?")}}


class BiopsyForm(RowForm):
    site = TextField(
        label=_("Where on the body was it taken?"),
        help_text=_("Leave it empty if you do not know"),
        max_length=100,
        required=False,
        show_optional=False,
    )
    date = about_when(_("When was it taken?"))
    place = TextField(
        label=_("At which hospital or clinic?"),
        help_text=_("The name, and the town. We may ask for the slides"),
        max_length=200,
        required=False,
    )


_RESULT = re.compile(r"([<>]?)\s*(\d{1,7}(?:[.,]\d{1,4})?)", re.ASCII)


class ResultField(TextField):
    """The number of a report, perhaps with < or > before it; gives text such as "9.6" or "<0.1"."""

    css = "width-10"
    attributes = {"autocomplete": "off", "inputmode": "decimal"}

    def rule(self, text):
        found = _RESULT.fullmatch(ascii_digits(text))
        if not found:
            raise fault(_("Enter the number as it is on the report, like 9.6 or <0.1"))
        return found[1] + found[2].replace(",", ".")


class LabForm(RowForm):
    """One result of one blood test. A value that cannot well be meant is pointed out once, then kept and flagged."""

    test = RadioField(
        label=_("Which blood test was it?"), choices=lists.LAB_TESTS, missing=_("Select which blood test it was")
    )
    test_name = TextField(
        label=_("If another tumor marker: its name"), max_length=60, required=False, show_optional=False
    )
    value = ResultField(label=_("Result"), help_text=_("The number on the report"), missing=_("Enter the result"))
    unit = SelectField(
        label=_("Unit"),
        help_text=_("It stands next to the number, such as mg/dL"),
        choices=lists.LAB_UNITS,
        missing=_("Select the unit that stands next to the number"),
    )
    unit_text = TextField(label=_("If another unit: what is it?"), max_length=20, required=False, show_optional=False)
    date = about_when(_("When was the blood taken?"))
    reveals = {
        "test_name": Reveal("test", ("other_marker",), missing=_("Enter the name of the tumor marker")),
        "unit_text": Reveal("unit", (lab_tests.OTHER_UNIT,), missing=_("Enter the unit")),
    }

    def clean(self):
        cleaned = super().clean()
        test, unit = cleaned.get("test"), cleaned.get("unit")
        if test and unit and not lab_tests.fits_test(test, unit):
            units = [str(lists.UNIT_LABELS.get(one, one)) for one in lab_tests.TESTS[test]]
            self.add_error(
                "unit",
                forms.ValidationError(
                    _("%(test)s is given in %(units)s. Check the unit on the report"),
                    params={"test": dict(lists.LAB_TESTS)[test], "units": _now(" or ").join(units)},
                ),
            )
        return cleaned

    def doubts(self):
        """A number outside of what is believable; with the unit that would fit it, when there is one."""
        test, unit, text = (self.cleaned_data.get(name) for name in ("test", "unit", "value"))
        if not (test and unit and text) or "unit" in self.errors:
            return {}
        value, limits = number_of(text), lab_tests.plausible_range(test, unit)
        if limits is None or lab_tests.is_plausible(test, unit, value):
            return {}
        other = lab_tests.better_unit(test, unit, value)
        if other:
            return {
                "unit": _now("Did you mean %(unit)s? Change it, or select Save and continue to keep it")
                % {"unit": lists.UNIT_LABELS.get(other, other)}
            }
        words = {
            "test": dict(lists.LAB_TESTS)[test],
            "low": limits.low,
            "high": limits.high,
            "unit": lists.UNIT_LABELS.get(unit, unit),
        }
        return {
            "value": _now(
                "%(test)s is most often between %(low)s and %(high)s %(unit)s. Check the number, or select Save and "
                "continue to keep it"
            )
            % words
        }


def number_of(text: str) -> Decimal:
    """The number of a result such as "<0.1"."""
    return Decimal(text.lstrip("<>"))


class TreatmentForm(RowForm):
    kind = RadioField(
        label=_("What kind of treatment was it?"),
        choices=lists.TREATMENTS,
        missing=_("Select what kind of treatment it was"),
    )
    detail = TextField(
        label=_("Name of the drug or the surgery"),
        help_text=_("If you know it"),
        max_length=200,
        required=False,
        show_optional=False,
    )
    site = TextField(
        label=_("If surgery or radiation: on which part of the body?"),
        max_length=100,
        required=False,
        show_optional=False,
    )
    same_place_as_pain = RadioField(
        label=_("If radiation: was it in the same place as your pain now?"),
        choices=lists.SAME_PLACE,
        required=False,
        show_optional=False,
    )
    date = about_when(_("When did it start?"))
    place = TextField(
        label=_("Where did you get it?"),
        help_text=_("The name of the hospital or clinic, and the town"),
        max_length=200,
        required=False,
    )
    ongoing = RadioField(label=_("Do you still get it?"), choices=choices.YES_NO_UNKNOWN, required=False)
    reveals = {
        "site": Reveal("kind", ("surgery", "radiation")),
        "same_place_as_pain": Reveal(
            "kind", ("radiation",), missing=_("Select if it was in the same place as the pain now")
        ),
    }
    for_caregiver = {
        "same_place_as_pain": {"label": _("If radiation: was it in the same place as the patient's pain now?")},
        "place": {"label": _("Where did the patient get it?")},
        "ongoing": {"label": _("Does the patient still get it?")},
    }


class MedicineForm(RowForm):
    name = TextField(
        label=_("Name of the medicine"),
        help_text=_("As it stands on the bottle or box"),
        max_length=100,
        missing=_("Enter the name of the medicine"),
    )
    dose = TextField(
        label=_("How much at a time?"), help_text=_("Such as 5 mg, or 2 pills"), max_length=60, required=False
    )
    how_often = TextField(
        label=_("How often?"), help_text=_("Such as twice a day, or when in pain"), max_length=60, required=False
    )
    ticked = CheckboxesField(
        label=_("Is it one of these?"),
        help_text=_("Pick all that fit. If you are not sure, select 'I do not know'"),
        choices=lists.MEDICINE_TICKS,
        exclusive=("none", "unknown"),
        required=False,
    )


class AllergyForm(RowForm):
    kind = RadioField(
        label=_("What is the allergy to?"), choices=lists.ALLERGIES, missing=_("Select what the allergy is to")
    )
    name = TextField(
        label=_("If a medicine or something else: its name"), max_length=100, required=False, show_optional=False
    )
    reaction = TextField(
        label=_("What happens?"), help_text=_("Such as a rash, or trouble breathing"), max_length=200, required=False
    )
    reveals = {"name": Reveal("kind", ("drug", "other"), missing=_("Enter the name of what the allergy is to"))}


class ImplantForm(RowForm):
    kind = RadioField(
        label=_("What is it?"),
        help_text=_("We ask because some devices are not safe in an MRI"),
        choices=lists.IMPLANTS,
        missing=_("Select what it is"),
    )
    body_part = TextField(label=_("Where in the body is it?"), max_length=100, required=False)
    detail = TextField(label=_("Maker or model, if you know it"), max_length=100, required=False)
    date = about_when(_("When was it put in?"))
    has_card = RadioField(
        label=_("Do you have a card for it?"),
        help_text=_("If so, bring it. It tells us if an MRI is safe"),
        choices=choices.YES_NO_UNKNOWN,
        required=False,
    )
    for_caregiver = {"has_card": {"label": _("Does the patient have a card for it?")}}


# What is computed of a row and kept with it


def lab_computed(row: dict[str, Any]) -> dict[str, Any]:
    """Code and doubt of a result: `loinc` (domain 2.2) and `out_of_range` for a value that was kept all the same."""
    value = number_of(row["value"])
    return {
        "loinc": lab_tests.loinc_of(row["test"], row["unit"]),
        "out_of_range": not lab_tests.is_plausible(row["test"], row["unit"], value),
    }


def medicine_computed(row: dict[str, Any]) -> dict[str, Any]:
    """The flags of a medicine by name and by the person's ticks."""
    return {"flags": flags_of(row["name"], row.get("ticked") or ())}


class FilesForm(StepForm):
    """How the records get to the clinic. To select "Ask the places" is the permission to ask them."""

    records_how = CheckboxesField(
        label=_("How will your records get to us?"),
        help_text=_("Pick all that fit"),
        choices=lists.RECORDS_HOW,
        hints={"ask": _("By this you allow us to ask the hospitals and clinics that you named for your records")},
        exclusive=("unknown",),
        required=False,
        show_optional=False,
    )
    for_caregiver = {"records_how": {"label": _("How will the patient's records get to us?")}}
