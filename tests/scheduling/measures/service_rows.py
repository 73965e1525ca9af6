"""Rows for the tests of the measures of service."""

from datetime import datetime, timedelta

from scheduling.models import Appointment, AppointmentRequest, Visit
from tests.factories import SmallClinic
from tests.scheduling.measures.service_facts import at

SENT = at(11, 10, 9)  # Tuesday, November 10, 2026


def a_visit(
    clinic: SmallClinic,
    wanted: AppointmentRequest,
    *,
    starts: datetime | None = None,
    state="completed",
    codes=("NURSE_NAV", "RAD_ONC"),
    **more,
) -> Visit:
    """A visit with half an hour for each specialty, without claims."""
    starts = starts or at(11, 17, 9)
    half = timedelta(minutes=30)
    visit = Visit.objects.create(
        request=wanted, patient=wanted.patient, visit_type=clinic.visit_types["coordinated_new"], site=clinic.site,
        room=clinic.rooms[0], state=state, starts_at=starts, ends_at=starts + half * len(codes),
        booked_at=SENT, **more,
    )  # fmt: skip
    Appointment.objects.bulk_create(
        Appointment(
            visit=visit, position=place, specialty=clinic.specialties[code], clinician=clinic.people[code][0],
            state="done" if state == "completed" else state, starts_at=starts + half * place,
            ends_at=starts + half * (place + 1),
        )
        for place, code in enumerate(codes)
    )  # fmt: skip
    return visit
