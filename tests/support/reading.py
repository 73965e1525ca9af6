"""Flesch-Kincaid grade, as the product itself counts it."""

from clinic.education.reading import grade, syllables

__all__ = ["grade", "syllables"]
