"""`make lighthouse`: public pages as Lighthouse sees them on a phone, median of three runs each.

Needs Node.js (npx fetches Lighthouse into its own cache, nothing of it stays here) and Chromium. What is missing is
named, and the exit status is 1. `python benchmarks/lighthouse.py /contact/ /learn/` looks at those pages only.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.serving import HOST, gunicorn  # noqa: E402  (the path must be set first)

LIGHTHOUSE = "lighthouse@12"
PAGES = (
    "/", "/get-help-now/", "/contact/", "/your-visit/", "/our-team/", "/refer/", "/learn/", "/learn/questions/",
    "/learn/spinal-cord-compression/", "/learn/words/", "/clinical-trials/", "/request-an-appointment/",
    "/ask-a-nurse/",
)  # fmt: skip
LIMITS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS, TRIES = 3, 3
SECONDS_EACH = 180
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage"
)


def main() -> int:
    """Look at each page and print its scores; 0 when every one reaches its limit."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    wanted = {"Node.js (node, npx)": shutil.which("node") and shutil.which("npx"), "Chromium": chromium}
    if missing := [name for name, found in wanted.items() if not found]:
        print(f"Lighthouse was not run. Not installed: {', '.join(missing)}.")
        return 1
    pages = sys.argv[1:] or PAGES
    print(f"{'':40}" + "".join(f"{name:>16}" for name in LIMITS), flush=True)
    lost = 0
    with tempfile.TemporaryDirectory(prefix="clinic-lighthouse-") as folder:
        environment = _prepared(Path(folder))
        with gunicorn("clinic.wsgi", folder=ROOT, environment=environment) as server:
            for page in pages:
                scores = _median(f"http://{HOST}:{server.port}{page}", str(chromium), Path(folder))
                under = [name for name, least in LIMITS.items() if scores[name] < least]
                lost += len(under)
                told = f"  MISSED {', '.join(under)}" if under else ""
                print(f"{page:40}" + "".join(f"{scores[name]:16.0f}" for name in LIMITS) + told, flush=True)
    print(f"\nLimits: {', '.join(f'{name} {least}' for name, least in LIMITS.items())}. {lost} missed.")
    return 1 if lost else 0


def _prepared(folder: Path) -> dict[str, str]:
    """A fresh demonstration in `folder`; the environment it is served with."""
    environment = {
        "DEMONSTRATION": "1",
        "DATABASE_URL": f"sqlite:///{folder}/clinic.sqlite3",
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_FOLDER": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    for command in (["migrate", "-v0"], ["collectstatic", "-v0", "--no-input"], ["make_demonstration", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=os.environ | environment, check=True)
    return environment


def _median(url: str, chromium: str, folder: Path) -> dict[str, float]:
    """The median score of each kind, 0 to 100. What keeps a page from its limit is printed once."""
    runs = [_run(url, chromium, folder / f"{number}.json") for number in range(RUNS)]
    scores = {name: statistics.median(run["categories"][name]["score"] * 100 for run in runs) for name in LIMITS}
    for name in (name for name, least in LIMITS.items() if scores[name] < least):
        for part in runs[0]["categories"][name]["auditRefs"]:
            audit = runs[0]["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"  {name}: {audit['title']} {audit.get('displayValue', '')}", flush=True)
    return scores


def _run(url: str, chromium: str, answer: Path) -> dict:
    """One report, on the phone that Lighthouse simulates by default. Raises RuntimeError when it cannot run.

    On a busy machine it loses the trace of a page now and then, and asks to be run again: it is, twice.
    """
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={answer}"]
    command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(LIMITS)}"]
    environment = os.environ | {"CHROME_PATH": chromium, "NO_UPDATE_NOTIFIER": "1"}
    said = ""
    for _turn in range(TRIES):
        with suppress(subprocess.TimeoutExpired):
            ended = subprocess.run(
                command,
                check=False,
                cwd=answer.parent,
                env=environment,
                timeout=SECONDS_EACH,
                capture_output=True,
                text=True,
            )
            if ended.returncode == 0:
                return json.loads(answer.read_text(encoding="utf-8"))
            said = ended.stderr[-600:]
    raise RuntimeError(f"Lighthouse did not look at {url}: {said or 'it took too long'}")


if __name__ == "__main__":
    sys.exit(main())
