"""What a person sees of a request before pressing: read without a lock, old by the time of the press."""

from benchmarks.reliability.choosing import Seen, SeenLeg
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit


def look(request: str) -> Seen:
    """The latest offer with its days, the visit booked last with its legs: at most six queries."""
    wanted = AppointmentRequest.objects.values_list("visit_type__code", flat=True).get(pk=request)
    offer = Offer.objects.filter(request=request).order_by("-made_at").first()
    days = [] if offer is None else list(offer.alternatives.order_by("starts_at").values_list("pk", flat=True))
    visit = Visit.objects.filter(request=request, booked_at__isnull=False).order_by("-booked_at").first()
    legs = [] if visit is None else list(visit.appointments.select_related("specialty").order_by("starts_at"))
    change = None if visit is None else visit.changes.order_by("-at").values_list("pk", flat=True).first()
    return Seen(
        request=request,
        kind=wanted,
        offer=str(offer.pk) if offer else "",
        offer_state=offer.state if offer else "",
        days=tuple(str(day) for day in days),
        visit=str(visit.pk) if visit else "",
        visit_state=visit.state if visit else "",
        legs=tuple(
            SeenLeg(str(leg.pk), leg.specialty.code, leg.clinician_id, leg.starts_at, leg.state) for leg in legs
        ),
        change=str(change) if change else "",
    )
