"""An environment of its own for a package that the product is compared with; made once, kept below var/."""

import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from subprocess import DEVNULL, CalledProcessError, TimeoutExpired, run

KEPT = Path(__file__).resolve().parents[1] / "var" / "bench"
SECONDS = 240


def environment_with(package: str, release: str) -> Path | None:
    """Its Python, with the package and our own releases of Django, gunicorn and psycopg; None when pip cannot do it."""
    wanted = [f"{package}=={release}"]
    wanted += [f"{name}=={version(distribution)}" for name, distribution in _OURS.items()]
    folder = KEPT / f"{package}-{release}-{sys.version_info.major}.{sys.version_info.minor}"
    python, done = folder / "bin" / "python", folder / "done"
    if done.is_file() and done.read_text(encoding="utf-8").split() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    print(f"Making an environment with {package} {release} ...", flush=True)
    try:
        run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=SECONDS)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
        run(command, check=True, timeout=SECONDS, stdout=DEVNULL)
    except (CalledProcessError, TimeoutExpired) as failed:
        print(f"It could not be made: {failed}", flush=True)
        return None
    done.write_text("\n".join(wanted), encoding="utf-8")
    return python


_OURS = {"django": "django", "gunicorn": "gunicorn", "psycopg[binary]": "psycopg"}
