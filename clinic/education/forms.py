"""The search box."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.education.search import LONGEST_QUERY


def is_searchable(typed: str) -> bool:
    """Whether the form below would take this as it is: asked of every search, while the form tells what is wrong."""
    return 0 < len(typed.strip()) <= LONGEST_QUERY and "\0" not in typed


class SearchForm(forms.Form):
    """A GET form: what is typed stands in the address and nowhere else."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=LONGEST_QUERY,
        error_messages={
            "max_length": _("Search for fewer words: %(limit_value)d characters at most"),
            "null_characters_not_allowed": _("Search for words"),
        },
    )
