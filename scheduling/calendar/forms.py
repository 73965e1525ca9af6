"""Forms of the calendar: a request by its reference, and the button that holds a free time."""

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import PageForm, SubmitForm, TextField


class ReferenceForm(PageForm):
    """The request that goes into a gap, by its reference; asked for by GET, nothing is changed."""

    submit_label = _("Find the request")
    submit_class = "secondary"
    reference = TextField(
        label=_("Reference"),
        help_text=_("For example BMC-7K4Q-29"),
        missing=_("Enter a reference"),
        max_length=40,
    )

    @property
    def helper(self):
        """Sent by GET: the address says which request is meant."""
        helper = super().helper
        helper.form_method, helper.disable_csrf = "get", True
        return helper


class HoldForm(SubmitForm):
    """One button: hold the time and send it to the patient."""

    submit_label = _("Hold this time and send the offer")
