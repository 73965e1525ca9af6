"""`make screenshots`: take the README's pictures from the running code, by clicking through a fresh demonstration.

Needs Chromium. Uses a database of its own in a temporary folder, so a clinic that is being tried out stays as it is.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1280, "height": 900}
MOST_BYTES = 250 * 1024


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def running_demonstration() -> Iterator[str]:
    """A new demonstration clinic served on a free port; its address."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {
            **os.environ,
            "DEMONSTRATION": "1",
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "DATABASE_URL": f"sqlite:///{folder}/clinic.sqlite3",
            "EMAIL_FILE_PATH": f"{folder}/mail",
            "EMBEDDED_WORKER": "0",
            "PORT": str(port),
        }
        for command in (
            ["migrate", "--verbosity=0"],
            ["collectstatic", "--verbosity=0", "--no-input"],
            ["make_demonstration"],
        ):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
        gunicorn = Path(sys.executable).with_name("gunicorn")
        bind = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
        server = subprocess.Popen([gunicorn, "clinic.wsgi", *bind], cwd=ROOT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(address: str) -> None:
    """Until the server answers; a minute at most."""
    for _turn in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  (our own address)
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def take(page, name: str, *, from_top_of: str = "") -> None:
    """The part of the page that the screen shows, as docs/pictures/<name>.png; scrolled to an element if named."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    if from_top_of:
        page.locator(from_top_of).first.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 16)")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {size} bytes, more than {MOST_BYTES}.")
    print(f"  docs/pictures/{path.name}  {size // 1024} KB", flush=True)


def walk_as_a_patient(page) -> None:
    """Home page, a safety question, the emergency page."""
    from tests.browser.steps import begin, fill_in, press, walk_until

    page.goto("/")
    take(page, "home")
    begin(page)
    walk_until(page, "walking-change")
    fill_in(page, {"walking_change": "unsteady"})
    take(page, "safety-question", from_top_of=".back-link")
    fill_in(page, {"walking_change": "none"})
    press(page, "Continue")
    walk_until(page, "bladder-change")
    fill_in(page, {"bladder_change": "leaking_no_control"})
    press(page, "Continue")
    take(page, "emergency")


def walk_as_a_reader(page) -> None:
    """An article, what search finds for everyday words, and the form to ask a nurse."""
    page.goto("/learn/spinal-cord-compression/")
    take(page, "article", from_top_of="h1")
    page.goto("/search/?q=bone+mets")
    take(page, "search", from_top_of="h1")
    page.goto("/ask-a-nurse/")
    take(page, "ask-a-nurse", from_top_of="h1")


def walk_as_a_reader_at_a_desk(page) -> None:
    """An article, and a word in it that explains itself."""
    page.goto("/learn/spinal-cord-compression/")
    page.get_by_role("button", name="spinal cord", exact=True).click()
    take(page, "article-wide")


def walk_on_after_sending(page) -> None:
    """The list of what is asked before the visit."""
    from tests.browser.steps import begin, send, walk_until

    page.goto("/")
    begin(page)
    walk_until(page, "check")
    page.goto(f"/my/{send(page)}/before-visit/")
    take(page, "before-visit", from_top_of=".back-link")


def walk_as_staff(page) -> None:
    """The nurse's worklist, an urgent request, the days found for a reviewed one, and what is known of access."""
    from tests.browser.steps import sign_in

    sign_in(page, "nurse")
    page.goto("/staff/?tab=all")
    take(page, "worklist")
    page.locator("main tbody tr").filter(has_text="Urgent").get_by_role("link").first.click()
    take(page, "request")
    open_found_days(page)
    for number in range(2):
        page.locator('main [name="day"]').nth(number).check()
    take(page, "days", from_top_of="main fieldset")
    page.goto("/staff/measures/access/")
    take(page, "access")
    page.goto("/staff/conference/")
    take(page, "conference", from_top_of="h1")
    page.goto("/staff/schedule/clinicians/" + page.url.rstrip("/").rpartition("/")[2] + "/")
    take(page, "calendar", from_top_of="h1")


def open_found_days(page) -> None:
    """The day builder of a request with three days; if possible one with a day before its target date."""
    page.goto("/staff/?tab=to-schedule")
    rows = page.locator("main tbody tr").get_by_role("link")
    links = [row.get_attribute("href") for row in rows.all()]
    addresses = [f"{link}days/" for link in links if not link.endswith("/hand-over/")]
    found = ""
    for address in addresses:
        page.goto(address)
        if page.locator('main [name="day"]').count() == 3:
            found = found or address
            if not page.locator("main .notice.warning").count():
                return
    page.goto(found)


WALKS = {
    "patient": (PHONE, walk_as_a_patient),
    "sent": (PHONE, walk_on_after_sending),
    "reader": (PHONE, walk_as_a_reader),
    "reader-wide": (DESKTOP, walk_as_a_reader_at_a_desk),
    "staff": (DESKTOP, walk_as_staff),
}


def main() -> int:
    """Take all pictures, or those of the walks named on the command line; 0 when every one is there."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        print("Chromium is not installed: no pictures were taken.")
        return 1
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    with running_demonstration() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        chosen = [walk for name, walk in WALKS.items() if name in sys.argv[1:]] or list(WALKS.values())
        for size, walk in chosen:
            context = browser.new_context(viewport=size, base_url=address)
            context.set_default_timeout(20_000)
            walk(context.new_page())
            context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
