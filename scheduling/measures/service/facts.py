"""What the measures of service are computed from, as plain values. Pure. No name, no answer, no text of a patient."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from intake.triage.clocks import NurseHours, Targets

RANK = {"emergency": 0, "urgent": 1, "soon": 2, "routine": 3}


@dataclass(frozen=True, slots=True)
class House:
    """The clinic's zone, hours, closed days and target times, and the moment of counting."""

    now: datetime
    zone: ZoneInfo
    hours: NurseHours
    closed: frozenset[date]
    targets: Targets

    @property
    def today(self) -> date:
        """The local day of counting."""
        return self.now.astimezone(self.zone).date()

    def business_day(self, after: date, number: int) -> date:
        """The `number`-th business day after a day: one with nurse hours that is not closed."""
        day, left = after, number
        for _step in range(400):
            day += timedelta(days=1)
            left -= bool(self.hours.open_on(day, self.closed))
            if not left:
                return day
        raise ValueError("the clinic has no open days")


@dataclass(frozen=True, slots=True)
class RequestFact:
    """One request of a patient who counts. Levels are codes; `reviewed` is the last level that staff set, if any."""

    key: Hashable
    who: Hashable
    sent_at: datetime
    computed: str
    level: str
    reviewed: str | None = None
    rules: tuple[str, ...] = ()
    is_self_referral: bool = True
    first_taken_at: datetime | None = None
    first_review_at: datetime | None = None
    contacted_at: datetime | None = None  # the first call that reached the person, whatever rose later
    raised_at: datetime | None = None  # new symptoms or a score raised it last: the clock of the call ran anew
    contacted_since_raised_at: datetime | None = None
    withdrawn_at: datetime | None = None
    is_accepted: bool = True  # neither declined nor sent to the emergency department
    first_alert_at: datetime | None = None
    consult_starts_at: datetime | None = None  # first completed physician consult
    consult_ends_at: datetime | None = None

    @property
    def withdrew_before_contact(self) -> bool:
        """Whether the patient took it back before anybody reached them."""
        if self.withdrawn_at is None:
            return False
        return self.contacted_at is None or self.contacted_at > self.withdrawn_at

    @property
    def had_alert_when_sent(self) -> bool:
        """Whether an emergency was shown while the form was filled in, rather than with symptoms told later."""
        return self.first_alert_at is not None and self.first_alert_at <= self.sent_at

    @property
    def acknowledged_at(self) -> datetime | None:
        """The first thing a person of the staff did about it: took it, reviewed it, or reached the patient."""
        found = [at for at in (self.first_taken_at, self.first_review_at, self.contacted_at) if at is not None]
        return min(found, default=None)


@dataclass(frozen=True, slots=True)
class AlertFact:
    """One alert. Alerts of one case (a form being filled in, or a report) are one emergency."""

    case: Hashable
    detected_at: datetime  # when the answer was saved
    raised_at: datetime | None = None  # when the alert was written
    reached_at: datetime | None = None
    withdrawn_at: datetime | None = None
    who: Hashable = None


@dataclass(frozen=True, slots=True)
class LegFact:
    """One appointment of a kept visit that took place."""

    specialty: str
    starts_at: datetime
    ends_at: datetime
    is_ct: bool = False


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit that was booked."""

    key: Hashable
    who: Hashable
    state: str
    starts_at: datetime
    ends_at: datetime
    is_late_cancellation: bool = False
    needs_interpreter: bool = False
    has_interpreter: bool = False
    is_first_of_patient: bool = False
    is_first_of_request: bool = False
    has_radiation_plan: bool = False
    radiation_on: frozenset[date] = frozenset()
    legs: tuple[LegFact, ...] = ()


@dataclass(frozen=True, slots=True)
class BookedTime:
    """One appointment as it took a clinician's time."""

    clinician: Hashable
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime | None
    is_kept: bool = False
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """One stretch of a clinician's working time that could be booked."""

    clinician: Hashable
    specialty: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ReportFact:
    """The end of the first visit of a request, and when the report went to the referrer."""

    ended_at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallFact:
    """A follow-up call: the 7th or 28th day after the visit, when somebody was reached, worst pain before and then."""

    kind: str
    due_on: date
    reached_at: datetime | None = None
    is_closed: bool = False
    pain_before: int | None = None
    pain_then: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case that a conference discussed."""

    on: date
    is_complete: bool


@dataclass(frozen=True, slots=True)
class QuestionFact:
    """A question to the nurses or a wish to be called."""

    asked_at: datetime
    answered_at: datetime | None
    is_about_symptoms: bool


@dataclass(frozen=True, slots=True)
class DraftFact:
    """A registration that somebody began; `last_page` is the one saved last, empty when none was."""

    begun_at: datetime
    is_sent: bool
    last_page: str = ""


@dataclass(frozen=True, slots=True)
class PersonFact:
    """What the equity view groups a patient by; empty where nothing is known."""

    language: str = ""
    zip_code: str = ""
    payer: str = ""
    born_on: date | None = None
    race: tuple[str, ...] = ()
