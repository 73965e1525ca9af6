"""What the pages before the visit share: the frame, the way on and back, and what may not be opened."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from intake.before_visit.sheet import Sheet
from intake.before_visit.steps import FLOW, OPTIONAL, SECTION_OF
from intake.flow.flow import Step

CHANGES = ("section", "all")  # where a change leads back to: the section's answers, or all of them


def show_page(request: HttpRequest, sheet: Sheet, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page in the frame of its place."""
    place = sheet.place
    shared = {"frame": place.frame, "place": place, "caregiver": place.caregiver, **place.context}
    return render(request, f"before_visit/{template}.html", {**shared, **context}, status=status)


def find_step(section: str, slug: str) -> Step:
    """The page of this name in this section, or 404."""
    step = FLOW.get(slug, section)
    if step is None:
        raise Http404
    return step


def change_of(request: HttpRequest) -> str:
    """Where a change began, or "" on the straight way."""
    change = request.GET.get("change", "")
    return change if change in CHANGES else ""


def refuse_step(request: HttpRequest, sheet: Sheet, step: Step) -> HttpResponse | None:
    """What is shown in place of a page that is not asked now, or closed to this person."""
    if step.slug in sheet.closed:
        return show_page(
            request, sheet, "closed", status=403, heading=heading_of(sheet, step), back_url=sheet.place.list_url
        )
    return None if step.applies(sheet.given) else redirect(sheet.place.list_url)


def way_on(sheet: Sheet, step: Step, *, change: str, were_open: list[Step]) -> str:
    """Where a saved page leads: the next of its section, or back to where the change began.

    A change asks only what it newly needs: pages of the section that wait now and did not before.
    """
    place = sheet.place
    if change:
        newly = [one for one in sheet.gaps(step.section) if one not in were_open]
        if newly:
            return place.step_url(step.section, newly[0].slug, change=change)
        return place.check_url if change == "all" else place.done_url(step.section)
    following = sheet.next_step(step)
    return place.step_url(step.section, following.slug) if following else place.done_url(step.section)


def back_of(sheet: Sheet, step: Step, *, change: str) -> str:
    """The back link of a page: where the change began, the page before, or the task list."""
    if change:
        return sheet.place.check_url if change == "all" else sheet.place.done_url(step.section)
    before = sheet.step_before(step)
    return sheet.place.step_url(step.section, before.slug) if before else sheet.place.list_url


def heading_of(sheet: Sheet, step: Step) -> Any:
    return step.heading(caregiver=sheet.place.caregiver)


def step_context(sheet: Sheet, step: Step, *, change: str) -> dict[str, Any]:
    """What every page of a section shows around its form."""
    caption = SECTION_OF[step.section].heading(caregiver=sheet.place.caregiver)
    following = sheet.next_step(step)
    skip = sheet.place.step_url(step.section, following.slug) if following else sheet.place.list_url
    return {
        "step": step,
        "heading": heading_of(sheet, step),
        "caption": caption,
        "back_url": back_of(sheet, step, change=change),
        "skip_url": skip if step.section == OPTIONAL and not change else "",
    }
