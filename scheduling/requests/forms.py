"""Input of the patients' pages that open a link."""

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import PageForm, SplitDateField


class BirthDateForm(PageForm):
    """Proves that the person with the link knows the patient."""

    heading_field = "birth_date"
    submit_label = _("Continue")
    birth_date = SplitDateField(
        label=_("What is the patient’s date of birth?"),
        what=_("Date of birth"),
        help_text=_("We ask so that nobody else can open this link. For example: 3 27 1951"),
        missing=_("Enter the patient’s date of birth"),
        birth=True,
    )
