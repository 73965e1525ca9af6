"""Forms of the worklist: a name for a filter, and handing a request over."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.forms import LongTextField, SelectField, SubmitForm, TextField

NOTE_LENGTH = 1000


class SaveFilterForm(SubmitForm):
    """A name for the filter of the page; `query` is that filter."""

    submit_label = gettext_lazy("Save this filter")
    submit_class = "secondary"
    query = forms.CharField(widget=forms.HiddenInput, max_length=300)
    name = TextField(
        label=gettext_lazy("Name of this filter"),
        help_text=gettext_lazy("Only you see it. Name no patient"),
        missing=gettext_lazy("Enter a name for this filter"),
        max_length=60,
    )


class HandOverForm(SubmitForm):
    """To whom a request is handed over, and a word for them. `people` may hold requests."""

    submit_label = gettext_lazy("Hand over")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    colleague = SelectField(
        label=gettext_lazy("Who holds it from now on?"),
        empty=gettext_lazy("Choose a colleague"),
        missing=gettext_lazy("Choose a colleague"),
    )
    reason = LongTextField(
        label=gettext_lazy("What they should know"),
        help_text=gettext_lazy("It stands in the timeline of the request"),
        required=False,
        max_length=NOTE_LENGTH,
        rows=3,
    )

    def __init__(self, *args, people, me, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        names = {key: _("Me") if one.pk == me.pk else str(one) for key, one in self.people.items()}
        self.fields["colleague"].choices = [("", _("Choose a colleague")), *names.items()]
        self.fields["colleague"].error_messages["invalid_choice"] = _(
            "This person may not hold requests. Choose somebody from the list"
        )

    def renew(self, version: int) -> None:
        """After a refusal: a new key, and the version that is true now, so that what was typed can be sent again."""
        self.renew_key()
        self.data["version"] = str(version)
