"""The shape of an article: one Markdown text with fixed headings, read into its parts, and what is wrong with it.

Special headings (in any order, each at most once): Key points, the calls (CALLS), Questions to ask your team, Sources.
Every other heading of the second level begins a section of the article.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from clinic.education.reading import HIGHEST_GRADE, grade

KEY_POINTS = "key points"
ASK = "questions to ask your team"
SOURCES = "sources"
# heading -> kind of the card; the first of these kinds that an article has is never hidden
CALLS = {
    "call 911 or go to the emergency room": "emergency",
    "call or text 988": "crisis",
    "call the on-call physician": "physician",
    "call the nurse line": "nurse",
}
LONGEST_TEXT = 40_000
LONGEST_SUMMARY = 160
KEY_POINTS_FEWEST, KEY_POINTS_MOST = 3, 6

_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_ITEM = re.compile(r"^[-*][ \t]+(.+)$")
_SOURCE = re.compile(r"^([A-Z]\d{1,3}): (.+)$")
_MARK = re.compile(r"\[([A-Z]\d{1,3})\]")
_FIGURE = re.compile(r"^\[figure: ([a-z0-9-]{1,40})\]$", re.MULTILINE)
_LINK_WORDS = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]*)")


@dataclass(frozen=True, slots=True)
class Section:
    """One question and its answer in Markdown."""

    heading: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Parts:
    """An article taken apart. `calls` are (kind, items) with the most urgent first; `sources` are (mark, words)."""

    key_points: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    calls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ask: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def marks(self) -> set[str]:
        """The sources that the sections name."""
        return {mark for one in self.sections for mark in _MARK.findall(one.text)}

    @property
    def figures(self) -> set[str]:
        """The figures that the sections show."""
        return {name for one in self.sections for name in _FIGURE.findall(one.text)}

    @property
    def links(self) -> set[str]:
        """Where the sections link to."""
        return {target for one in self.sections for target in _LINK.findall(one.text)}


def anchor_of(heading: str) -> str:
    """The part of an address that names a heading: "Why bone?" -> "why-bone"."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")[:60] or "section"


def split_at_headings(text: str) -> list[tuple[str, str]]:
    """(heading, text below it) in order; what stands before the first heading has the heading ""."""
    parts = _HEADING.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]


def read(text: str) -> Parts:
    """Take an article apart. Nothing is raised: what does not fit stands in `problems`, in words for its writer."""
    problems: list[str] = []
    lists: dict[str, tuple[str, ...]] = {}
    sections: list[Section] = []
    for heading, below in split_at_headings(text):
        name = heading.lower().replace("’", "'")
        if not heading:
            if below.strip():
                problems.append(_("Text stands before the first heading. Begin with “## Key points”."))
        elif name in (KEY_POINTS, ASK, SOURCES, *CALLS):
            if name in lists:
                problems.append(_("“%(heading)s” occurs twice.") % {"heading": heading})
            lists[name] = _items(heading, below, problems)
        else:
            sections.append(Section(heading, _free_anchor(heading, sections), below.strip()))
            if not below.strip():
                problems.append(_("Nothing stands below “%(heading)s”.") % {"heading": heading})
    calls = [(kind, lists[name]) for name, kind in CALLS.items() if lists.get(name)]
    return Parts(
        key_points=lists.get(KEY_POINTS, ()),
        sections=tuple(sections),
        calls=tuple(calls),
        ask=lists.get(ASK, ()),
        sources=tuple(_sources(lists.get(SOURCES, ()), problems)),
        problems=tuple(problems),
    )


def _free_anchor(heading: str, sections: list[Section]) -> str:
    taken = {one.anchor for one in sections}
    anchor = anchor_of(heading)
    return next(name for name in (anchor, *(f"{anchor}-{n}" for n in range(2, 200))) if name not in taken)


