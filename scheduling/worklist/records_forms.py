"""Forms of the records that a visit needs."""

from django import forms
from django.utils.translation import gettext_lazy

from clinic.platform.forms import ConsentField, RadioField, SelectField, SubmitForm, TextField
from intake.records.models import ReadinessItem
from intake.records.words import KIND_WORDS

STATE_HINTS = {
    ReadinessItem.State.NEEDED: gettext_lazy("Nobody has asked for it yet"),
    ReadinessItem.State.REQUESTED: gettext_lazy("Somebody asked the place where it is"),
    ReadinessItem.State.RECEIVED: gettext_lazy("It is here and can be read"),
    ReadinessItem.State.NOT_NEEDED: gettext_lazy("The visit can do without it"),
}


class AddRecordForm(SubmitForm):
    """A record that staff want and no answer named."""

    submit_label = gettext_lazy("Add to the list")
    submit_class = "secondary"
    kind = SelectField(
        label=gettext_lazy("Kind of record"),
        choices=list(KIND_WORDS.items()),
        missing=gettext_lazy("Select what kind of record it is"),
    )
    detail = TextField(label=gettext_lazy("Which one"), required=False, max_length=200)
    source = TextField(label=gettext_lazy("Where it comes from"), required=False, max_length=200)
    is_required = ConsentField(label=gettext_lazy("The visit waits for it"), required=False)


class StateForm(SubmitForm):
    """One button of the list: a state, nothing else changes."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    state = forms.ChoiceField(choices=ReadinessItem.State.choices, widget=forms.HiddenInput)


class RecordForm(SubmitForm):
    """Everything about one record."""

    submit_label = gettext_lazy("Save")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    state = RadioField(
        label=gettext_lazy("What became of it?"),
        choices=ReadinessItem.State.choices,
        hints=STATE_HINTS,
        missing=gettext_lazy("Select what became of this record"),
    )
    source = TextField(label=gettext_lazy("Where it comes from"), required=False, max_length=200)
    is_required = ConsentField(label=gettext_lazy("The visit waits for it"), required=False)
