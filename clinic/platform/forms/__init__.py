"""Forms: rules of entry, fields, widgets of the template pack, and the base form of every page."""

from clinic.platform.forms.choice_fields import (
    CheckboxesField,
    ConsentField,
    RadioField,
    ScaleField,
    SelectField,
    YesNoField,
)  # fmt: skip
from clinic.platform.forms.fields import (
    AgoField,
    AnyPhoneField,
    ApproximateDateField,
    DecimalNumberField,
    LongTextField,
    MbiField,
    MemberIdField,
    NanpPhoneField,
    NpiField,
    PersonNameField,
    PlainEmailField,
    SplitDateField,
    TextField,
    WholeNumberField,
    ZipField,
)  # fmt: skip
from clinic.platform.forms.page_form import PageForm, Reveal, SubmitForm, new_key
from clinic.platform.forms.rules import ApproximateDate

__all__ = [
    "AgoField", "AnyPhoneField", "ApproximateDate", "ApproximateDateField", "CheckboxesField", "ConsentField",
    "DecimalNumberField", "LongTextField", "MbiField", "MemberIdField", "NanpPhoneField", "NpiField", "PageForm",
    "PersonNameField", "PlainEmailField", "RadioField", "Reveal", "ScaleField", "SelectField", "SplitDateField",
    "SubmitForm", "TextField", "WholeNumberField", "YesNoField", "ZipField", "new_key",
]  # fmt: skip
