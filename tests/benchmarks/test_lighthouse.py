"""`make lighthouse` says what it lacks, and does not pretend."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.lighthouse import LIMITS, PAGES
from clinic.education.sitemap import PAGES as LISTED

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "lighthouse.py"


def test_without_node_and_chromium_it_names_both_and_fails(tmp_path):
    environment = os.environ | {"PATH": str(tmp_path)}
    ended = subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Not installed: Node.js (node, npx), Chromium." in ended.stdout


def test_limits_are_those_promised_and_every_kind_of_page_is_looked_at():
    assert LIMITS == {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
    assert len(PAGES) >= len(LISTED) - 3
