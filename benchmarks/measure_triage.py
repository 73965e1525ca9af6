"""20,000 answer sets through `manage.py assess_symptoms`, the start of the program included. Touches no database."""

import json
import random
import subprocess
import sys
import time

from benchmarks.rows import Row, row
from intake.triage.lines import assess_line
from tests.support.answers import CASES

SETS = 20_000
LIMIT_SECONDS = 20


def measure() -> list[Row]:
    """Valid answer sets mixed from the open cases, all of them answered."""
    lines = _answer_sets()
    started = time.perf_counter()
    command = [sys.executable, "manage.py", "assess_symptoms"]
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    spent = time.perf_counter() - started
    answered = done.stdout.count("\n")
    if done.returncode != 0 or answered != SETS:
        raise RuntimeError(f"{answered} of {SETS} answers, exit status {done.returncode}: {done.stderr[:500]}")
    return [row(f"triage: {SETS:,} answer sets through the command", spent, "s", limit=LIMIT_SECONDS)]


def _answer_sets() -> list[str]:
    dice, lines = random.Random(5), []
    cases = [case["answers"] for case in CASES["vignettes"]]
    given = [(key, value) for case in cases for key, value in case.items()]
    while len(lines) < SETS // 10:
        line = json.dumps(CASES["defaults"] | dice.choice(cases) | dict(dice.sample(given, 3)))
        _answer, valid, _failed = assess_line(line.encode())
        if valid:
            lines.append(line)
    return lines * 10
