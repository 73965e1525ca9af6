"""The worklist with 10,000 open requests beside the one with 30: how many times longer, and its queries.

30 rows a page either way; with many requests every list, the last page and a filter are tried, as one nurse sees them.
The requests lie about as in a clinic: most are routine, some of every status, a third held by somebody. It fills the
database: only what fills it more comes later.
"""

import datetime as dt
import random
from collections.abc import Callable

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from benchmarks.measuring import count_queries, milliseconds
from benchmarks.rows import Row, row
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from intake.patients.models import Patient
from intake.symptoms.models import SymptomReport
from intake.triage.models import Triage
from scheduling.requests.models import AppointmentRequest

FEW, MANY = 30, 10_000
LIMIT_RATIO, LIMIT_QUERIES = 3, 10
ROUNDS, WARM_UP = 15, 3
LISTS = ("new", "mine", "waiting", "to-schedule", "overdue", "referrals", "all")
LEVELS = (("emergency", 0, 1), ("urgent", 1, 9), ("soon", 2, 30), ("routine", 3, 60))
STATUSES = (
    ("submitted", 30), ("in_review", 20), ("needs_info", 10), ("records_pending", 10), ("ready", 10), ("offered", 10),
    ("scheduled", 10),
)  # fmt: skip


def measure() -> list[Row]:
    """The slowest page with many requests is the one that counts, beside the page of all 30."""
    nurses = _nurses()
    client = Client()
    client.force_login(nurses[0])
    pages = {name: _getter(client, f"/staff/?tab={name}") for name in LISTS}
    pages["calls"] = _getter(client, "/staff/to-call/")
    pages["last page of all"] = _getter(client, "/staff/?tab=all&page=9999")
    pages["filtered"] = _getter(client, "/staff/?tab=all&level=urgent&language=es")
    write_requests(FEW, nurses)
    few = _times({"all": pages["all"]})["all"]
    write_requests(MANY - FEW, nurses)
    many = _times(pages)
    name = max(many, key=lambda one: many[one])
    queries = {one: count_queries(page) for one, page in pages.items()}
    most = max(queries, key=lambda one: queries[one])
    title = "worklist with 10,000 open requests beside 30"
    return [
        row(f"{title}: {name}", many[name], "ms", floor=few, limit=LIMIT_RATIO),
        row(f"{title}: queries, most for {most}", queries[most], "queries", limit=LIMIT_QUERIES),
    ]


def _getter(client: Client, address: str) -> Callable[[], object]:
    def get() -> object:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        return answer

    return get


def _times(pages: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The shortest time of each page in milliseconds; the pages take turns. What the neighbors do only adds."""
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(WARM_UP + ROUNDS):
        for name, page in pages.items():
            spent = milliseconds(page)
            if turn >= WARM_UP:
                taken[name].append(spent)
    return {name: min(times) for name, times in taken.items()}


def _nurses() -> list[User]:
    return [
        User.objects.get_or_create(
            email=f"nurse{number}@example.org", defaults={"name": f"Nurse {number}", "roles": [Role.NURSE.value]}
        )[0]
        for number in range(8)
    ]


def write_requests(count: int, owners: list[User]) -> None:
    """So many open requests, each of a person of its own; then the database looks at its tables anew."""
    dice, now = random.Random(count), timezone.now()
    first = AppointmentRequest.objects.count()
    with transaction.atomic():
        for start in range(0, count, 1000):
            numbers = range(first + start, first + min(start + 1000, count))
            people = Patient.objects.bulk_create(_patient(number, dice, now) for number in numbers)
            reports = SymptomReport.objects.bulk_create(
                SymptomReport(patient=one, filled_by="patient", answers={"pain_worst": 6}, snapshot=[], sent_at=now)
                for one in people
            )
            triages = Triage.objects.bulk_create(
                Triage(report=one, level="routine", rules=["S02"], message="M-ROUTINE", rule_set="bench")
                for one in reports
            )
            AppointmentRequest.objects.bulk_create(
                _request(number, report, triage, owners, dice, now)
                for number, report, triage in zip(numbers, reports, triages, strict=True)
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _patient(number: int, dice: random.Random, now: dt.datetime) -> Patient:
    return Patient(
        legal_first_name="Maribelle",
        legal_last_name=f"Quandtner {number}",
        date_of_birth="1951-03-27",
        phone_primary="+12025550142",
        phone_type="mobile",
        ok_voicemail="yes",
        zip="48109",
        preferred_language=dice.choice(("en", "en", "en", "es", "ar")),
        contact_preference=["phone"],
        npp_ack="acknowledged",
        npp_version="1",
        npp_at=now,
        birth_date_index=f"{number:032x}",
        phone_index=f"{number:032x}",
        name_index=f"{number:032x}",
    )


def _request(number, report, triage, owners, dice: random.Random, now: dt.datetime) -> AppointmentRequest:
    level, rank, _weight = dice.choices(LEVELS, weights=[one[2] for one in LEVELS])[0]
    status = dice.choices([one[0] for one in STATUSES], weights=[one[1] for one in STATUSES])[0]
    sent = now - dt.timedelta(minutes=dice.randrange(10, 20_000))
    owner = None if status == "submitted" or dice.random() < 0.6 else dice.choice(owners)
    return AppointmentRequest(
        reference=f"BN-{number:08d}",
        patient_id=report.patient_id,
        report=report,
        triage=triage,
        filled_by=dice.choice(("patient", "patient", "caregiver", "staff_phone", "referring_clinician")),
        level=level,
        urgency_rank=rank,
        status=status,
        submitted_at=sent,
        contact_due_at=sent + dt.timedelta(days=2),
        contacted_at=None if status == "submitted" else sent + dt.timedelta(hours=3),
        visit_due_on=timezone.localdate(sent) + dt.timedelta(days=14),
        taken_by=owner,
        taken_at=None if owner is None else sent,
        specialties=["RAD_ONC"] if status == "ready" else [],
    )
