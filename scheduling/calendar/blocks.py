"""One thing in the calendar as it is drawn and listed: when, who, what, in words, and where its links lead."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.words import clock, clock_range
from scheduling.availability.bits import datetime_of, unit_of
from scheduling.calendar.filters import Filters
from scheduling.calendar.grid import first_start
from scheduling.calendar.read import Facts
from scheduling.visits.change_options import confirm_address
from scheduling.visits.models import Appointment
from scheduling.visits.states import BOOKED, CHECKED_IN, DONE, HELD, IN_VISIT, WITH_CLINICIAN

LEG, STAY, BUSY, FREE, KEPT = "leg", "stay", "busy", "free", "kept"
OVER, APART, CLOSED = "over", "apart", "closed"
WHOLE_DAY = 276  # units of the shortest day
STATE_MARKS = frozenset({"held", "here", "now", "done"})


@dataclass(frozen=True, slots=True)
class May:
    """What the person who looks may do."""

    move: bool
    book: bool

    @classmethod
    def of(cls, user) -> "May":
        """By the permissions of an account."""
        return cls(user.has_perm(Permission.MOVE_VISIT), user.has_perm(Permission.MAKE_OFFER))


@dataclass(frozen=True, slots=True)
class Block:
    """From `start` to `end` in units. `text` is everything in words but the hours and the patient's name.

    `style` are names of the style sheet; `marks` say in words what the look says (held, walk-in, overbooked).
    """

    kind: str
    start: int
    end: int
    text: str
    who: str = ""
    full_name: str = ""
    where: str = ""
    people: str = ""
    visit: str = ""
    state: str = ""
    marks: tuple[str, ...] = ()
    style: str = ""
    url: str = ""
    move_url: str = ""
    drag: str = ""
    is_pale: bool = False
    again: Callable[[int, int], "Block"] | None = None  # makes the same of a part of the time

    @property
    def hours(self) -> str:
        """9:00 to 9:45 a.m."""
        if self.end - self.start >= WHOLE_DAY:
            return _("All day")
        return clock_range(datetime_of(self.start), datetime_of(self.end))

    @property
    def starts(self) -> str:
        """9:00 a.m."""
        return clock(datetime_of(self.start))

    @property
    def marked(self) -> str:
        """The marks in a row."""
        return ", ".join(self.marks)

    @property
    def is_listed(self) -> bool:
        """Whether the list has a line for it beside others: all but the hours in which nobody works anyway."""
        return self.kind != CLOSED or self.style == "told"

    @property
    def is_on_paper(self) -> bool:
        """Whether the printed list has it: all but time in which nothing happens."""
        return self.kind not in (FREE, KEPT, OVER, APART)

    @property
    def is_visit(self) -> bool:
        """Whether it is an appointment or a visit that the person may see."""
        return self.kind in (LEG, STAY)

    @property
    def odd(self) -> str:
        """The marks that the state does not say already: walk-in, overbooked."""
        said = any(word in STATE_MARKS for word in self.style.split())
        return ", ".join(self.marks[1:] if said else self.marks)

    @property
    def css(self) -> str:
        """The classes of the block."""
        return f"b-{self.kind} {self.style}{' pale' if self.is_pale else ''}".strip()


def short_name(patient) -> str:
    """M. Alvarez"""
    first, last = patient.legal_first_name.strip(), patient.legal_last_name.strip()
    return f"{first[:1]}. {last}" if first and last else first or last


def moment_value(at: datetime) -> str:
    """A moment as an address has it, in the clinic's time: 2026-11-23T1100."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H%M")


def leg_block(leg: Appointment, facts: Facts, may: May, filters: Filters, *, in_room: bool = False) -> Block:
    """An appointment; of a patient whom the person may not see only that the time is taken."""
    start, end = unit_of(leg.starts_at), unit_of(leg.ends_at, up=True)
    if not leg.is_open:
        return Block(BUSY, start, end, _("Busy"), state=_("Busy"), style="hatched")
    visit, who = leg.visit, short_name(leg.visit.patient)
    person = facts.person_by_key.get(leg.clinician_id)
    with_whom = person.name if person else leg.specialty.name
    where = _place(leg, facts)
    words = {"visit": visit.visit_type.name, "with": with_whom, "place": where}
    text = _("%(visit)s with %(with)s, %(place)s") % words
    marks, style = _marks(leg)
    can_move = may.move and leg.state == BOOKED and visit.state in (BOOKED, CHECKED_IN, IN_VISIT)
    can_move = can_move and leg.starts_at >= facts.now
    return Block(
        LEG,
        start,
        end,
        text,
        who=who,
        full_name=visit.patient.full_name,
        where=where,
        people=with_whom,
        visit=visit.visit_type.name,
        state=str(visit.get_state_display() if leg.state == BOOKED else leg.get_state_display()),
        marks=marks,
        style=style,
        url=visit_url(leg, may),
        move_url=reverse("staff-visits:move-leg", args=[leg.visit_id, leg.pk]) if can_move else "",
        drag=confirm_address(leg.visit_id, leg=leg.pk) if can_move and not in_room else "",
        is_pale=not filters.takes(leg),
    )


