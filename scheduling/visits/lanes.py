"""The two lanes of a clinician's time (decision 0008): opening the second for an overbooked claim, closing it again.

The database keeps the rule whatever happens here; these are the writes that make an overbooking possible at all and
that tidy up after it. Call them inside a transaction that has the locks of the clinician's day.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import Entry, record_many
from clinic.platform.db.batch import Batch, stored
from scheduling.visits.models import Appointment, Claim, Visit

Time = tuple[int, datetime, datetime]  # a clinician's key, from, until
A_DAY = timedelta(hours=24)  # no claim is longer
_OPEN = (
    "UPDATE scheduling_claim SET is_shared = %s WHERE clinician_id = %s AND starts_at < %s AND ends_at > %s"
    " AND starts_at >= %s AND visit_id IS NOT NULL AND expires_at IS NULL AND NOT is_overbooked AND NOT is_shared"
)


def open_lanes(claims: Iterable[Claim], batch: Batch) -> None:
    """Has the booked claims under overbooked ones give up their second lane; holds and busy time keep theirs.

    An overbooked claim over a hold or over time that is busy elsewhere is therefore refused by the database as taken.
    """
    moment = partial(stored, Claim._meta.get_field("starts_at"))
    for claim in claims:
        if claim.is_overbooked:
            span = [moment(claim.ends_at), moment(claim.starts_at), moment(claim.starts_at - A_DAY)]
            batch.add(_OPEN, [True, claim.clinician_id, *span])


def settle_lanes(freed: Iterable[Time]) -> list[Claim]:
    """After claims on these times of clinicians went away: what was overbooked over them and lies alone now is normal.

    Its appointment loses the mark with it. What has no overbooked claim over it any more takes both lanes again.
    Returns the claims that became normal; one query when no lane was shared.
    """
    freed = list(freed)
    marked = _marked(freed) if freed else []
    alone = [
        claim
        for claim in marked
        if claim.is_overbooked and not _meets(claim, marked, lambda one: not one.is_overbooked)
    ]
    if alone:
        Claim.objects.filter(pk__in=[claim.pk for claim in alone]).update(is_overbooked=False)
        for claim in alone:
            claim.is_overbooked = False
            Appointment.objects.filter(
                visit=claim.visit_id, clinician=claim.clinician_id, starts_at=claim.starts_at, is_overbooked=True
            ).update(is_overbooked=False)
        record_many(Entry("overbooking_ended", SYSTEM, visit) for visit in _visits_of(alone))
    closed = [one for one in marked if one.is_shared and not _meets(one, marked, lambda other: other.is_overbooked)]
    if closed:
        Claim.objects.filter(pk__in=[one.pk for one in closed]).update(is_shared=False)
    return alone


def _marked(freed: list[Time]) -> list[Claim]:
    """Overbooked and shared claims near the times; all that overlap one of them are among the result."""
    near = Q(pk__in=[])
    for clinician_id, start, end in freed:
        near |= Q(clinician=clinician_id, starts_at__gte=start - 2 * A_DAY, starts_at__lt=end + A_DAY)
    marks = Q(is_overbooked=True) | Q(is_shared=True)
    return list(Claim.objects.filter(near, marks).order_by("clinician", "starts_at"))


def _meets(claim: Claim, others: Iterable[Claim], which) -> bool:
    """Whether one of the others of the same clinician that are `which` lies at the same time."""
    return any(
        which(other)
        and other.clinician_id == claim.clinician_id
        and other.starts_at < claim.ends_at
        and other.ends_at > claim.starts_at
        for other in others
        if other.pk != claim.pk
    )


def _visits_of(claims: Iterable[Claim]) -> list[Visit]:
    return list(Visit.objects.filter(pk__in={claim.visit_id for claim in claims}).order_by("pk"))
