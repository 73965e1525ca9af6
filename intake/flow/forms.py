"""The form of one page of a flow: it turns answers into fields and back, and carries which save it was made from."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import ApproximateDate, PageForm

INVALID_VERSION = _("We could not read this page. Check your answers and try again")


class StepForm(PageForm):
    """A page whose fields are answers of the same name.

    `for_caregiver` replaces label, help_text, missing or choices (same codes) of a field when somebody fills in for the
    patient.
    `version` tells a page that was opened before another window saved it. `asked` says that an open answer or an odd
    one was pointed out already: it is pointed out once, then kept.
    """

    for_caregiver: dict[str, dict[str, Any]] = {}
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=10**6, error_messages={"required": INVALID_VERSION}
    )
    asked = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1)
    own_names = ("version", "asked")
    stamps: dict[str, str] = {}  # kept beside the answers: the version of a text that was agreed to

    def __init__(self, data=None, *, answers, caregiver: bool, version: int = 0, **kwargs):
        self.given = answers
        self.caregiver = caregiver
        super().__init__(data, for_someone_else=caregiver, **kwargs)
        self.initial.update({name: self.shown(name) for name in self.fields if answers.get(name) is not None})
        self.initial["version"] = version
        self.fields["version"].error_messages.update(invalid=INVALID_VERSION, min_value=INVALID_VERSION)
        self.fields["version"].error_messages["max_value"] = INVALID_VERSION
        if caregiver:
            self._speak_to_caregiver()

    def _speak_to_caregiver(self) -> None:
        for name, words in self.for_caregiver.items():
            field: Any = self.fields[name]
            field.label = words.get("label", field.label)
            field.help_text = words.get("help_text", field.help_text)
            if "choices" in words:
                field.choices = words["choices"]
            if "missing" in words:
                field.error_messages["required"] = words["missing"]

    def shown(self, name: str) -> Any:
        """A stored answer as its field wants it."""
        return self.given[name]

    def answers(self) -> dict[str, Any]:
        """The answers of this page as they are stored; None where nothing was answered. Only for a valid form."""
        given = {name: stored(value) for name, value in self.cleaned_data.items() if name not in self.own_names}
        return {**given, **self.stamps}

    def doubts(self) -> dict[str, Any]:
        """What to point out once: field name -> sentence. Sent again unchanged, it is taken as it is."""
        return {}

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("asked"):
            for name, sentence in self.doubts().items():
                if name not in self.errors:
                    self.add_error(name, forms.ValidationError(sentence, code="once"))
        return cleaned

    def sure_answers(self) -> dict[str, Any]:
        """Answers that should count at once although the page has errors; none by default."""
        return {}

    def show_again(self, *, version: int | None = None) -> None:
        """Show the page again with what was typed; `version` makes it the next save after that one.

        What was pointed out now is not pointed out again. Other errors do not count: a doubt that comes up only after
        them is still told.
        """
        typed: Any = self.data
        self.data = typed = typed.copy()
        if any(error.code == "once" for errors in self.errors.as_data().values() for error in errors):
            typed[self.add_prefix("asked")] = "1"
        if version is not None:
            typed[self.add_prefix("version")] = str(version)


def stored(value: Any) -> Any:
    """A cleaned value as JSON keeps it; nothing answered is None, an empty choice of none stays an empty list."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ApproximateDate):
        return str(value)  # as precise as it was given: 2023, 2023-05 or 2023-05-09
    if isinstance(value, Decimal):
        return float(value)
    return None if value == "" else value
