"""Letters about a decision of the review: a few texts that staff start from, change, print and send.

They are written in English for staff to check; a letter in another language is translated by a person. Nothing here
sends anything. The texts need the sign-off of the clinical lead like the messages of the emergency pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.audit.actors import Actor
from clinic.platform.words import clinic_facts, day, phone
from intake.triage.models import TriageReview
from intake.triage.rules import BY_ID
from scheduling.follow_up.letters import draft_letter
from scheduling.follow_up.models import Letter
from scheduling.requests.models import AppointmentRequest

Disposition = TriageReview.Disposition
NO_LETTER = "none"


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """A text to start from: `label` for staff, for which decision it is, and what it says about whom to see."""

    code: str
    label: Promise
    disposition: str
    body: Callable[[AppointmentRequest, datetime], str]
    to_hospital: bool = False


def _letter(says: Promise) -> Callable[[AppointmentRequest, datetime], str]:
    """A letter to the patient: thanks, what we found, whom to see, when it is an emergency, whom to call."""

    def body(wanted: AppointmentRequest, at: datetime) -> str:
        facts = clinic_facts()
        return "\n\n".join(
            [
                day(at),
                _("Dear %(name)s,") % {"name": wanted.patient.full_name},
                _("Thank you for writing to us on %(day)s. A nurse has read all of it.")
                % {"day": day(wanted.submitted_at)},
                str(says),
                _(
                    "If you get worse, have weak legs, new numbness, or trouble with your bladder or bowels, call "
                    "%(emergency)s or go to the emergency room. Do not wait."
                )
                % {"emergency": facts["emergency_number"]},
                _("If you have questions about this letter, call our nurse line: %(phone)s.")
                % {"phone": phone(facts["nurse_line"])},
                str(facts["name"]),
            ]
        )

    return body


def _to_hospital(wanted: AppointmentRequest, at: datetime) -> str:
    """A letter to the emergency department: who comes, since when, and what the answers were."""
    facts = clinic_facts()
    reasons = [BY_ID[rule].reason for rule in wanted.triage.rules if rule in BY_ID and BY_ID[rule].level == "emergency"]
    told = "\n".join(f"- {reason}" for reason in reasons) or _("- See the call of our nurse.")
    return "\n\n".join(
        [
            day(at),
            _("To the emergency department"),
            _("Patient: %(name)s, born %(born)s, phone %(phone)s")
            % {
                "name": wanted.patient.full_name,
                "born": _birth_date(wanted.patient.date_of_birth),
                "phone": phone(wanted.patient.phone_primary),
            },
            _("We asked this patient to come to you. On %(day)s they told our clinic:")
            % {"day": day(wanted.submitted_at)},
            told,
            _(
                "They wrote to our bone metastasis clinic: think of spinal cord compression, fracture, high calcium. "
                "For questions, the physician on call: %(phone)s."
            )
            % {"phone": phone(facts["on_call_physician"])},
            str(facts["name"]),
        ]
    )


def _birth_date(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "F j, Y")
    except ValueError:
        return text


TEMPLATES = (
    LetterTemplate(
        "primary_care",
        gettext_lazy("No known cancer in bone: start with primary care"),
        Disposition.NOT_FOR_THIS_CLINIC,
        _letter(
            gettext_lazy(
                "Our clinic sees people whose cancer has spread to bone. From what you told us, your primary care "
                "doctor is the right person to see first. Call their office this week. Take this letter with you."
            )
        ),
    ),
    LetterTemplate(
        "own_cancer_team",
        gettext_lazy("Own cancer team can help best"),
        Disposition.NOT_FOR_THIS_CLINIC,
        _letter(
            gettext_lazy(
                "From what you told us, your own cancer team can help you best now. They know your treatment. Call "
                "their office and tell them what you told us. They can send you to us at any time."
            )
        ),
    ),
    LetterTemplate(
        "childrens_hospital",
        gettext_lazy("Under 18: a hospital for children"),
        Disposition.NOT_FOR_THIS_CLINIC,
        _letter(
            gettext_lazy(
                "Our clinic sees adults. A hospital for children has the right doctors and nurses for patients under "
                "18. The doctor who knows the child best can send them there. We can send our papers, too. Call us."
            )
        ),
    ),
    LetterTemplate(
        "other_center",
        gettext_lazy("Another center is the right place"),
        Disposition.NOT_FOR_THIS_CLINIC,
        _letter(
            gettext_lazy(
                "From what you told us, another cancer center is the right place for your care. We will call you with "
                "its name and phone number. We can send what you gave us there, if you agree."
            )
        ),
    ),
    LetterTemplate(
        "emergency_department",
        gettext_lazy("Letter to the emergency department"),
        Disposition.EMERGENCY,
        _to_hospital,
        to_hospital=True,
    ),
)
BY_CODE = {one.code: one for one in TEMPLATES}


def codes_for(disposition: str) -> list[str]:
    """The letters that fit a decision; none for one that plans a visit."""
    return [one.code for one in TEMPLATES if one.disposition == disposition]


def draft_for_decision(wanted: AppointmentRequest, template: str, *, user, by: Actor, at: datetime) -> Letter | None:
    """A draft of the letter chosen at a review, inside its transaction; None for "no letter" or an empty code.

    Raises KeyError for an unknown code: the form offers known ones only.
    """
    if template in ("", NO_LETTER):
        return None
    chosen = BY_CODE[template]
    addressee = _("Emergency department") if chosen.to_hospital else wanted.patient.full_name or _("The patient")
    return draft_letter(
        wanted,
        kind=Letter.Kind.DISPOSITION,
        template=template,
        addressee=addressee,
        body=chosen.body(wanted, at),
        user=user,
        by=by,
        at=at,
    )


def address_of_letter(letter: Letter, wanted: AppointmentRequest) -> str:
    """Where staff change, print and send a letter."""
    return reverse("staff-follow-up:letter", args=[wanted.reference, letter.pk])
