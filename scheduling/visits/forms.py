"""The patient cancels a visit, takes that back, or asks for another day."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import LongTextField, SubmitForm


class CancelForm(SubmitForm):
    """The reason is theirs to give; `visit` is the one the page showed, `version` its calendar sequence then."""

    submit_label = _("Cancel my visit")
    submit_class = "warning"
    visit = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = LongTextField(label=_("Why do you want to cancel?"), max_length=1000, required=False, rows=3)

    def sees(self, visit_id: UUID, version: int) -> None:
        """The page is shown again with the visit as it is now: that is what its button cancels then."""
        self.data = self.data.copy()
        self.data["visit"], self.data["version"] = str(visit_id), str(version)


class UndoCancelForm(SubmitForm):
    """One button; `change` is the cancellation that the page showed."""

    submit_label = _("Keep my visit after all")
    change = forms.UUIDField(widget=forms.HiddenInput)


class OtherDayForm(SubmitForm):
    """What suits them better, in their own words."""

    submit_label = _("Send")
    words = LongTextField(
        label=_("Which days or times suit you better?"),
        help_text=_("For example: Tuesdays, or after 10 in the morning"),
        missing=_("Tell us which days or times suit you better"),
        max_length=1000,
        rows=3,
    )
