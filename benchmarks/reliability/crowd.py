"""A run on a database that is ready: how many do how much, where. The processes themselves are begun by nursery.py."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

UNDO_MINUTES = 240  # in the run, whose clock is so quick that nobody could undo anything in ten minutes of it
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Crowd:
    """`kills` of the processes are killed in the middle and replaced by others."""

    folder: Path
    url: str
    processes: int
    attempts: int
    kills: int = 0
    speed: float = 600.0  # seconds of the clinic's clock in one real second
    seed: int = 1
    may_lose_connection: bool = False

    def environment(self) -> dict[str, str]:
        """Of every process of the run."""
        return os.environ | {
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DEMONSTRATION": "1",
            "UNDO_MINUTES": str(UNDO_MINUTES),
            "BENCH_FOLDER": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }

    def call(self, module: str, *words: str) -> subprocess.Popen:
        """Begin `python -m benchmarks.reliability.<module>`."""
        command = [sys.executable, "-m", f"benchmarks.reliability.{module}", *words]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment())

    def begin(self) -> subprocess.Popen:
        """Let them in; the process to wait for."""
        return self.call("nursery", json.dumps(asdict(self) | {"folder": str(self.folder)}))

    def run(self) -> None:
        """Until all attempts are done. Raises RuntimeError when a process ended in an error or hung."""
        if self.begin().wait():
            raise RuntimeError("some process of the crowd ended in an error")

    def has_begun(self) -> bool:
        """Whether everybody has written a first line."""
        logs = list(self.folder.glob("worker-*.jsonl"))
        return len(logs) >= self.processes and all(log.stat().st_size for log in logs)
