"""Nothing typed is lost when a session ends in the middle of a page: the fields are kept sealed for half an hour.

The browser gets a random cookie. Only with it, and only to whoever has opened the same draft, request or staff account
again, a page offers the fields back: its button posts `MARK` to the address of the form, where `restore` puts the typed
fields in the place of that post, once. The form then shows them and saves nothing before it is sent again.

Files are never kept. `owner` is text such as `draft:<key>`, `request:<key>` or `staff:<key>`.
"""

import json
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.platform.crypto.index import blind_index
from clinic.platform.kept.data import ShownAgain
from clinic.platform.kept.models import KeptForm

COOKIE = "__Host-kept" if settings.SECURE_COOKIES else "kept"
LIFETIME = timedelta(minutes=30)
MOST_BYTES = 64 * 1024  # all texts of the longest page fit in a tenth of it
MARK = "show_kept"
IDLE_OVER = "idle_over"  # the page's own script posts what was typed as the idle time ends: to be kept, never done
TOKEN_BYTES = 16
OF_THIS_POST = frozenset({"csrfmiddlewaretoken", MARK, IDLE_OVER})
NOT_TYPED = frozenset(
    {"key", "version", "asked", "opened_at", "then", "next"}
)  # hidden on our pages: alone not worth it
_pointers: set[str] = set()
FORM = "application/x-www-form-urlencoded"


def keep_pointers(*names: str) -> None:
    """These names of a session are kept, too: what a member of staff had open, which signing out would forget."""
    _pointers.update(names)


def has_pointers(request: HttpRequest) -> bool:
    """Whether this session has something open that is kept with a page."""
    return bool(_pointers_of(request))


def _pointers_of(request: HttpRequest) -> dict[str, str]:
    session = getattr(request, "session", {})
    return {name: session[name] for name in sorted(_pointers) if name in session}


def _key_of(token: str) -> str:
    return blind_index(token, purpose="kept_form")


def _owner_of(owner: str) -> str:
    return blind_index(owner, purpose="kept_owner")


def _is_form(request: HttpRequest) -> bool:
    """Whether the post has fields only. One with files must not be read here: its view chooses who takes them in."""
    return request.method == "POST" and request.content_type == FORM


def keep(request: HttpRequest, *, owner: str) -> bool:
    """Keep what this post holds, for the browser it came from; whether there was something typed, of a bearable size.

    `hand_out` must give the browser its cookie. An earlier page of the same owner is forgotten: there is one at a time.
    """
    if not _is_form(request):
        return False
    fields = {name: values for name, values in request.POST.lists() if name not in OF_THIS_POST}
    typed = [value for name, values in fields.items() if name not in NOT_TYPED for value in values]
    if not any(value.strip() for value in typed):
        return False
    content = {"path": request.get_full_path(), "fields": fields, "session": _pointers_of(request)}
    if len(json.dumps(content)) > MOST_BYTES:
        return False
    token, now = secrets.token_urlsafe(TOKEN_BYTES), timezone.now()
    with transaction.atomic():
        KeptForm.objects.filter(owner=_owner_of(owner)).delete()
        KeptForm.objects.create(key=_key_of(token), owner=_owner_of(owner), content=content, expires_at=now + LIFETIME)
    request.kept_token = token  # type: ignore[attr-defined]
    return True


def hand_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give the browser the cookie of what was kept in this request, if anything was."""
    token = getattr(request, "kept_token", "")
    if token:
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(LIFETIME.total_seconds()),
            secure=settings.SECURE_COOKIES,
            httponly=True,
            samesite="Lax",
        )
    return response


def kept_for(request: HttpRequest, *owners: str) -> str:
    """The address of the page that this browser may show again to one of these owners; empty when there is none.

    The caller must have made sure that the person before it has opened what the owners stand for.
    """
    row = _row(request, *owners)
    return row.content["path"] if row is not None else ""


def _row(request: HttpRequest, *owners: str) -> KeptForm | None:
    token = request.COOKIES.get(COOKIE, "")
    if not token or not owners:
        return None
    hashed = [_owner_of(owner) for owner in owners]
    return KeptForm.objects.filter(key=_key_of(token), owner__in=hashed, expires_at__gt=timezone.now()).first()


def is_asked_for(request: HttpRequest) -> bool:
    """Whether this post asks for the kept fields, in place of bringing any."""
    return _is_form(request) and MARK in request.POST


def is_idle_over(request: HttpRequest) -> bool:
    """Whether the page posted this by itself because its idle time is over: nobody has asked for it to be done."""
    return _is_form(request) and IDLE_OVER in request.POST


def restore(request: HttpRequest, *, owner: str) -> bool:
    """Put the kept fields in the place of this post, and forget them; False when there are none for this address."""
    row = _row(request, owner)
    if row is None or row.content["path"] != request.get_full_path():
        return False
    if not KeptForm.objects.filter(pk=row.pk).delete()[0]:  # another window was faster
        return False
    fields = ShownAgain(mutable=True)
    for name, values in row.content["fields"].items():
        fields.setlist(name, values)
    fields["csrfmiddlewaretoken"] = request.POST.get("csrfmiddlewaretoken", "")
    fields._mutable = False
    request.POST = fields  # type: ignore[assignment]
    for name, value in row.content["session"].items():
        request.session[name] = value
    return True


def forget(request: HttpRequest) -> None:
    """Forget what this browser could show again: the person left, or does not want it."""
    if token := request.COOKIES.get(COOKIE, ""):
        KeptForm.objects.filter(key=_key_of(token)).delete()


def forget_old() -> int:
    """Delete what nobody came back for in time; how many."""
    return KeptForm.objects.filter(expires_at__lte=timezone.now()).delete()[0]
