"""The clinic cancels a visit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import RadioField, SubmitForm

REASONS = [
    ("patient_asked", _("The patient asked for it")),
    ("clinician_away", _("A clinician cannot come")),
    ("room_or_equipment", _("A room or a machine cannot be used")),
    ("records_missing", _("Images or records are missing")),
    ("patient_in_hospital", _("The patient is in the hospital")),
    ("other", _("Another reason")),
]


class CancelVisitForm(SubmitForm):
    """Why the visit is canceled, which stays in the history, and which state of it the person saw."""

    submit_label = _("Cancel this visit")
    submit_class = "warning"
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = RadioField(label=_("Why is the visit canceled?"), choices=REASONS, missing=_("Select a reason"))

    def sees(self, version: int) -> None:
        """The page is shown again with the visit as it is now: that is what its button cancels then."""
        self.data = self.data.copy()
        self.data["version"] = str(version)