def _items(heading: str, below: str, problems: list[str]) -> tuple[str, ...]:
    items = []
    for line in filter(None, map(str.strip, below.splitlines())):
        if found := _ITEM.match(line):
            items.append(found.group(1).strip())
        else:
            problems.append(
                _("Below “%(heading)s” each line must begin with “- ”: %(line)s")
                % {"heading": heading, "line": line[:40]}
            )
    return tuple(items)


def _sources(lines: tuple[str, ...], problems: list[str]) -> list[tuple[str, str]]:
    found = []
    for line in lines:
        if match := _SOURCE.match(line):
            found.append((match.group(1), match.group(2)))
        else:
            problems.append(_("A source begins with its mark, such as “S1: ”: %(line)s") % {"line": line[:40]})
    return found


def problems_of(
    *, title: str, summary: str, text: str, figures: Collection[str], addresses: Collection[str], is_for_patients: bool
) -> list[str]:
    """Why this text may not be sent to review, in sentences for its writer; an empty list is good.

    `figures` are the names that exist, `addresses` the pages of this site a text may link to.
    """
    if len(text) > LONGEST_TEXT:
        return [_("The text is longer than %(most)s characters.") % {"most": LONGEST_TEXT}]
    parts = read(text)
    found = list(parts.problems)
    if not title.strip():
        found.append(_("Give the article a title."))
    if not 1 <= len(summary.strip()) <= LONGEST_SUMMARY:
        found.append(_("The summary has 1 to %(most)s characters.") % {"most": LONGEST_SUMMARY})
    if not KEY_POINTS_FEWEST <= len(parts.key_points) <= KEY_POINTS_MOST:
        found.append(
            _("“Key points” has %(fewest)s to %(most)s lines.") % {"fewest": KEY_POINTS_FEWEST, "most": KEY_POINTS_MOST}
        )
    if not parts.sections:
        found.append(_("Write at least one section with a heading."))
    if not parts.calls:
        found.append(_("Say when to call: “## Call the nurse line” or “## Call 911 or go to the emergency room”."))
    if not parts.sources:
        found.append(_("Name at least one source."))
    known = {mark for mark, words in parts.sources}
    found += [_("[%(mark)s] is not among the sources.") % {"mark": mark} for mark in sorted(parts.marks - known)]
    found += [_("There is no figure “%(name)s”.") % {"name": name} for name in sorted(parts.figures - set(figures))]
    bad = [one for one in sorted(parts.links) if not _is_good_link(one, addresses)]
    found += [_("This link leads nowhere: %(target)s") % {"target": one} for one in bad]
    if is_for_patients and (level := grade(plain(text))) > HIGHEST_GRADE:
        found.append(
            _("The text reads at grade %(level)s. It must be %(most)s or lower. Shorten sentences.")
            % {"level": f"{level:.1f}", "most": f"{HIGHEST_GRADE:.0f}"}
        )
    return found


def _is_good_link(target: str, addresses: Collection[str]) -> bool:
    return target.startswith("https://") or target.split("#", maxsplit=1)[0] in addresses


def plain(text: str) -> str:
    """The words a reader reads, without marks of Markdown, sources or figures; each heading and item a sentence."""
    lines = []
    for heading, below in split_at_headings(text):
        if heading.lower() == SOURCES:
            continue
        lines.append(_ended(heading))
        for line in below.splitlines():
            words = _LINK_WORDS.sub(r"\1", _FIGURE.sub("", _MARK.sub("", line)))
            words = re.sub(r"^\s*(?:[-*]|\d+\.|#+)\s+", "", words)
            words = re.sub(r"[*_`|]+|(?<=\|)[-: ]+", " ", words).strip()
            lines.append(_ended(words) if line.lstrip().startswith(("-", "*", "#", "|")) else words)
    return "\n".join(line for line in lines if line.strip(" .-"))


def _ended(words: str) -> str:
    return words if not words or words.endswith((".", "?", "!", ":")) else f"{words}."


def without_marks(text: str) -> str:
    """The text without marks of sources and lines of figures: for search and for short previews."""
    return _FIGURE.sub("", _MARK.sub("", text))
