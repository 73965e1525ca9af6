"""Where the pages before the visit stand: under a patient's request, or under one that staff fill in by phone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path, reverse

from clinic.platform.audit.actors import Actor
from intake.before_visit.actions import Follower

ADD = "add"  # stands in the address in place of a row's id


@dataclass(frozen=True)
class Place:
    """Whose pages these are, and what is around them.

    `namespace` names the addresses that `patterns` made, `reference` is their first part. `caregiver` chooses the
    wording. `files_url` is where files are added, `print_url` all that was told on paper, `back_url` what the task list
    leads back to. `sign_in_url` is where a person comes back later. `frame` is the template
    that holds the page, with `context` for it. `followers` are told of each save in its transaction.
    """

    actor: Actor
    reference: str
    namespace: str = "before-visit"
    caregiver: bool = False
    files_url: str = ""
    print_url: str = ""
    sign_in_url: str = ""
    back_url: str = ""
    frame: str = "frames/form.html"
    context: Mapping[str, Any] = field(default_factory=dict)
    followers: tuple[Follower, ...] = ()

    def _to(self, name: str, *names: str, change: str = "") -> str:
        address = reverse(f"{self.namespace}:{name}", args=[self.reference, *names])
        return f"{address}?change={change}" if change else address

    @property
    def list_url(self) -> str:
        """The task list."""
        return self._to("list")

    @property
    def check_url(self) -> str:
        """All answers on one page."""
        return self._to("check")

    def step_url(self, section: str, slug: str, *, change: str = "") -> str:
        """A page of questions, or of a list; `change` ("section", "all") says where to go on from there."""
        return self._to("step", section, slug, change=change)

    def row_url(self, section: str, slug: str, row_id: str = ADD, *, change: str = "") -> str:
        """The page of one row; without an id that of a new one."""
        return self._to("row", section, slug, row_id, change=change)

    def remove_url(self, section: str, slug: str, row_id: str, *, change: str = "") -> str:
        """The page that asks whether to remove a row."""
        return self._to("remove", section, slug, row_id, change=change)

    def done_url(self, section: str) -> str:
        """The end of a section: its answers, and whether it is completed."""
        return self._to("section-done", section)


def patterns(view: Callable[..., HttpResponse]) -> list[URLPattern]:
    """The addresses of all pages, led to `view(request, …, page=…, **names)`, under the names that `Place` uses."""
    return [
        path("", view, {"page": "list"}, name="list"),
        path("check/", view, {"page": "check"}, name="check"),
        path("<slug:section>/completed/", view, {"page": "section-done"}, name="section-done"),
        path("<slug:section>/<slug:step>/", view, {"page": "step"}, name="step"),
        path("<slug:section>/<slug:step>/<slug:row>/", view, {"page": "row"}, name="row"),
        path("<slug:section>/<slug:step>/<slug:row>/remove/", view, {"page": "remove"}, name="remove"),
    ]
