"""Pages that are the same for everybody: made once, kept in memory, sent compressed, answered 304 when unchanged.

A page is kept under everything that changes it: its path, the reader's text size and colors, the language, the day
(articles, trials and outside help are hidden by date) and the mark that the database draws anew with each change of
what such pages read (models.py). Settings and templates live as long as the process, as does what is kept. Nothing
personal may stand on such a page: it is seen by whoever comes next. Where a form puts a CSRF token, the kept page has a
hole, and each answer gets the token of its own reader; such an answer is neither compressed nor kept by a browser.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from gzip import compress
from hashlib import sha256
from threading import Lock
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from clinic.site.context_processors import look_of
from clinic.site.preferences import shown_text, shown_theme

View = Callable[..., HttpResponseBase]
Key = tuple[str, ...]
Flags = dict[str, bool]
Made = TypeVar("Made")
MOST_PAGES = 512  # about 25 KB each, with the compressed copy
ASKS_EACH_TIME = "private, no-cache"  # a browser may keep it, and asks whether it is still so
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
_HOLE = re.compile("\ue000(\\w+)\ue001")  # private characters, in a frame that has nobody's words yet
_ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it was made, and the same compressed."""

    body: bytes
    zipped: bytes
    etag: str
    around_token: tuple[bytes, ...] = ()  # the pieces of a page with a form

    @classmethod
    def of(cls, body: bytes) -> "KeptPage":
        """`etag` is a weak one: the same for both copies."""
        if token := _TOKEN.search(body):
            return cls(b"", b"", "", tuple(body.split(token.group(1))))
        return cls(body, compress(body, compresslevel=9, mtime=0), f'W/"{sha256(body).hexdigest()[:24]}"')

    def answer(self, request: HttpRequest) -> HttpResponse:
        """200 with the copy that the browser can read, or 304."""
        if self.around_token:
            return HttpResponse(get_token(request).encode().join(self.around_token))
        is_zipped = bool(_ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")))
        response = HttpResponse(self.zipped if is_zipped else self.body)
        if is_zipped:
            response["Content-Encoding"] = "gzip"
        response["ETag"] = self.etag
        response["Cache-Control"] = ASKS_EACH_TIME
        response["Vary"] = "Accept-Encoding, Cookie"
        return get_conditional_response(request, etag=self.etag, response=response)


_kept: OrderedDict[Key, KeptPage] = OrderedDict()
_frames: OrderedDict[Key, tuple[str, ...]] = OrderedDict()
_lock = Lock()


def public_page(
    *, reads_content: bool = True, has_form: bool = False, also: Callable[[], str] = str
) -> Callable[[View], View]:
    """A view for everybody, GET only. `reads_content=False`: made of settings alone, so that it asks no database.

    `has_form` lets posts through to the view; `also` says what else changes the page, such as the hour. Only a page
    with status 200 and without a cookie is kept, and only for its plain address: whatever follows a question mark, and
    messages for this one browser, are made each time. A view that sets its own Cache-Control is let be.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
            key = _key(request, also() if request.method != "POST" else "", reads_content=reads_content)
            kept = found_in(_kept, key) if key else None
            if kept is None:
                response = view(request, *args, **kwargs)
                if request.method == "POST" or not _may_be_kept(response):
                    return response
                kept = KeptPage.of(response.content)
                if key:
                    keep_in(_kept, key, kept)
            return kept.answer(request)

        methods = ["GET", "HEAD", "POST"] if has_form else ["GET", "HEAD"]
        return login_not_required(require_http_methods(methods)(page))

    return decorate


def _may_be_kept(response: HttpResponseBase) -> bool:
    """A whole page for everybody: one with the key of a submit is one person's."""
    if not isinstance(response, HttpResponse) or response.status_code != 200 or b'name="key"' in response.content:
        return False
    return not response.cookies and "Cache-Control" not in response


def framed_page(
    request: HttpRequest, template: str, context: Callable[[], dict], *, flags: Flags, **pieces: str
) -> HttpResponse:
    """A page that is made anew for what was asked, inside a frame that is the same for everybody and is kept.

    `template` prints each piece by its name where text stands; `pieces` are safe HTML, and nothing of them is kept.
    What the template reads besides must be the same for everybody: settings, `context`, and `flags`, each of which is
    on or off; a frame is kept for each of their states.
    """
    here = {"url": escape(request.get_full_path())}
    key = _frame_key(request, template, flags)
    frame = found_in(_frames, key) if key else None
    if frame is None:
        holes = {name: mark_safe(f"\ue000{name}\ue001") for name in (*pieces, *here)}  # noqa: S308 - our own names
        look = look_of(request) | {"url": holes["url"]}
        frame = tuple(_HOLE.split(render_to_string(template, context() | flags | holes | {"look": look}, request)))
        if key:
            keep_in(_frames, key, frame)
    filled = pieces | here
    return HttpResponse("".join(filled[part] if number % 2 else part for number, part in enumerate(frame)))


def _frame_key(request: HttpRequest, template: str, flags: Flags) -> Key | None:
    """None where messages for this one browser would stand in the frame."""
    if settings.DEBUG or CookieStorage.cookie_name in request.COOKIES:
        return None
    on = (name for name, is_on in flags.items() if is_on)
    return (template, request.path, shown_text(request), shown_theme(request), get_language() or "", *on)


def _key(request: HttpRequest, more: str, *, reads_content: bool) -> Key | None:
    """Under what a page is kept; None when it must not be. The mark is read before the page: never a newer one."""
    if request.method == "POST" or request.META.get("QUERY_STRING") or settings.DEBUG:
        return None
    if CookieStorage.cookie_name in request.COOKIES:
        return None
    mark = content_mark() if reads_content else "settings"
    if not mark:
        return None
    day = timezone.localdate().isoformat()
    return (request.path, shown_text(request), shown_theme(request), get_language() or "", day, more, mark)


def content_mark() -> str:
    """The mark of the content as it is now, by plain SQL: it is most of what a kept page costs. Empty without a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark FROM clinic_contentstamp")
        row = cursor.fetchone()
    return row[0] if row else ""


def found_in(kept: OrderedDict[Key, Made], key: Key) -> Made | None:
    """What is kept under `key`; it counts as used now."""
    with _lock:
        if key in kept:
            kept.move_to_end(key)
        return kept.get(key)


def keep_in(kept: OrderedDict[Key, Made], key: Key, made: Made, *, most: int = MOST_PAGES) -> None:
    """Keep it, and let go of what was not used for longest beyond `most`."""
    with _lock:
        kept[key] = made
        while len(kept) > most:
            kept.popitem(last=False)


def forget_pages() -> None:
    """Empty the memory: for tests that change a setting."""
    with _lock:
        _kept.clear()
        _frames.clear()
