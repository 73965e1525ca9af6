"""Visits of one day with their claims, written straight into the tables: no booking is under test here."""

from datetime import timedelta

from scheduling.visits.drawing import draw_claims
from scheduling.visits.models import Appointment, Claim, Visit

MINUTES = 40


def a_visit_today(wanted, clinic, legs, *, room=0, who=0, **facts):
    """A booked visit of legs [(specialty code, start)], each with the `who`th clinician of its specialty."""
    people = [(clinic.people[code][who], start) for code, start in legs]
    return a_visit_with(wanted, people, clinic.rooms[room], **facts)


def a_visit_with(wanted, legs, room, *, state="booked", minutes=MINUTES, claims=True, **facts):
    """A booked visit of legs [(clinician, start)] in a room. Without `claims` its time is not taken."""
    visit = Visit.objects.create(
        request=wanted,
        patient=wanted.patient,
        visit_type=wanted.visit_type,
        site=room.site,
        room=room,
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
            specialty=clinician.specialty,
            clinician=clinician,
            state="booked",
            starts_at=start,
            ends_at=start + timedelta(minutes=minutes),
        )
        for position, (clinician, start) in enumerate(legs, start=1)
    ]
    if claims:
        Claim.objects.bulk_create(draw_claims(visit, rows, with_patient=True))
    type(wanted).objects.filter(pk=wanted.pk).update(status="scheduled")
    wanted.refresh_from_db()
    return visit
