"""Who a page is about, in one line under the name: what tells two people of one name apart, how to speak to them."""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.follow_up.words import tongue_words, voicemail_words
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.history import filled_by_words
from scheduling.worklist.lists import age_on


def person_line(wanted: AppointmentRequest) -> str:
    """ "67 years old, born March 27, 1959. Likes to be called Mo. Spanish, interpreter needed. Voicemail allowed."

    No query: patient, report and what was told before the visit are loaded with the request.
    """
    patient = wanted.patient
    told = getattr(wanted.report, "before_visit", None)
    called = str((told.answers if told is not None else {}).get("preferred_name") or "").strip()
    born = _born(patient.date_of_birth)
    age = age_on(patient.date_of_birth, timezone.localdate())
    parts = [
        ", ".join(
            words
            for words in (
                "" if age is None else ngettext("%(age)s year old", "%(age)s years old", age) % {"age": age},
                _("born %(born)s") % {"born": born},
            )
            if words
        ),
        _("Likes to be called %(name)s") % {"name": called} if called else "",
        tongue_words(patient),
        voicemail_words(patient),
        _("filled in by %(who)s") % {"who": filled_by_words(wanted.filled_by)} if wanted.filled_by != "patient" else "",
    ]
    return " · ".join(part[:1].upper() + part[1:] for part in parts if part)


def _born(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "F j, Y")
    except ValueError:
        return text
