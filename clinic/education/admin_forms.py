"""Forms of the editor and of the reviewer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.education.text import LONGEST_SUMMARY, LONGEST_TEXT


class DraftForm(forms.Form):
    """The wording of an article; whatever is typed can be saved, only sending it to review asks that it be right."""

    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=LONGEST_SUMMARY,
        required=False,
        help_text=_("One or two sentences, at most 160 characters."),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "true", "class": "article-source"}),
        help_text=_(
            "Markdown. Each “## Heading” begins a section. Special headings: Key points, Call the nurse line, "
            "Call 911 or go to the emergency room, Call or text 988, Questions to ask your team, Sources."
        ),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RevisionForm(forms.Form):
    """Which wording a button is about: nobody lets out a text that was rewritten since they read it."""

    number = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class SendBackForm(forms.Form):
    """What the reviewer asks the writer to change."""

    note = forms.CharField(
        label=_("What should be changed?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what should be changed")},
    )
