"""The verdict on a run: `python -m benchmarks.reliability.check <folder of its logs> <file for the verdict>`."""

import json
import sys
from pathlib import Path
from typing import Any

import django


def check(folder: Path, *, audit: int = 0, history: int = 0) -> dict[str, Any]:
    """Replay the history in this process's database against the model and compare what is left of it.

    `audit` and `history` are the last keys before the run. The faults in words, and what was counted.
    """
    from django.conf import settings

    from benchmarks.reliability.crowd import UNDO_MINUTES
    from benchmarks.reliability.history import committed_since
    from benchmarks.reliability.judge import end_of_unknown, judge
    from benchmarks.reliability.logs import read_logs
    from benchmarks.reliability.watcher import faults_now
    from benchmarks.reliability.world import (
        differences,
        model_of_world,
        state_of_database,
        state_of_model,
        wrong_statuses,
    )
    from clinic.platform.audit.seals import first_fault

    recorded = read_logs(sorted(folder.glob("worker-*.jsonl")))
    ended = folder / "ended.json"
    end_of_unknown(recorded, {int(key): value for key, value in json.loads(ended.read_text()).items()})
    model = model_of_world(settings.HOLD_HOURS, UNDO_MINUTES)
    verdict = judge(model, recorded, committed_since(audit, history))
    faults = verdict.faults + differences(state_of_database(), state_of_model(model))
    faults += faults_now() + wrong_statuses()
    if broken := first_fault():
        faults.append(f"audit: {broken}")
    looks = 0
    for text in (folder / "watcher.jsonl").read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        looks += line.get("looks", 0)
        faults += [f"seen during the run: {line['fault']}"] if "fault" in line else []
    if not looks:
        faults.append("nobody looked during the run")
    return {"faults": faults, "counts": dict(verdict.counts) | {"looks": looks}, "seconds": _seconds(recorded)}


def _seconds(recorded: list) -> float:
    """From the first invocation to the last response."""
    ends = [one.ended for one in recorded if one.ended is not None]
    return (max(ends) - min(one.began for one in recorded)) / 1e9


if __name__ == "__main__":
    django.setup()
    Path(sys.argv[2]).write_text(json.dumps(check(Path(sys.argv[1]))), encoding="utf-8")
