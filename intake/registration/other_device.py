"""Go on with another device: a link for its camera that opens there the form or request that is open here."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.platform.audit.record import record
from intake.access.links import cannot_open, make_link_for_index, open_link, revoke_links
from intake.registration.actions import person
from intake.registration.models import Draft

PURPOSE = "other_device"
LIFETIME = timedelta(minutes=10)


@transaction.atomic
def address_for_device(draft: Draft) -> str:
    """A fresh address that opens this draft once within ten minutes, with the birth date; an earlier one ends.

    Empty for a draft without a birth date: nothing would guard it.
    """
    if not draft.birth_date_index:
        return ""
    revoke_links(PURPOSE, draft.pk)
    token = make_link_for_index(
        purpose=PURPOSE,
        subject_id=draft.pk,
        birth_index=draft.birth_date_index,
        expires_at=timezone.now() + LIFETIME,
        single_use=True,
    )
    return settings.PUBLIC_URL + reverse("registration:go-on", args=[token])


def open_on_device(token: str, birth_date: date, *, network: str) -> Draft:
    """The draft of this link and birth date, open or sent. Refuses like `open_link`."""
    link = open_link(token, birth_date, purpose=PURPOSE, network=network)
    draft = Draft.objects.filter(pk=link.subject_id).first()
    if draft is None or draft.state == Draft.State.EXPIRED or draft.expires_at <= timezone.now():
        raise cannot_open()
    with transaction.atomic():
        record("draft_resumed", by=person(draft.pk, draft.filled_by), subject=draft, data={"by": PURPOSE})
    return draft
