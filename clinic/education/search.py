"""Search over articles, questions and words: one function, and each database's own full text index behind it.

Nothing that is searched for is kept anywhere; rows of ours that were found lately are, in memory.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from hashlib import blake2b
from html import escape

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from clinic.education.models import QUESTIONS_SLUG, Article, GlossaryTerm, SearchText
from clinic.education.synonyms import SYNONYMS
from clinic.education.text import plain, read, without_marks
from clinic.site.public_pages import content_mark, found_in, keep_in

LONGEST_QUERY = 200
MOST_WORDS = 12
MOST_HITS = 30
MOST_KEPT = 100  # searches of which the rows stay in memory, some 20 KB each
EXCERPT = 220
NEAR = 0.75  # how alike a word in use must be to be offered as the better spelling, 1 for the same
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# stems of words by which help with thoughts of suicide may be looked for
CRISIS = ("suicid", "kill my", "end my life", "ending my life", "want to die", "self harm", "hurt myself")
# words that carry no sense for search
_COMMON_WORDS = """
a about am an and any are at be can do does for from get give go has have how i if in is it me my of on or should that
the there they this to was what when where which who why will with you your
"""
COMMON = frozenset(_COMMON_WORDS.split())
LONGEST_FIRST = sorted(SYNONYMS, key=len, reverse=True)
_SECRET = secrets.token_bytes(32)  # of this process
_rows_found: OrderedDict[tuple[str, ...], list[tuple]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: where it leads, its title, and an excerpt with the words found in <mark>."""

    kind: str
    address: str
    title: str
    excerpt: SafeString


@dataclass(frozen=True, slots=True)
class Results:
    """`instead` is a better spelling when no page has all the words."""

    hits: list[Hit]
    instead: str = ""


def words_of(query: str) -> list[str]:
    """The words to look for, in lower case; at most MOST_WORDS."""
    said = [word.lower().replace("’", "'") for word in _WORD.findall(query)]
    return ([word for word in said if word not in COMMON] or said)[:MOST_WORDS]


def alternatives(query: str, words: Sequence[str]) -> list[list[str]]:
    """Groups of phrases that must all occur, each by any of its members: the words, with what means the same."""
    text = " ".join(_WORD.findall(query.lower()))
    groups, used = [], set()
    for phrase in LONGEST_FIRST:
        if phrase in text and (found := re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)):
            groups.append([phrase, *SYNONYMS[phrase]])
            used.update(phrase.split())
            text = f"{text[: found.start()]}|{text[found.end() :]}"  # "mets" in "bone mets" is not a second wish
    return [*groups, *([word] for word in words if word not in used)]


def search(query: str, *, limit: int = MOST_HITS) -> Results:
    """The best pages for what somebody typed, best first; 1 query, at most 3 for what was not asked lately.

    `query` has at most LONGEST_QUERY characters (the form sees to it); quotes and operators are only words.
    """
    words = words_of(query)
    if not words:
        return Results([])
    groups = alternatives(query, words)
    found = [one for group in groups for one in group]
    mark = content_mark()
    rows, instead = _look_once(groups, limit, mark), ""
    if not rows:
        instead = _better_spelling(words, mark)
        rows = _look_once([found], limit, mark) if len(groups) > 1 else []
    pattern = _words_pattern(found)
    return Results([_hit(row, pattern) for row in _one_a_page(rows)], instead)


def crisis_words(query: str) -> bool:
    """Whether somebody may be looking for help with thoughts of ending their life."""
    text = " ".join(_WORD.findall(query.lower()))
    return any(re.search(rf"\b{word}", text) for word in CRISIS)


def _one_a_page(rows: Iterable[tuple]) -> list[tuple]:
    """The best section of each page: a page is not listed ten times."""
    best: dict[str, tuple] = {}
    for row in rows:
        page = row[1].split("#")[0] if row[0] == SearchText.Kind.ARTICLE else row[1]
        best.setdefault(page, row)
    return list(best.values())


def _look_once(groups: list[list[str]], limit: int, mark: str) -> list[tuple]:
    """The same without asking again while the content and the day are the same.

    What is kept in memory are our own rows, under a digest from which nobody reads what was typed.
    """
    wish = repr((groups, limit, mark, timezone.localdate())).encode()
    key = (blake2b(wish, key=_SECRET, digest_size=16).hexdigest(),)
    rows = found_in(_rows_found, key) if mark else None
    if rows is None:
        rows = _look(groups, limit)
        if mark:
            keep_in(_rows_found, key, rows, most=MOST_KEPT)
    return rows


def _look(groups: list[list[str]], limit: int) -> list[tuple]:
    """(kind, address, title, body) of the rows that have a phrase of every group, best first."""
    if connection.vendor == "postgresql":
        match = " & ".join(f"({' | '.join(map(_pg_phrase, group))})" for group in groups)
        wish = [match, timezone.localdate(), limit]
        [found] = connection.together([(_POSTGRESQL, wish)])  # planned once a connection
        return found.fetchall()
    match = " AND ".join(f"({' OR '.join(map(_fts_phrase, group))})" for group in groups)
    with connection.cursor() as cursor:
        cursor.execute(_SQLITE, [match, timezone.localdate(), limit])
        return cursor.fetchall()


