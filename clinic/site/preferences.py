"""How a reader wants to see the pages: two cookies for a year, no account, nothing about the person."""

from django.utils.translation import gettext_lazy as _

TEXT_COOKIE, THEME_COOKIE = "text_size", "theme"
YEAR_IN_SECONDS = 365 * 24 * 3600
TEXT_SIZES = (("standard", _("Standard")), ("large", _("Large")), ("largest", _("Largest")))
THEMES = (
    ("device", _("The same as my device")),
    ("light", _("Light: dark text on white")),
    ("dark", _("Dark: light text on a dark page")),
)


def shown_text(request) -> str:
    """The text size of the cookie; anything unknown is the standard size."""
    value = request.COOKIES.get(TEXT_COOKIE)
    return value if value in dict(TEXT_SIZES) else "standard"


def shown_theme(request) -> str:
    """The theme of the cookie; anything unknown follows the device."""
    value = request.COOKIES.get(THEME_COOKIE)
    return value if value in dict(THEMES) else "device"


def remember(response, name: str, value: str, *, secure: bool) -> None:
    """Keep a preference for a year."""
    response.set_cookie(name, value, max_age=YEAR_IN_SECONDS, samesite="Lax", secure=secure)
