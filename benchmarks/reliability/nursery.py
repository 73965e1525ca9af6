"""Begins the processes of a run, kills some and begins others in their place: `python -m ... <crowd as JSON>`.

They are forked from one process that has loaded everything and never opened the database.
"""

import json
import multiprocessing
import random
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import django

from benchmarks.reliability import watcher, worker
from benchmarks.reliability.crowd import Crowd

LONGEST_SECONDS = 1500
FORK = multiprocessing.get_context("fork")
STILL_ON_ITS_WAY = 1_000_000_000  # nanoseconds: what a killed process had sent may still be carried out


@dataclass
class Nursery:
    """The running processes by number, and when those that were killed were over."""

    crowd: Crowd
    origin: int = field(default_factory=time.monotonic_ns)
    running: dict[int, BaseProcess] = field(default_factory=dict)
    over: dict[int, int] = field(default_factory=dict)

    def main(self) -> int:
        """Until all is done; 1 when a process ended in an error."""
        stop, dice = self.crowd.folder / "stop", random.Random(self.crowd.seed)
        looking = FORK.Process(target=watcher.main, args=(self.crowd.folder / "watcher.jsonl", stop))
        looking.start()
        for number in range(1, self.crowd.processes + 1):
            self._begin(number, self.share)
        try:
            while not self.crowd.has_begun() and any(one.is_alive() for one in self.running.values()):
                time.sleep(0.02)
            for number in range(self.crowd.kills):  # spread over the run
                self._wait_for_attempts((number + dice.random()) * self.crowd.attempts / (self.crowd.kills + 1))
                self._kill_one(dice, fresh=self.crowd.processes + 1 + number)
            until = time.monotonic() + LONGEST_SECONDS
            for one in self.running.values():
                one.join(max(1.0, until - time.monotonic()))
            stop.touch()
            looking.join(60)
        finally:
            for one in (*self.running.values(), looking):
                one.kill()
        (self.crowd.folder / "ended.json").write_text(json.dumps(self.over), encoding="utf-8")
        return int(any(one.exitcode != 0 for one in (*self.running.values(), looking)))

    @property
    def share(self) -> int:
        """How many attempts are one process's."""
        return self.crowd.attempts // self.crowd.processes

    def _kill_one(self, dice: random.Random, *, fresh: int) -> None:
        busy = [number for number, one in self.running.items() if one.is_alive() and self._begun(number)]
        if busy:
            victim = dice.choice(busy)
            self.running[victim].kill()
            self.running.pop(victim).join()
            self.over[victim] = time.monotonic_ns() + STILL_ON_ITS_WAY
            self._begin(fresh, max(1, self.share - self._begun(victim)), unfinished=str(self._log(victim)))

    def _wait_for_attempts(self, count: float) -> None:
        while any(one.is_alive() for one in self.running.values()):
            if sum(self._begun(number) for number in (*self.running, *self.over)) >= count:
                return
            time.sleep(0.1)

    def _log(self, number: int) -> Path:
        return self.crowd.folder / f"worker-{number:03}.jsonl"

    def _begun(self, number: int) -> int:
        log = self._log(number)
        return log.read_bytes().count(b'"begin"') if log.exists() else 0

    def _begin(self, number: int, attempts: int, unfinished: str = "") -> None:
        plan = worker.Plan(
            process=number,
            attempts=attempts,
            log=str(self._log(number)),
            origin=self.origin,
            speed=self.crowd.speed,
            seed=self.crowd.seed * 1000 + number,
            unfinished=unfinished,
            may_lose_connection=self.crowd.may_lose_connection,
        )
        self.running[number] = FORK.Process(target=worker.main, args=(plan,))
        self.running[number].start()


if __name__ == "__main__":
    django.setup()
    from benchmarks.reliability import attempts, choosing, logs, screens, world  # noqa: F401  (loaded once for all)

    given = json.loads(sys.argv[1])
    sys.exit(Nursery(Crowd(**given | {"folder": Path(given["folder"])})).main())