# an article that is hidden since its review is long overdue was not changed: its rows are still there
_STILL_SHOWN = """
    NOT EXISTS (SELECT 1 FROM clinic_article a WHERE a.slug = t.ref AND t.kind <> 'word'
    AND (a.hidden_from <= %s OR a.retired_at IS NOT NULL))
"""
_SQLITE = f"""
    SELECT t.kind, t.address, t.title, t.body FROM clinic_searchtext_index i JOIN clinic_searchtext t ON t.id = i.rowid
    WHERE clinic_searchtext_index MATCH %s AND {_STILL_SHOWN}
    ORDER BY bm25(clinic_searchtext_index, 6.0, 1.0), t.id LIMIT %s
"""  # noqa: S608 - constants only
_POSTGRESQL = f"""
    SELECT t.kind, t.address, t.title, t.body FROM clinic_searchtext t, to_tsquery('english', %s) wish
    WHERE t.document @@ wish AND {_STILL_SHOWN} ORDER BY ts_rank(t.document, wish) DESC, t.id LIMIT %s
"""  # noqa: S608 - constants only


def _parts(phrase: str) -> list[str]:
    return re.findall(r"\w+", phrase)


def _fts_phrase(phrase: str) -> str:
    """Quoted: nothing in it is an operator of FTS5."""
    return '"' + " ".join(_parts(phrase)) + '"'


def _pg_phrase(phrase: str) -> str:
    """Each word quoted, one after the other: nothing in it is an operator of to_tsquery."""
    return "(" + " <-> ".join(f"'{part}'" for part in _parts(phrase)) + ")"


def _words_pattern(found: Sequence[str]) -> re.Pattern[str]:
    """What to mark in the excerpts: any form of the words found, those without sense only when there are no others."""
    parts_found = {part for phrase in found for part in _parts(phrase)}
    told = {part for part in parts_found if part not in COMMON} or parts_found
    stems = sorted({re.escape(_stem(part)) for part in told}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(stems)})\w*", re.IGNORECASE)


def _hit(row: tuple, pattern: re.Pattern[str]) -> Hit:
    kind, address, title, body = row
    return Hit(kind, address, title, mark_safe(_excerpt(body, pattern)))  # noqa: S308 - escaped piece by piece


def _excerpt(body: str, pattern: re.Pattern[str]) -> str:
    """A piece of the text around the first word found, the words marked, everything escaped."""
    first = pattern.search(body)
    start = max(0, (first.start() if first else 0) - EXCERPT // 3)
    start = body.rfind(" ", 0, start) + 1 if start else 0
    piece = " ".join(body[start : start + EXCERPT].split())
    if start + EXCERPT < len(body):
        piece = piece.rpartition(" ")[0] + " …"
    parts, last = ["… " if start else ""], 0
    for one in pattern.finditer(piece):
        parts += [escape(piece[last : one.start()]), "<mark>", escape(one.group(0)), "</mark>"]
        last = one.end()
    return "".join([*parts, escape(piece[last:])])


def _stem(word: str) -> str:
    """The beginning that most forms of a word share; only for marking."""
    return word if len(word) <= 4 else re.sub(r"(?:ies|es|s|ing|ed|y)$", "", word)


def _better_spelling(words: Sequence[str], mark: str) -> str:
    """What may have been meant: each unknown word replaced by the nearest one in use; empty when there is none."""
    known = vocabulary(mark) if mark else vocabulary.__wrapped__(mark)
    better = []
    for word in words:
        near = [word] if word in known else get_close_matches(word, _may_be_near(word, known), n=1, cutoff=NEAR)
        if not near:
            return ""
        better.append(near[0])
    return " ".join(better) if better != list(words) else ""


def _may_be_near(word: str, known: Sequence[str]) -> list[str]:
    """The known words that are not ruled out by the letters that they lack: so few that a long comparison is quick.

    `NEAR` is twice the letters in common through all letters of both words.
    """
    letters, length = set(word), len(word)
    return [one for one in known if len(letters.difference(one)) <= length - (length + len(one)) * NEAR / 2]


@lru_cache(maxsize=2)
def vocabulary(mark: str) -> list[str]:
    """Every word of titles and terms, for spelling help: one query after each change of the content."""
    titles = SearchText.objects.values_list("title", flat=True)
    words = {word.lower() for title in titles for word in _WORD.findall(title)}
    return sorted({*words, *(part for phrase in SYNONYMS for part in phrase.split())})


def index_article(article: Article) -> None:
    """Write anew what search knows of an article; nothing when it is not readable."""
    SearchText.objects.filter(kind__in=[SearchText.Kind.ARTICLE, SearchText.Kind.QUESTION], ref=article.slug).delete()
    shown = Article.objects.readable(timezone.localdate()).filter(pk=article.pk).exists()
    if not shown or article.published is None:
        return
    revision, is_questions = article.published, article.slug == QUESTIONS_SLUG
    page = article.get_absolute_url()
    parts = read(revision.text)
    rows = []
    if not is_questions:
        said = [
            revision.summary,
            *parts.key_points,
            *(item for _kind, items in parts.calls for item in items),
            *parts.ask,
        ]
        opening = ". ".join(without_marks(one).rstrip(".") for one in said)
        rows.append(SearchText(address=page, title=revision.title, body=f"{opening}."))
    for one in parts.sections:
        title = one.heading if is_questions else f"{revision.title}: {one.heading}"
        body = " ".join(plain(without_marks(one.text)).split())
        rows.append(SearchText(address=f"{page}#{one.anchor}", title=title[:160], body=body))
    for row in rows:
        row.kind = SearchText.Kind.QUESTION if is_questions else SearchText.Kind.ARTICLE
        row.ref, row.language = article.slug, article.language
    SearchText.objects.bulk_create(rows)


def index_words() -> None:
    """Write anew what search knows of the words."""
    SearchText.objects.filter(kind=SearchText.Kind.WORD).delete()
    page = reverse("education:words")
    SearchText.objects.bulk_create(
        SearchText(
            kind=SearchText.Kind.WORD,
            ref=one.slug,
            address=f"{page}#{one.slug}",
            title=one.term,
            body=". ".join(filter(None, [one.definition, one.also])),
            language=one.language,
        )
        for one in GlossaryTerm.objects.filter(is_active=True)
    )
