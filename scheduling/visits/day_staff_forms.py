"""One more appointment today: with whom, when, for how long, and why where somebody must say why."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import ConsentField, LongTextField, SelectField, SubmitForm, WholeNumberField
from scheduling.visits.walk_in import LONGEST_REASON

Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]


class AddLegForm(SubmitForm):
    """An appointment of today. `over` and `bent` repeat what the page has told: only that can be confirmed."""

    submit_label = _("Add this appointment")
    clinician = SelectField(label=_("With whom?"), missing=_("Select a clinician"))
    starts = SelectField(label=_("From when?"), missing=_("Select a time"))
    minutes = WholeNumberField(
        label=_("For how many minutes?"), min_value=5, max_value=240, missing=_("Enter the minutes"), initial=30
    )
    reason = LongTextField(
        label=_("Why is it put over another appointment?"),
        help_text=_("It is marked as overbooked, and the reason stays in the history"),
        max_length=LONGEST_REASON,
        rows=2,
        required=False,
        show_optional=False,
    )
    anyway = ConsentField(label=_("Add it all the same"), required=False)
    over = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    bent = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args, clinicians: Groups, times: Sequence[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["clinician"].choices = [("", _("Choose one")), *clinicians]
        self.fields["starts"].choices = [("", _("Choose one")), *times]

    def show(self, *, can_overbook: bool) -> None:
        """Leave out what does not apply: the reason while nothing lies below, the tick while no rule is bent."""
        if not (can_overbook and self["over"].value()):
            del self.fields["reason"]
        if not self["bent"].value():
            del self.fields["anyway"]


class WalkInForm(AddLegForm):
    """The first appointment of somebody who walks in, and the room."""

    submit_label = _("Book for today")
    is_here = ConsentField(label=_("The patient is here: check in now"), required=False, initial=True)
    room = SelectField(label=_("Room"), missing=_("Select a room"))

    field_order = ("clinician", "starts", "minutes", "room", "is_here", "reason", "anyway", "over", "bent", "key")

    def __init__(self, *args, rooms: Sequence[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [("", _("Choose one")), *rooms]


class WholeDayForm(SubmitForm):
    """The whole visit that was found for today; `day` is a signed value."""

    submit_label = _("Book this visit for today")
    day = forms.CharField(max_length=4000, widget=forms.HiddenInput)
    is_here = ConsentField(label=_("The patient is here: check in now"), required=False, initial=True)
