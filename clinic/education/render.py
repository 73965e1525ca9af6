"""From the text of an article to safe HTML: Markdown cleaned by nh3, source marks, figures, and words that explain.

Rendering is pure and cached by its text in each process: the same text gives the same page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import markdown
import nh3
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.education.text import Parts, read

FIGURES = Path(settings.BASE_DIR) / "templates" / "education" / "figures"
TAGS = {
    "p", "ul", "ol", "li", "strong", "em", "a", "h3", "h4", "blockquote", "br",
    "table", "thead", "tbody", "tr", "th", "td", "sup", "abbr",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}, "abbr": {"title"}}
NO_WORDS_IN = {"a", "button", "h2", "h3", "h4", "th", "sup"}
MARK = re.compile(r"\[([A-Z]\d{1,3})\]")
FIGURE = re.compile(r"<p>\[figure: ([a-z0-9-]{1,40})\]</p>")

Word = tuple[str, str, str]  # term, slug, definition


@dataclass(frozen=True, slots=True)
class ShownSection:
    heading: str
    anchor: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """What the page prints. `calls` are (kind, items); `sources` (mark, words)."""

    key_points: tuple[SafeString, ...]
    sections: tuple[ShownSection, ...]
    calls: tuple[tuple[str, tuple[str, ...]], ...]
    ask: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]


def figure_names() -> frozenset[str]:
    """The figures that a text may show."""
    return frozenset(path.stem for path in FIGURES.glob("*.html"))


@lru_cache(maxsize=256)
def shown(text: str, words: tuple[Word, ...], language: str) -> ShownArticle:
    """An article ready for its page; each word of the glossary opens its definition where it first occurs."""
    parts = read(text)
    left = Explainer(words)
    points = tuple(mark_safe(left.explain(inline(point))) for point in parts.key_points)  # noqa: S308 - cleaned
    sections = tuple(
        ShownSection(one.heading, one.anchor, mark_safe(_block(one.text, parts, left)))  # noqa: S308 - cleaned
        for one in parts.sections
    )
    return ShownArticle(points, sections, parts.calls, parts.ask, parts.sources)


def clean_markdown(text: str) -> str:
    """Markdown as HTML with only the tags that an article needs: no script, style, event handler or foreign scheme."""
    html = markdown.markdown(text, extensions=["tables", "sane_lists"], output_format="html")
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "tel"}, link_rel="noopener noreferrer nofollow"
    )


def inline(text: str) -> str:
    """One line of Markdown without the paragraph around it."""
    html = clean_markdown(text).strip()
    return html.removeprefix("<p>").removesuffix("</p>")


def _block(text: str, parts: Parts, left: "Explainer") -> str:
    html = left.explain(clean_markdown(text))
    known = {mark for mark, words in parts.sources}
    html = MARK.sub(lambda found: _source_link(found.group(1)) if found.group(1) in known else found.group(0), html)
    html = FIGURE.sub(lambda found: _figure(found.group(1)), html)
    html = html.replace("<th>", '<th scope="col">')
    # a table scrolls in itself: the page never does
    label = escape(_("Table"))
    html = html.replace(
        "<table>", f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table class="table">'
    )
    return html.replace("</table>", "</table></div>")


def _source_link(mark: str) -> str:
    label = escape(_("Source %(mark)s") % {"mark": mark})
    return f'<sup class="source-mark"><a href="#source-{mark}" aria-label="{label}">{mark}</a></sup>'


def _figure(name: str) -> str:
    return render_to_string(f"education/figures/{name}.html") if name in figure_names() else ""


class Explainer(HTMLParser):
    """Wraps the first use of each glossary word in a button that opens its definition (native popover, no script)."""

    def __init__(self, words: Sequence[Word]):
        super().__init__(convert_charrefs=False)
        self.left = {term.lower(): (term, slug, definition) for term, slug, definition in words}
        self.out: list[str] = []
        self.closed: list[str] = []

    def explain(self, html: str) -> str:
        """The HTML with words explained; what was explained before on this page is left alone."""
        self.out, self.closed = [], []
        self.feed(html)
        self.close()
        self.reset()
        return "".join(self.out)

    def handle_starttag(self, tag, attrs):
        if tag in NO_WORDS_IN:
            self.closed.append(tag)
        self.out.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag, attrs):
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag):
        if self.closed and self.closed[-1] == tag:
            self.closed.pop()
        self.out.append(f"</{tag}>")

    def handle_entityref(self, name):
        self.out.append(f"&{name};")

    def handle_charref(self, name):
        self.out.append(f"&#{name};")

    def handle_data(self, data):
        self.out.append(data if self.closed or not self.left else self._explained(data))

    def _explained(self, data: str) -> str:
        pattern = _pattern(tuple(sorted(self.left, key=len, reverse=True)))
        return pattern.sub(lambda found: self._first(found.group(0)), data)

    def _first(self, said: str) -> str:
        word = self.left.pop(said.lower(), None) or self.left.pop(_singular(said.lower()), None)
        return _button(said, word) if word else said


def _singular(said: str) -> str:
    return said[:-1] if said.endswith("s") else said


@lru_cache(maxsize=512)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, the longest first, as whole words, with a plural s."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, terms))})s?(?![\w-])", re.IGNORECASE)


def _button(said: str, word: Word) -> str:
    _term, slug, definition = word
    more = escape(_("All words"))
    return (
        f'<button type="button" class="word" popovertarget="word-{slug}">{said}</button>'
        f'<span class="word-meaning" id="word-{slug}" popover><strong>{escape(_term)}</strong>: {escape(definition)}.'
        f' <a href="{reverse("education:words")}#{slug}">{more}</a></span>'
    )
