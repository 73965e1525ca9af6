"""Whoever attends the case conference sees the patients on its list, from when they are listed until a month after."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from clinic.accounts.roles import Permission
from intake.patients.sight import reach_by
from scheduling.conference.models import ConferenceCase

DAYS_AFTER = 30  # a policy of the clinic, not a clinical figure


def patients_of_conferences(user) -> QuerySet:
    """Patients on the list of a coming conference, or of one of the last 30 days."""
    rows = ConferenceCase.objects.exclude(state=ConferenceCase.State.REMOVED)
    if not user.has_perm(Permission.VIEW_CONFERENCE):
        rows = rows.none()
    since = timezone.localdate() - timedelta(days=DAYS_AFTER)
    return rows.filter(conference__on__gte=since).order_by().values("request__patient")


reach_by(patients_of_conferences)
