"""Days on which the clinic is closed: public holidays of its country and state, and those the directory names."""

from datetime import date
from functools import lru_cache

import holidays
from django.conf import settings

from clinic.directory.models import Holiday


@lru_cache(maxsize=64)
def _names_of_year(country: str, state: str, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays(country, subdiv=state or None, years=year)) if country else {}


@lru_cache(maxsize=64)
def _of_year(country: str, state: str, year: int) -> frozenset[date]:
    return frozenset(_names_of_year(country, state, year))


def public_holidays(first: date, last: date) -> frozenset[date]:
    """Public holidays from `first` to `last`, both included; no query. No country set: none."""
    found: set[date] = set()
    for year in range(first.year, last.year + 1):
        found |= _of_year(settings.HOLIDAY_COUNTRY, settings.HOLIDAY_STATE, year)
    return frozenset(day for day in found if first <= day <= last)


def holiday_names(first: date, last: date) -> dict[date, str]:
    """Names of the public holidays from `first` to `last`, both included; no query."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= _names_of_year(settings.HOLIDAY_COUNTRY, settings.HOLIDAY_STATE, year)
    return {day: name for day, name in found.items() if first <= day <= last}


def closed_days(first: date, last: date) -> frozenset[date]:
    """Public holidays and the directory's own, from `first` to `last`: one query."""
    own = Holiday.objects.filter(on__gte=first, on__lte=last).values_list("on", flat=True)
    return public_holidays(first, last) | frozenset(own)
