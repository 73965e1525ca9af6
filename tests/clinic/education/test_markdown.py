"""Markdown of articles: the safe subset, and what strangers might paste."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.education.render import clean_markdown, shown
from clinic.education.text import CALLS, plain, problems_of, read

NASTY_WORDS = [
    "<script", "onerror", "onclick", "javascript:", "data:", "vbscript", "<img", "<iframe", "<form", "<svg", "<style",
    "style=", "<input",
]  # fmt: skip
WORDS = (("Spinal cord", "spinal-cord", 'Nerves & "more"'), ("Cord", "cord", "A rope"))


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        '<p style="color:red" onclick="x()">y</p>',
        "<svg><script>1</script></svg>",
        "<iframe src=//example.org></iframe>",
        "<form><input name=q></form>",
        "<style>p{}</style>",
        "![x](https://example.org/spy.gif)",
        "<math><mi//xlink:href='data:x,<script>'>",
    ],
)
def test_nasty_markdown_leaves_only_words(nasty):
    html = clean_markdown(nasty).lower()
    for word in NASTY_WORDS:
        assert word not in html.replace("&lt;", "")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_shown_without_script(text):
    page = shown(f"## What?\n\n{text}", WORDS, "en")
    html = "".join(section.html for section in page.sections)
    assert "<script" not in html.lower()
    assert " on" not in "".join(part.split(">")[0] for part in html.lower().split("<")[1:] if "=" in part.split(">")[0])
    plain(text)
    read(text)


def test_longer_word_wins_and_each_is_explained_once():
    page = shown("## What?\n\nThe spinal cord is a cord. The spinal cord again.", WORDS, "en")
    html = page.sections[0].html
    assert html.count('popovertarget="word-spinal-cord"') == 1
    assert html.count('popovertarget="word-cord"') == 1
    assert "Nerves &amp; &quot;more&quot;" in html


def test_huge_table_scrolls_in_itself():
    table = "|" + "|".join("abc" for _ in range(80)) + "|\n|" + "---|" * 80 + "\n" + "|x" * 80 + "|"
    html = shown(f"## T?\n\n{table}", (), "en").sections[0].html
    assert html.startswith('<div class="scroll" tabindex="0" role="region"')
    assert html.count('scope="col"') == 80


def test_unknown_source_mark_stays_as_it_was_written():
    assert "[S9]" in shown("## A?\n\nText. [S9]", (), "en").sections[0].html


def test_text_that_is_too_long_is_refused_at_once():
    said = problems_of(title="T", summary="S", text="x" * 50_000, figures=(), addresses=(), is_for_patients=True)
    assert len(said) == 1
    assert "longer than" in said[0]


def test_same_heading_twice_gets_two_anchors():
    parts = read("## Why?\n\na\n\n## Why?\n\nb")
    assert [one.anchor for one in parts.sections] == ["why", "why-2"]


def test_every_call_heading_has_its_kind():
    text = "\n\n".join(f"## {heading.capitalize()}\n\n- x" for heading in CALLS)
    assert [kind for kind, _items in read(text).calls] == list(CALLS.values())
