"""Forms about files: adding one, removing one."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import SelectField, SubmitForm
from clinic.platform.forms.fields import House
from intake.records.kinds import KINDS
from intake.records.refusals import SENTENCES

# A phone offers its camera for image/*; the endings are for desks whose browser does not know HEIC
ACCEPT = "image/*,application/pdf,.pdf,.jpg,.jpeg,.png,.heic,.heif,.tif,.tiff"


class ReceivedFileField(House, forms.FileField):
    """The one file of a page. Its bytes are looked at elsewhere; only a missing one is an error of the form."""

    widget = forms.FileInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"accept": ACCEPT, "class": "file-input"}


class AddFileForm(SubmitForm):
    """What it is and the file."""

    submit_label = _("Add this file")
    kind = SelectField(label=_("What is it?"), choices=list(KINDS.items()), missing=_("Select what the file is"))
    file = ReceivedFileField(
        label=_("File"),
        help_text=_("PDF, JPG, PNG, HEIC or TIFF, up to 25 MB. You can take a photo with your phone"),
        missing=SENTENCES["missing"],
    )

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.attrs = {**helper.attrs, "data-add-files": "1"}
        return helper


class StaffFileForm(AddFileForm):
    """A fax or a report from a disk that staff add; they may say which of the records waited for it is."""

    record = SelectField(
        label=_("Which record is it?"),
        required=False,
        show_optional=False,
        empty=_("The one of its kind, if only one is waited for"),
    )

    def __init__(self, *args: Any, waiting: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "file_%s")  # the page has another form that asks for a kind
        super().__init__(*args, **kwargs)
        choices = [(str(key), name) for key, name in waiting]
        if choices:
            self.fields["record"].choices = [*self.fields["record"].choices, *choices]
        else:
            del self.fields["record"]


class RemoveFileForm(SubmitForm):
    """A button."""

    submit_label = _("Remove this file")
    submit_class = "warning"
