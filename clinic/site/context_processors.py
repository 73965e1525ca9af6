"""What every page knows: the clinic's own facts and how the reader wants to see the page."""

from django.utils.translation import get_language, to_locale

from clinic.platform.words import clinic_facts
from clinic.site.preferences import shown_text, shown_theme


def clinic(request) -> dict:
    """`clinic` (settings) and `look` (text size, theme, language)."""
    return {
        "clinic": clinic_facts(),
        "look": {
            "text": shown_text(request),
            "theme": shown_theme(request),
            "language": to_locale(get_language() or "en").replace("_", "-"),
            "url": request.get_full_path() if request.method == "GET" else request.path,
        },
    }
