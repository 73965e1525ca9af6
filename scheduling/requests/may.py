"""Who may do something to a request, an offer or a visit: asked again inside the action."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.refusals import Refused
from intake.patients.reach import addresses_of, texts_promised
from intake.tasks.actions import open_call_task
from scheduling.requests.models import AppointmentRequest

PERSONS = frozenset({"patient", "caregiver"})


def not_allowed() -> Refused:
    """The one sentence for everybody who may not."""
    return Refused(_("You are not allowed to do this."), code="not_allowed")


def require_user(user, permission: Permission) -> None:
    """Raise Refused unless this member of staff has the permission."""
    if not user.has_perm(permission):
        raise not_allowed()


def require_staff(by: Actor, permission: Permission) -> None:
    """The same for an actor: staff with the permission, or the system itself; never a patient."""
    if by.kind == "system":
        return
    if by.kind != "staff" or not by.id.isdigit():
        raise not_allowed()
    user = get_user_model().objects.filter(pk=by.id).first()
    if user is None:
        raise not_allowed()
    require_user(user, permission)


def require_own_or_staff(wanted_id, by: Actor, permission: Permission) -> None:
    """The person whose request this is, or staff with the permission."""
    if by.kind in PERSONS:
        if by.id != f"request:{wanted_id}":
            raise not_allowed()
        return
    require_staff(by, permission)


def addresses_for(wanted: AppointmentRequest, *, by: Actor) -> tuple[str, ...]:
    """Where news about this request goes; none without consent, so that the message is kept as one nobody got.

    Who agreed to texts only, and cannot get them, is to be called: staff get a task in the caller's transaction. Not
    for what the person did here themselves.
    """
    if texts_promised(wanted.patient) and by.kind not in PERSONS:
        open_call_task(wanted.patient, report_id=wanted.report_id, by=by)
    return addresses_of(wanted.patient)


def locked_request(wanted: AppointmentRequest) -> AppointmentRequest:
    """The row as it is now, held until the end of the transaction."""
    return AppointmentRequest.objects.select_for_update(of=("self",)).select_related("patient").get(pk=wanted.pk)
