"""`make test`: the suite on SQLite, then on PostgreSQL where its programs are installed; says what was left out.

Journeys in the browser take longest and see little of the database: all of them run on SQLite, those that book and
collide on PostgreSQL too.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.postgres_server import find_programs, postgres_server  # noqa: E402  (after the path is set)

ON_BOTH = ("test_booking.py", "test_collisions.py")


def run(title: str, *options: str, **environment: str) -> int:
    """Run the suite once; the exit status of pytest."""
    print(f"== The suite on {title} ==", flush=True)
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *options, *sys.argv[1:]]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def without_the_journeys_that_ran() -> list[str]:
    """Options of pytest that leave out the browser tests that need not run on a second database."""
    journeys = sorted((ROOT / "tests" / "browser").glob("test_*.py"))
    return [f"--ignore={path.relative_to(ROOT)}" for path in journeys if path.name not in ON_BOTH]


def main() -> int:
    """Both databases where possible; 0 only when every run that took place passed."""
    left_out = []
    os.environ.pop("DATABASE_URL", None)
    status = run("SQLite")
    if find_programs():
        with postgres_server() as url:
            status = run("PostgreSQL", *without_the_journeys_that_ran(), DATABASE_URL=url) or status
    else:
        left_out.append("PostgreSQL: its server programs (initdb, pg_ctl) are not installed")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        left_out.append("browser journeys and axe: Chromium is not installed")
    print(
        "Left out: " + "; ".join(left_out)
        if left_out
        else f"Both databases ran. Browser: all journeys on SQLite, {' and '.join(ON_BOTH)} on PostgreSQL too."
    )
    return status


if __name__ == "__main__":
    sys.exit(main())
