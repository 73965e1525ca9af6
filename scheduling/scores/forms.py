"""Forms of the scores: one a kind. Items are codes; points and totals are not on any form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import (
    DecimalNumberField,
    LongTextField,
    RadioField,
    SelectField,
    SplitDateField,
    SubmitForm,
    TextField,
)
from scheduling.scores import scoring, sins
from scheduling.scores.actions import Assessment
from scheduling.scores.words import BONE_WORDS, ITEM_WORDS, UNITS, choices

OPEN = "not_known"  # the choice that leaves an item open
NOTE_LENGTH = 1000


def _item(kind: str, item: str, **more: Any) -> RadioField:
    """The radios of one item, the last of which says that it is not known."""
    return RadioField(
        label=more.pop("label", ITEM_WORDS[item]),
        choices=[*choices(kind, item), (OPEN, _("Not known yet"))],
        required=False,
        show_optional=False,
        **more,
    )


def _level(words: Any) -> SelectField:
    return SelectField(label=words, choices=[(level, level) for level in sins.LEVELS], missing=_("Select the level"))


class ScoreForm(SubmitForm):
    """What all scores ask. `kind` is the score, `items` are its own fields."""

    submit_label = _("Save the score")
    kind = ""
    items: tuple[str, ...] = ()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    assessed_on = SplitDateField(
        label=_("Date of the assessment"), what=_("Date"), past=True, missing=_("Enter the date of the assessment")
    )
    note = LongTextField(label=_("Note"), required=False, max_length=NOTE_LENGTH, rows=3)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        about = ("study", "study_on", "assessed_on", "note")  # what the score rests on comes after the score itself
        asked = [name for name in self.fields if name not in (*about, "key", "version")]
        self.order_fields([*asked, *about])

    def given(self) -> Assessment:
        """What was typed, for the action."""
        cleaned = self.cleaned_data
        values = {name: None if cleaned[name] == OPEN else cleaned[name] for name in self.items}
        return Assessment(
            values=values,
            assessed_on=cleaned["assessed_on"],
            study=cleaned.get("study") or "",
            study_on=cleaned.get("study_on"),
            note=cleaned["note"] or "",
            place=cleaned.get("place") or "",
        )

    @property
    def target(self) -> str:
        """The bone or level that was selected; empty for scores of the whole patient."""
        return self.cleaned_data.get("target") or ""


class StudyForm(ScoreForm):
    """A score that rests on images."""

    study = TextField(
        label=_("Images it rests on"), help_text=_("For example CT of the spine"), required=False, max_length=200
    )
    study_on = SplitDateField(label=_("Date of the images"), what=_("Date of the images"), past=True, required=False)


class MirelsForm(StudyForm):
    """One lesion of a long bone."""

    kind, items = scoring.MIRELS, ("site", "pain", "lesion", "size")
    target = SelectField(
        label=_("Bone"),
        help_text=_("Long bones only. This score does not fit the spine, the pelvis or the ribs"),
        choices=list(BONE_WORDS.items()),
        missing=_("Select the bone"),
    )
    place = TextField(
        label=_("Which lesion"), help_text=_("For example lower third, 3 cm"), required=False, max_length=100
    )
    site = _item(kind, "site")
    pain = _item(kind, "pain")
    lesion = _item(kind, "lesion")
    size = _item(kind, "size")


class SinsForm(StudyForm):
    """One level of the spine; its location comes from the table."""

    kind, items = scoring.SINS, ("pain", "lesion", "alignment", "collapse", "posterolateral")
    target = _level(_("Level"))
    pain = _item(kind, "pain")
    lesion = _item(kind, "lesion")
    alignment = _item(kind, "alignment")
    collapse = _item(kind, "collapse")
    posterolateral = _item(kind, "posterolateral")


class EsccForm(ScoreForm):
    """The grade of one level."""

    kind, items = scoring.ESCC, ("grade",)
    target = _level(_("Worst level"))
    grade = RadioField(
        label=ITEM_WORDS["grade"],
        help_text=_("Axial T2 images at the worst level"),
        choices=choices(kind, "grade"),
        missing=_("Select the grade"),
    )
    study_on = SplitDateField(
        label=_("Date of the MRI"), what=_("Date of the MRI"), past=True, missing=_("Enter the date of the MRI")
    )


class EcogForm(ScoreForm):
    """The status as the clinician sees it."""

    kind, items = scoring.ECOG, ("ecog",)
    ecog = RadioField(label=_("Daily activity"), choices=choices(kind, "ecog"), missing=_("Select the status"))


def _value(item: str, **more: Any) -> DecimalNumberField:
    return DecimalNumberField(
        label=ITEM_WORDS[item],
        what=ITEM_WORDS[item],
        required=False,
        show_optional=False,
        max_value=1000,
        places=2,
        **more,
    )


def _unit(item: str, words: Any) -> RadioField:
    return RadioField(
        label=words, choices=[(unit, unit) for unit in UNITS[item]], required=False, show_optional=False, inline=True
    )


class CalciumForm(ScoreForm):
    """Values of one blood sample, each with its unit."""

    kind = scoring.CALCIUM
    items = ("calcium", "calcium_unit", "albumin", "albumin_unit", "ionized", "ionized_unit", "lab_low", "lab_high")
    calcium = _value("calcium")
    calcium_unit = _unit("calcium", _("Unit of the calcium"))
    albumin = _value("albumin", help_text=_("Without albumin nothing is corrected"))
    albumin_unit = _unit("albumin", _("Unit of the albumin"))
    ionized = _value("ionized", help_text=_("If it was measured. It is shown first and never corrected"))
    ionized_unit = _unit("ionized", _("Unit of the ionized calcium"))
    lab_low = _value("lab_low", help_text=_("Of total calcium, in the same unit, as the report says"))
    lab_high = _value("lab_high")
    study = TextField(label=_("Laboratory"), required=False, max_length=200)
    study_on = SplitDateField(
        label=_("Date of the blood sample"),
        what=_("Date of the blood sample"),
        past=True,
        missing=_("Enter the date of the blood sample"),
    )


FORMS: dict[str, type[ScoreForm]] = {
    form.kind: form for form in (MirelsForm, SinsForm, EsccForm, CalciumForm, EcogForm)
}
