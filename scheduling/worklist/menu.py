"""The menu of the staff pages: one line a page, in groups. A page shows when its address exists and the person may.

To add a page, add one `Link` to a group of `MENU`: nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from clinic.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Link:
    """A page: the name of its address, its word, which permissions open it (any of them; none: everybody).

    `under` are the beginnings of the addresses that belong to it, besides its own. `unless`: who may do this has
    another page in its place.
    """

    name: str
    text: Any
    needs: tuple[Permission, ...] = ()
    under: tuple[str, ...] = ()
    unless: Permission | None = None
    url: str = ""
    current: str = ""  # "page": this is the page itself; "true": a page that belongs to it


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one word; a group of a single link is shown as that link."""

    text: Any
    links: tuple[Link, ...]

    @property
    def only(self) -> Link | None:
        """The one link of a group that has no other."""
        return self.links[0] if len(self.links) == 1 else None

    @property
    def is_current(self) -> bool:
        """Whether the page shown is one of the group."""
        return any(link.current for link in self.links)


RECORDS = ("/staff/requests/", "/staff/patients/", "/staff/search/", "/staff/to-call/", "/staff/alerts/")
MENU = (
    Group(_("Requests"), (Link("worklist:home", _("Requests"), (Permission.VIEW_WORKLIST,), under=RECORDS),)),
    Group(_("Home"), (Link("worklist:home", _("Home"), under=RECORDS, unless=Permission.VIEW_WORKLIST),)),
    Group(_("My day"), (Link("worklist:my-day", _("My day"), (Permission.REVIEW_TRIAGE,)),)),
    Group(
        _("Tasks"),
        (
            Link(
                "worklist:tasks",
                _("Tasks"),
                (Permission.HANDLE_TASKS, Permission.HANDLE_TRIALS),
                under=("/staff/tasks/", "/staff/merges/"),
            ),
        ),
    ),
    Group(
        _("Calls and plans"),
        (
            Link(
                "staff-questions:list",
                _("Questions"),
                (Permission.LOG_CONTACT, Permission.HANDLE_TRIALS),
                under=("/staff/questions/",),
            ),
            Link("staff-follow-up:calls", _("Follow-up calls"), (Permission.FOLLOW_UP,), under=("/staff/calls/",)),
            Link("staff-follow-up:plans", _("Plans"), (Permission.FOLLOW_UP,), under=("/staff/plans/",)),
            Link(
                "worklist:phone-entry", _("Phone entry"), (Permission.ENTER_BY_PHONE,), under=("/staff/phone-entry/",)
            ),
        ),
    ),
    Group(
        _("Schedule"),
        (
            Link(
                "staff-visits:today",
                _("Days"),
                (Permission.VIEW_PATIENT,),
                under=("/staff/schedule/", "/staff/visits/"),
            ),
            Link(
                "staff-calendar:find-week",
                _("Calendar"),
                (Permission.VIEW_PATIENT,),
                under=tuple(f"/staff/schedule/{part}/" for part in ("week", "clinicians", "rooms", "month", "book")),
            ),
            Link("staff-waitlist:list", _("Waitlist"), (Permission.MANAGE_WAITLIST,), under=("/staff/waitlist/",)),
            Link("staff-availability:free", _("Free time"), (Permission.MAKE_OFFER,)),
            Link(
                "staff-availability:home",
                _("Working time"),
                (Permission.MANAGE_AVAILABILITY,),
                under=("/staff/availability/",),
            ),
        ),
    ),
    Group(
        _("Conference"),
        (Link("staff-conference:next", _("Conference"), (Permission.VIEW_CONFERENCE,), under=("/staff/conference/",)),),
    ),
    Group(
        _("Measures"),
        (Link("staff-measures:access", _("Measures"), (Permission.VIEW_MEASURES,), under=("/staff/measures/",)),),
    ),
    Group(
        _("More"),
        (
            Link("admin:index", _("Set-up"), (Permission.MANAGE_REFERENCE, Permission.MANAGE_USERS)),
            Link(
                "admin:clinic_article_changelist", _("Articles"), (Permission.EDIT_CONTENT, Permission.APPROVE_CONTENT)
            ),
            Link("admin:clinic_auditentry_changelist", _("Audit"), (Permission.VIEW_AUDIT,)),
        ),
    ),
)


def menu_of(user, path: str) -> list[Group]:
    """The groups that this person sees on the page at `path`; empty groups are left out."""
    groups = [replace(group, links=tuple(_open_to(user, group.links))) for group in MENU]
    here = _belongs(path, [link for group in groups for link in group.links])
    return [
        replace(group, links=tuple(replace(link, current=here.get(link.name, "")) for link in group.links))
        for group in groups
        if group.links
    ]


def _open_to(user, links: tuple[Link, ...]) -> Iterator[Link]:
    for link in links:
        if link.needs and not any(user.has_perm(permission) for permission in link.needs):
            continue
        if link.unless is not None and user.has_perm(link.unless):
            continue
        try:
            yield replace(link, url=reverse(link.name))
        except NoReverseMatch:  # an area that this installation does not have
            continue


def _belongs(path: str, links: list[Link]) -> dict[str, str]:
    """The one link that the page belongs to, by the longest beginning that fits, with the word for aria-current."""
    best, length, word = "", 0, ""
    for link in links:
        if path == link.url:
            return {link.name: "page"}
        for beginning in link.under:
            if path.startswith(beginning) and len(beginning) > length:
                best, length, word = link.name, len(beginning), "true"
    return {best: word} if best else {}
