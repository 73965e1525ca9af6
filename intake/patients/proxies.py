"""Writes about people who speak for a patient: staff verify what they claimed, or take that back."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.patients.models import Proxy
from intake.tasks.actions import end_task, open_task
from intake.tasks.models import StaffTask


def _replayed(stored: str) -> Proxy:
    return Proxy.objects.get(pk=stored)


@submit_once("verify_proxy", store=lambda proxy: str(proxy.pk), replay=_replayed)
def verify_proxy(proxy: Proxy, *, user, by: Actor, key: str) -> Proxy:
    """A member of staff has seen or heard proof of the authority; its open task is done.

    Raises Refused: "not_allowed", "no_claim" (the person claims no authority), "verified" (already).
    """
    row = _locked(proxy, user)
    if row.authority in ("", "none"):
        raise Refused(_("This person says they have no authority to speak for the patient."), code="no_claim")
    if row.verified_at is not None:
        raise Refused(_("A colleague has verified this already."), code="verified")
    _mark(row, "proxy_verified", by=by)
    for task in StaffTask.objects.filter(
        kind=StaffTask.Kind.VERIFY_PROXY, state=StaffTask.State.OPEN, patient=row.patient_id
    ):
        if task.data.get("proxy") == row.pk:
            end_task(task, state=StaffTask.State.DONE, note="", user=user, by=by)
    return row


@submit_once("unverify_proxy", store=lambda proxy: str(proxy.pk), replay=_replayed)
def unverify_proxy(proxy: Proxy, *, user, by: Actor, key: str) -> Proxy:
    """Take the mark back, by mistake or because the authority ended; a new task asks for it again.

    Raises Refused: "not_allowed", "not_verified".
    """
    row = _locked(proxy, user)
    if row.verified_at is None:
        raise Refused(_("This was not verified."), code="not_verified")
    _mark(row, "proxy_verification_undone", by=by, is_verified=False)
    open_task(
        StaffTask.Kind.VERIFY_PROXY,
        patient=row.patient,
        data={"proxy": row.pk, "authority": row.authority},
        by=by,
    )
    return row


def _locked(proxy: Proxy, user) -> Proxy:
    if not user.has_perm(Permission.HANDLE_TASKS):
        raise Refused(_("You are not allowed to do this."), code="not_allowed")
    return Proxy.objects.select_for_update(of=("self",)).select_related("patient").get(pk=proxy.pk)


def _mark(row: Proxy, action: str, *, by: Actor, is_verified: bool = True) -> None:
    row.verified_at = timezone.now() if is_verified else None
    row.verified_by = (by.label or by.kind) if is_verified else ""
    row.save(update_fields=["verified_at", "verified_by"])
    record(action, by=by, subject=row, data={"patient": row.patient_id, "authority": row.authority})
