"""The tabs over all pages of measures."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.measures.service.texts import PAGES


def tabs(current: str, months: dict[str, str] | None = None) -> list[dict]:
    """Measures of service first, with the months that were chosen, then third next available and the capacity plan."""
    query = f"?{urlencode(months)}" if months else ""
    found = [(slug, text, reverse("staff-measures:service-page", args=[slug]) + query) for slug, text in PAGES.items()]
    found += [
        ("access", _("Third next available"), reverse("staff-measures:access")),
        ("capacity", _("Capacity plan"), reverse("staff-measures:capacity")),
    ]
    return [{"text": text, "url": url, "current": name == current} for name, text, url in found]
