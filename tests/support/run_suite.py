"""`make test`: the suite on SQLite, then on PostgreSQL where its programs are installed; says what was left out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.postgres_server import find_programs, postgres_server  # noqa: E402  (after the path is set)


def run(title: str, **environment: str) -> int:
    """Run the whole suite once; the exit status of pytest."""
    print(f"== The suite on {title} ==", flush=True)
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *sys.argv[1:]]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def main() -> int:
    """Both databases where possible; 0 only when every run that took place passed."""
    left_out = []
    os.environ.pop("DATABASE_URL", None)
    status = run("SQLite")
    if find_programs():
        with postgres_server() as url:
            status = run("PostgreSQL", DATABASE_URL=url) or status
    else:
        left_out.append("PostgreSQL: its server programs (initdb, pg_ctl) are not installed")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        left_out.append("browser journeys and axe: Chromium is not installed")
    print(
        "Left out: " + "; ".join(left_out) if left_out else "Nothing was left out: both databases and the browser ran."
    )
    return status


if __name__ == "__main__":
    sys.exit(main())
