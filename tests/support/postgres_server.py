"""A PostgreSQL server of its own on a free port, for the length of a `with` block.

PostgreSQL refuses to run as root, so a root user starts it as `postgres`, the user that Debian's package makes.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl, or None where PostgreSQL's server is not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def restart(url: str) -> None:
    """Stop the server at this address at once, as a power cut would, and start it again; returns when it answers."""
    import psycopg

    with psycopg.connect(url) as connection:
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])
    as_owner = _owner() if os.geteuid() == 0 else {}
    words = [str(find_programs() / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "-l", str(data.parent / "log")]
    subprocess.run([*words, "restart"], check=True, cwd=data.parent, stdout=subprocess.DEVNULL, **as_owner)


def _owner() -> dict:
    owner = pwd.getpwnam("postgres")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server with durable commits and yield its DATABASE_URL; it is stopped and removed afterwards.

    Raises RuntimeError when the programs are missing (ask `find_programs` first).
    """
    programs = find_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL's server programs are not installed")
    as_owner: dict = {}
    folder = Path(tempfile.mkdtemp(prefix="clinic-pg-"))
    if os.geteuid() == 0:
        as_owner = _owner()
        os.chown(folder, as_owner["user"], as_owner["group"])
    port, data = free_port(), folder / "data"
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=80"

    def call(*words: str) -> None:
        subprocess.run(words, check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_owner)

    call(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale")
    try:
        call(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start")
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [str(programs / "pg_ctl"), "-D", str(data), "-m", "fast", "stop"],
            check=False,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **as_owner,
        )
        shutil.rmtree(folder, ignore_errors=True)
