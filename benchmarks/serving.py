"""A web server for the length of a `with` block, and a small loader for it. Both stay on 127.0.0.1."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres_server import free_port

HOST = "127.0.0.1"
WAIT_SECONDS = 30


@dataclass(frozen=True)
class Call:
    """One HTTP request and the status it must be answered with."""

    path: str
    status: int
    method: str = "GET"
    body: str = ""
    cookies: str = ""
    more: tuple[tuple[str, str], ...] = ()  # headers

    @property
    def headers(self) -> dict[str, str]:
        """Cookies and the type of the body, as a browser sends them."""
        headers = {"Cookie": self.cookies} if self.cookies else {}
        return headers | dict(self.more) | ({"Content-Type": "application/x-www-form-urlencoded"} if self.body else {})


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    process: subprocess.Popen

    def answer(self, call: Call) -> str:
        """The body of one answer. Raises RuntimeError for another status than it must have."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        connection.request(call.method, call.path, body=call.body or None, headers=call.headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != call.status:
            raise RuntimeError(f"{call.path}: {answer.status} {text[:200]}")
        return text

    def worker_mebibytes(self) -> float:
        """Resident memory of its largest worker, MiB."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return max(_resident_kib(child) for child in children) / 1024


@contextmanager
def gunicorn(
    application: str, *, folder: Path, environment: dict[str, str] | None = None, python: str = sys.executable
) -> Iterator[Server]:
    """gunicorn as in production: two workers of four threads. Raises RuntimeError when it does not answer."""
    port = free_port()
    command = [python, "-m", "gunicorn", application, "--bind", f"{HOST}:{port}", "--log-level", "warning"]
    command += ["--workers", "2", "--worker-class", "gthread", "--threads", "4"]
    process = subprocess.Popen(command, cwd=folder, env=os.environ | (environment or {}))
    try:
        _wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except (ConnectionError, TimeoutError):
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server did not start")


def rate(port: int, calls: Sequence[Call], *, connections: int = 16, seconds: float = 30) -> float:
    """Answers a second, see `load`."""
    answers, spent = load(port, calls, connections=connections, seconds=seconds)
    return answers / spent


def load(port: int, calls: Sequence[Call], *, connections: int, seconds: float) -> tuple[int, float]:
    """How many were answered in how many seconds: each of `calls` once, or as many as are begun within `seconds`.

    They go over `connections` kept open.
    Raises RuntimeError when an answer has another status than it must have: speed of errors is no speed.
    """
    waiting, done, wrong = iter(calls), [0] * connections, []
    lock, stop = threading.Lock(), time.monotonic() + seconds

    def work(number: int) -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        while time.monotonic() < stop and not wrong:
            with lock:
                call = next(waiting, None)
            if call is None:
                break
            try:
                status = _answer(connection, call)
            except (ConnectionError, http.client.HTTPException) as error:
                wrong.append(f"{call.path}: {type(error).__name__}")
                break
            if status != call.status:
                wrong.append(f"{call.path}: {status}")
            done[number] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"unexpected answers: {wrong[:5]}")
    return sum(done), time.perf_counter() - started


def _answer(connection: http.client.HTTPConnection, call: Call) -> int:
    """The status of the answer. A connection that the server closed while it was idle is opened once more."""
    for last_try in (False, True):
        try:
            connection.request(call.method, call.path, body=call.body or None, headers=call.headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (http.client.RemoteDisconnected, BrokenPipeError):
            connection.close()
            if last_try:
                raise
    raise AssertionError("unreachable")


def _resident_kib(pid: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has no resident memory")
