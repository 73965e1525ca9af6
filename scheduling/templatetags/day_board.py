"""Template tags of the list of the day."""

from django import template

from scheduling.visits.day_board import VisitRow, counts_words

register = template.Library()


@register.filter
def how_it_stands(rows: list[VisitRow]) -> list[str]:
    """ "2 expected", "1 here and waiting" ..."""
    return counts_words(rows)
