"""Half a year of finished requests behind the sixty patients, so that the measures of service have something to count.

Written as rows, not walked through the actions: 150 of them take a second or two. Everything in it is closed: no list
of open work grows by it. Visits of the past hold no claims.
"""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from clinic.accounts.models import User
from clinic.directory.closed_days import closed_days
from clinic.directory.models import Clinician, Room
from intake.before_visit.models import BeforeVisit
from intake.patients.identity import birth_date_index, name_index, name_prefixes, phone_index
from intake.patients.models import Coverage, NamePrefix, Patient
from intake.symptoms.models import SymptomReport
from intake.symptoms.questions import snapshot
from intake.triage.engine import assess
from intake.triage.models import Alert, AlertStep, ContactAttempt, Triage, TriageReview
from scheduling.conference.models import Conference, ConferenceCase
from scheduling.demonstration.cases import ALL_CLEAR, CASES, FIRST_NAMES, LAST_NAMES
from scheduling.demonstration.measures_after import add_questions_and_forms, after_the_visit, alert_of, conferences
from scheduling.follow_up.models import FollowUpAttempt, FollowUpCall, HospitalEvent, Letter, PlanItem
from scheduling.itineraries.models import VisitType
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.reference import new_reference
from scheduling.visits.models import Appointment, Visit

PAST = 150
DAYS_BACK, DAYS_LEFT_OUT = 180, 12
CASE_NUMBERS = (0, 0, 0, *(1, 2, 3) * 3, *(4, 5, 6) * 4, *(7, 8, 9) * 4)  # about as often as the levels come
HIGHER = {"urgent": "emergency", "soon": "urgent", "routine": "soon"}
LOWER = {"emergency": "urgent", "urgent": "soon", "soon": "routine"}
RANK = {"emergency": 0, "urgent": 1, "soon": 2, "routine": 3}
VISIT_AFTER = {"emergency": (1, 2), "urgent": (1, 4), "soon": (3, 9), "routine": (5, 17)}  # days
SPARE_DAYS = 6  # before today, so that weekends, holidays and full days never push a visit into the future
MOST_A_DAY = 4  # visits of the past on one date: nobody is in two of them at once
MISSED = ("no_show", "cancelled_by_patient", "cancelled_by_clinic")
LANGUAGES = ("en",) * 12 + ("es", "es", "es", "ar", "vi")
ZIPS = ("48104", "48109", "48198", "49503", "43215", "48823", "60601")
PAYERS = ("medicare", "medicare", "medicare_advantage", "medicaid", "commercial", "commercial", "")
RACES = ("white", "white", "white", "black_african_american", "hispanic_latino", "asian", "")


ORDER: list[type[Model]] = [
    Patient, NamePrefix, Coverage, SymptomReport, BeforeVisit, Triage, TriageReview, Alert, AlertStep, ContactAttempt,
    AppointmentRequest, RequestNote, Visit, Appointment, PlanItem, Letter, FollowUpCall, FollowUpAttempt, HospitalEvent,
    Conference, ConferenceCase,
]  # fmt: skip
Row = TypeVar("Row", bound=Model)


@dataclass
class Rows:
    """Rows to be written, each model after those that it points to."""

    by_model: dict[type[Model], list] = field(default_factory=dict)

    def add(self, row: Row) -> Row:
        """Put a row aside."""
        self.by_model.setdefault(type(row), []).append(row)
        return row

    def write(self) -> None:
        """Write all of them, a statement or two for each model."""
        for model in sorted(self.by_model, key=ORDER.index):
            model._default_manager.bulk_create(self.by_model[model], batch_size=300)


