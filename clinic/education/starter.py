"""The starter texts: Markdown files in the repository, loaded once. What is there already is never touched."""

from dataclasses import dataclass
from pathlib import Path

CONTENT = Path(__file__).parent / "content"
FIELDS = {"title", "position", "audience", "summary", "related", "keys"}


@dataclass(frozen=True, slots=True)
class StarterArticle:
    """One file of content/articles; its name is the slug."""

    slug: str
    title: str
    position: int
    audience: str
    summary: str
    related: list[str]
    keys: list[str]
    text: str


@dataclass(frozen=True, slots=True)
class StarterWord:
    """One line of content/words.txt."""

    term: str
    say_like: str
    definition: str
    also: str


def starter_articles() -> list[StarterArticle]:
    """All articles in order. Raises ValueError naming the file that is not as it should be."""
    return sorted(map(_read_article, (CONTENT / "articles").glob("*.md")), key=lambda one: (one.position, one.slug))


def _read_article(path: Path) -> StarterArticle:
    head, line, text = path.read_text(encoding="utf-8").partition("\n---\n")
    facts = {name.strip(): value.strip() for name, _colon, value in (row.partition(":") for row in head.splitlines())}
    if not line or set(facts) != FIELDS:
        raise ValueError(f"{path.name}: the lines before --- must be {', '.join(sorted(FIELDS))}")
    return StarterArticle(
        slug=path.stem,
        title=facts["title"],
        position=int(facts["position"]),
        audience=facts["audience"],
        summary=facts["summary"],
        related=_listed(facts["related"]),
        keys=_listed(facts["keys"]),
        text=text.strip() + "\n",
    )


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def starter_words() -> list[StarterWord]:
    """All words, alphabetical. Raises ValueError for a line without four parts."""
    lines = (CONTENT / "words.txt").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 4:
            raise ValueError(f"words.txt: {line[:40]} has {len(parts)} parts and not 4")
        found.append(StarterWord(*parts))
    return sorted(found, key=lambda one: one.term.lower())
