"""The patient cancels a visit, or asks for another day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import LongTextField, SubmitForm


class CancelForm(SubmitForm):
    """The reason is theirs to give; `visit` is the one the page showed."""

    submit_label = _("Cancel my visit")
    submit_class = "warning"
    visit = forms.UUIDField(widget=forms.HiddenInput)
    reason = LongTextField(label=_("Why do you want to cancel?"), max_length=1000, required=False, rows=3)


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
