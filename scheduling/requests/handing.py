"""Who holds a request: taking those that nobody holds, and handing one over to a colleague."""

from django.contrib.auth import get_user_model
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import duration
from scheduling.requests.may import locked_request, require_user
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.refresh import CLOSED, refresh_status


def _stored(wanted: AppointmentRequest) -> str:
    return str(wanted.pk)


def _replayed(stored: str) -> AppointmentRequest:
    return AppointmentRequest.objects.get(pk=stored)


@submit_once("take_free_request", store=_stored, replay=_replayed)
def take_free_request(wanted: AppointmentRequest, *, user, by: Actor, key: str) -> AppointmentRequest:
    """Take a request that nobody holds, as the list showed it; one's own stays as it is.

    Raises Refused: "not_allowed", "closed", "taken" (a colleague was faster: said by name, nothing is changed).
    """
    require_user(user, Permission.TAKE_REQUEST)
    row = _open(wanted)
    if row.taken_by_id == user.pk:
        return row
    if row.taken_by_id is not None:
        ago = duration(timezone.now() - row.taken_at) if row.taken_at else ""
        words = {"name": row.taken_by, "reference": row.reference, "ago": ago}
        raise Refused(_("%(name)s took %(reference)s %(ago)s ago.") % words, code="taken")
    _give(row, user, "taken", "", by)
    record("request_taken", by=by, subject=row)
    return row


@submit_once("hand_over", store=_stored, replay=_replayed)
def hand_over(
    wanted: AppointmentRequest, *, to, reason: str, version: int, user, by: Actor, key: str
) -> AppointmentRequest:
    """Give an open request to a colleague who may hold requests, whoever holds it now.

    `reason` is for the colleague and may be empty; it stands in the history. Raises Refused: "not_allowed", "closed",
    "stale" (somebody changed the request since `version`), "colleague_may_not", "theirs_already".
    """
    require_user(user, Permission.TAKE_REQUEST)
    row = _open(wanted)
    if row.version != version:
        raise Refused(_("Somebody changed this request while you had it open. Look again."), code="stale")
    colleague = get_user_model().objects.filter(pk=to.pk, is_active=True).first()
    if colleague is None or not colleague.has_perm(Permission.TAKE_REQUEST):
        raise Refused(
            _("%(name)s may not hold requests. Choose somebody else.") % {"name": to}, code="colleague_may_not"
        )
    if row.taken_by_id == colleague.pk:
        raise Refused(_("%(name)s holds this request already.") % {"name": colleague}, code="theirs_already")
    text = _("To %(name)s") % {"name": colleague}
    _give(row, colleague, "handed_over", f"{text}: {reason.strip()}" if reason.strip() else text, by)
    record("request_handed_over", by=by, subject=row, data={"to": str(colleague.pk)})
    return row


def _open(wanted: AppointmentRequest) -> AppointmentRequest:
    """The locked row of a request that is still worked on."""
    row = locked_request(wanted)
    if row.status in CLOSED:
        raise Refused(_("%(reference)s is closed.") % {"reference": row.reference}, code="closed")
    return row


def _give(row: AppointmentRequest, user, kind: str, text: str, by: Actor) -> None:
    now = timezone.now()
    row.taken_by, row.taken_at = user, now
    row.save(update_fields=["taken_by", "taken_at"])
    AppointmentRequest.objects.filter(pk=row.pk).update(version=F("version") + 1)
    refresh_status(row, by=by, at=now, reason=kind)
    RequestNote.objects.create(request=row, kind=kind, text=text, by_label=by.label or by.kind, at=now)