def visit_url(leg: Appointment, may: May) -> str:
    """Where a visit opens: its own page for who may change it, the request for who may only look."""
    if may.move and leg.visit.state != HELD:
        return reverse("staff-visits:visit", args=[leg.visit_id])
    return reverse("worklist:request", args=[leg.visit.request.reference])


def _place(leg: Appointment, facts: Facts) -> str:
    if leg.mode != Appointment.Mode.IN_PERSON:
        return str(leg.get_mode_display()).lower()
    room = facts.room_by_key.get(leg.room_id or leg.visit.room_id)
    return room.name if room else _("no room")


def _marks(leg: Appointment) -> tuple[tuple[str, ...], str]:
    """What is out of the ordinary, in words and as a look."""
    marks, style = [], ""
    if leg.state == HELD:
        marks, style = [_("held, not booked")], "held"
    elif leg.state == WITH_CLINICIAN:
        marks, style = [_("in progress")], "now"
    elif leg.state == DONE:
        marks, style = [_("done")], "done"
    elif leg.visit.state in (CHECKED_IN, IN_VISIT):
        marks, style = [_("checked in")], "here"
    if leg.visit.is_walk_in:
        marks.append(_("walk-in"))
        style += " walk-in"
    if leg.is_overbooked:
        marks.append(_("overbooked"))
        style += " overbooked"
    return tuple(marks), style.strip()


def stay_block(legs: list[Appointment], facts: Facts, may: May, filters: Filters) -> Block:
    """A whole visit in its room, or in the hours of an interpreter, with its appointments; it moves as a whole."""
    visit = legs[0].visit
    one = leg_block(legs[0], facts, may, filters)
    start, end = unit_of(visit.starts_at), unit_of(visit.ends_at, up=True)
    if one.kind == BUSY:
        return replace(one, start=start, end=end)
    people = "; ".join(_who_when(leg, facts) for leg in legs)
    room = facts.room_by_key.get(visit.room_id)
    can_move = may.move and visit.state == BOOKED and visit.starts_at >= facts.now
    marks = [_("held, not booked")] if visit.state == HELD else []
    marks += [_("checked in")] if visit.state in (CHECKED_IN, IN_VISIT) else []
    marks += [_("walk-in")] if visit.is_walk_in else []
    style = {HELD: "held", CHECKED_IN: "here", IN_VISIT: "here"}.get(visit.state, "")
    return replace(
        one,
        kind=STAY,
        start=start,
        end=end,
        text=_("%(visit)s: %(people)s") % {"visit": one.visit, "people": people},
        where=room.name if room else "",
        people=people,
        state=str(visit.get_state_display()),
        marks=tuple(marks),
        style=f"{style} walk-in".strip() if visit.is_walk_in else style,
        move_url=reverse("staff-visits:move-day", args=[visit.pk]) if can_move else "",
        drag="",
        is_pale=not any(filters.takes(leg) for leg in legs),
    )


def _who_when(leg: Appointment, facts: Facts) -> str:
    """10:15 a.m. Dr. Kim"""
    person = facts.person_by_key.get(leg.clinician_id)
    return f"{clock(leg.starts_at)} {person.name if person else leg.specialty.name}"


def busy_block(start: int, end: int) -> Block:
    """Time that is taken elsewhere."""
    text = _("Busy elsewhere")
    return Block(BUSY, start, end, text, state=text, style="hatched")


def free_block(start: int, end: int, person, may: May, *, kept: bool) -> Block:
    """Free time, or time kept for urgent requests; a link that books it for who may."""
    at = first_start(start, end)
    url, text = "", _("Kept for urgent patients") if kept else _("Free")
    kind = KEPT if kept else FREE
    if at is not None and may.book and person.specialty.is_leg:
        moment = datetime_of(at)
        words = {"time": clock(moment), "name": person.name}
        url = reverse("staff-calendar:book", args=[person.pk, moment_value(moment)])
        book = _("Book %(time)s with %(name)s") % words
        text = _("%(book)s (kept for urgent patients)") % {"book": book} if kept else book
    state = _("Kept for urgent patients") if kept else _("Free")
    again = partial(free_block, person=person, may=may, kept=kept)
    return Block(kind, start, end, text, state=state, url=url, again=again)


def over_block(start: int, end: int) -> Block:
    """Working time that has passed with nothing in it."""
    return Block(OVER, start, end, _("Nothing booked"), state=_("Nothing booked"))


def apart_block(start: int, end: int) -> Block:
    """Working time that stays free beside an appointment, as the clinician or the kind of visit wants it."""
    text = _("Kept free between appointments")
    return Block(APART, start, end, text, state=text)


def closed_block(start: int, end: int, why: str, *, is_told: bool = False) -> Block:
    """Time at which nobody can be booked, and why; `is_told` when there is more to say than that nobody works."""
    return Block(CLOSED, start, end, why, state=why, style="told" if is_told else "")
