"""The calendar by clinician, by room, as a week and as a month: what it shows, to whom, in how many queries."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.directory.models import Clinician
from clinic.platform.audit.models import AuditEntry
from scheduling.availability.models import Buffer
from scheduling.visits.models import Appointment, Claim, Visit
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.factories import a_patient, a_request, a_week, local
from tests.scheduling.calendar.looking import DAY, ROOMS, items, text_of
from tests.scheduling.day_rows import a_visit_today, a_visit_with
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(client):
    user = factories.a_coordinator()
    client.force_login(user)
    return user


@pytest.fixture
def visit(small_clinic, now):
    """Two legs from 10 a.m. of today, and from 10:50 a.m."""
    legs = [("SPINE_SURG", now + 60 * MINUTE), ("RAD_ONC", now + 110 * MINUTE)]
    return a_visit_today(a_request(), small_clinic, legs)


def test_day_says_of_each_leg_when_who_what_with_whom_and_where(client, desk, visit, small_clinic):
    surgeon = small_clinic.people["SPINE_SURG"][0]
    page = client.get(DAY)
    (first,) = (one for one in items(page, "b-leg") if surgeon.name in one)
    wanted = f"10:00 to 10:40 a.m., M. Quackenbush, coordinated_new with {surgeon.name}, Room 1"
    assert first.startswith(wanted)
    assert faults(Page(page.content.decode())) == []
    leg = visit.appointments.order_by("position").first()
    assert reverse("staff-visits:move-leg", args=[visit.pk, leg.pk]) in page.content.decode()


def test_day_looks_and_says_what_is_out_of_the_ordinary(client, desk, small_clinic, now):
    people, (room, other) = small_clinic.people, small_clinic.rooms
    a_visit_with(a_request(), [(people["MED_ONC"][0], now + 60 * MINUTE)], room, state="held", claims=False)
    Visit.objects.update(offer=factories.an_offer(a_request(patient=a_patient()), now=now, days=1))
    Appointment.objects.filter(clinician=people["MED_ONC"][0]).update(state="held")
    walk_in = a_visit_with(a_request(), [(people["PALLIATIVE"][0], now)], other, is_walk_in=True)
    walk_in.appointments.update(is_overbooked=True, overbooking_reason="Pain")
    Claim.objects.create(clinician=people["RAD_ONC"][0], starts_at=now, ends_at=now + 60 * MINUTE, note="Busy")
    page = client.get(DAY)
    assert any("held, not booked" in one for one in items(page, "held"))
    assert any("walk-in, overbooked" in one for one in items(page, "overbooked"))
    assert items(page, "b-busy") == ["Busy elsewhere, 9:00 to 10:00 a.m."]
    assert "9:00 to 10:00 a.m. Busy elsewhere" in text_of(page)


def test_hold_that_has_lapsed_is_free_time(client, desk, small_clinic, now, standing_clock):
    offer = factories.an_offer(a_request(), now=now, days=1)
    day = factories.days_of(offer)[0]
    where = reverse("staff-calendar:day", args=[day.starts_at.date().isoformat()])
    assert items(client.get(where), "b-leg")
    standing_clock.move_to(offer.expires_at + MINUTE, tick=False)
    client.force_login(desk)
    assert items(client.get(where), "b-leg") == []


def test_free_time_is_a_link_for_each_hour_and_a_line_for_each_gap(client, desk, small_clinic, visit, now):
    surgeon = small_clinic.people["SPINE_SURG"][0]
    page = client.get(DAY + "?specialty=SPINE_SURG")
    names = [one for one in items(page, "b-free") if surgeon.name in one]
    assert names == [
        f"Book {time} with {surgeon.name}"
        for time in ("9:00 a.m.", "10:45 a.m.", "11:00 a.m.", "1:00 p.m.", "2:00 p.m.", "3:00 p.m.", "4:00 p.m.")
    ]
    lines = text_of(page).partition(" List ")[2]
    assert f"1:00 to 5:00 p.m. Free Book 1:00 p.m. with {surgeon.name}" in lines
    assert "8:00 to 9:00 a.m. Nothing booked" in lines  # it is 9 a.m.


def test_overbooked_appointments_stand_side_by_side(client, desk, small_clinic, visit, now):
    surgeon = small_clinic.people["SPINE_SURG"][0]
    second = a_visit_with(
        a_request(), [(surgeon, now + 75 * MINUTE)], small_clinic.rooms[1], claims=False, is_walk_in=True
    )
    second.appointments.update(is_overbooked=True, overbooking_reason="Pain")
    source = client.get(DAY + "?specialty=SPINE_SURG").content.decode()
    assert re.findall(r'<li class="(s\d+ n\d+ w\d l\d) b-leg', source) == ["s8 n3 w2 l0", "s9 n3 w2 l1"]


def test_interpreter_has_a_column_with_the_whole_visit(client, desk, small_clinic, visit):
    one = factories.an_interpreter(small_clinic.site, "es")
    Visit.objects.filter(pk=visit.pk).update(interpreter=one)
    for where in (DAY, f"/staff/schedule/week/{one.pk}/2027-01-04/"):
        page = client.get(where)
        (stay,) = items(page, "b-stay")
        assert stay.startswith("10:00 to 11:30 a.m., M. Quackenbush, coordinated_new: 10:00 a.m. ")
        assert f"Book 1:00 p.m. with {one.name}" not in text_of(page)
        assert "Free" in items(page, "b-free")


def test_time_kept_for_urgent_patients_is_named(client, desk, db):
    factories.a_clinic(people_each=1, reserve_minutes=30)
    page = client.get("/staff/schedule/clinicians/2027-01-06/")
    kept = items(page, "b-kept")
    assert kept
    assert all("kept for urgent patients" in one for one in kept)


def test_who_may_only_look_gets_no_links_to_book_or_move(client, small_clinic, visit):
    client.force_login(factories.a_physician())
    page = client.get(DAY)
    source = page.content.decode()
    assert set(items(page, "b-free")) == {"Free"}
    assert "/staff/schedule/book/" not in source
    assert "/move/" not in source
    assert "data-drag" not in source
    assert reverse("worklist:request", args=[visit.request.reference]) in source


def test_clinician_sees_own_patients_by_name_and_others_as_busy(client, small_clinic, visit, now):
    own = small_clinic.people["SPINE_SURG"][0]
    own.user = factories.a_clinician_user()
    own.save()
    other = a_patient()
    other.legal_last_name = "Featherstone"
    other.save()
    a_visit_with(a_request(patient=other), [(small_clinic.people["MED_ONC"][0], now)], small_clinic.rooms[1])
    client.force_login(own.user)
    for where in (DAY, ROOMS, f"/staff/schedule/week/{small_clinic.people['MED_ONC'][0].pk}/2027-01-04/"):
        page = client.get(where)
        assert "Featherstone" not in page.content.decode()
        assert Visit.objects.get(patient=other).request.reference not in page.content.decode()
        assert any(one.startswith("Busy, 9:00 to 9:40 a.m.") for one in items(page, "b-busy"))
    assert "M. Quackenbush" in text_of(client.get(DAY))


def test_filters_choose_columns_and_legs(client, desk, small_clinic, visit, now):
    other = a_visit_with(a_request(), [(small_clinic.people["MED_ONC"][0], now)], small_clinic.rooms[1])
    page = client.get(DAY + "?specialty=MED_ONC")
    assert 'id="c' in page.content.decode()
    assert small_clinic.people["SPINE_SURG"][0].name not in text_of(page).partition("Show ")[2].partition(" List ")[0]
    page = client.get(DAY + f"?room={small_clinic.rooms[1].pk}")
    assert len(items(page, "b-leg")) == 1
    assert str(other.pk) in page.content.decode()
    assert str(visit.pk) not in page.content.decode()
    lines = text_of(page).partition(" List ")[2]
    assert "9:00 to 9:40 a.m. Maribelle Quackenbush coordinated_new Room 2 Booked Open" in lines
    assert "Free" not in lines
    follow_up = small_clinic.visit_types["follow_up"].pk
    assert "Nothing on this day for this choice." in text_of(client.get(DAY + f"?kind={follow_up}"))
    elsewhere = factories.a_clinic(people_each=1)
    page = client.get(DAY + f"?site={elsewhere.site.pk}")
    assert elsewhere.people["MED_ONC"][0].name in text_of(page)
    assert small_clinic.people["MED_ONC"][0].name not in text_of(page).partition("Skip to list view")[2]


@pytest.mark.parametrize(
    "query", ["?site=x", "?room=-1", "?kind=99999999999", "?specialty=" + "x" * 40, "?specialty=%00"]
)
def test_filter_that_means_nothing_is_not_found(client, desk, query):
    assert client.get(DAY + query).status_code == 404


@pytest.mark.parametrize("on", ["2027-13-01", "today", "1900-01-01", "20270104"])
def test_date_that_means_nothing_is_not_found(client, desk, small_clinic, on):
    for name in ("day", "rooms"):
        assert client.get(reverse(f"staff-calendar:{name}", args=[on])).status_code == 404
    assert client.get(reverse("staff-calendar:week", args=[1, on])).status_code == 404


def test_date_typed_above_the_grid_leads_to_its_day_with_the_same_choice(client, desk, small_clinic):
    for name in ("day", "rooms"):
        here = reverse(f"staff-calendar:{name}", args=["2027-01-04"])
        there = reverse(f"staff-calendar:{name}", args=["2027-02-15"])
        room = small_clinic.rooms[0].pk
        assert client.get(f"{here}?on=2027-02-15&room={room}&kind=").headers["Location"] == f"{there}?room={room}"
        assert client.get(f"{here}?on=2027-01-04&room={room}").status_code == 200
        wrong = client.get(f"{here}?on=02/15/2027")
        assert "Enter a date such as 2027-01-31" in text_of(wrong)
    week = client.get("/staff/schedule/week/?on=tomorrow", follow=True)
    assert "Enter a date such as 2027-01-31" in text_of(week)
    assert "Mon, Jan 4 to Sun, Jan 10" in text_of(week)
    looks = AuditEntry.objects.filter(subject_kind="clinic_day", subject_id="2027-02-15")
    assert not looks.exists()  # the way there is no look


def test_month_has_a_way_back_to_this_one(client, desk, small_clinic):
    back = 'href="/staff/schedule/month/2027-01/"'
    assert "This month" in text_of(client.get("/staff/schedule/month/2027-05/"))
    assert back in client.get("/staff/schedule/month/2027-05/").content.decode()
    assert "This month" not in text_of(client.get("/staff/schedule/month/2027-01/"))


@pytest.mark.parametrize("month", ["2027-13", "2027", "2027-1", "1900-01", "2027-01-01"])
def test_month_that_means_nothing_is_not_found(client, desk, month):
    assert client.get(reverse("staff-calendar:month", args=[month])).status_code == 404


def test_time_between_appointments_is_drawn_and_listed_and_cannot_be_booked(client, desk, small_clinic, visit, now):
    surgeon = small_clinic.people["SPINE_SURG"][0]
    month = "/staff/schedule/month/2027-01/?specialty=SPINE_SURG"
    free = re.search(r"([\d.]+) hours are free", text_of(client.get(month)))[1]
    Buffer.objects.create(clinician=surgeon, before_minutes=15, after_minutes=30)
    kind = visit.visit_type
    kind.buffer_before_minutes = 45
    kind.save()
    # before and after: the greater of what the clinician and the kind of visit want, on both sides for the clinician
    page = client.get(f"{DAY}?clinician={surgeon.pk}")
    lines = text_of(page).partition(" List ")[2]
    assert "9:15 to 10:00 a.m. Kept free between appointments" in lines
    assert "10:40 to 11:10 a.m. Kept free between appointments" in lines
    assert len(items(page, "b-apart")) == 2
    assert 'class="key b-apart"' in page.content.decode()
    assert f"Book 10:45 a.m. with {surgeon.name}" not in lines
    assert f"Book 11:15 a.m. with {surgeon.name}" in lines
    assert "10:45 a.m." not in text_of(client.get(f"/staff/schedule/book/{surgeon.pk}/2027-01-04T1115/"))
    gap = text_of(client.get(f"/staff/schedule/book/{surgeon.pk}/2027-01-04T1045/"))
    assert "is not free then any more" in gap
    less = re.search(r"([\d.]+) hours are free", text_of(client.get(month)))[1]
    assert float(less) == float(free) - 1.5  # 75 minutes, to the half hour


def test_day_can_be_had_for_one_clinician_with_their_paper(client, desk, small_clinic, visit):
    surgeon, other = small_clinic.people["SPINE_SURG"][0], small_clinic.people["RAD_ONC"][0]
    page = client.get(f"{DAY}?clinician={surgeon.pk}")
    assert re.findall(r'<div class="cal-head" id="c(\d+)"', page.content.decode()) == [str(surgeon.pk)]
    assert f"/staff/schedule/day/2027-01-04/print/?clinician={surgeon.pk}" in page.content.decode()
    assert other.name not in text_of(page).partition(" List ")[2]


def test_list_names_each_clinician_in_a_row_of_their_own(client, desk, visit):
    """Lines that are left out on paper must not take the name with them, nor move the others to a wrong column."""
    page = client.get(DAY).content.decode()
    table = page[page.index('<table class="table dense cal-list">') :].partition("</table>")[0]
    heads = table.partition("</thead>")[0].count("<th ")
    for row in re.findall(r"<tr[^>]*>.*?</tr>", table.partition("</thead>")[2].partition("<tfoot")[0], re.S):
        cells = len(re.findall(r"<t[dh]\b", row))
        assert cells == (1 if "cal-who" in row else heads)
        assert ('class="screen-only"' in row) != ("cal-who" in row)
    assert re.search(r'<tr class="l-free screen-only">', table)
    assert "Confidential. Shred after use. Printed by" in table


def test_rooms_show_whole_stays_rooms_of_their_own_and_what_is_remote(client, desk, small_clinic, now, visit):
    scan = a_visit_with(a_request(), [(small_clinic.people["RAD_ONC"][1], now)], small_clinic.rooms[1])
    scan.appointments.update(room=small_clinic.ct)
    home = a_visit_with(a_request(), [(small_clinic.people["MED_ONC"][1], now)], small_clinic.rooms[1], claims=False)
    home.appointments.update(mode="video")
    Visit.objects.filter(pk=home.pk).update(room=None)
    page = client.get(ROOMS)
    said = text_of(page)
    surgeon, oncologist = (small_clinic.people[code][0].name for code in ("SPINE_SURG", "RAD_ONC"))
    whole = f"coordinated_new: 10:00 a.m. {surgeon}; 10:50 a.m. {oncologist}"
    assert any(one.startswith(f"10:00 to 11:30 a.m., M. Quackenbush, {whole}") for one in items(page, "b-stay"))
    assert f"coordinated_new 10:00 a.m. {surgeon}; 10:50 a.m. {oncologist} Booked Open" in said.partition(" List ")[2]
    assert reverse("staff-visits:move-day", args=[visit.pk]) in page.content.decode()  # what stands here is the whole
    assert reverse("staff-visits:move-leg", args=[visit.pk, visit.appointments.first().pk]) not in page.content.decode()
    assert "CT" in said
    assert "Video or phone" in said
    assert faults(Page(page.content.decode())) == []


def test_week_shows_one_clinician_monday_to_friday(client, desk, small_clinic, visit):
    surgeon = small_clinic.people["SPINE_SURG"][0]
    page = client.get(f"/staff/schedule/week/{surgeon.pk}/2027-01-06/")
    said = text_of(page)
    assert f"{surgeon.name}, Mon, Jan 4 to Sun, Jan 10" in said
    assert [one for one in ("Mon, Jan 4", "Fri, Jan 8", "Sat, Jan 9") if f'">{one}</a>' in page.content.decode()] == [
        "Mon, Jan 4", "Fri, Jan 8",
    ]  # fmt: skip
    assert len(items(page, "b-leg")) == 1
    a_week(surgeon, weekdays=[5])
    assert '">Sat, Jan 9</a>' in client.get(f"/staff/schedule/week/{surgeon.pk}/2027-01-06/").content.decode()
    assert faults(Page(page.content.decode())) == []


@pytest.mark.parametrize("sunday", [date(2027, 3, 14), date(2027, 11, 7)])
def test_hours_of_a_week_stand_in_line_when_clocks_change_on_its_sunday(client, desk, small_clinic, sunday):
    surgeon = small_clinic.people["SPINE_SURG"][0]
    a_week(surgeon, weekdays=[6])
    for on in (sunday - timedelta(days=4), sunday):
        Claim.objects.create(clinician=surgeon, starts_at=local(on, 10), ends_at=local(on, 11))
    page = client.get(f"/staff/schedule/week/{surgeon.pk}/{sunday.isoformat()}/")
    assert set(re.findall(r'<li class="(s\d+ n\d+) b-busy', page.content.decode())) == {"s8 n4"}
    assert text_of(page).partition(" List ")[2].count("10:00 to 11:00 a.m. Busy elsewhere") == 2


def test_week_tab_leads_to_ones_own_week(client, small_clinic):
    own = small_clinic.people["MED_ONC"][1]
    own.user = factories.a_clinician_user()
    own.save()
    client.force_login(own.user)
    answer = client.get("/staff/schedule/week/?on=2027-01-04")
    assert answer["Location"] == f"/staff/schedule/week/{own.pk}/2027-01-04/"
    other = small_clinic.people["MED_ONC"][0].pk
    assert client.get(f"/staff/schedule/week/?on=2027-01-04&clinician={other}")["Location"].endswith(
        f"/{other}/2027-01-04/"
    )
    assert client.get("/staff/schedule/week/?clinician=x").status_code == 404


def test_week_of_nobody_is_not_found(client, desk, small_clinic):
    assert client.get(f"/staff/schedule/week/{10**8}/2027-01-04/").status_code == 404
    assert client.get(f"/staff/schedule/week/{10**12}/2027-01-04/").status_code == 404


def test_month_counts_booked_share_and_free_hours(client, desk, small_clinic, now):
    Clinician.objects.exclude(pk=small_clinic.people["MED_ONC"][0].pk).update(is_active=False)
    wednesday = date(2027, 1, 6)
    Claim.objects.create(
        clinician=small_clinic.people["MED_ONC"][0], starts_at=local(wednesday, 8), ends_at=local(wednesday, 10)
    )
    page = client.get("/staff/schedule/month/2027-01/")
    cells = re.findall(r"<td.*?</td>", page.content.decode(), re.S)
    by_date = {re.search(r"clinicians/([\d-]+)/", one)[1]: one for one in cells if "clinicians/" in one}
    assert "25% booked<br>6 h free" in by_date["2027-01-06"]
    assert 'width="25.0"' in by_date["2027-01-06"]
    assert "0% booked<br>7 h free" in by_date["2027-01-04"]  # an hour of it is over
    assert "Nobody works" in by_date["2027-01-09"]
    assert len(by_date) == 31
    assert "Nobody works in this month." in text_of(client.get("/staff/schedule/month/2027-01/?specialty=RAD_ONC"))


def test_every_look_is_on_record(client, desk, small_clinic):
    client.get(DAY)
    client.get(ROOMS)
    client.get(f"/staff/schedule/week/{small_clinic.people['MED_ONC'][0].pk}/2027-01-04/")
    purposes = AuditEntry.objects.filter(action="viewed").order_by("pk").values_list("data__purpose", flat=True)
    assert list(purposes) == ["day_by_clinician", "day_by_room", "week"]


def test_clinician_who_left_is_shown_with_what_must_be_moved(client, desk, small_clinic, visit):
    gone = small_clinic.people["SPINE_SURG"][0]
    Clinician.objects.filter(pk=gone.pk).update(is_active=False)
    page = client.get(DAY)
    said = text_of(page)
    assert f"{gone.name} no longer sees patients and has 1 appointment here." in said
    assert reverse("staff-availability:outside") in page.content.decode()
    assert f"Spine_Surg, {gone.name} 10:00 to 10:40 a.m.: no longer sees patients" in text_of(
        client.get("/staff/availability/outside/")
    )
    leg = visit.appointments.get(clinician=gone)
    assert reverse("staff-visits:move-leg", args=[visit.pk, leg.pk]) in page.content.decode()
    week = client.get(f"/staff/schedule/week/{gone.pk}/2027-01-04/")
    assert "No longer sees patients" in text_of(week)


def many(clinic, now, count):
    """So many clinicians who work, each with a visit."""
    for number in range(count):
        person = Clinician.objects.create(
            name=f"Dr. {number}", specialty=clinic.specialties["MED_ONC"], site=clinic.site
        )
        a_week(person)
        a_visit_with(a_request(), [(person, now + 60 * MINUTE)], clinic.rooms[0], claims=False)


def test_forty_clinicians_ask_as_many_queries_as_one(client, desk, small_clinic, now):
    many(small_clinic, now, 1)
    person = Clinician.objects.get(name="Dr. 0").pk
    pages = (DAY, ROOMS, f"/staff/schedule/week/{person}/2027-01-04/", "/staff/schedule/month/2027-01/")
    for where in pages:
        client.get(where)
    few = [queries_of(lambda where=where: client.get(where)) for where in pages]
    many(small_clinic, now, 39)
    lots = [queries_of(lambda where=where: client.get(where)) for where in pages]
    assert few == lots
    assert max(lots[:2]) <= 8
    assert max(lots) <= 10
    assert len(items(client.get(DAY), "b-leg")) == 40
