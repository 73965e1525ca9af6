"""The pages before the visit, the same for patients and for staff who fill them in by phone (`Place`).

Each page saves on Continue and works without JavaScript. Lists of rows are in `row_pages`.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinic.platform.refusals import Refused
from intake.before_visit.actions import mark_section, save_section_step
from intake.before_visit.end_forms import SectionForm
from intake.before_visit.page_parts import (
    change_of,
    find_step,
    heading_of,
    refuse_step,
    show_page,
    step_context,
    way_on,
)
from intake.before_visit.place import Place
from intake.before_visit.row_pages import run_list, run_removal, run_row
from intake.before_visit.sheet import Sheet
from intake.before_visit.steps import COUNTED, OPTIONAL, SECTION_OF, build_form, kind_of
from intake.before_visit.summary import groups_of
from intake.flow.flow import Section, Step
from intake.flow.forms import StepForm
from intake.symptoms.models import SymptomReport


def answer(request: HttpRequest, report: SymptomReport, place: Place, page: str, **names: str) -> HttpResponse:
    """The page of one of the addresses of `place.patterns`."""
    pages = {
        "list": show_list,
        "check": show_check,
        "section-done": section_done,
        "step": run_step,
        "row": run_row,
        "remove": run_removal,
    }
    return pages[page](request, report, place, **names)


# The task list, and all answers


def show_list(request: HttpRequest, report: SymptomReport, place: Place) -> HttpResponse:
    """The task list: five sections with where they stand, and the optional one apart."""
    sheet = Sheet(report, place)
    optional = sheet.task(SECTION_OF[OPTIONAL])
    if optional["state"] == "todo":
        optional["status"] = _("Optional")
    return show_page(
        request,
        sheet,
        "list",
        tasks=sheet.tasks(),
        optional=[optional],
        done=sheet.count_done(),
        total=len(COUNTED),
        has_answers=bool(sheet.steps_done),
        back_url=place.back_url,
    )


def show_check(request: HttpRequest, report: SymptomReport, place: Place) -> HttpResponse:
    """Every answer on one page, with Change links; to read through or to print."""
    sheet = Sheet(report, place)
    groups = _groups(sheet, change="all")
    return show_page(request, sheet, "check", groups=groups, has_closed=bool(sheet.closed), back_url=place.list_url)


def _groups(sheet: Sheet, *, change: str, section: str = "") -> list:
    def address_of(step: Step) -> str:
        return sheet.place.step_url(step.section, step.slug, change=change)

    return groups_of(sheet.given, sheet.place.caregiver, address_of=address_of, closed=sheet.closed, section=section)


# A page of questions


def run_step(request: HttpRequest, report: SymptomReport, place: Place, section: str, step: str) -> HttpResponse:
    """One page of questions, or of a list. Pages may be answered in any order."""
    found, sheet, change = find_step(section, step), Sheet(report, place), change_of(request)
    refused = refuse_step(request, sheet, found)
    if refused is not None:
        return refused
    if kind_of(found) is not None:
        return run_list(request, sheet, found, change=change)
    typed = request.POST if request.method == "POST" else None
    form = build_form(found, typed, answers=sheet.given, version=sheet.version(found.slug), caregiver=place.caregiver)
    if form.is_bound:
        if form.is_valid():
            way_on = _save(sheet, found, form, change=change)
            if way_on is not None:
                return redirect(way_on)
        else:
            form.show_again()
    return _show_step(request, sheet, found, form, change=change)


def _save(sheet: Sheet, step: Step, form: StepForm, *, change: str) -> str | None:
    """Save a page; where to go on, or None when it was refused: the form then says why."""
    gaps = sheet.gaps(step.section)
    try:
        saved = save_section_step(
            sheet.report,
            step.slug,
            form.answers(),
            by=sheet.place.actor,
            version=form.cleaned_data["version"],
            followers=sheet.place.followers,
        )
    except Refused as refused:
        sheet.read_again()
        form.show_again(version=sheet.version(step.slug))
        form.add_error(None, str(refused))
        return None
    sheet.take(saved)
    return way_on(sheet, step, change=change, were_open=gaps)


def _show_step(request: HttpRequest, sheet: Sheet, step: Step, form: StepForm, *, change: str) -> HttpResponse:
    template = step.template.removeprefix("before_visit/").removesuffix(".html")
    status = 422 if form.is_bound and form.errors else 200
    return show_page(request, sheet, template, status=status, form=form, **step_context(sheet, step, change=change))


# The end of a section


def section_done(request: HttpRequest, report: SymptomReport, place: Place, section: str) -> HttpResponse:
    """The answers of a section, and "Have you completed this section?"."""
    found = SECTION_OF.get(section)
    if found is None:
        raise Http404
    sheet = Sheet(report, place)
    is_done = sheet.state(section) == "done"
    form = SectionForm(request.POST if request.method == "POST" else None, initial={"done": "yes"} if is_done else {})
    if form.is_bound and section == OPTIONAL:  # nobody completes it
        return redirect(place.list_url)
    if form.is_bound and form.is_valid():
        try:
            mark_section(report, section, form.cleaned_data["done"] == "yes", by=place.actor)
        except Refused as refused:
            form.add_error("done", str(refused))
        else:
            return redirect(place.list_url)
    return _show_section(request, sheet, found, form)


def _show_section(request: HttpRequest, sheet: Sheet, section: Section, form: SectionForm) -> HttpResponse:
    missing = sheet.missing(section.slug)
    links = [
        {"text": heading_of(sheet, step), "url": sheet.place.step_url(section.slug, step.slug, change="section")}
        for step in missing
    ]
    return show_page(
        request,
        sheet,
        "section_done",
        status=422 if form.is_bound and form.errors else 200,
        form=form if section.slug != OPTIONAL else None,
        heading=section.heading(caregiver=sheet.place.caregiver),
        groups=_groups(sheet, change="section", section=section.slug),
        missing=links,
        has_closed=any(step.slug in sheet.closed for step in sheet.steps_of(section.slug)),
        back_url=sheet.place.list_url,
    )
