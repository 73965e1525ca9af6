"""The steps of an alert with their times, and the pages that go out. Neither may ever stop an alert from being written.

Each write stands behind a savepoint of its own: what breaks here is logged without a word about the person, and the
alert, which the banner of every staff page shows, is there all the same.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.send import page_on_call
from clinic.platform.audit.actors import Actor
from intake.triage.models import Alert, AlertStep

log = logging.getLogger(__name__)
Kind = AlertStep.Kind


@contextmanager
def beside_the_alert(what: str) -> Iterator[None]:
    """What is written inside is undone alone when it breaks; the caller goes on."""
    try:
        with transaction.atomic():
            yield
    # Whatever breaks a page or a step, the alert stands. No trace: it could hold what the person said
    except Exception as broken:  # noqa: BLE001  (the alert comes first)
        log.error("%s of an alert failed: %s", what, type(broken).__name__)  # noqa: TRY400  (no trace, see above)


def new_step(
    alert: Alert, kind: str, *, by: Actor | None = None, detail: str = "", note: str = "", at: datetime | None = None
) -> AlertStep:
    """A step not yet stored; `detail` is a code, `note` what staff wrote."""
    return AlertStep(
        alert=alert,
        kind=kind,
        detail=detail,
        note=note,
        by_label=_label(by) if by else "",
        at=at or timezone.now(),
    )


def _label(by: Actor) -> str:
    """Staff by their name; anybody else by what they are: a step never names a patient."""
    return (by.label if by.kind == "staff" and by.label else by.kind)[:120]


def note_steps(*steps: AlertStep) -> None:
    """Store steps; the alert stands whatever becomes of them."""
    with beside_the_alert("a step"):
        AlertStep.objects.bulk_create(steps)


def page_staff(alert: Alert, at: datetime, *, more: bool = False) -> bool:
    """Queue a page and put its time on the unsaved alert; whether one could be queued.

    With `more`, those who are paged when nobody takes an alert on get it as well. The page holds a link, nothing else.
    """
    with beside_the_alert("a page"):
        page_on_call("emergency", link=_address_of(alert), more=more)
        alert.paged_at = at
        return True
    return False


def _address_of(alert: Alert) -> str:
    """Where staff open the alert; their home when the address book is broken in any way: the page must go out."""
    try:
        path = reverse("worklist:alert", args=[alert.pk])
    # A fault in any module of pages breaks every address; somebody must be called all the same. No trace, as above
    except Exception as broken:  # noqa: BLE001  (the alert comes first)
        log.error("the address of an alert was not found: %s", type(broken).__name__)  # noqa: TRY400  (no trace, see above)
        path = "/staff/"
    return f"{settings.PUBLIC_URL}{path}"
