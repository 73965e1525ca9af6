"""A library to read: the starter texts, published."""

import pytest
from django.utils import timezone

from clinic.education.actions import load_starters


@pytest.fixture
def library(db):
    """All articles and words, let out as in the demonstration."""
    load_starters(now=timezone.now(), publish=True)
