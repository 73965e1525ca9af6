"""Colors, size and manners of the style sheet, computed from the file itself."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "clinic" / "static" / "clinic"
CSS = (FOLDER / "clinic.css").read_text(encoding="utf-8")
TEXT = [
    ("text", "page"), ("text", "panel"), ("text", "tint"), ("text", "error-back"), ("text", "success-back"),
    ("text", "warning-back"), ("muted", "page"), ("muted", "panel"), ("muted", "tint"), ("link", "page"),
    ("link", "panel"), ("link", "tint"), ("visited", "page"), ("visited", "panel"), ("error", "page"),
    ("error", "error-back"), ("success", "page"), ("success", "success-back"), ("warning", "warning-back"),
    ("on-button", "link"), ("on-button", "button-over"), ("on-danger", "danger"), ("soon-text", "soon-back"),
    ("routine-text", "routine-back"),
]  # fmt: skip
EDGES = [("border", "page"), ("border", "panel"), ("border", "tint"), ("error", "page"), ("link", "page")]


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", block))


def themes() -> dict[str, dict[str, str]]:
    light = tokens(CSS[CSS.index(":root {") : CSS.index("@media (prefers-color-scheme: dark)")])
    system = CSS[CSS.index("@media (prefers-color-scheme: dark)") :]
    chosen = CSS[CSS.index('html[data-theme="dark"] {') :]
    return {
        "light": light,
        "dark of the device": light | tokens(system[: system.index("}\n}")]),
        "dark as chosen": light | tokens(chosen[: chosen.index("}")]),
    }


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("front", "back"), TEXT)
def test_paper_has_dark_words_on_white_whatever_the_theme(front, back):
    """A browser leaves out colored grounds: what is white on red on the screen would be pale on white."""
    paper = CSS[CSS.index(":root, html[data-theme]") :]
    colors = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", paper[: paper.index("}")]))
    white = {"page", "panel", "tint", "error-back", "success-back", "warning-back", "soon-back", "routine-back"}
    assert colors[front] in ("#000", "#222")
    assert back == "button-over" or colors[back] == ("#fff" if back in white else "#000")


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_reaches_seven_to_one(theme, front, back):
    colors = themes()[theme]
    assert contrast(colors[front], colors[back]) >= 7


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize(("edge", "back"), EDGES)
def test_edges_of_controls_reach_three_to_one(theme, edge, back):
    colors = themes()[theme]
    assert contrast(colors[edge], colors[back]) >= 3


def test_focus_ring_stands_out_from_its_dark_half():
    colors = themes()["light"]
    assert contrast(colors["focus"], colors["ring"]) >= 7


def test_both_ways_to_the_dark_theme_give_the_same_colors():
    assert themes()["dark of the device"] == themes()["dark as chosen"]


def test_style_and_script_stay_small():
    assert len(gzip.compress(CSS.encode())) < 14_000
    assert (FOLDER / "clinic.js").stat().st_size < 5_000


def test_style_names_nothing_outside_and_sizes_text_in_rem():
    assert not re.search(r"https?:|@import|url\(", CSS)
    assert not re.search(r"font-size:[^;]*\dpx", CSS)
    for size in ("112.5%", "137.5%", "162.5%"):
        assert size in CSS


@pytest.mark.parametrize(
    "query", ["prefers-color-scheme: dark", "forced-colors: active", "prefers-contrast: more", "print"]
)
def test_reader_settings_are_respected(query):
    assert f"@media ({query})" in CSS or f"@media {query}" in CSS


def test_motion_only_when_not_unwanted():
    calm = CSS[: CSS.index("@media (prefers-reduced-motion: no-preference)")]
    assert "transition" not in calm
    assert "animation" not in CSS
