"""What patients are told, word for word and versioned. A change needs a new version and the clinical lead's sign-off.

Translations are made by people. A language is offered only when every text here has one.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

MESSAGES_VERSION = "BM-MESSAGES/1"

TEXTS = {
    "M-911": _(
        "This may be an emergency. Call 911 now. Do not drive yourself. Tell them you have cancer. "
        "You can finish this form later."
    ),
    "M-988": _(
        "We are glad you told us. Please call or text 988 now. It is free, and someone is there day and night. "
        "If you may act on these thoughts, call 911 or go to the nearest emergency room. A nurse will also call you."
    ),
    "M-OPIOID": _(
        "Too much pain medicine can slow your breathing. Call 911 now. If you have naloxone (Narcan), give it now. "
        "Stay with the person and keep them awake."
    ),
    "M-SPINE": _(
        "Your answers may mean that something is pressing on the nerves in your spine. This needs care today. "
        "Go to the nearest emergency room now, or call 911 if you cannot get there safely. Do not drive yourself. "
        "While you wait for a ride, lie flat and keep your back still. "
        "Tell the staff: “I have cancer, and I may have pressure on my spinal cord.” "
        "A nurse from our clinic has been alerted."
    ),
    "M-FRACTURE": _(
        "You may have a broken bone. Do not put weight on that leg or use that arm. Keep it still. "
        "Go to the nearest emergency room now, or call 911 if you cannot move safely. "
        "Tell the staff you have cancer in a bone. Our nurse has been alerted."
    ),
    "M-CALCIUM": _(
        "New confusion, being very sleepy, or not keeping fluids down can be an emergency. "
        "One cause is too much calcium in the blood. Have someone take you to the nearest emergency room now, "
        "or call 911. Do not drive. Tell the staff you have cancer and ask about a calcium test."
    ),
    "M-FEVER": _(
        "A fever during cancer treatment can be an emergency. Call your cancer team or go to the nearest emergency "
        "room now, even at night. Tell the staff you have cancer and when you had your last treatment. "
        "Do not wait for our call."
    ),
    "M-URGENT": _(
        "Thank you. Your answers need a nurse to look at them today. A nurse will call you at {phone}. "
        "If you do not hear from us by {deadline}, call {nurse_line}. If you get worse, have weak legs, "
        "new numbness, or trouble with your bladder or bowels, call 911 or go to the emergency room. "
        "Do not wait for us."
    ),
    "M-SOON": _(
        "Thank you. We want to see you soon. Our team will call you within 2 working days to plan a visit, "
        "most often within a week. Call {nurse_line} if your pain gets worse or anything changes. "
        "Call 911 for an emergency."
    ),
    "M-ROUTINE": _(
        "Thank you. Our team will call you within 2 working days. Most people are seen within 2 weeks. "
        "If anything changes, you can fill in this form again or call {nurse_line}. Call 911 for an emergency."
    ),
}

# Shown with every message when E02 fired; M-988 says it already
CRISIS_LINE = _("If you have thoughts of ending your life, you can also call or text 988, day or night.")

# Added to M-URGENT while the nurse line is closed
AFTER_HOURS = _("Our nurse line is closed right now. Until it opens, you can call {after_hours}.")
AFTER_HOURS_NO_NUMBER = _("Our nurse line is closed right now. If you get worse, go to the emergency room.")

# What a referring clinician reads in place of an emergency message; the stored code is the same
REFERRER = _("Call the on-call physician now: {on_call_number}")

HEADINGS = {
    "M-911": _("Call 911 now"),
    "M-988": _("Call or text 988 now"),
    "M-OPIOID": _("Call 911 now"),
    "M-SPINE": _("Go to the emergency room now"),
    "M-FRACTURE": _("Go to the emergency room now"),
    "M-CALCIUM": _("Go to the emergency room now"),
    "M-FEVER": _("Get help now"),
    "M-URGENT": _("A nurse will call you"),
    "M-SOON": _("We want to see you soon"),
    "M-ROUTINE": _("We have your request"),
}
CAREGIVER_HEADINGS = {
    "M-URGENT": _("A nurse will call"),
    "M-SOON": _("We want to see the patient soon"),
    "M-ROUTINE": _("We have the request"),
}
CAREGIVER_HEADING = _("Call 911 for the person you are helping")
CAREGIVER_CRISIS_HEADING = _("Call or text 988 for the person you are helping")
EMERGENCY_CODES = ("M-911", "M-988", "M-OPIOID", "M-SPINE", "M-FRACTURE", "M-CALCIUM", "M-FEVER")


@dataclass(frozen=True, slots=True)
class Message:
    """A message as one person reads it: heading, the fixed text, and lines that belong below it."""

    code: str
    version: str
    heading: str
    text: str
    lines: tuple[str, ...] = field(default=())


def message_for(
    code: str,
    *,
    caregiver: bool = False,
    crisis_line: bool = False,
    phone: str = "",
    deadline: str = "",
    nurse_line: str = "",
    nurse_line_open: bool = True,
    after_hours: str = "",
) -> Message:
    """The message in the active language.

    `phone` is the person's own number, `deadline` the first-contact time in words, `nurse_line` and `after_hours` the
    clinic's numbers. `crisis_line` is the engine's: E02 fired. Raises KeyError for an unknown code and ValueError when
    a number or time that the text needs is empty.
    """
    text = str(TEXTS[code])
    given = {"phone": phone or _now("the number you gave us"), "deadline": deadline, "nurse_line": nurse_line}
    for name, value in given.items():
        if f"{{{name}}}" in text and not value:
            raise ValueError(f"{code} needs {name}")
        # replace, not format: a brace in a value or in a translation must not break a safety text
        text = text.replace(f"{{{name}}}", value)
    lines = []
    if crisis_line and code != "M-988":
        lines.append(str(CRISIS_LINE))
    if code == "M-URGENT" and not nurse_line_open:
        lines.append(
            str(AFTER_HOURS).replace("{after_hours}", after_hours) if after_hours else str(AFTER_HOURS_NO_NUMBER)
        )
    return Message(code, MESSAGES_VERSION, heading_for(code, caregiver=caregiver), text, tuple(lines))


def heading_for(code: str, *, caregiver: bool = False) -> str:
    """The heading above the message; a caregiver is told who the help is for."""
    if caregiver and code in EMERGENCY_CODES:
        return str(CAREGIVER_CRISIS_HEADING if code == "M-988" else CAREGIVER_HEADING)
    return str(CAREGIVER_HEADINGS.get(code, HEADINGS[code]) if caregiver else HEADINGS[code])
