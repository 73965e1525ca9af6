"""Lists of rows: what was added, one page a row, and a page that asks before a row is removed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinic.platform.forms import new_key
from clinic.platform.refusals import Refused
from intake.before_visit.actions import remove_row, save_row, save_section_step
from intake.before_visit.end_forms import AnotherForm, AnyForm, RemoveForm
from intake.before_visit.models import BeforeVisit
from intake.before_visit.page_parts import change_of, find_step, refuse_step, show_page, step_context, way_on
from intake.before_visit.place import ADD, Place
from intake.before_visit.record_forms import RowForm
from intake.before_visit.rows import MOST_ROWS, NONE, ROW_ID, UNKNOWN, RowKind, details_of, title_of
from intake.before_visit.sheet import Sheet
from intake.before_visit.steps import SECTION_OF, kind_of
from intake.flow.flow import Step
from intake.symptoms.models import SymptomReport


def run_list(request: HttpRequest, sheet: Sheet, step: Step, *, change: str) -> HttpResponse:
    """The rows of a list with Change and Remove, and the question whether there is another, or any."""
    kind = _kind(step)
    if request.method != "POST":
        return _show_list(request, sheet, step, _question(sheet, kind), change=change)
    asked = "another" if "another" in request.POST or ("choice" not in request.POST and kind.rows(sheet.own)) else "any"
    form = AnotherForm(request.POST, kind=kind) if asked == "another" else _any_form(sheet, kind, request.POST)
    if not form.is_valid():
        return _show_list(request, sheet, step, form, change=change)
    gaps = sheet.gaps(step.section)
    if "add" in (form.cleaned_data.get("choice"), "add" if form.cleaned_data.get("another") == "yes" else ""):
        return redirect(sheet.place.row_url(step.section, step.slug, change=change))
    if isinstance(form, AnyForm):
        try:
            sheet.take(_say(sheet, kind, form))
        except Refused as refused:
            sheet.read_again()
            return _show_list(request, sheet, step, _question(sheet, kind), change=change, refusal=str(refused))
    return redirect(way_on(sheet, step, change=change, were_open=gaps))


def _say(sheet: Sheet, kind: RowKind, form: AnyForm) -> BeforeVisit:
    """Keep that there is nothing to list, or that the person does not know."""
    return save_section_step(
        sheet.report,
        kind.slug,
        {kind.status_key: form.cleaned_data["choice"]},
        by=sheet.place.actor,
        version=form.cleaned_data["version"],
        followers=sheet.place.followers,
    )


def _kind(step: Step) -> RowKind:
    kind = kind_of(step)
    if kind is None:
        raise Http404
    return kind


def _question(sheet: Sheet, kind: RowKind) -> AnyForm | AnotherForm | None:
    """What a list asks: whether there is any, whether there is another; nothing when it is full."""
    rows = kind.rows(sheet.own)
    if len(rows) >= MOST_ROWS:
        return None
    return AnotherForm(kind=kind) if rows else _any_form(sheet, kind)


def _any_form(sheet: Sheet, kind: RowKind, typed: Any = None) -> AnyForm:
    status = sheet.own.get(kind.status_key)
    initial = {"version": sheet.version(kind.slug), "choice": status if status in (NONE, UNKNOWN) else None}
    return AnyForm(typed, kind=kind, caregiver=sheet.place.caregiver, initial=initial)


def _show_list(
    request: HttpRequest,
    sheet: Sheet,
    step: Step,
    form: AnyForm | AnotherForm | None,
    *,
    change: str,
    refusal: str = "",
) -> HttpResponse:
    kind, place = _kind(step), sheet.place
    rows = kind.rows(sheet.own)
    return show_page(
        request,
        sheet,
        "rows",
        status=422 if refusal or (form is not None and form.is_bound and form.errors) else 200,
        form=form,
        refusal=refusal,
        counted=kind.counted(len(rows)),
        rows=[
            {
                "title": title_of(kind, row),
                "details": details_of(kind, row),
                "change_url": place.row_url(step.section, step.slug, row["id"], change=change),
                "remove_url": place.remove_url(step.section, step.slug, row["id"], change=change),
            }
            for row in rows
        ],
        next_url=way_on(sheet, step, change=change, were_open=sheet.gaps(step.section)),
        **step_context(sheet, step, change=change),
    )


# One row


def run_row(
    request: HttpRequest, report: SymptomReport, place: Place, section: str, step: str, row: str
) -> HttpResponse:
    """The page of one row, new or there already. A row that another window removed leads back to the list."""
    found, sheet, change = find_step(section, step), Sheet(report, place), change_of(request)
    kind = _kind(found)
    refused = refuse_step(request, sheet, found)
    if refused is not None:
        return refused
    list_url = place.step_url(section, step, change=change)
    if row != ADD and not ROW_ID.fullmatch(row):
        raise Http404
    there = kind.row(sheet.own, row)
    if row != ADD and there is None and request.method == "POST":
        return _typed_again(request, sheet, found, kind, change)
    is_full = row == ADD and len(kind.rows(sheet.own)) >= MOST_ROWS and request.method != "POST"
    if is_full or (row != ADD and there is None):
        messages.warning(request, _("You can add no more here.") if is_full else _("This is no longer in your list."))
        return redirect(list_url)
    form = _row_form(request, sheet, kind, row, there or {})
    if form.is_bound:
        if form.is_valid():
            try:
                way = _save_row(request, sheet, kind, form, row, list_url)
            except Gone:
                return _typed_again(request, sheet, found, kind, change)
            if way is not None:
                return way
        else:
            form.show_again()
    context = step_context(sheet, found, change=change)
    context |= {"heading": kind.add if row == ADD else kind.change, "back_url": list_url}
    return show_page(request, sheet, "row", status=422 if form.is_bound and form.errors else 200, form=form, **context)


class Gone(Exception):  # noqa: N818  (said as it is)
    """Another window removed the row at this moment."""


def _typed_again(request: HttpRequest, sheet: Sheet, step: Step, kind: RowKind, change: str) -> HttpResponse:
    """What was typed about a row that another window removed: nothing of it is lost, it can be added as a new row."""
    typed = request.POST.copy()
    typed["row"], typed["version"] = new_key(), "0"
    form = kind.form_class(typed, answers={}, caregiver=sheet.place.caregiver, version=0)
    form.action = sheet.place.row_url(step.section, step.slug, change=change)
    form.is_valid()
    sentence = _(
        "This was removed from the list in another window. What you typed is still here: save it to put it back."
    )
    form.add_error(None, sentence)
    form.show_again()
    context = step_context(sheet, step, change=change)
    context |= {"heading": kind.add, "back_url": sheet.place.step_url(step.section, step.slug, change=change)}
    return show_page(request, sheet, "row", status=409, form=form, **context)


def _row_form(request: HttpRequest, sheet: Sheet, kind: RowKind, row_id: str, there: dict[str, Any]) -> RowForm:
    typed = request.POST if request.method == "POST" else None
    version = sheet.version(f"{kind.slug}:{row_id}") if row_id != ADD else 0
    form = kind.form_class(typed, answers=there, caregiver=sheet.place.caregiver, version=version)
    form.initial["row"] = new_key() if row_id == ADD else row_id
    return form


def _save_row(
    request: HttpRequest, sheet: Sheet, kind: RowKind, form: RowForm, row_id: str, list_url: str
) -> HttpResponse | None:
    """Save a row and go to its list; None when another window changed it: the form then says so. Raises Gone."""
    key = form.cleaned_data["row"] if row_id == ADD else row_id
    try:
        save_row(
            sheet.report,
            kind.slug,
            key or "",
            form.answers(),
            by=sheet.place.actor,
            version=form.cleaned_data["version"],
            followers=sheet.place.followers,
        )
    except Refused as refused:
        if refused.code == "gone":
            raise Gone from None
        if refused.code == "too_many":
            messages.warning(request, str(refused))
            return redirect(list_url)
        sheet.read_again()
        form.show_again(version=sheet.version(f"{kind.slug}:{key}"))
        form.add_error(None, str(refused))
        return None
    return redirect(list_url)


def run_removal(
    request: HttpRequest, report: SymptomReport, place: Place, section: str, step: str, row: str
) -> HttpResponse:
    """Ask whether to remove a row, and remove it. One that is gone already leads back to the list."""
    found, sheet, change = find_step(section, step), Sheet(report, place), change_of(request)
    kind = _kind(found)
    refused = refuse_step(request, sheet, found)
    if refused is not None:
        return refused
    list_url = place.step_url(section, step, change=change)
    there = kind.row(sheet.own, row)
    if there is None:
        messages.info(request, _("This is no longer in your list."))
        return redirect(list_url)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            remove_row(report, kind.slug, row, by=place.actor, followers=place.followers)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            # says no more: messages may lie in a cookie
            messages.success(request, _("It is removed from your list."))
            return redirect(list_url)
    return show_page(
        request,
        sheet,
        "remove",
        status=422 if form.is_bound else 200,
        form=form,
        heading=kind.remove,
        caption=SECTION_OF[section].heading(caregiver=place.caregiver),
        title=title_of(kind, there),
        details=details_of(kind, there),
        back_url=list_url,
    )
