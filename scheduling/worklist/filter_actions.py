"""Writes of saved filters: a filter of the worklist under a name of one's own."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from scheduling.requests.may import require_user
from scheduling.worklist.filters import Filter
from scheduling.worklist.models import SavedFilter

MOST = 20


@submit_once("save_filter", store=lambda saved: str(saved.pk), replay=lambda stored: SavedFilter.objects.get(pk=stored))
def save_filter(chosen: Filter, *, name: str, user, by: Actor, key: str) -> SavedFilter:
    """Keep a filter under a name. Raises Refused: "not_allowed", "name_taken", "too_many"."""
    require_user(user, Permission.VIEW_WORKLIST)
    own = SavedFilter.objects.filter(user=user)
    if own.count() >= MOST:
        raise Refused(_("You have %(n)s saved filters. Delete one first.") % {"n": MOST}, code="too_many")
    if own.filter(name__iexact=name).exists():
        raise Refused(_("You have a filter of this name. Choose another name."), code="name_taken")
    try:
        with transaction.atomic():
            saved = SavedFilter.objects.create(user=user, name=name, query=chosen.query)
    except IntegrityError as taken:  # saved in another window at the same moment
        raise Refused(_("You have a filter of this name. Choose another name."), code="name_taken") from taken
    record("filter_saved", by=by, subject=saved, data={"query": saved.query})
    return saved


@submit_once("delete_filter")
def delete_filter(saved: SavedFilter, *, user, by: Actor, key: str) -> None:
    """Forget one's own filter. Raises Refused(code="not_yours")."""
    if saved.user_id != user.pk:
        raise Refused(_("This is not your filter."), code="not_yours")
    record("filter_deleted", by=by, subject=saved)
    SavedFilter.objects.filter(pk=saved.pk).delete()
