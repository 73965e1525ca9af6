"""The plan of a request and the list of plans: what they show, take, refuse, and ask of the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.follow_up.actions import add_item
from scheduling.models import HospitalEvent, PlanItem, RequestNote
from tests.clinic.look.markup import Page, faults
from tests.scheduling.follow_up.rows import a_call, a_letter, a_seen_patient, an_event, an_item
from tests.scheduling.staff_rows import a_member, a_row, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(client):
    user = a_member("nurse", "Nora Field")
    client.force_login(user)
    return user


@pytest.fixture
def wanted():
    return a_seen_patient()


def plan(wanted):
    return f"/staff/requests/{wanted.reference}/plan/"


def date_parts(name, on):
    return {f"{name}_month": on.month, f"{name}_day": on.day, f"{name}_year": on.year}


def typed(owner="outside", *, due=5, **more):
    on = timezone.localdate() + timedelta(days=due)
    said = {"kind": "imaging", "text": "MRI of the spine", "owner": str(owner), **date_parts("due_on", on)}
    return {"key": new_key(), "owner_outside": "Dr. Ana Park" if owner == "outside" else "", **said} | more


def text_of(client, address):
    return client.get(address).content.decode()


def test_item_is_added_once_changed_and_done(client, nurse, wanted):
    form = typed(nurse.pk)
    for _time in range(2):  # a double click adds one
        assert client.post(f"{plan(wanted)}add/", form).status_code == 302
    item = PlanItem.objects.get()
    assert (item.owner, item.owner_outside, item.version) == (nurse, "", 1)

    changed = client.post(f"{plan(wanted)}{item.pk}/", typed(version=1, text="MRI of the whole spine"))
    today = timezone.localdate()
    close = {"key": new_key(), "version": 2, "state": "done", "reason": "", **date_parts("done_on", today)}
    done = client.post(f"{plan(wanted)}{item.pk}/close/", close)

    item.refresh_from_db()
    assert (changed.status_code, done.status_code) == (302, 302)
    assert (item.text, item.owner, item.owner_outside) == ("MRI of the whole spine", None, "Dr. Ana Park")
    assert (item.state, item.done_on, item.version) == ("done", today, 3)
    assert list(RequestNote.objects.values_list("kind", flat=True)) == ["plan_added", "plan_done"]
    history = set(AuditEntry.objects.filter(subject_id=str(item.pk)).values_list("action", flat=True))
    assert {"plan_item_added", "plan_item_changed", "plan_item_done"} <= history
    assert "MRI" not in str(list(AuditEntry.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": ""}, "Select the kind"),
        ({"text": " "}, "Enter what shall be done"),
        ({"owner": ""}, "Select who does it"),
        ({"owner": "outside", "owner_outside": ""}, "Enter who does it"),
        ({"owner": "999999"}, "Select one of the answers shown"),
        ({"due_on_month": ""}, "Due on"),
        ({"due_on_year": "1999"}, "Due on must be on or after"),
    ],
)
def test_item_that_cannot_be_is_shown_again(client, nurse, wanted, wrong, told):
    answer = client.post(f"{plan(wanted)}add/", typed() | wrong)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not PlanItem.objects.exists()


def test_owner_who_cannot_open_records_is_refused(nurse, wanted):
    facts = {"kind": "labs", "text": "Calcium", "owner_outside": "", "due_on": timezone.localdate()}

    with pytest.raises(Refused) as no:
        add_item(
            wanted,
            **facts,
            owner_id=a_member("auditor").pk,
            user=nurse,
            by=staff_actor(nurse),
            key=new_key(),
            now=timezone.now(),
        )

    assert no.value.code == "owner"


def test_second_editor_is_told_and_keeps_what_was_typed(client, nurse, wanted):
    item = an_item(wanted, owner=nurse)
    client.post(f"{plan(wanted)}{item.pk}/", typed(nurse.pk, version=1, text="First words"))

    late = client.post(f"{plan(wanted)}{item.pk}/", typed(nurse.pk, version=1, text="Second words"))

    page = late.content.decode()
    item.refresh_from_db()
    assert (late.status_code, item.text) == (409, "First words")
    assert "This changed while you had it open" in page
    assert "First words" in page
    assert "Second words</textarea>" in page
    again = {name: late.context["form"][name].value() for name in ("key", "version")}
    assert client.post(f"{plan(wanted)}{item.pk}/", typed(nurse.pk, text="Second words") | again).status_code == 302
    item.refresh_from_db()
    assert (item.text, item.version) == ("Second words", 3)


def test_item_that_a_colleague_closed_is_not_closed_again(client, nurse, wanted):
    item = an_item(wanted, owner=nurse, state="dropped", closed_reason="Has a pacemaker", version=2)

    close = {"key": new_key(), "version": 2, "state": "done", **date_parts("done_on", timezone.localdate())}
    late = client.post(f"{plan(wanted)}{item.pk}/close/", close)

    assert late.status_code == 409
    assert PlanItem.objects.get().state == "dropped"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"state": "done"}, "Enter the day it was done"),
        ({"state": "done", "days": 1}, "The day must be in the past"),
        ({"state": "dropped", "reason": ""}, "Enter why it is not needed"),
        ({}, "Select what became of it"),
    ],
)
def test_item_is_not_closed_without_its_day_or_reason(client, nurse, wanted, said, told):
    item = an_item(wanted, owner=nurse)
    days = said.get("days")
    fields = {name: value for name, value in said.items() if name != "days"}
    parts = {} if days is None else date_parts("done_on", timezone.localdate() + timedelta(days=days))

    answer = client.post(f"{plan(wanted)}{item.pk}/close/", {"key": new_key(), "version": 1} | fields | parts)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert PlanItem.objects.get().state == "open"


def test_radiation_asks_for_the_day_it_began_or_was_simulated(client, nurse, wanted):
    begun = an_item(wanted, owner=nurse, kind="radiation")

    assert "The day radiation began, or the day of the simulation" in text_of(
        client, f"{plan(wanted)}{begun.pk}/close/"
    )


def test_item_closed_by_mistake_is_opened_again(client, nurse, wanted):
    item = an_item(wanted, owner=nurse, state="done", done_on=timezone.localdate(), version=2)
    address = f"{plan(wanted)}{item.pk}/reopen/"

    for version, state in ((1, "done"), ("", "done"), ("9" * 40, "done"), (2, "open")):
        client.post(address, {"key": new_key(), "version": version})
        item.refresh_from_db()
        assert item.state == state
    assert item.done_on is None


def test_plan_page_shows_everything_that_follows_the_visit(client, nurse, wanted):
    an_item(wanted, owner=nurse, due=-2, text="Overdue thing")
    an_item(wanted, state="dropped", closed_reason="Has a pacemaker", text="Dropped thing")
    a_letter(wanted, nurse)
    a_call(wanted, kind="day_7", state="reached", reached_at=timezone.now(), pain_worst=2)
    an_event(wanted, nurse)

    page = text_of(client, plan(wanted))

    for words in (
        "Overdue thing",
        "Overdue",
        "Has a pacemaker",
        "Dr. Ana Park",
        "Fracture",
        "4 points less than at first",
    ):
        assert words in page
    assert AuditEntry.objects.filter(action="viewed", data={"purpose": "plan"}).count() == 1


def test_empty_plan_says_so(client, nurse):
    page = text_of(client, plan(a_row()))

    assert "Nothing is planned yet." in page
    assert "They are planned when the visit is completed." in page


def test_report_is_due_two_business_days_after_the_visit_until_one_is_sent(client, nurse, wanted):
    assert "has no report yet" in text_of(client, plan(wanted))
    letter = a_letter(wanted, nurse, visit=wanted.visit)
    assert "has no report yet" in text_of(client, plan(wanted))  # a draft is no report
    letter.state, letter.sent_at, letter.how, letter.sent_by = "sent", timezone.now(), "fax", nurse
    letter.save()

    assert "has no report yet" not in text_of(client, plan(wanted))


def test_hospital_event_is_written_down(client, nurse, wanted):
    form = {"key": new_key(), "kind": "admission", "cause": "cord_compression", "note": "Told by the daughter"}
    address = f"/staff/requests/{wanted.reference}/hospital/add/"
    tomorrow = date_parts("on", timezone.localdate() + timedelta(days=1))
    assert client.post(address, form | tomorrow).status_code == 422

    assert client.post(address, form | date_parts("on", timezone.localdate())).status_code == 302

    event = HospitalEvent.objects.get()
    assert (event.kind, event.cause, event.by) == ("admission", "cord_compression", nurse)
    assert "Told by the daughter" in text_of(client, plan(wanted))


@pytest.mark.parametrize("count", [1, 30])
def test_plan_page_asks_a_fixed_number_of_questions(client, nurse, count):
    wanted = a_seen_patient()
    for _number in range(count):
        an_item(wanted, owner=nurse)
        a_letter(wanted, nurse)
        an_event(wanted, nurse)
    a_call(wanted)
    client.get("/staff/plans/")  # starts the idle clock of the session

    assert queries_of(lambda: client.get(plan(wanted))) == 8


@pytest.mark.parametrize("count", [1, 30])
def test_list_of_plans_asks_a_fixed_number_of_questions(client, nurse, count):
    for _number in range(count):
        an_item(a_row(), owner=nurse)
    client.get("/staff/plans/")

    assert queries_of(lambda: client.get("/staff/plans/")) == 8


def test_list_of_plans_shows_whose_and_when(client, nurse):
    colleague = a_member("physician", "Paul Reyes")
    an_item(a_row(), owner=nurse, due=-1, text="Mine and late")
    an_item(a_row(), owner=nurse, due=3, text="Mine and open")
    an_item(a_row(), owner=colleague, due=-3, text="Of Paul")
    an_item(a_row(), outside="Dr. Ana Park", due=9, text="Of somebody else")
    an_item(a_row(), owner=nurse, state="done", done_on=timezone.localdate(), text="Mine and done")

    def shown(query):
        page = text_of(client, f"/staff/plans/?{query}")
        every = ("Mine and late", "Mine and open", "Of Paul", "Of somebody else", "Mine and done")
        return [text for _at, text in sorted((page.index(text), text) for text in every if text in page)]

    assert shown("") == ["Mine and late", "Mine and open"]
    assert shown("show=overdue&owner=all") == ["Of Paul", "Mine and late"]
    assert shown(f"owner={colleague.pk}") == ["Of Paul"]
    assert shown("owner=outside") == ["Of somebody else"]
    assert shown("show=done&owner=me") == ["Mine and done"]
    assert shown("show=nonsense&owner=%00") == ["Mine and late", "Mine and open"]


def test_long_list_of_plans_has_pages(client, nurse):
    for number in range(31):
        an_item(a_row() if number == 0 else PlanItem.objects.first().request, owner=nurse)

    page = client.get("/staff/plans/?page=2").context["page"]

    assert (len(page.object_list), page.paginator.num_pages) == (1, 2)


def test_plan_on_paper_tells_the_patient_what_comes_next_and_nothing_of_the_staff(client, nurse, wanted):
    an_item(wanted, owner=nurse, text="MRI of the spine")
    an_item(wanted, state="done", done_on=timezone.localdate(), text="Blood drawn")
    an_item(wanted, state="dropped", closed_reason="Has a pacemaker", text="Not this")
    an_event(wanted, nurse)
    a_call(wanted, due=3)
    a_call(wanted, kind="week_4", due=-2)

    page = client.get(f"/staff/requests/{wanted.reference}/plan/print/")

    said = page.content.decode()
    for words in ("MRI of the spine", nurse.name, "Blood drawn", "Call 911 if", "nurse line", "We call you"):
        assert words in said
    for words in ("Not this", "pacemaker", "Fracture", "Overdue"):
        assert words not in said
    assert len(page.context["calls"]) == 1
    assert faults(Page(said)) == []
    assert AuditEntry.objects.filter(action="viewed", data={"purpose": "print_plan"}).exists()
