"""What every page knows: the clinic's own facts and how the reader wants to see the page."""

from django.conf import settings
from django.utils.translation import get_language, to_locale

from clinic.platform.words import clinic_facts
from clinic.site.preferences import shown_text, shown_theme


def look_of(request) -> dict[str, str]:
    """How this reader wants to see the page, and the address that the buttons for the text size lead back to."""
    return {
        "text": shown_text(request),
        "theme": shown_theme(request),
        "language": to_locale(get_language() or "en").replace("_", "-"),
        "url": request.get_full_path() if request.method == "GET" else request.path,
    }


def clinic(request) -> dict:
    """`clinic` (settings), `look` (text size, theme, language), `sends_texts`, `idle` (seconds until they close)."""
    return {
        "clinic": clinic_facts(),
        "sends_texts": bool(settings.SMS_BACKEND),
        "idle": {"patient": settings.PATIENT_IDLE_MINUTES * 60, "staff": settings.STAFF_IDLE_MINUTES * 60},
        "look": look_of(request),
    }
