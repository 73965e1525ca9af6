"""The calendar file of a visit: when, where and the reference; nothing of the patient, the clinicians, the specialties.

The reference is what a person says when they call; it opens nothing.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from clinic.platform.words import phone
from scheduling.visits.itinerary import where_words
from scheduling.visits.models import Visit

PRODUCT = "-//Clinic//Visits//EN"  # no word about the kind of clinic: calendars are shared
STILL_ON = (Visit.State.BOOKED, Visit.State.CHECKED_IN, Visit.State.IN_VISIT, Visit.State.COMPLETED)


def visit_calendar(visit: Visit) -> bytes:
    """The iCalendar file (RFC 5545) of a booked or canceled visit.

    The UID stays that of the visit and SEQUENCE counts its changes, so that a newer file replaces an older one; a visit
    that took the place of another one keeps that one's entry. A canceled visit cancels the entry. Times are UTC, which
    needs no time zone table.
    """
    is_on = visit.state in STILL_ON
    event = Event()
    event.add("uid", f"{_first_of(visit).pk}@visits")
    event.add("sequence", visit.calendar_sequence)
    event.add("dtstamp", _utc(visit.cancelled_at or visit.booked_at or visit.starts_at))
    event.add("dtstart", _utc(visit.starts_at))
    event.add("dtend", _utc(visit.ends_at))
    event.add("summary", _("Clinic visit"))
    event.add("location", where_words(visit))
    words = {"phone": phone(settings.CLINIC_PHONE), "reference": visit.request.reference}
    event.add("description", _("Questions? Call %(phone)s. Reference: %(reference)s") % words)
    event.add("status", "CONFIRMED" if is_on else "CANCELLED")
    event.add("transp", "OPAQUE" if is_on else "TRANSPARENT")
    event.add("class", "PRIVATE")
    file = Calendar()
    file.add("version", "2.0")
    file.add("prodid", PRODUCT)
    file.add("method", "PUBLISH" if is_on else "CANCEL")
    file.add_component(event)
    return file.to_ical()


def _first_of(visit: Visit) -> Visit:
    """The visit whose entry a calendar has, of those that took one another's place."""
    while visit.offer_id is not None and visit.offer.replaces is not None:
        visit = visit.offer.replaces
    return visit


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
