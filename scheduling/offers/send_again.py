"""Staff have the link to held days or to a booked visit sent once more, by e-mail or text."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.models import Message
from clinic.messages.send import earlier_day, offer_ready, visit_confirmed
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.limits import take
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.access.links import make_link
from intake.patients.reach import Way, ways_to
from scheduling.offers.accepting import LINK_AFTER_VISIT
from scheduling.offers.models import Offer
from scheduling.requests.may import require_staff
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit

MOST, MOST_SECONDS = 5, 60 * 60  # links a request may have sent in an hour


def _replayed(stored: str) -> Message:
    return Message.objects.get(pk=stored)


@submit_once("send_link_again", store=lambda message: str(message.pk), replay=_replayed)
def send_link_again(wanted: AppointmentRequest, *, way: Way, by: Actor, key: str) -> Message:
    """Sends a new link to the open offer of a request, else to its booked visit; earlier links go on working.

    Only by a way that the patient agreed to. Raises Refused: "not_allowed", "no_way" (they did not agree to it, or this
    clinic has no texts), "nothing" (neither an open offer nor a booked visit), "too_many".
    """
    require_staff(by, Permission.MAKE_OFFER)
    row = AppointmentRequest.objects.select_related("patient").get(pk=wanted.pk)
    to = ways_to(row.patient).get(way)
    if not to:
        raise Refused(_("The patient has not agreed to be written to in this way. Call them."), code="no_way")
    now = timezone.now()
    offer = row.offers.filter(state=Offer.State.OPEN, expires_at__gt=now).exclude(origin=Offer.Origin.SELF).first()
    visit = row.visits.filter(state=Visit.State.BOOKED, ends_at__gt=now).order_by("-booked_at").first()
    if offer is None and visit is None:
        raise Refused(_("There is no open offer and no booked visit to send a link to."), code="nothing")
    if not take("link-again", str(row.pk), capacity=MOST, per_seconds=MOST_SECONDS):
        raise Refused(_("Many links were sent in the past hour. Call the patient."), code="too_many")
    born = date.fromisoformat(row.patient.date_of_birth)
    if offer is not None:
        token = make_link(purpose="offer", subject_id=offer.pk, birth_date=born, expires_at=offer.expires_at)
        tell = offer_ready if offer.replaces_id is None else earlier_day
        (message,) = tell(to, link=settings.PUBLIC_URL + reverse("offers:open", args=[token]))
    else:
        ends = visit.ends_at + LINK_AFTER_VISIT
        token = make_link(purpose="visit", subject_id=visit.pk, birth_date=born, expires_at=ends)
        (message,) = visit_confirmed(to, link=settings.PUBLIC_URL + reverse("visits:open", args=[token]))
    record("link_sent_again", by=by, subject=row, data={"way": way, "what": "offer" if offer else "visit"})
    return message
