"""The rules of the house that a machine can check: sizes, settings in the README, nothing that must not be here."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APPS = ("clinic", "intake", "scheduling")
# Tables of rules, questions and translations may be long (architecture: data tables aside)
DATA_TABLES = {"intake/triage/rules.py", "intake/symptoms/questions.py"}


def tracked(*patterns: str) -> list[Path]:
    """Files under version control or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def own_modules() -> list[Path]:
    """Python modules of the product, migrations aside."""
    return [p for p in tracked("*.py") if p.relative_to(ROOT).parts[0] in APPS and "migrations" not in p.parts]


def test_modules_fit_in_a_small_room():
    long = {
        str(p.relative_to(ROOT)): n
        for p in own_modules()
        if (n := len(p.read_text().splitlines())) > 400 and str(p.relative_to(ROOT)) not in DATA_TABLES
    }
    assert long == {}


def test_functions_fit_on_a_screen():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in own_modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert long == []


def test_top_level_has_only_the_agreed_folders():
    folders = {p.relative_to(ROOT).parts[0] for p in tracked() if len(p.relative_to(ROOT).parts) > 1}
    agreed = {*APPS, "templates", "tests", "docs", "deploy", "benchmarks", ".ci"}
    assert folders <= agreed


def test_no_number_or_name_of_another_institution():
    """Two telephone numbers belong to others (domain 6.4); only the check that refuses them may hold them."""
    digits = ("8008651125", "8886633488")
    found = []
    for path in tracked("*.py", "*.html", "*.md", "*.txt", "*.toml", "*.css", "*.js"):
        if path.name in ("checks.py", "test_checks.py", Path(__file__).name) or "floors" in path.parts:
            continue
        text = path.read_text(errors="replace")
        numbers = re.sub(r"\D", "", text)
        found += [str(path)] if any(d in numbers and re.search(r"[\s.()-]*".join(d), text) for d in digits) else []
    assert found == []


@pytest.mark.parametrize("pattern", ["style=", "onclick=", "<script>", "javascript:"])
def test_templates_have_nothing_inline(pattern):
    found = [str(p.relative_to(ROOT)) for p in tracked("templates/**.html") if pattern in p.read_text()]
    assert found == []


def test_no_page_asks_a_third_party():
    found = [
        str(p.relative_to(ROOT))
        for p in tracked("templates/**.html", "clinic/static/**")
        if p.suffix in (".html", ".css", ".js")
        and re.search(r"(src|href)=\"https?://|url\(\"?https?://|@import", p.read_text())
    ]
    assert found == []


def test_every_variable_of_the_settings_is_in_the_readme():
    source = (ROOT / "clinic" / "settings.py").read_text()
    names = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", source)) | set(
        re.findall(r"of_the_clinic\(\"([A-Z_]+)\"", source)
    )
    readme = (ROOT / "README.md").read_text()
    assert sorted(n for n in names if f"`{n}`" not in readme) == []
