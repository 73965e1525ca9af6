"""A file goes through the web server without staying in its memory: the real server, the whole way, on SQLite."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.records.some_files import a_pdf

ROOT = Path(__file__).resolve().parents[3]
MEGABYTE = 1024 * 1024
PREPARE = """
import django; django.setup()
import time
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.scheduling.patient_steps import a_wanted_request
wanted = a_wanted_request()
session = SessionStore()
session["request_id"], session["patient_seen"] = str(wanted.pk), int(time.time())
session.save()
print(wanted.reference, session.session_key)
"""


class Server:
    """gunicorn with one process, as a browser sees it."""

    def __init__(self, port: int, master: int, reference: str, session: str) -> None:
        self.port, self.master, self.session = port, master, session
        self.page = f"/my/{reference}/files/"
        self.cookies = f"sessionid={session}"

    @property
    def worker(self) -> int:
        return int(Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()[0])

    def memory(self, name: str) -> int:
        """Bytes: VmRSS now, VmHWM at most since `forget_peak`."""
        status = Path(f"/proc/{self.worker}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status).group(1)) * 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.worker}/clear_refs").write_text("5")

    def ask(self, path: str, *, body=None, length=0, content_type="") -> tuple[int, str]:
        """Status and text of an answer; `body` is sent in pieces."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookies, "Host": "localhost"}
        if body is not None:
            headers |= {"Content-Length": str(length), "Content-Type": content_type}
        line.request("GET" if body is None else "POST", path, body=body, headers=headers)
        answer = line.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            if cookie.startswith("csrftoken="):
                self.cookies = f"sessionid={self.session}; {cookie.split(';')[0]}"
        line.close()
        return answer.status, text

    def add(self, size: int, *, data: bytes = b"", to: str = "") -> tuple[int, str]:
        """Post a file of this size: `data`, then zeros."""
        _status, html = self.ask(self.page)
        fields = {
            name: re.search(rf'name="{name}" value="(\w+)"', html).group(1) for name in ("csrfmiddlewaretoken", "key")
        }
        fields["kind"] = "imaging_report"
        head = "".join(
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += '--edge\r\nContent-Disposition: form-data; name="file"; filename="scan.pdf"\r\n\r\n'
        tail = b"\r\n--edge--\r\n"

        def pieces() -> Iterator[bytes]:
            yield head.encode()
            yield data
            left = size - len(data)
            while left > 0:
                yield bytes(min(left, 65536))
                left -= 65536
            yield tail

        length = len(head.encode()) + size + len(tail)
        kind = "multipart/form-data; boundary=edge"
        return self.ask(to or f"{self.page}add/", body=pieces(), length=length, content_type=kind)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The server of `make run` with one process, an empty clinic and one patient's session."""
    folder = tmp_path_factory.mktemp("server")
    environment = {
        **os.environ,
        "DEMONSTRATION": "1",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{folder}/clinic.sqlite3",
        "PYTHONPATH": str(ROOT),
    }
    told = subprocess.run(
        [sys.executable, "-c", PREPARE], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    reference, session = told.stdout.split()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["-m", "gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
               "--threads", "2", "--log-level", "warning"]  # fmt: skip
    process = subprocess.Popen([sys.executable, *command], env=environment, cwd=ROOT)
    try:
        wait_for(port)
        yield Server(port, process.pid, reference, session)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


def a_pdf_of(size: int) -> bytes:
    """A PDF file of about this size that no packing makes smaller."""

    def change(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(os.urandom(size))

    return a_pdf(change)


def test_largest_file_raises_the_memory_of_the_web_process_by_ten_megabytes_at_most(server):
    assert server.add(0, data=b"")[0] == 422  # warm: templates, code, connections
    largest = a_pdf_of(25 * MEGABYTE - 12 * 1024)
    assert 25 * MEGABYTE - 10_000 < len(largest) <= 25 * MEGABYTE
    before = server.memory("VmRSS")
    server.forget_peak()
    status, text = server.add(len(largest), data=largest)
    assert status == 302, text
    assert server.memory("VmHWM") - before <= 10 * MEGABYTE
    assert "1 file added" in server.ask(server.page)[1]


@pytest.mark.parametrize("megabytes", [26, 90])
def test_file_that_is_too_large_is_told_on_a_clear_page(server, megabytes):
    assert server.add(0, data=b"")[0] == 422  # warm, whichever test comes first
    before = server.memory("VmRSS")
    server.forget_peak()
    status, text = server.add(megabytes * MEGABYTE)
    assert status == 422
    assert "The selected file must be smaller than 25 MB" in text
    assert server.memory("VmHWM") - before <= 10 * MEGABYTE


def test_file_where_none_is_expected_is_refused_on_a_clear_page(server):
    status, text = server.add(100_000, to="/register/who/")
    assert status == 400
    assert "<h1>" in text
    status, _text = server.add(1 * MEGABYTE, to="/staff/sign-in/")
    assert status == 400
