"""How many appointments somebody has from now on: asked before a clinician is switched off in the admin."""

from django.utils import timezone

from scheduling.visits.models import Appointment, Visit
from scheduling.visits.states import BOOKED, CHECKED_IN, HELD, IN_VISIT


def appointments_of(clinician_id: int) -> int:
    """Held and booked appointments that have not begun, and visits to interpret: two queries."""
    now = timezone.now()
    legs = Appointment.objects.filter(clinician=clinician_id, state__in=[HELD, BOOKED], starts_at__gte=now)
    alive = [HELD, BOOKED, CHECKED_IN, IN_VISIT]
    visits = Visit.objects.filter(interpreter=clinician_id, state__in=alive, ends_at__gte=now)
    return legs.count() + visits.count()
