"""An offer of another day for somebody who has one: the booked visit gives way when the offered day is accepted."""

from datetime import datetime

from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from intake.access.links import revoke_links
from scheduling.offers.models import Offer
from scheduling.requests.may import PERSONS
from scheduling.requests.models import RequestNote
from scheduling.visits.freed import time_freed
from scheduling.visits.models import Claim, StateChange, Visit
from scheduling.visits.moves import swap_visits

REASON = "replaced"
BEGUN = frozenset({Visit.State.CHECKED_IN, Visit.State.IN_VISIT, Visit.State.COMPLETED})


def claims_of_replaced(offer: Offer) -> list[Claim]:
    """The time that accepting gives back, to be locked with what it takes; no query for an ordinary offer."""
    return list(Claim.objects.filter(visit=offer.replaces_id)) if offer.replaces_id is not None else []


def give_up_replaced(offer: Offer, chosen: Visit, *, by: Actor, now: datetime) -> dict[str, int]:
    """Cancel the visit that `chosen` takes the place of, inside the caller's transaction, which has the locks.

    Its links end and no message tells of it: the confirmation of the new day does. A visit that was canceled meanwhile
    needs nothing. Returns further columns of the new visit: it takes on the other one's calendar entry, one change
    later. Raises Refused(code="begun") when the patient has come to it already.
    """
    if offer.replaces_id is None:
        return {}
    old = Visit.objects.select_for_update(of=("self",)).get(pk=offer.replaces_id)
    if old.state in BEGUN:
        raise Refused(_("The visit has begun. It cannot change to another day."), code="begun")
    entry = {"calendar_sequence": old.calendar_sequence + 1}
    if old.state != Visit.State.BOOKED:
        return entry
    to = Visit.State.CANCELLED_BY_PATIENT if by.kind in PERSONS else Visit.State.CANCELLED_BY_CLINIC
    changes = {"cancelled_at": now, **entry}
    history = swap_visits([old], old.appointments.all(), to, by=by, at=now, reason=REASON, changes=changes)
    StateChange.objects.bulk_create(history)
    revoke_links("visit", old.pk)
    RequestNote.objects.create(request_id=offer.request_id, kind="visit_replaced", by_label=by.label or by.kind, at=now)
    time_freed(at=now, cause="visit_replaced")
    data = {"state": to, "request": offer.request_id, "replaced_by": chosen.pk}
    record("visit_cancelled", by=by, subject=old, data=data)
    return entry
