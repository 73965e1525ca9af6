"""Links and their tokens: 128 random bits, stored hashed; following one changes nothing.

The link alone shows nothing: the date of birth opens it, by POST. A wrong link, a wrong date and too many tries all get
the same sentence.
"""

import secrets
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import Entry, record
from clinic.platform.crypto.index import blind_index
from clinic.platform.db.batch import Answer, Batch, stored
from clinic.platform.refusals import Refused
from intake.access.codes import new_code
from intake.access.models import AccessLink
from intake.access.tries import may_try, remember_network, was_right
from intake.patients.identity import birth_date_index

TOKEN_BYTES = 16
CODE_LENGTH = 7


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return blind_index(token, purpose="access_link")


def cannot_open() -> Refused:
    """The one answer to every failed try: it does not tell a wrong code from a wrong date of birth."""
    return Refused(
        _(
            "We could not open this with what you entered. Check the code or link and the date of birth. "
            "After several tries, wait 15 minutes, or call %(nurse_line)s."
        )
        % {"nurse_line": settings.NURSE_LINE_PHONE},
        code="cannot_open",
    )


def expired() -> Refused:
    """Told only to somebody who holds the right link and date of birth."""
    return Refused(
        _("This link has expired. Ask for a new link, or call %(nurse_line)s.")
        % {"nurse_line": settings.NURSE_LINE_PHONE},
        code="expired",
    )


def make_link(*, purpose: str, subject_id, birth_date: date, expires_at: datetime, single_use: bool = False) -> str:
    """A new token for `purpose` (`offer`, `visit`, `draft`) and the row it opens. The token is told only here."""
    return make_link_for_index(
        purpose=purpose,
        subject_id=subject_id,
        birth_index=birth_date_index(birth_date),
        expires_at=expires_at,
        single_use=single_use,
    )


def make_link_for_index(
    *, purpose: str, subject_id, birth_index: str, expires_at: datetime, single_use: bool = False
) -> str:
    """The same for a row that keeps only the blind index of the date of birth."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _keep(token, purpose, subject_id, birth_index, expires_at, single_use=single_use)
    return token


def make_code(*, purpose: str, subject_id, birth_index: str, expires_at: datetime) -> str:
    """A code to type instead of a link: 7 characters and one that catches slips; works once, with the birth date."""
    code = new_code(CODE_LENGTH)
    _keep(code, purpose, subject_id, birth_index, expires_at, single_use=True)
    return code


def new_link(*, purpose: str, subject_id, birth_date: date, expires_at: datetime) -> tuple[str, AccessLink, Entry]:
    """A new token, its row and its record, neither of them written yet: the caller does, in one transaction."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink(
        token_hash=token_hash(token),
        purpose=purpose,
        subject_id=str(subject_id),
        birth_date_index=birth_date_index(birth_date),
        expires_at=expires_at,
    )
    return token, link, Entry("link_made", SYSTEM, (purpose, str(subject_id)), {"single_use": False})


def _keep(secret: str, purpose: str, subject_id, birth_index: str, expires_at: datetime, *, single_use: bool) -> None:
    """Store what opens a row, hashed."""
    with transaction.atomic(savepoint=False):
        AccessLink.objects.create(
            token_hash=token_hash(secret),
            purpose=purpose,
            subject_id=str(subject_id),
            birth_date_index=birth_index,
            single_use=single_use,
            expires_at=expires_at,
        )
        record("link_made", by=SYSTEM, subject=(purpose, str(subject_id)), data={"single_use": single_use})


def is_dead(token: str, *, purpose: str) -> bool:
    """Whether the page should say at once that the link has expired. Reads only; an unknown token is dead too."""
    link = AccessLink.objects.filter(token_hash=token_hash(token), purpose=purpose).first()
    return link is None or not _usable(link)


def _usable(link: AccessLink) -> bool:
    return (
        link.revoked_at is None
        and link.expires_at > timezone.now()
        and not (link.single_use and link.used_at is not None)
    )


def open_link(token: str, birth_date: date, *, purpose: str, network: str) -> AccessLink:
    """The link, when token and date of birth fit and it still lives; marks it used.

    Refuses with one sentence for a wrong token, a wrong date and too many tries (`cannot_open`); only right token and
    right date of a dead link learn that it has `expired`.
    """
    stored = token_hash(token)
    if not may_try(stored, network):
        raise cannot_open()
    with transaction.atomic():
        link = AccessLink.objects.select_for_update().filter(token_hash=stored, purpose=purpose).first()
        born = birth_date_index(birth_date)
        if link is None or not secrets.compare_digest(link.birth_date_index, born):
            raise cannot_open()
        if not _usable(link):
            raise expired()
        was_right(network)
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        if not link.single_use:  # it may be opened again
            remember_network(stored, network, until=link.expires_at)
        record("link_opened", by=SYSTEM, subject=(purpose, link.subject_id))
    return link


def revoke_links(purpose: str, subject_id) -> int:
    """End every living link of this row; how many there were."""
    with transaction.atomic(savepoint=False):
        batch = Batch()
        ended = revoking(batch, purpose, subject_id, at=timezone.now())
        batch.send()
        for entry in revoked(purpose, subject_id, ended.count):
            record(entry.action, by=entry.by, subject=entry.subject, data=entry.data)
    return ended.count


def revoking(batch: Batch, purpose: str, subject_id, *, at: datetime) -> Answer:
    """Ends every living link of this row with `batch`; its count goes to `revoked`, whose records the caller writes."""
    moment = stored(AccessLink._meta.get_field("revoked_at"), at)
    return batch.add(
        "UPDATE intake_accesslink SET revoked_at = %s WHERE purpose = %s AND subject_id = %s AND revoked_at IS NULL",
        [moment, purpose, str(subject_id)],
    )


def revoked(purpose: str, subject_id, count: int) -> list[Entry]:
    """What is recorded of so many ended links: nothing of none."""
    return [Entry("links_revoked", SYSTEM, (purpose, str(subject_id)), {"count": count})] if count else []
