"""The small forms of the task list: the end of a section, the questions of a list, and taking a row away."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import PageForm, RadioField, YesNoField
from intake.before_visit.choices import UNKNOWN
from intake.before_visit.rows import RowKind
from intake.flow.forms import INVALID_VERSION


class SectionForm(PageForm):
    """Only the person's word makes a section complete."""

    done = RadioField(
        label=_("Have you completed this section?"),
        choices=(
            ("yes", _("Yes, I've completed this section")),
            ("no", _("No, I'll come back later")),
        ),
        missing=_("Select if you have completed this section"),
    )


class AnyForm(PageForm):
    """Before the first row: is there anything to list? None and "I do not know" are answers."""

    choice = RadioField(label="", choices=(), missing=_("Select an answer"))
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=10**6, error_messages={"required": INVALID_VERSION}
    )

    def __init__(self, data: Any = None, *, kind: RowKind, caregiver: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["choice"]
        field.label = kind.ask_caregiver if caregiver else kind.ask
        field.choices = [("add", _("Yes")), ("none", kind.none), UNKNOWN]
        field.error_messages["required"] = kind.missing


class AnotherForm(PageForm):
    """After each row: another one?"""

    another = YesNoField(label="", missing=_("Select yes or no"))

    def __init__(self, data: Any = None, *, kind: RowKind, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["another"].label = kind.ask_another


class RemoveForm(PageForm):
    """Removal asks to confirm: this button is the confirmation."""

    submit_label = _("Yes, remove it")
    submit_class = "warning"
