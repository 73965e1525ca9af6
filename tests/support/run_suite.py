"""`make test`: the suite on SQLite, then on PostgreSQL where its programs are installed; says what was left out.

Tests that ask no database run once. Journeys in the browser take longest and see little of the database: they run on
SQLite. With --thorough (`make test-thorough`) journeys are walked again in harder clothes, those that book and collide
on PostgreSQL too, and there the tests of pages and of every address as every role as well.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.postgres_server import find_programs, postgres_server  # noqa: E402  (after the path is set)

# who may open a page, and how it looks, is the same on either database; what it reads and writes has tests of its own
WITHOUT_PAGES = [
    "--ignore-glob=*_addresses.py",
    "--ignore-glob=*_pages.py",
    "--ignore=tests/scheduling/demonstration",
    "--ignore=tests/intake/registration/test_guessing.py",
]
BOOKING_JOURNEYS = ("tests/browser/test_booking.py", "tests/browser/test_collisions.py")


def run(title: str, *options: str, **environment: str) -> int:
    """Run the suite once; the exit status of pytest."""
    print(f"== The suite on {title} ==", flush=True)
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *options, *sys.argv[1:]]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def main() -> int:
    """Both databases where possible; 0 only when every run that took place passed."""
    left_out, is_thorough = [], "--thorough" in sys.argv
    os.environ.pop("DATABASE_URL", None)
    status = run("SQLite")
    if find_programs():
        with postgres_server() as url:
            # the browser's event loop gives Django connections of its own: those tests run apart from the others here
            options = ["--asks-database", "--ignore=tests/browser", *([] if is_thorough else WITHOUT_PAGES)]
            status = run("PostgreSQL", *options, DATABASE_URL=url) or status
            if is_thorough:
                status = run("PostgreSQL, in the browser", *BOOKING_JOURNEYS, DATABASE_URL=url) or status
    else:
        left_out.append("PostgreSQL: its server programs (initdb, pg_ctl) are not installed")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        left_out.append("browser journeys and axe: Chromium is not installed")
    print(
        "Left out: " + "; ".join(left_out)
        if left_out
        else "Both databases ran; PostgreSQL without tests that ask none. What walks again runs by make test-thorough."
    )
    return status


if __name__ == "__main__":
    sys.exit(main())
