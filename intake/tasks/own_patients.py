"""The trials coordinator sees the patients who asked about a trial."""

from django.db.models import QuerySet

from clinic.accounts.roles import Permission
from intake.patients.sight import reach_by
from intake.tasks.models import StaffTask


def patients_who_asked_about_trials(user) -> QuerySet:
    """Patients with a task about their interest in a trial."""
    rows = StaffTask.objects.filter(kind=StaffTask.Kind.TRIAL_INTEREST, patient__isnull=False)
    if not user.has_perm(Permission.HANDLE_TRIALS):
        rows = rows.none()
    return rows.order_by().values("patient")


reach_by(patients_who_asked_about_trials)