@dataclass
class Past:
    """Who and what there is, and the dice."""

    now: dt.datetime
    zone: dt.tzinfo
    dice: random.Random
    nurse: User
    kind: VisitType
    rooms: list[Room]
    people: dict[str, list[Clinician]]
    closed: frozenset[dt.date]
    a_day: Counter = field(default_factory=Counter)  # visits of a date so far

    def open_day(self, on: dt.date) -> dt.date:
        """The day, or the next one on which the clinic works."""
        while on.weekday() > 4 or on in self.closed:
            on += dt.timedelta(days=1)
        return on

    def free_day(self, on: dt.date) -> dt.date:
        """The day, or the next open one that is not full."""
        on = self.open_day(on)
        while self.a_day[on] >= MOST_A_DAY:
            on = self.open_day(on + dt.timedelta(days=1))
        return on

    def local(self, on: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """A moment of the clinic's day."""
        return dt.datetime.combine(on, dt.time(hour, minute), tzinfo=self.zone).astimezone(dt.UTC)


@transaction.atomic
def add_past(now: dt.datetime, today: dt.date, zone: dt.tzinfo) -> int:
    """Write the half year; how many requests it has."""
    past, rows = _past(now, today, zone), Rows()
    for number in range(PAST):
        ago = DAYS_BACK - number * (DAYS_BACK - DAYS_LEFT_OUT) / PAST
        sent = past.local(today - dt.timedelta(days=int(ago)), past.dice.randint(7, 20), past.dice.randint(0, 59))
        _one(past, rows, number, sent)
    conferences(past, rows)
    rows.write()
    add_questions_and_forms(past, today, rows.by_model[AppointmentRequest])
    return PAST


def _past(now: dt.datetime, today: dt.date, zone: dt.tzinfo) -> Past:
    people: dict[str, list[Clinician]] = {}
    for one in Clinician.objects.filter(user=None, is_active=True).select_related("specialty"):
        people.setdefault(one.specialty.code, []).append(one)
    return Past(
        now=now,
        zone=zone,
        dice=random.Random(23),  # noqa: S311  (repeatable, not secret)
        nurse=User.objects.get(email="nurse@example.org"),
        kind=VisitType.objects.get(code="coordinated_new"),
        rooms=list(Room.objects.filter(kind=Room.Kind.STAY).select_related("site")),
        people=people,
        closed=closed_days(today - dt.timedelta(days=400), today),
    )


def _one(past: Past, rows: Rows, number: int, sent: dt.datetime) -> None:
    """One patient from sending to the last call."""
    dice = past.dice
    answers = {**ALL_CLEAR, **CASES[dice.choice(CASE_NUMBERS)]}
    answers.setdefault("pain_worst", dice.randint(2, 9))
    result = assess(answers)
    patient = _patient(past, rows, number, sent)
    report = rows.add(
        SymptomReport(
            patient=patient, filled_by="patient", answers=answers, snapshot=snapshot(answers), sent_at=sent
        )
    )  # fmt: skip
    triage = rows.add(
        Triage(report=report, level=result.level, rules=list(result.rules), message=result.message,
               rule_set=result.rule_set)
    )  # fmt: skip
    level, turn = result.level, dice.random()
    if level == "emergency" or turn < 0.1:
        level = LOWER.get(level, level)
    elif turn > 0.93 and level != "urgent":
        level = HIGHER[level]
    if race := dice.choice(RACES):
        rows.add(BeforeVisit(report=report, answers={"race_ethnicity": [race]}, steps_done=["race"]))
    wanted = _request(past, rows, report, triage, level, sent)
    visit = _visits(past, rows, wanted, level)
    after_the_visit(past, rows, visit, answers["pain_worst"])


def _patient(past: Past, rows: Rows, number: int, sent: dt.datetime) -> Patient:
    dice = past.dice
    first, last = FIRST_NAMES[(number * 11 + 3) % len(FIRST_NAMES)], LAST_NAMES[(number * 3 + 1) % len(LAST_NAMES)]
    born = dt.date(1936 + dice.randint(0, 52), dice.randint(1, 12), dice.randint(1, 28))
    phone, language = f"+1202555{100 + number % 100:04d}", dice.choice(LANGUAGES)
    patient = rows.add(
        Patient(
            legal_first_name=first,
            legal_last_name=last,
            date_of_birth=born.isoformat(),
            phone_primary=phone,
            phone_type="mobile",
            ok_voicemail="yes",
            zip=dice.choice(ZIPS),
            preferred_language=language,
            interpreter_needed="" if language == "en" else "spoken",
            contact_preference=["phone"],
            npp_ack="acknowledged",
            npp_version="1",
            npp_at=sent,
            birth_date_index=birth_date_index(born),
            phone_index=phone_index(phone),
            name_index=name_index(first, last),
        )
    )
    for index in name_prefixes(first, last):
        rows.add(NamePrefix(patient=patient, prefix_index=index))
    if payer := dice.choice(PAYERS):
        rows.add(Coverage(patient=patient, payer_type=payer))
    return patient


def _request(
    past: Past, rows: Rows, report: SymptomReport, triage: Triage, level: str, sent: dt.datetime
) -> AppointmentRequest:
    """The request as it was reviewed, with the calls and, of an emergency, its alert."""
    dice = past.dice
    slow = dice.random() < 0.12  # one in eight waits too long
    if "urgent" in (level, triage.level):
        contacted = sent + dt.timedelta(minutes=dice.randint(1500, 1900) if slow else dice.randint(15, 200))
    else:
        contacted = sent + dt.timedelta(hours=dice.randint(50, 80) if slow else dice.randint(2, 40))
    taken = sent + (contacted - sent) * (0.95 if slow else 0.6)
    wanted = rows.add(
        AppointmentRequest(
            reference=new_reference(),
            patient=report.patient,
            report=report,
            triage=triage,
            filled_by="staff_phone" if dice.random() < 0.25 else "patient",
            level=level,
            urgency_rank=RANK[level],
            status=AppointmentRequest.Status.COMPLETED,
            submitted_at=sent,
            contact_due_at=sent + dt.timedelta(days=2),
            contacted_at=contacted,
            visit_due_on=past.open_day(sent.date() + dt.timedelta(days=14)),
            taken_by=past.nurse,
            taken_at=taken,
            reviewed_at=contacted,
            visit_type=past.kind,
            specialties=["RAD_ONC"],
        )
    )
    rows.add(RequestNote(request=wanted, kind="taken", by_label=past.nurse.name, at=taken))
    if triage.level == "emergency":
        alert_of(past, rows, wanted)
    rows.add(ContactAttempt(report=report, reached=True, by=past.nurse, at=contacted))
    rows.add(
        TriageReview(triage=triage, disposition=level, computed_level=triage.level, reason="Decided after the call.",
                     visit_type=past.kind.code, specialties=["RAD_ONC"], reviewed_by=past.nurse, reviewed_at=contacted)
    )  # fmt: skip
    return wanted


def _visits(past: Past, rows: Rows, wanted: AppointmentRequest, level: str) -> Visit:
    """The visit that was kept; before it, now and then, one that was missed or canceled."""
    dice = past.dice
    sent_on, today = (at.astimezone(past.zone).date() for at in (wanted.submitted_at, past.now))
    first, last = VISIT_AFTER[level]
    days = dice.randint(first, max(first, min(last, (today - sent_on).days - SPARE_DAYS)))
    on = past.free_day(sent_on + dt.timedelta(days=days))
    if dice.random() < 0.16 and on < today - dt.timedelta(days=2 * SPARE_DAYS):
        _visit(past, rows, wanted, on, dice.choice(MISSED))
        on = past.free_day(on + dt.timedelta(days=3))
    visit = _visit(past, rows, wanted, on, "completed")
    wanted.closed_at = visit.ends_at
    return visit


def _visit(past: Past, rows: Rows, wanted: AppointmentRequest, on: dt.date, state: str) -> Visit:
    """A day of two to five appointments that began in the morning or at 1 p.m."""
    dice = past.dice
    past.a_day[on] += 1
    place = past.a_day[on] - 1
    start = past.local(on, 8 if place % 2 else 13)
    codes = ["NURSE_NAV", "RAD_ONC", "NURSE_NAV"] if dice.random() < 0.85 else ["RAD_ONC"]
    if len(codes) > 1 and dice.random() < 0.6:
        codes.insert(1, dice.choice(["ORTHO_ONC", "SPINE_SURG", "PALLIATIVE"]))
    is_late = state == "cancelled_by_patient" and dice.random() < 0.5
    room = past.rooms[place % len(past.rooms)]
    needs = wanted.patient.interpreter_needed and dice.random() < 0.75
    visit = rows.add(
        Visit(
            request=wanted,
            patient=wanted.patient,
            visit_type=past.kind,
            site=room.site,
            room=room,
            interpreter=past.people["INTERPRETER"][0] if needs else None,
            state=state,
            starts_at=start,
            booked_at=min(wanted.reviewed_at, start - dt.timedelta(hours=3)),
            cancelled_at=start - dt.timedelta(hours=5 if is_late else 48) if "cancelled" in state else None,
            is_late_cancellation=is_late,
        )
    )
    at = start
    for position, code in enumerate(codes):
        who = past.people[code]
        end = at + dt.timedelta(minutes=30 if code == "NURSE_NAV" else 40)
        rows.add(
            Appointment(visit=visit, position=position, specialty=who[0].specialty, clinician=who[place % len(who)],
                        state="done" if state == "completed" else state, starts_at=at, ends_at=end)
        )  # fmt: skip
        visit.ends_at = end
        at = end + dt.timedelta(minutes=dice.choice((5, 10, 10, 15, 25)))
    return visit
