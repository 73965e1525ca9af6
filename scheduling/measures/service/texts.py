"""The measures of service in words: definitions, targets with their source, names of lines and groups."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from intake.before_visit.choices import PAYER_TYPES, RACE_ETHNICITY
from intake.patients.languages import LANGUAGES

HOURS, DAYS, MINUTES, SECONDS, POINTS, NUMBER = (
    _("hours"), _("days"), _("minutes"), _("seconds"), _("points"), _("disciplines"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineText:
    """One figure: what it is called, the unit of its values, what its share means, and lines drawn in the chart."""

    label: Any
    unit: Any = ""  # empty: it has no median
    share: Any = ""  # empty: it has no share
    target: float | None = None  # of what the chart draws: the share where there is one, else the median


@dataclass(frozen=True, slots=True)
class MeasureText:
    """One measure: where it stands, its definition, and its target or benchmark with the source."""

    slug: str
    page: str
    name: Any
    definition: Any
    target: Any
    lines: dict[str, LineText]
    group_heading: Any = ""


PAGES = {
    "waiting": _("From request to visit"),
    "safety": _("Triage"),
    "visits": _("Visits"),
    "time": _("Use of time"),
    "after": _("After the visit"),
    "forms": _("Questions and forms"),
    "equity": _("Equity"),
}
LEADS = {
    "waiting": _("How long patients wait for the first word, the first call and the first visit."),
    "safety": _("How often nurses change what the rules found, and what happened after a low level."),
    "visits": _("Who came, what was canceled, and how the day went."),
    "time": _("How much of the working time was booked and used."),
    "after": _("Reports, calls and pain after the visit, and records before the conference."),
    "forms": _("How soon nurses answer, and where people stop filling in."),
    "equity": _("Whether all groups of patients are served equally soon."),
}
LEVELS = {"emergency": _("Emergency"), "urgent": _("Urgent"), "soon": _("Soon"), "routine": _("Routine")}
NO_TARGET = _("No target is set.")
_SHARE_SEEN = _("Seen in time")

_ALL = (
    MeasureText(
        "acknowledgement",
        "waiting",
        _("Receipt to acknowledgement"),
        _(
            "Clock hours from the receipt of a request to the first thing a person of the staff did about "
            "it: took it, reviewed it, or reached the patient. Not withdrawn before contact."
        ),
        _("Target: within 48 hours (as another bone metastasis clinic tells its referrers)."),
        {"all": LineText(_("All requests"), HOURS, _("Within 48 hours"))},
    ),
    MeasureText(
        "consult",
        "waiting",
        _("Receipt to consult"),
        _(
            "Calendar days from the receipt of a request to the first completed visit with a physician. "
            "Requests without one are not in the median: the share seen counts them."
        ),
        _("Benchmark: median 3 days (a rapid response radiotherapy program, published for 2008 to 2012)."),
        {
            "all": LineText(_("All requests"), DAYS, target=3),
            "self": LineText(_("Sent by the patient or a caregiver"), DAYS, target=3),
        },
    ),
    MeasureText(
        "seen",
        "waiting",
        _("Share seen in time"),
        _(
            "Requests whose first completed contact with a physician ended within 24 hours, 7 days or 14 "
            "days of sending, of all accepted requests: not declined, not sent to the emergency department, "
            "not withdrawn before contact. By the level that counts now."
        ),
        _("Aims of the levels as delivered, the clinic's settings count: urgent 3 days, soon 7, routine 14."),
        {
            "day": LineText(_("Within 24 hours"), share=_SHARE_SEEN),
            "week": LineText(_("Within 7 days"), share=_SHARE_SEEN),
            "two_weeks": LineText(_("Within 14 days"), share=_SHARE_SEEN),
        },
        _("Level"),
    ),
    MeasureText(
        "nurse-contact",
        "waiting",
        _("Time to nurse contact"),
        _(
            "Clock minutes from the start to the first call that reached the person. The start is the "
            "detection of an emergency, else the sending. Nobody reached by the deadline counts as missed."
        ),
        _(
            "Target: emergency 15 minutes; urgent 4 nurse hours and never more than 24 clock hours; rule U01 "
            "1 hour. These are the values as delivered: the clinic's settings count."
        ),
        {
            "emergency": LineText(_("Emergency"), MINUTES, _("Reached in time")),
            "urgent": LineText(_("Urgent"), MINUTES, _("Reached in time")),
        },
    ),
    MeasureText(
        "alert-time",
        "waiting",
        _("Emergency screen to alert"),
        _(
            "Seconds from the moment the answer was saved to the writing of the alert in the audit. An "
            "emergency without an alert counts as missed."
        ),
        _("Target: within 5 seconds (a proposal of this clinic, without another source)."),
        {"all": LineText(_("All alerts"), SECONDS, _("Within 5 seconds"))},
    ),
    MeasureText(
        "under-triage",
        "safety",
        _("Under-triage"),
        _(
            "Reviewed requests whose computed level lay below the level that the nurse set last. And of all "
            "requests that ended as soon or routine: those with an ED visit or admission for cord "
            "compression, fracture or high calcium within 7 days of sending, as far as staff wrote it down."
        ),
        NO_TARGET,
        {
            "raised": LineText(_("Raised by the nurse"), share=_("Of reviewed")),
            "hospital": LineText(_("ED visit or admission within 7 days"), share=_("Of soon and routine")),
        },
    ),
    MeasureText(
        "over-triage",
        "safety",
        _("Over-triage"),
        _(
            "Requests computed as emergency or urgent that the nurse lowered by a level or more, of all "
            "computed as emergency or urgent."
        ),
        NO_TARGET,
        {"all": LineText(_("Lowered by the nurse"), share=_("Of emergency and urgent"))},
        _("Computed level"),
    ),
    MeasureText(
        "overrides",
        "safety",
        _("Override rate"),
        _(
            "Results to which staff gave another level, of all results; then the same of the results in "
            "which a rule fired. One result may stand with several rules."
        ),
        NO_TARGET,
        {"all": LineText(_("Changed by staff"), share=_("Of all results"))},
        _("Rule"),
    ),
    MeasureText(
        "no-show",
        "visits",
        _("No-shows and late cancellations"),
        _(
            "Visits that were missed, of those kept or missed; in the form of the IHI, of all that were scheduled. "
            "Apart from these, visits that the patient canceled later than the clinic's limit (24 hours before)."
        ),
        _("No target is set. The second form is the measure of the Institute for Healthcare Improvement."),
        {
            "no_show": LineText(_("No-shows"), share=_("Of kept and no-shows")),
            "slots": LineText(_("No-shows, IHI form"), share=_("Of all scheduled")),
            "late": LineText(_("Late cancellations"), share=_("Of all scheduled")),
        },
    ),
    MeasureText(
        "clinic-cancellation",
        "visits",
        _("Cancellation by the clinic"),
        _("Visits that the clinic canceled, of all that were scheduled for days that are over."),
        NO_TARGET,
        {"all": LineText(_("Canceled by the clinic"), share=_("Of all scheduled"))},
    ),
    MeasureText(
        "coordinated",
        "visits",
        _("Coordinated visits"),
        _(
            "First completed visits of a patient with two disciplines or more on the same date, of all first "
            "visits; and the median number of disciplines."
        ),
        NO_TARGET,
        {"all": LineText(_("First visits"), NUMBER, _("Two disciplines or more"))},
    ),
    MeasureText(
        "idle",
        "visits",
        _("Idle time in the visit"),
        _(
            "Completed visits with two appointments or more: the sum of the gaps between them, of each gap "
            "what lies beyond 10 minutes. Times are those that were planned."
        ),
        NO_TARGET,
        {"all": LineText(_("Idle time"), MINUTES)},
    ),
    MeasureText(
        "radiation",
        "visits",
        _("Same-day radiation"),
        _(
            "First visits of requests with a radiation plan: those with radiation begun or simulated on that "
            "date, of all."
        ),
        _(
            "Benchmark: 60% started on the same day (a rapid response radiotherapy program, published for "
            "2008 to 2012)."
        ),
        {"all": LineText(_("Begun or simulated"), share=_("Same day"), target=60)},
    ),
    MeasureText(
        "interpreter",
        "visits",
        _("Interpreter met"),
        _("Completed visits with an interpreter booked for the whole stay, of those of patients who asked for one."),
        NO_TARGET,
        {"all": LineText(_("Interpreter there"), share=_("Of visits that need one"))},
    ),
    MeasureText(
        "utilization",
        "time",
        _("Utilization"),
        _(
            "Booked minutes as each session started, and kept minutes, of the minutes of the working time "
            "without closures, holidays and time taken away. Cells count appointments."
        ),
        NO_TARGET,
        {
            "booked": LineText(_("Booked"), share=_("Of bookable minutes")),
            "used": LineText(_("Used"), share=_("Of bookable minutes")),
        },
        _("Specialty"),
    ),
    MeasureText(
        "report",
        "after",
        _("Plan to the referrer"),
        _(
            "Days from the end of the first visit of a request to the sending of the report. Reports that "
            "are not sent count as missed after 2 business days."
        ),
        _("Target: within 2 business days."),
        {"all": LineText(_("Reports"), DAYS, _("Within 2 business days"))},
    ),
    MeasureText(
        "calls",
        "after",
        _("Calls after the visit"),
        _(
            "Calls that reached the patient within 2 days of the 7th day or 5 days of the 28th day after the "
            "visit, before or after it, of those due. A call that was closed without an answer is not done."
        ),
        NO_TARGET,
        {
            "day_7": LineText(_("Day 7"), share=_("Reached in time")),
            "week_4": LineText(_("Week 4"), share=_("Reached in time")),
        },
    ),
    MeasureText(
        "pain",
        "after",
        _("Pain change"),
        _(
            "Worst pain told with the request minus worst pain told in the call, on a scale of 0 to 10. "
            "Above 0 is less pain."
        ),
        NO_TARGET,
        {"day_7": LineText(_("Day 7"), POINTS), "week_4": LineText(_("Week 4"), POINTS)},
    ),
    MeasureText(
        "conference",
        "after",
        _("Records complete before the conference"),
        _("Cases with all required items a business day before, of the cases that were discussed."),
        NO_TARGET,
        {"all": LineText(_("Records complete"), share=_("Of cases discussed"))},
    ),
    MeasureText(
        "nurse-line",
        "forms",
        _("Nurse line"),
        _(
            "Clock hours from a question or a wish to be called to the first answer. Questions about "
            "symptoms have their own deadlines and no share here."
        ),
        _("Target: within 1 business day, questions about symptoms aside."),
        {
            "other": LineText(_("Not about symptoms"), HOURS, _("Within 1 business day")),
            "symptoms": LineText(_("About symptoms"), HOURS),
        },
    ),
    MeasureText(
        "drop-off",
        "forms",
        _("Forms not sent"),
        _(
            "Registrations that were begun and not sent within 30 days, of all begun. By the page that was "
            "saved last, of all begun."
        ),
        NO_TARGET,
        {"all": LineText(_("Not sent"), share=_("Of forms begun"))},
        _("Page saved last"),
    ),
)
MEASURES = {one.slug: one for one in _ALL}

# The equity view: columns (measure, line) of its tables, in the order of domain 8
EQUITY_COLUMNS = {
    "acknowledgement": ("acknowledgement", "all"),
    "consult": ("consult", "all"),
    "seen_day": ("seen", "day"),
    "seen_week": ("seen", "week"),
    "seen_two_weeks": ("seen", "two_weeks"),
    "contact_emergency": ("nurse-contact", "emergency"),
    "contact_urgent": ("nurse-contact", "urgent"),
    "alert": ("alert-time", "all"),
}
EQUITY_HEADS = {
    "acknowledgement": _("Acknowledged"),
    "consult": _("Consult"),
    "seen_day": _("Seen in 24 hours"),
    "seen_week": _("Seen in 7 days"),
    "seen_two_weeks": _("Seen in 14 days"),
    "contact_emergency": _("Called, emergency"),
    "contact_urgent": _("Called, urgent"),
    "alert": _("Alert"),
}
EQUITY_NAMES = {
    "language": _("Language"),
    "area": _("ZIP area"),
    "payer": _("Payer"),
    "age": _("Age"),
    "race": _("Race and ethnicity"),
}
_NOT_TOLD = _("Not told")
BANDS: dict[str, dict[str, Any]] = {
    "language": {**{one.code: one.words for one in LANGUAGES}, "unknown": _NOT_TOLD},
    "area": {
        "same_area": _("Same first 3 digits as the clinic"),
        "same_region": _("Same first digit only"),
        "elsewhere": _("Another first digit"),
        "unknown": _("Not known"),
    },
    "payer": {**dict(PAYER_TYPES), "unknown": _("None, or not told")},
    "age": {
        "under_50": _("Under 50"),
        "50_64": _("50 to 64"),
        "65_74": _("65 to 74"),
        "75_over": _("75 and over"),
        "unknown": _("Not known"),
    },
    "race": {**dict(RACE_ETHNICITY), "several": _("More than one"), "unknown": _NOT_TOLD},
}
