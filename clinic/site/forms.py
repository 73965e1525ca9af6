"""Preferences as forms."""

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import PageForm, RadioField
from clinic.site.preferences import TEXT_SIZES, THEMES


class PreferencesForm(PageForm):
    submit_label = _("Save")
    text_size = RadioField(label=_("Text size"), choices=TEXT_SIZES, missing=_("Select a text size"))
    theme = RadioField(label=_("Colors"), choices=THEMES, missing=_("Select the colors of the pages"))
