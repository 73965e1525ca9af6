"""Input of the pages on which staff change a visit: why, and which days suit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import CheckboxesField, ConsentField, PageForm, RadioField, SplitDateField, SubmitForm
from scheduling.offers.staff_forms import PARTS, WEEKDAYS

REASONS = [
    ("patient_asked", _("The patient asked for it")),
    ("clinician_away", _("A clinician cannot come")),
    ("room_or_equipment", _("A room or a machine cannot be used")),
    ("running_late", _("The day runs late")),
    ("other", _("Another reason")),
]


class ConfirmForm(SubmitForm):
    """Why the visit is changed, and which state of it the person saw."""

    submit_label = _("Make this change")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = RadioField(label=_("Why is it changed?"), choices=REASONS, missing=_("Select a reason"))


class DayForm(PageForm):
    """From when to look, and which days suit."""

    submit_label = _("Find days")
    first = SplitDateField(
        label=_("Look from"),
        what=_("Look from"),
        help_text=_("4 weeks from this day are searched. Leave it empty to look from today."),
        required=False,
        show_optional=False,
    )
    weekdays = CheckboxesField(
        label=_("Days of the week that suit"), choices=WEEKDAYS, required=False, show_optional=False
    )
    parts = CheckboxesField(label=_("Times of day that suit"), choices=PARTS, required=False, show_optional=False)
    only = ConsentField(label=_("Only show days that meet these wishes"), required=False)
