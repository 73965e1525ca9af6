"""`make reliability`: 10,000 attempts at once on each database, replayed one after the other; 1 on any violation.

`python -m benchmarks.reliability.run [sqlite] [postgresql] [number of attempts]`.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.reliability.crowd import ROOT, Crowd
from tests.support.postgres_server import find_programs, postgres_server

ATTEMPTS, REQUESTS, KILLS = 10_000, 80, 6
PROCESSES = {"postgresql": 8, "sqlite": 4}
SHOWN = 20


def main(words: list[str]) -> int:
    """Run, print, judge; the exit status."""
    chosen = [name for name in PROCESSES if name in words] or list(PROCESSES)
    attempts = next((int(word) for word in words if word.isdigit()), ATTEMPTS)
    faults = 0
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="clinic-reliability-") as folder:
            if name == "sqlite":
                faults += _report(name, run_on(f"sqlite:///{folder}/clinic.sqlite3", Path(folder), name, attempts))
            elif find_programs() is None:
                print("PostgreSQL is left out: its server programs (initdb, pg_ctl) are not installed.", flush=True)
            else:
                with postgres_server() as url:
                    faults += _report(name, run_on(url, Path(folder), name, attempts))
    return 1 if faults else 0


def run_on(url: str, folder: Path, name: str, attempts: int) -> dict[str, Any]:
    """Fill the empty database, let the crowd in, hand back the verdict."""
    print(f"{name}: migrating and filling ...", flush=True)
    crowd = Crowd(folder, url, PROCESSES[name], attempts, kills=KILLS, seed=int(time.time()))
    subprocess.run(
        [sys.executable, "-m", "benchmarks.reliability.prepare", str(REQUESTS)],
        env=crowd.environment(), cwd=ROOT, check=True,
    )  # fmt: skip
    print(f"{name}: {attempts} attempts from {crowd.processes} processes, {crowd.kills} of them killed ...", flush=True)
    crowd.run()
    answer = folder / "verdict.json"
    print(f"{name}: replaying ...", flush=True)
    crowd.call("check", str(folder), str(answer)).wait()
    verdict: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return verdict


def _report(name: str, verdict: dict[str, Any]) -> int:
    """Print the table of one database; how many faults there are."""
    counts, faults = verdict["counts"], verdict["faults"]
    words = ("made", "refused", "failed", "unknown")
    kinds = sorted({key.split()[0] for key in counts if " " in key})
    print(f"\n{name:16}" + "".join(f"{word:>10}" for word in words))
    for kind in kinds:
        print(f"{kind:16}" + "".join(f"{counts.get(f'{kind} {word}', 0):>10}" for word in words))
    total = [sum(counts.get(f"{kind} {word}", 0) for kind in kinds) for word in words]
    print(f"{'all':16}" + "".join(f"{number:>10}" for number in total))
    because = {key.split(":")[1]: number for key, number in counts.items() if key.startswith("because:")}
    print("refused as " + ", ".join(f"{code} {number}" for code, number in sorted(because.items())))
    print(f"{sum(total)} attempts in {verdict['seconds']:.0f} s, {counts['commits']} commits replayed in one order,")
    print(f"{counts['looks']} looks at the database meanwhile.")
    for title, word in (("overlaps", "overlap"), ("partial visits", "partial"), ("lost bookings", "lost")):
        print(f"{title:16}{sum(word in fault for fault in faults):>10}")
    print(f"{'deadlocks':16}{sum('deadlock' in fault.lower() for fault in faults):>10}")
    print(f"{'all violations':16}{len(faults):>10}\n")
    for fault in faults[:SHOWN]:
        print(f"  {fault}", flush=True)
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
