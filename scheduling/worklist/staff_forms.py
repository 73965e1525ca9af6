"""Forms of the worklist, the request, the review and the alert."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.roles import Permission
from clinic.directory.models import Specialty
from clinic.platform.db.together import read_together
from clinic.platform.forms import (
    CheckboxesField,
    LongTextField,
    PageForm,
    RadioField,
    Reveal,
    SubmitForm,
    TextField,
)
from intake.triage.models import Level, TriageReview
from scheduling.follow_up.disposition_letters import NO_LETTER, TEMPLATES, codes_for
from scheduling.itineraries.models import VisitType
from scheduling.worklist.search import read_search

Disposition = TriageReview.Disposition
NOTE_LENGTH = 1000

DISPOSITION_WORDS = {
    Disposition.EMERGENCY: gettext_lazy("Emergency department now"),
    Disposition.URGENT: gettext_lazy("Urgent"),
    Disposition.SOON: gettext_lazy("Soon"),
    Disposition.ROUTINE: gettext_lazy("Routine"),
    Disposition.NEEDS_INFORMATION: gettext_lazy("Needs information"),
    Disposition.NOT_FOR_THIS_CLINIC: gettext_lazy("Not for this clinic"),
}
DISPOSITION_HINTS = {
    Disposition.EMERGENCY: gettext_lazy("Call the patient now. No visit is planned here today"),
    Disposition.URGENT: gettext_lazy("A visit within 3 days"),
    Disposition.SOON: gettext_lazy("A visit within 7 days"),
    Disposition.ROUTINE: gettext_lazy("A visit within 14 days"),
    Disposition.NEEDS_INFORMATION: gettext_lazy("The level stays as it is until the answer is here"),
    Disposition.NOT_FOR_THIS_CLINIC: gettext_lazy("Closes the request"),
}
LEVELS_TO_SEE = (Disposition.URGENT, Disposition.SOON, Disposition.ROUTINE)


class SearchForm(PageForm):
    """One box: a reference, a whole phone number, a whole birth date, or the first letters of a name."""

    submit_label = gettext_lazy("Search")
    words = TextField(
        label=gettext_lazy("Find a request"),
        help_text=gettext_lazy(
            "Reference, emergency code, whole phone number, birth date (3/27/1951) or start of the name"
        ),
        missing=gettext_lazy("Enter a name, reference, phone number or birth date"),
        max_length=100,
    )

    def clean_words(self) -> str:
        """The trimmed words; too few letters are refused with what to type instead."""
        return read_search(self.cleaned_data["words"])


class ContactForm(SubmitForm):
    """An attempt to reach the person; only one that reached them stops the clock."""

    submit_label = gettext_lazy("Save the call")
    reached = RadioField(
        label=gettext_lazy("Did you reach the person?"),
        choices=[("yes", gettext_lazy("Yes, I spoke with them")), ("no", gettext_lazy("No, not reached"))],
        missing=gettext_lazy("Select whether you reached the person"),
    )
    note = LongTextField(label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH, rows=3)


class NoteForm(SubmitForm):
    """A note for colleagues; the patient does not see it."""

    submit_label = gettext_lazy("Save the note")
    text = LongTextField(
        label=gettext_lazy("Note for colleagues"),
        missing=gettext_lazy("Enter the note"),
        max_length=NOTE_LENGTH,
        rows=3,
    )


class FurtherForm(SubmitForm):
    """What staff did about somebody whom no call reaches; two buttons say what it was."""

    buttons = ("do",)
    note = LongTextField(
        label=gettext_lazy("What was said, and by whom"), required=False, max_length=NOTE_LENGTH, rows=3
    )


class AlertContactForm(ContactForm):
    """The same for an alert, where there may be no number to call."""

    def __init__(self, *args, has_number: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_number:
            self.fields["reached"].choices = [
                *self.fields["reached"].choices,
                ("no_number", _("Cannot be reached: no number")),
            ]


class ReviewForm(SubmitForm):
    """The decision of a nurse or physician on one request."""

    submit_label = gettext_lazy("Save the review")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    opened_at = forms.CharField(widget=forms.HiddenInput, max_length=40)
    disposition = RadioField(
        label=gettext_lazy("How soon must this person be seen?"),
        choices=[(value, DISPOSITION_WORDS[value]) for value in Disposition],
        hints=DISPOSITION_HINTS,
        divider_before=Disposition.NEEDS_INFORMATION,
        missing=gettext_lazy("Select how soon this person must be seen"),
    )
    question = LongTextField(
        label=gettext_lazy("What do you ask the patient?"),
        help_text=gettext_lazy("The patient reads this on their page. Write it in plain words"),
        required=False,
        show_optional=False,
        max_length=NOTE_LENGTH,
        rows=3,
    )
    letter = RadioField(
        label=gettext_lazy("Letter"),
        help_text=gettext_lazy("A draft to change, print and send. It is never e-mailed"),
        choices=[*((one.code, one.label) for one in TEMPLATES), (NO_LETTER, gettext_lazy("No letter, told by phone"))],
        required=False,
        show_optional=False,
    )
    reason = LongTextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("For colleagues only. Needed whenever the level changes or no visit is planned"),
        required=False,
        show_optional=False,
        max_length=NOTE_LENGTH,
        rows=4,
    )
    visit_type = RadioField(
        label=gettext_lazy("Visit type"),
        help_text=gettext_lazy("Needed when a visit is to be planned"),
        choices=[],
        required=False,
        show_optional=False,
    )
    specialties = CheckboxesField(
        label=gettext_lazy("Specialties to see"),
        help_text=gettext_lazy("Ticked: what the answers suggest. You decide"),
        choices=[],
        required=False,
        show_optional=False,
    )

    reveals = {
        "question": Reveal(
            "disposition", (Disposition.NEEDS_INFORMATION,), gettext_lazy("Enter what information is needed")
        ),
        "letter": Reveal("disposition", (Disposition.NOT_FOR_THIS_CLINIC, Disposition.EMERGENCY)),
        "visit_type": Reveal("disposition", LEVELS_TO_SEE),
        "specialties": Reveal("disposition", LEVELS_TO_SEE),
    }

    def __init__(self, *args, wanted, user, suggested_for: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.wanted, self.user = wanted, user
        kinds, specialties = read_together(
            VisitType.objects.filter(is_active=True), Specialty.objects.filter(is_leg=True)
        )
        self.visit_types = sorted(kinds, key=lambda kind: kind.name)
        specialties.sort(key=lambda one: (one.position, one.code))
        self.fields["visit_type"].choices = [(kind.code, kind.name) for kind in self.visit_types]
        self.fields["specialties"].choices = [(one.code, one.name) for one in specialties]
        self.fields["specialties"].widget.hints = suggested_for

    def clean_opened_at(self):
        """When the page was opened; an unreadable moment is refused."""
        try:
            opened = parse_datetime(self.cleaned_data["opened_at"])
        except ValueError:
            opened = None
        if opened is None or opened.tzinfo is None:
            raise ValidationError(_("Open this page again before you save"))
        return opened

    def clean(self) -> dict:
        """Reason, letter, visit type and specialties where the decision asks for them."""
        cleaned = super().clean() or self.cleaned_data
        decision = cleaned.get("disposition")
        if not decision:
            return cleaned
        if self._needs_reason(decision) and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", self._reason_asked(decision))
        lowers = Level.EMERGENCY in self.levels and decision not in (Level.EMERGENCY, Disposition.NEEDS_INFORMATION)
        if lowers and not self.user.has_perm(Permission.LOWER_EMERGENCY):
            self.add_error("disposition", _("Only a nurse or a physician may lower an emergency"))
        if decision in LEVELS_TO_SEE:
            self._clean_visit(cleaned)
        self._clean_letter(decision, cleaned)
        return cleaned

    @property
    def levels(self) -> set[str]:
        """The computed level and the one that counts now, which an emergency shown or new symptoms may have raised."""
        return {self.wanted.triage.level, self.wanted.level}

    def _needs_reason(self, decision: str) -> bool:
        return decision != Disposition.NEEDS_INFORMATION and self.levels != {decision}

    def _reason_asked(self, decision: str) -> str:
        if decision == Disposition.NOT_FOR_THIS_CLINIC:
            return _("Enter why this is not for this clinic, and where the person should go")
        words = {"level": Level(self.wanted.triage.level).label.lower()}
        if decision != self.wanted.triage.level:
            return _("Enter why you change the computed level (%(level)s)") % words
        words["level"] = Level(self.wanted.level).label.lower()
        return _("Enter why you change the level that counts now (%(level)s)") % words

    def _clean_letter(self, decision: str, cleaned: dict) -> None:
        fitting = codes_for(decision)
        if decision == Disposition.NOT_FOR_THIS_CLINIC and not cleaned.get("letter"):
            self.add_error("letter", _("Select a letter, or that the person is told by phone"))
        elif cleaned.get("letter") not in (None, NO_LETTER, *fitting):
            self.add_error("letter", _("Select a letter that fits the decision"))

    def _clean_visit(self, cleaned: dict) -> None:
        kind = next((one for one in self.visit_types if one.code == cleaned.get("visit_type")), None)
        if kind is None:
            self.add_error("visit_type", _("Select the visit type"))
        elif kind.takes_suggested_legs and not cleaned.get("specialties"):
            self.add_error("specialties", _("Select at least one specialty"))
