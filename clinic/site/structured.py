"""Structured data (schema.org, JSON-LD) for search engines: the clinic itself, from its settings."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from clinic.platform.words import dial

ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_script(data: dict) -> SafeString:
    """A data block: no browser runs it, and nothing in it can end it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above


def clinic_data() -> dict:
    """schema.org MedicalClinic: name, place, and the two numbers to call."""
    return {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "name": settings.CLINIC_NAME,
        "url": settings.PUBLIC_URL + reverse("site:home"),
        "parentOrganization": {"@type": "MedicalOrganization", "name": settings.CLINIC_ORGANIZATION},
        "address": settings.CLINIC_ADDRESS,
        "telephone": dial(settings.CLINIC_PHONE),
        "medicalSpecialty": "Oncologic",
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": "nurse line",
            "telephone": dial(settings.NURSE_LINE_PHONE),
        },
    }
