"""`make run`: prepare the database, fill a demonstration clinic once, say where to go, serve.

Run by hand it needs `DEMONSTRATION=1`. PORT chooses the port, DATABASE_URL puts the same on PostgreSQL.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.chdir(ROOT)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("DEMONSTRATION", "1")


def code_stamp() -> str:
    """Newest change of migrations and static files: what decides whether a second start has work to do."""
    watched = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("clinic/static/**/*"), ROOT / "requirements.lock"]
    return f"{max(p.stat().st_mtime for p in watched if p.is_file()):.0f} {os.environ.get('DATABASE_URL', 'sqlite')}"


def prepare() -> None:
    """Migrate, collect static files and fill the demonstration, each step shown; skipped when nothing changed."""
    import django

    django.setup()
    from django.core.management import call_command

    (ROOT / "var").mkdir(exist_ok=True)
    stamp = ROOT / "var" / "prepared"
    if not stamp.exists() or stamp.read_text() != code_stamp() or not database_is_there():
        print("Preparing the database ...", flush=True)
        call_command("migrate", verbosity=0)
        print("Collecting static files ...", flush=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("make_demonstration")
        stamp.write_text(code_stamp())
    call_command("make_demonstration", "--sign-ins")


def database_is_there() -> bool:
    """Whether the chosen database has our tables."""
    from django.db import connection

    return "clinic_user" in connection.introspection.table_names()


def serve() -> None:
    """Hand the process over to gunicorn: two processes of four threads.

    Never with --preload: the embedded worker would run before the fork, and a child that is born while another thread
    is inside SQLite inherits its locked mutex and hangs.
    """
    port = os.environ.get("PORT", "8000")
    print(f"\nOpen http://localhost:{port}/    (stop with Ctrl+C)\n", flush=True)
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    os.execv(  # noqa: S606  (our own program, no shell)
        gunicorn,
        [
            gunicorn,
            "clinic.wsgi",
            "--bind",
            f"0.0.0.0:{port}",
            "--workers",
            "2",
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            "--log-level",
            "warning",
        ],
    )


if __name__ == "__main__":
    started = time.monotonic()
    prepare()
    print(f"Ready after {time.monotonic() - started:.1f} seconds.")
    serve()
