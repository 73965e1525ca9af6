"""Visits of one day with their claims, written straight into the tables: no booking is under test here."""

from datetime import timedelta

from scheduling.visits.drawing import draw_claims
from scheduling.visits.models import Appointment, Claim, Visit

MINUTES = 40


def a_visit_today(wanted, clinic, legs, *, room=0, who=0, state="booked", minutes=MINUTES, claims=True, **facts):
    """A booked visit of legs [(specialty code, start)], each with the `who`th clinician of its specialty.

    Without `claims` its time is not taken: only to be looked at.
    """
    visit = Visit.objects.create(
        request=wanted,
        patient=wanted.patient,
        visit_type=wanted.visit_type,
        site=clinic.site,
        room=clinic.rooms[room],
        state=state,
        starts_at=legs[0][1],
        ends_at=legs[-1][1] + timedelta(minutes=minutes),
        booked_at=wanted.submitted_at,
        **facts,
    )
    rows = [
        Appointment.objects.create(
            visit=visit,
            position=position,
            specialty=clinic.specialties[code],
            clinician=clinic.people[code][who],
            state="booked",
            starts_at=start,
            ends_at=start + timedelta(minutes=minutes),
        )
        for position, (code, start) in enumerate(legs, start=1)
    ]
    if claims:
        Claim.objects.bulk_create(draw_claims(visit, rows, with_patient=True))
    type(wanted).objects.filter(pk=wanted.pk).update(status="scheduled")
    wanted.refresh_from_db()
    return visit
