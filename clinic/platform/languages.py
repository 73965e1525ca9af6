"""The languages we find interpreters for: ISO 639 code, how those who speak it write it, its English name."""

from django.utils.translation import gettext_lazy as _

SPOKEN = (
    ("en", "English", _("English")),
    ("es", "Español", _("Spanish")),
    ("ar", "العربية", _("Arabic")),
    ("zh", "中文", _("Chinese")),
    ("bn", "বাংলা", _("Bengali")),
    ("fr", "Français", _("French")),
    ("ko", "한국어", _("Korean")),
    ("pl", "Polski", _("Polish")),
    ("ru", "Русский", _("Russian")),
    ("sq", "Shqip", _("Albanian")),
    ("tl", "Tagalog", _("Tagalog")),
    ("vi", "Tiếng Việt", _("Vietnamese")),
)
