"""Typed fields that come back from the safe: a form shows them again and asks the person to send them once more."""

from django.http import QueryDict


class ShownAgain(QueryDict):
    """POST data that was typed before a session ended. No `PageForm` with it is ever valid: it is looked at first."""
