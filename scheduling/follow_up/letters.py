"""Writes of letters: a draft is written and changed, then marked as sent or thrown away; a sent letter never changes.

Any letter about a request is kept here: the report to the referrer after a visit, and letters about a decision. Nothing
is ever e-mailed: staff print a letter, send it their own way, and say how and when.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import moment
from scheduling.follow_up.models import Letter
from scheduling.requests.may import require_user
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.visits.models import Visit

LONGEST_BODY = 10_000
LONGEST_ADDRESSEE = 500


def _stored(letter: Letter) -> str:
    return str(letter.pk)


def _replayed(stored: str) -> Letter:
    return Letter.objects.get(pk=stored)


def draft_letter(
    wanted: AppointmentRequest,
    *,
    kind: str,
    addressee: str,
    body: str,
    template: str = "",
    visit: Visit | None = None,
    user,
    by: Actor,
    at: datetime,
) -> Letter:
    """A new draft, inside the caller's transaction and under the caller's rights (a review writes its letter so).

    `template` is a short code of what the text was made from; `visit` is the visit that a report tells of. Raises
    Refused: "empty" (no addressee or no text), "visit" (of another request); ValueError for an unknown kind.
    """
    if kind not in Letter.Kind.values:
        raise ValueError("unknown kind of letter")
    if visit is not None and visit.request_id != wanted.pk:
        raise Refused(_("This visit belongs to another request."), code="visit")
    letter = Letter.objects.create(
        request=wanted,
        visit=visit,
        kind=kind,
        template=template,
        addressee=_filled(addressee),
        body=_filled(body),
        written_by=user,
        written_at=at,
    )
    record("letter_written", by=by, subject=letter, data={"kind": kind, "template": template})
    return letter


@submit_once("write_letter", store=_stored, replay=_replayed)
def write_letter(
    wanted: AppointmentRequest,
    *,
    kind: str,
    addressee: str,
    body: str,
    template: str = "",
    visit: Visit | None = None,
    user,
    by: Actor,
    key: str,
) -> Letter:
    """A new draft. Raises Refused: "not_allowed", and as `draft_letter`."""
    require_user(user, Permission.FOLLOW_UP)
    facts = {"kind": kind, "addressee": addressee, "body": body, "template": template, "visit": visit}
    return draft_letter(wanted, **facts, user=user, by=by, at=timezone.now())


@submit_once("change_letter", store=_stored, replay=_replayed)
def change_letter(letter: Letter, *, addressee: str, body: str, version: int, user, by: Actor, key: str) -> Letter:
    """Another addressee or text of a draft, made from the version that the page showed.

    Raises Refused: "not_allowed", "sent", "stale" (a colleague changed it meanwhile), "empty".
    """
    row = _draft(letter, version=version, user=user)
    row.addressee, row.body = _filled(addressee), _filled(body)
    row.version += 1
    row.save(update_fields=["addressee", "body", "version"])
    record("letter_changed", by=by, subject=row, data={"version": row.version})
    return row


@submit_once("send_letter", store=_stored, replay=_replayed)
def send_letter(
    letter: Letter, *, how: str, sent_at: datetime | None, version: int, user, by: Actor, key: str, now: datetime
) -> Letter:
    """Say that a letter went out, how and when (None: just now); from now on it stands as it is.

    Raises Refused: "not_allowed", "sent", "stale", "how" (an unknown way), "when" (in the future, or before the request
    was sent or its visit began).
    """
    row = _draft(letter, version=version, user=user)
    if how not in Letter.How.values:
        raise Refused(_("Say how the letter was sent."), code="how")
    sent_at = sent_at or now
    earliest = row.visit.starts_at if row.visit_id else row.request.submitted_at
    if not earliest <= sent_at <= now:
        words = {"time": moment(earliest)}
        raise Refused(_("Enter a time after %(time)s that has passed.") % words, code="when")
    row.state, row.how, row.sent_at, row.sent_by = Letter.State.SENT, how, sent_at, user
    row.version += 1
    row.save(update_fields=["state", "how", "sent_at", "sent_by", "version"])
    RequestNote.objects.create(
        request_id=row.request_id,
        kind="letter_sent",
        text=f"{row.get_kind_display()}: {row.get_how_display()}",
        by_label=by.label or by.kind,
        at=now,
    )
    record("letter_sent", by=by, subject=row, data={"kind": row.kind, "how": how, "sent_at": sent_at.isoformat()})
    return row


@submit_once("correct_letter", store=_stored, replay=_replayed)
def correct_letter(letter: Letter, *, user, by: Actor, key: str) -> Letter:
    """A new draft with the text of a sent letter, to correct it; the sent one stays. Raises Refused: "not_allowed",
    "not_sent" (a draft is changed instead)."""
    require_user(user, Permission.FOLLOW_UP)
    sent = Letter.objects.select_related("request", "visit").get(pk=letter.pk)
    if sent.state != Letter.State.SENT:
        raise Refused(_("This letter was not sent yet. Change it instead."), code="not_sent")
    first = _("This letter corrects our letter of %(date)s.") % {"date": moment(sent.sent_at)}
    return draft_letter(
        sent.request,
        kind=sent.kind,
        template="correction",
        visit=sent.visit,
        addressee=sent.addressee,
        body=f"{first}\n\n{sent.body}",
        user=user,
        by=by,
        at=timezone.now(),
    )


@submit_once("discard_letter", store=_stored, replay=_replayed)
def discard_letter(letter: Letter, *, version: int, user, by: Actor, key: str) -> Letter:
    """Throw a draft away that nobody will send: its text is kept, and it can be taken up again.

    Raises Refused: "not_allowed", "sent", "discarded", "stale" (a colleague changed it meanwhile).
    """
    row = _draft(letter, version=version, user=user)
    _move(row, Letter.State.DISCARDED, "letter_discarded", by=by)
    return row


@submit_once("take_up_letter", store=_stored, replay=_replayed)
def take_up_letter(letter: Letter, *, user, by: Actor, key: str) -> Letter:
    """A draft again that was thrown away; a draft stays one. Raises Refused: "not_allowed", "sent"."""
    require_user(user, Permission.FOLLOW_UP)
    row = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if row.state == Letter.State.SENT:
        raise _was_sent()
    if row.state == Letter.State.DISCARDED:
        _move(row, Letter.State.DRAFT, "letter_taken_up", by=by)
    return row


def _move(row: Letter, state: str, kind: str, *, by: Actor) -> None:
    """Another state of an unsent letter, with a line in the history of its request."""
    row.state, row.version = state, row.version + 1
    row.save(update_fields=["state", "version"])
    label = by.label or by.kind
    RequestNote.objects.create(
        request_id=row.request_id, kind=kind, text=str(row.get_kind_display()), by_label=label, at=timezone.now()
    )
    record(kind, by=by, subject=row, data={"kind": row.kind})


def _was_sent() -> Refused:
    return Refused(_("This letter was sent. It stays as it is: write a correction."), code="sent")


def _draft(letter: Letter, *, version: int, user) -> Letter:
    """The letter as it is now, held to the end of the transaction, if it can still change."""
    require_user(user, Permission.FOLLOW_UP)
    rows = Letter.objects.select_for_update(of=("self",)).select_related("request", "visit")
    row = rows.get(pk=letter.pk)
    if row.state == Letter.State.SENT:
        raise _was_sent()
    if row.state == Letter.State.DISCARDED:
        raise Refused(_("A colleague has thrown this draft away. Take it up again first."), code="discarded")
    if row.version != version:
        raise Refused(_("A colleague changed this letter while you had it open."), code="stale")
    return row


def _filled(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(_("A letter needs an addressee and a text."), code="empty")
    return text
