"""The patient's whole way through the pages, walked by filling in whatever form a page shows."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks.clinic import BIRTH_DATE, coordinator, find_by_hand, free_days, make_team
from clinic.platform.submits.once import new_key
from intake.access.links import make_link
from scheduling.itineraries.models import VisitType
from scheduling.offers.actions import make_offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit

ADULT = {"month": str(BIRTH_DATE.month), "day": str(BIRTH_DATE.day), "year": str(BIRTH_DATE.year)}
TYPED = {  # by a part of the field's name; what a page asks for beyond these gets a number
    "falls": "0",
    "phone": "202-555-0142",
    "email": "maribelle@example.org",
    "zip": "48109",
    "first_name": "Maribelle",
    "last_name": "Quandtner",
    "name": "Maribelle Quandtner",
}
CHOSEN_FIRST = ("patient", "no", "none", "yes_current", "en", "acknowledged", "email", "2")
CHOSEN = {"can_bear_weight": "yes", "cancer_history": "yes_current", "pain_present": "yes"}
MOST_PAGES = 80


@dataclass
class Page:
    """A page that was shown."""

    path: str
    cookies: str
    body: bytes
    queries: int


@dataclass
class Journey:
    """A browser and the pages it was shown; `watched` counts the queries of a call."""

    watched: Callable[[Callable[[], object]], int]
    client: Client = field(default_factory=Client)
    pages: list[Page] = field(default_factory=list)

    def get(self, path: str):
        """Look at a page, through redirects to the page that answers."""
        for _ in range(5):
            got = []
            queries = self.watched(lambda path=path, got=got: got.append(self.client.get(path)))
            answer = got[0]
            if answer.status_code not in (301, 302):
                break
            path = answer["Location"]
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        if answer["Content-Type"].startswith("text/html"):
            cookies = "; ".join(f"{name}={one.value}" for name, one in self.client.cookies.items())
            self.pages.append(Page(path, cookies, answer.content, queries))
        return path, answer

    def send(self, path: str, answer, **instead: str) -> str:
        """Fill in the page's main form and send it; the address it leads to."""
        form = main_form(answer.content.decode())
        sent = self.client.post(form.action or path, form.filled() | instead)
        if sent.status_code != 302:
            found = re.findall(r'class="error-summary.*?</(?:div|section)>', sent.content.decode(), re.DOTALL)
            raise RuntimeError(f"{path} answered {sent.status_code} to {form.filled()}: {found[:1]}")
        return sent["Location"]

    def register(self, **instead: str) -> str:
        """From the start page to "check your answers"; its address."""
        self.get("/")
        path, answer = self.get("/request-an-appointment/")
        links = re.findall(r'href="(/register/[^"]*)"', answer.content.decode())
        if links and not has_form(answer.content.decode()):
            path, answer = self.get(links[0])
        for _ in range(MOST_PAGES):
            names = form_names(answer.content.decode())
            path, answer = self.get(self.send(path, answer, **{k: v for k, v in instead.items() if k in names}))
            if path.endswith("/check/") or "/emergency/" in path:
                return path
        raise RuntimeError("the registration does not end")

    def offered(self, wanted: AppointmentRequest) -> None:
        """What staff do meanwhile: a review that asks for one discipline, and a day that is held."""
        code = "MED_ONC"
        AppointmentRequest.objects.filter(pk=wanted.pk).update(
            visit_type=VisitType.objects.get(code="single_new"),
            specialties=[code],
            reviewed_at=timezone.now(),
            taken_at=timezone.now(),
            status="ready",
        )
        wanted.refresh_from_db()
        team = make_team([code])
        found = [find_by_hand(team, [code], [(0, 40)], day) for day in free_days(3)]
        make_offer(wanted, found, by=coordinator(), key=new_key(), now=timezone.now())

    def choose(self, wanted: AppointmentRequest) -> None:
        """The link, the days, the booking, its pages, and the page that asks before canceling."""
        offer = wanted.offers.get()
        token = make_link(
            purpose="offer", subject_id=offer.pk, birth_date=BIRTH_DATE, expires_at=offer.expires_at, single_use=False
        )
        path, answer = self.get(f"/my/offer/{token}/")
        path, answer = self.get(self.send(path, answer))
        self.get(f"/my/{wanted.reference}/times/none-work/")
        day = Visit.objects.filter(offer=offer).earliest("starts_at")
        self.get(self.send(path, answer, visit=str(day.pk)))
        self.get(f"/my/{wanted.reference}/")
        for page in ("visit/", "visit/print/", "visit.ics", "cancel/"):
            self.get(f"/my/{wanted.reference}/{page}")


@dataclass
class Form:
    """A form of a page: its controls by name, in order."""

    action: str = ""
    controls: list[dict[str, str | None]] = field(default_factory=list)

    def filled(self) -> dict[str, str]:
        """An answer for every control that needs one: nothing is wrong with this person."""
        answers: dict[str, str] = {}
        choices: dict[str, list[str]] = {}
        for control in self.controls:
            name, kind = control["name"] or "", control["type"]
            if kind == "hidden":
                answers[name] = control["value"] or ""
            elif kind in ("radio", "checkbox", "option"):
                choices.setdefault(name, []).append(control["value"] or "")
            elif kind != "submit":
                answers[name] = _typed(name)
        for name, values in choices.items():
            if values == ["on"] and not name.startswith("consent"):
                continue  # a lone box says that something is so
            wanted = (CHOSEN.get(name), *CHOSEN_FIRST, *filter(None, values))
            answers[name] = next((one for one in wanted if one in values), "")
        return answers


def _typed(name: str) -> str:
    last = name.rsplit("_", 1)[-1]
    if last in ADULT:
        return ADULT[last]
    return next((text for part, text in TYPED.items() if part in name), "")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside = False
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = (given.get("method") or "get").lower() == "post"
            if self.inside:
                self.forms.append(Form(given.get("action") or ""))
        elif self.inside and tag in ("input", "textarea") and given.get("name"):
            kind = given.get("type") or "text"
            self.forms[-1].controls.append(
                {"name": given["name"], "type": kind, "value": given.get("value", "on" if kind == "checkbox" else "")}
            )
        elif self.inside and tag == "select":
            self.select = given.get("name") or ""
        elif self.inside and tag == "option" and self.select:
            self.forms[-1].controls.append({"name": self.select, "type": "option", "value": given.get("value") or ""})

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""


def _forms_in_main(html: str) -> list[Form]:
    start = html.find("<main")
    parser = _Forms()
    parser.feed(html[start : html.find("</main>", start)])
    return parser.forms


def has_form(html: str) -> bool:
    """Whether the page itself, not its frame, asks for something."""
    return bool(_forms_in_main(html))


def form_names(html: str) -> set[str]:
    """Names of the controls of the main form."""
    return {control["name"] or "" for control in main_form(html).controls}


def main_form(html: str) -> Form:
    """The form of the page with the most controls. Raises RuntimeError for a page without one."""
    forms = _forms_in_main(html)
    if not forms:
        raise RuntimeError("a page without a form was to be filled in")
    return max(forms, key=lambda form: len(form.controls))


def session_cookie(page: Page) -> bool:
    """Whether the page was shown within a session."""
    return settings.SESSION_COOKIE_NAME in page.cookies
