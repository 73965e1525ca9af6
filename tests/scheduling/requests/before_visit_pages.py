"""How tests walk the pages before the visit through the door of the browser."""

import time

from django.urls import reverse

from intake.before_visit.models import BeforeVisit
from intake.before_visit.steps import FLOW, kind_of
from scheduling.requests.models import AppointmentRequest
from tests.intake.before_visit.plain_forms import RIGHT
from tests.intake.before_visit.row_data import RIGHT_ROWS, new_id


def enter(client, wanted: AppointmentRequest, *, caregiver: bool = False) -> None:
    """Make this browser the one of the patient, or of the caregiver who sent the request."""
    AppointmentRequest.objects.filter(pk=wanted.pk).update(filled_by="caregiver" if caregiver else "patient")
    session = client.session
    session["request_id"], session["patient_seen"] = str(wanted.pk), int(time.time())
    session.save()


def address(wanted: AppointmentRequest, name: str, *names: str, change: str = "") -> str:
    """The address of a page before the visit."""
    return reverse(f"before-visit:{name}", args=[wanted.reference, *names]) + (f"?change={change}" if change else "")


def step_address(wanted: AppointmentRequest, slug: str, *, change: str = "") -> str:
    """The address of a page of questions or of a list."""
    return address(wanted, "step", FLOW.get(slug).section, slug, change=change)


def row_address(wanted: AppointmentRequest, slug: str, row: str = "add", *, name: str = "row", change: str = "") -> str:
    """The address of a row's page."""
    return address(wanted, name, FLOW.get(slug).section, slug, row, change=change)


def version_of(wanted: AppointmentRequest, name: str) -> str:
    """How often a page or a row was saved."""
    before = BeforeVisit.objects.filter(report=wanted.report_id).first()
    return str(before.step_versions.get(name, 0)) if before else "0"


def right_answers(slug: str) -> dict:
    """What a careful person types on a page of questions."""
    form_class = FLOW.get(slug).form_class
    return RIGHT.get(form_class, {"records_how": ["bring"]})


def post_step(client, wanted: AppointmentRequest, slug: str, data: dict | None = None, *, change: str = "", **more):
    """Send a page of questions as the browser does."""
    typed = right_answers(slug) if data is None else data
    sent = {"version": version_of(wanted, slug), "asked": "", **typed, **more}
    return client.post(step_address(wanted, slug, change=change), sent)


def post_list(client, wanted: AppointmentRequest, slug: str, answer: str, *, change: str = ""):
    """Answer the question of a list: add, none, unknown; or yes, no when there are rows."""
    if answer in ("yes", "no"):
        return client.post(step_address(wanted, slug, change=change), {"another": answer})
    sent = {"choice": answer, "version": version_of(wanted, slug)}
    return client.post(step_address(wanted, slug, change=change), sent)


def add_row(client, wanted: AppointmentRequest, slug: str, data: dict | None = None, *, change: str = ""):
    """Send the page of a new row."""
    typed = RIGHT_ROWS[slug] if data is None else data
    sent = {"version": "0", "asked": "", "row": new_id(), **typed}
    return client.post(row_address(wanted, slug, change=change), sent)


def answer_right(client, wanted: AppointmentRequest, slug: str):
    """Answer a page of questions, or a list with one row, rightly; the answer that leads on."""
    if kind_of(FLOW.get(slug)) is None:
        return post_step(client, wanted, slug, asked="1")
    assert add_row(client, wanted, slug).status_code == 302
    return post_list(client, wanted, slug, "no")


def answer_all(client, wanted: AppointmentRequest) -> None:
    """Answer every page that is asked."""
    for step in FLOW.steps:
        answer_right(client, wanted, step.slug)
