"""Template filters of the measures."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def hours(minutes: int) -> str:
    """Minutes as hours to the nearest tenth: 102, 3.5, 0.3."""
    tenths = (minutes + 3) // 6
    return number_format(tenths / 10, 0 if tenths % 10 == 0 else 1, force_grouping=True)
