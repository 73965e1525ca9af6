"""Filters and tags of our templates."""

from django import template
from django.utils import timezone
from django.utils.html import format_html

from clinic.platform import words
from clinic.platform.languages import SPOKEN

register = template.Library()


def _named(name):
    """A filter of `clinic.platform.words` that leaves an empty value empty."""
    function = getattr(words, name)
    register.filter(name, lambda value: function(value) if value not in (None, "") else "")


for _name in ("phone", "day", "short_day", "clock", "moment", "short_moment", "moment_zone", "minutes_words"):
    _named(_name)


@register.simple_tag
def other_languages():
    """(code, its own name) of the languages other than English: whoever reads no English finds their own."""
    return [(code, name) for code, name, _words in SPOKEN if code != "en"]


@register.simple_block_tag
def kept(content):
    """What stands between, to be printed more than once: `{% kept as title %}...{% endkept %}`."""
    return content.strip()


@register.filter
def phone_link(number):
    """A tel: link whose text is the number."""
    if not number:
        return ""
    return format_html('<a class="phone" href="tel:{}">{}</a>', words.dial(number), words.phone(number))


@register.filter
def dial(number):
    return words.dial(number) if number else ""


@register.filter
def clock_range(start, end):
    return words.clock_range(start, end)


@register.filter
def ago(moment):
    """How long ago a moment was (or how far ahead it is): 2 h 10 min."""
    return words.duration(timezone.now() - moment) if moment else ""


@register.filter
def error_links(form):
    """Lines of the error summary; forms that are not ours (sign-in) get links by their ids."""
    if not form or not form.is_bound:
        return []
    if hasattr(form, "error_links"):
        return form.error_links()
    lines = [{"href": "", "text": text} for text in form.non_field_errors()]
    return lines + [
        {"href": f"#{bound.id_for_label}" if bound.id_for_label else "", "text": text}
        for bound in form
        for text in bound.errors
    ]


@register.filter
def reveal(bound):
    """Attributes that let the script show a question only after the answer it belongs to."""
    spec = getattr(bound.form, "reveal_of", lambda name: None)(bound.name)
    if spec is None:
        return ""
    parent = bound.form.add_prefix(spec.parent)
    return format_html(' data-reveal-field="{}" data-reveal-values="{}"', parent, " ".join(spec.values))


@register.filter
def is_list(value):
    return isinstance(value, (list, tuple))


@register.simple_tag
def page_numbers(page):
    """1 … 4 5 6 … 20 for a paginator's page."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
