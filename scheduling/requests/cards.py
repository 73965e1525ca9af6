"""What "My requests" shows: one card a request, gathered in a fixed number of queries. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clinic.platform.audit.actors import Actor
from clinic.platform.db.together import read_together
from intake.before_visit.models import BeforeVisit
from intake.before_visit.place import Place
from intake.before_visit.sheet import Sheet
from intake.before_visit.steps import COUNTED
from intake.records.file_rows import FileRow, rows_of
from intake.records.models import Upload
from intake.symptoms.models import SymptomReport
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import reader_of, tells_back
from scheduling.requests.patient_words import status_words
from scheduling.requests.refresh import CLOSED
from scheduling.visits.itinerary import STILL_TO_COME, is_over
from scheduling.visits.models import Visit
from scheduling.waitlist.models import WaitlistEntry


@dataclass(frozen=True, slots=True)
class Card:
    """One request as its owner sees it. `offer` and `visit`, one still to come, only where plans may be told."""

    wanted: AppointmentRequest
    words: dict[str, Any]
    offer: Offer | None
    visit: Visit | None
    sections_done: int
    tells_back: bool
    files: list[FileRow]
    waits: bool  # for an earlier day than that of the visit

    @property
    def earlier_offer(self) -> Offer | None:
        """An earlier day that is held for somebody who has one."""
        return self.offer if self.offer is not None and self.visit is not None and self.offer.replaces_id else None

    @property
    def is_open(self) -> bool:
        """Whether the clinic still works on it."""
        return self.wanted.status not in CLOSED

    @property
    def sections(self) -> int:
        """How many sections there are before a visit."""
        return len(COUNTED)


def cards_of(requests: Iterable[AppointmentRequest]) -> list[Card]:
    """The cards of these rows of `own_requests`, in their order: one query, however many there are."""
    rows = list(requests)
    keys, now = [wanted.pk for wanted in rows], timezone.now()
    reports = SymptomReport.objects.filter(request__in=keys)
    offers, visits, told, befores, uploads, waiting = read_together(
        Offer.objects.filter(request__in=keys, state=Offer.State.OPEN, expires_at__gt=now),
        Visit.objects.filter(request__in=keys, state__in=STILL_TO_COME).select_related("site"),
        reports,
        BeforeVisit.objects.filter(report__in=reports),
        Upload.objects.filter(report__in=reports, state=Upload.State.KEPT),
        WaitlistEntry.objects.filter(request__in=keys, state__in=WaitlistEntry.LIVE),
    )
    offer_of = {offer.request_id: offer for offer in offers}
    visit_of = {visit.request_id: visit for visit in sorted(visits, key=lambda visit: visit.booked_at)}
    over = {key for key, visit in visit_of.items() if is_over(visit, now)}
    waits = {entry.request_id for entry in waiting}
    report_of = {report.pk: report for report in told}
    before_of = {before.report_id: before for before in befores}
    cards = []
    for wanted in rows:
        tells, report = tells_back(wanted), report_of[wanted.report_id]
        report.patient = wanted.patient
        by = reader_of(wanted)
        files = [one for one in uploads if one.report_id == report.pk and (tells or one.by_kind == by.kind)]
        cards.append(
            Card(
                wanted=wanted,
                words=status_words(wanted, has_live_offer=wanted.pk in offer_of, is_visit_over=wanted.pk in over),
                offer=offer_of.get(wanted.pk) if tells else None,
                visit=visit_of.get(wanted.pk) if tells and wanted.pk not in over else None,
                sections_done=_sections_done(wanted, report, before_of.get(report.pk), by),
                tells_back=tells,
                files=rows_of(sorted(files, key=lambda one: (one.added_at, one.pk))),
                waits=tells and wanted.pk in waits and wanted.pk in visit_of,
            )
        )
    return cards


def _sections_done(wanted: AppointmentRequest, report: SymptomReport, before: BeforeVisit | None, by: Actor) -> int:
    """As the task list counts them."""
    place = Place(actor=by, reference=wanted.reference, caregiver=wanted.filled_by == "caregiver")
    verified = (True,) * wanted.proxy_verified + (False,) * wanted.proxy_waits
    return Sheet(report, place, (before, verified)).count_done()


def card_of(wanted: AppointmentRequest) -> Card:
    """The card of one request."""
    return cards_of([wanted])[0]
