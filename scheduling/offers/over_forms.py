"""Booking a day with an appointment over another one: why, and that the patient has agreed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import ConsentField, LongTextField, SubmitForm
from scheduling.visits.walk_in import LONGEST_REASON


class OverForm(SubmitForm):
    """`pick` is the signed day, `seen` what the page has told of the appointments below: only that is confirmed."""

    submit_label = _("Book this day over the other appointment")
    reason = LongTextField(
        label=_("Why is it put over another appointment?"),
        help_text=_("It is marked as overbooked, and the reason stays in the history"),
        missing=_("Enter why it is put over another appointment"),
        max_length=LONGEST_REASON,
        rows=2,
    )
    agreed = ConsentField(
        label=_("The patient has agreed to this day"),
        error_messages={"required": _("Ask the patient first: this day cannot be held for them to choose")},
    )
    pick = forms.CharField(max_length=4000, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def tell(self, seen: str) -> None:
        """Write down what the page tells now, also when it is shown again."""
        self.initial["seen"] = seen
        if self.is_bound:
            self.data = self.data.copy()
            self.data["seen"] = seen
