"""`make bench`: what the product takes against floors measured in the same run, on SQLite and on PostgreSQL.

For each database a fresh one is made, migrated and filled with a busy clinic; every `measure_*.py` then runs in a
process of its own and hands back its rows. The table is printed, the rows are written to `last.json`, and the exit
status is 1 when a limit is missed. `run.py finder booking` runs those measurements only, `run.py sqlite` that database.
Those that fill the database come last. The table says what was missed; one that fails says why above it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.rows import Row, exit_status, missed, table  # noqa: E402  (the path must be set first)
from tests.support.postgres_server import find_programs, postgres_server  # noqa: E402  (the path must be set first)

LAST = Path(__file__).with_name("last.json")
MEASUREMENTS = (
    "finder", "free_time", "booking", "http", "registration", "pages", "public", "memory", "peer", "contention",
    "worklist", "finder_large",
)  # fmt: skip
WITHOUT_DATABASE = ("triage",)
DATABASES = ("sqlite", "postgresql")
SECONDS_EACH = 150
SECONDS_MORE = {"finder_large": 240, "peer": 300}  # a million rows; pip may have to fetch the peer


def main() -> int:
    """Measure, print, write; the exit status."""
    signal.signal(signal.SIGTERM, lambda *_given: sys.exit(1))  # as an exception, so that all that runs is ended
    started = time.monotonic()
    rows = measure_all()
    print(f"\n{table(rows)}\n")
    LAST.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    lost = [one["name"] for one in rows if not one["holds"]]
    spent = time.monotonic() - started
    print(f"{len(rows) - len(lost)} of {len(rows)} limits hold, after {spent:.0f} seconds. {LAST.name}")
    for name in lost:
        print(f"MISSED {name}")
    return exit_status(rows)


def measure_all() -> list[Row]:
    """The rows of all measurements, or of those named on the command line."""
    wanted = set(sys.argv[1:])
    databases = [name for name in DATABASES if name in wanted] or list(DATABASES)
    chosen = [name for name in (*MEASUREMENTS, *WITHOUT_DATABASE) if name in wanted]
    chosen = chosen or [*MEASUREMENTS, *WITHOUT_DATABASE]
    with_database = [name for name in chosen if name in MEASUREMENTS]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as folder:
        if with_database and "sqlite" in databases:
            rows += _measure_on("sqlite", f"sqlite:///{folder}/clinic.sqlite3", with_database, Path(folder))
        if with_database and "postgresql" in databases:
            if find_programs() is None:
                print("PostgreSQL is left out: its server programs (initdb, pg_ctl) are not installed.", flush=True)
            else:
                with postgres_server() as url:
                    rows += _measure_on("postgresql", url, with_database, Path(folder))
        for name in (name for name in chosen if name in WITHOUT_DATABASE):
            rows += _measure(name, "", _environment("sqlite:///:memory:", Path(folder)))
    return rows


def _environment(database_url: str, folder: Path) -> dict[str, str]:
    """The demonstration's settings, with everything that is written going to `folder`."""
    return os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DEMONSTRATION": "1",
        "BENCH_FOLDER": str(folder),
        "PYTHONPATH": str(ROOT),
    }


def _measure_on(database: str, url: str, names: list[str], folder: Path) -> list[Row]:
    environment = _environment(url, folder)
    print(f"{database}: migrating and filling ...", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.prepare"], env=environment, cwd=ROOT, check=True)
    rows: list[Row] = []
    for name in names:
        rows += _measure(name, f"{database}: ", environment)
    return rows


def _measure(name: str, prefix: str, environment: dict[str, str]) -> list[Row]:
    """The rows of one measurement; one that fails or takes too long is a missed row, never a lost one."""
    started = time.monotonic()
    answer = Path(environment["BENCH_FOLDER"]) / f"{name}.json"
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.one", name, str(answer)]
    seconds, ended = SECONDS_MORE.get(name, SECONDS_EACH), None
    with subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True) as child:
        try:
            ended = child.wait(seconds)
        except subprocess.TimeoutExpired:
            print(f"{prefix}{name} was ended after {seconds} s", flush=True)
        finally:
            if ended is None:  # with the servers and clients that it started
                os.killpg(child.pid, signal.SIGKILL)
    print(f"{prefix}{name} took {time.monotonic() - started:.0f} s", flush=True)
    if ended != 0 or not answer.exists():
        return [missed(f"{prefix}{name} could not be measured", 0, "")]
    rows: list[Row] = json.loads(answer.read_text(encoding="utf-8"))
    for one in rows:
        one["name"] = prefix + one["name"]
        if not one["holds"]:
            print(f"MISSED {one['name']}: {one['value']} {one['unit']}, ratio {one['ratio']}", flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
