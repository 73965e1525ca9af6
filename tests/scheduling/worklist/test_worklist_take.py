"""Taking requests from the list, one or several, and handing one over to a colleague."""

import time

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.kept.data import ShownAgain
from clinic.platform.kept.safe import MARK
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from clinic.sign_in.middleware import SEEN
from scheduling.models import AppointmentRequest, RequestNote
from scheduling.requests.handing import hand_over, take_free_request
from scheduling.worklist.list_forms import HandOverForm
from tests.scheduling.staff_rows import a_member, a_patient_row, a_row, queries_of

pytestmark = pytest.mark.django_db
Status = AppointmentRequest.Status


@pytest.fixture
def nurse(client):
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


@pytest.fixture
def robin():
    return a_member("coordinator", "Robin Castle")


def taken(wanted, user):
    AppointmentRequest.objects.filter(pk=wanted.pk).update(taken_by=user, taken_at=timezone.now(), status="in_review")
    return wanted


def holders(*rows):
    return [AppointmentRequest.objects.get(pk=wanted.pk).taken_by for wanted in rows]


def test_button_in_a_row_takes_that_request_and_opens_it(client, nurse):
    wanted, other = a_row(), a_row()

    answer = client.post("/staff/take/", {"key": new_key(), "one": wanted.reference, "reference": other.reference})

    assert answer.headers["Location"] == f"/staff/requests/{wanted.reference}/"
    assert holders(wanted, other) == [nurse, None]


def test_ticked_requests_are_taken_and_the_list_is_shown_again(client, nurse):
    rows = [a_row() for _number in range(3)]

    answer = client.post(
        "/staff/take/",
        {"key": new_key(), "reference": [row.reference for row in rows], "back": "tab=all&level=routine"},
    )

    assert answer.headers["Location"] == "/staff/?tab=all&level=routine"
    assert holders(*rows) == [nurse] * 3
    assert "You hold 3 more requests now." in client.get("/staff/").content.decode()
    assert AuditEntry.objects.filter(action="request_taken", actor_id=str(nurse.pk)).count() == 3


def test_request_taken_meanwhile_is_told_by_name_and_the_others_are_taken(client, nurse, robin):
    free, gone = a_row(), taken(a_row(patient=a_patient_row("Robert", "Chen")), robin)

    client.post("/staff/take/", {"key": new_key(), "reference": [free.reference, gone.reference]})
    page = client.get("/staff/").content.decode()

    assert holders(free, gone) == [nurse, robin]
    assert "Robert Chen: not taken. Robin Castle took" in page
    assert "You hold 1 more request now." in page


def test_row_taken_meanwhile_leads_back_to_the_list(client, nurse, robin):
    gone = taken(a_row(), robin)

    answer = client.post("/staff/take/", {"key": new_key(), "one": gone.reference, "back": "tab=new"}, follow=True)

    assert answer.redirect_chain[-1][0] == "/staff/?tab=new"
    assert "not taken. Robin Castle took" in answer.content.decode()
    assert holders(gone) == [robin]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "tab=none", "x=1", "\x00"])
def test_way_back_is_an_address_of_ours(client, nurse, back):
    answer = client.post("/staff/take/", {"key": new_key(), "reference": [a_row().reference], "back": back})

    assert answer.headers["Location"] == "/staff/"


@pytest.mark.parametrize("named", [[], ["BMC-0000-00"], ["\x00"]])
def test_nothing_ticked_says_so(client, nurse, named):
    page = client.post("/staff/take/", {"key": new_key(), "reference": named}, follow=True).content.decode()

    assert "Tick at least one request first." in page


def test_take_without_a_key_changes_nothing(client, nurse):
    wanted = a_row()

    page = client.post("/staff/take/", {"reference": [wanted.reference]}, follow=True).content.decode()

    assert holders(wanted) == [None]
    assert "too old to be sent" in page


def test_same_press_twice_takes_once(client, nurse):
    wanted, key = a_row(), new_key()

    for _turn in range(2):
        client.post("/staff/take/", {"key": key, "reference": [wanted.reference]})

    assert RequestNote.objects.filter(request=wanted, kind="taken").count() == 1


def test_closed_request_is_not_taken(nurse):
    wanted = a_row(status=Status.WITHDRAWN, closed_at=timezone.now())

    with pytest.raises(Refused) as no:
        take_free_request(wanted, user=nurse, by=staff_actor(nurse), key=new_key())

    assert no.value.code == "closed"


def test_taking_my_own_again_changes_nothing(nurse):
    wanted = taken(a_row(), nurse)

    take_free_request(wanted, user=nurse, by=staff_actor(nurse), key=new_key())

    assert not RequestNote.objects.exists()


def test_colleague_who_was_faster_is_not_pushed_aside_from_the_page_of_a_request(client, nurse, robin):
    wanted = taken(a_row(), robin)
    press = {"key": new_key(), "held_by": ""}  # the page showed that nobody held it

    page = client.post(f"/staff/requests/{wanted.reference}/take/", press, follow=True).content.decode()

    assert "Robin Castle has taken this request meanwhile" in page
    assert holders(wanted) == [robin]


def test_what_was_ticked_before_the_session_ended_is_not_taken_unseen(client, nurse):
    # given requests ticked on a page whose session had ended, and the nurse signed in again
    wanted = a_row()
    client.get("/staff/")
    session = client.session
    session[SEEN] = time.time() - 60 * 60
    session.save()
    ticked = f"key={new_key()}&reference={wanted.reference}&back=tab%3Dall"
    client.post("/staff/take/", ticked, content_type="application/x-www-form-urlencoded")
    client.force_login(nurse)

    # when she asks for what was kept
    answer = client.post("/staff/take/", f"{MARK}=1", content_type="application/x-www-form-urlencoded", follow=True)

    # then she sees the list again, and nothing was taken
    assert answer.redirect_chain[-1][0] == "/staff/?tab=all"
    assert "Tick them again." in answer.content.decode()
    assert holders(wanted) == [None]


# Handing over


def give(client, wanted, to, **more):
    data = {"colleague": str(to.pk), "reason": "", "version": "1", "key": new_key()} | more
    return client.post(f"/staff/requests/{wanted.reference}/hand-over/", data)


def test_hand_over_page_names_colleagues_who_may_hold_requests(client, nurse, robin):
    wanted = taken(a_row(), nurse)
    a_member("clinician", "Carla May")
    gone = a_member("nurse", "Gone Away")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    page = client.get(f"/staff/requests/{wanted.reference}/hand-over/").content.decode()

    assert "Robin Castle" in page
    assert "Carla May" not in page
    assert "Gone Away" not in page
    assert AuditEntry.objects.get(action="viewed", subject_id=str(wanted.pk)).data == {"purpose": "hand_over"}


def test_request_is_handed_over_with_a_word_and_audited(client, nurse, robin):
    wanted = taken(a_row(), nurse)

    answer = give(client, wanted, robin, reason="Please call in the morning.")

    assert answer.headers["Location"] == f"/staff/requests/{wanted.reference}/"
    assert holders(wanted) == [robin]
    note = RequestNote.objects.get(request=wanted)
    assert (note.kind, note.text) == ("handed_over", "To Robin Castle: Please call in the morning.")
    entry = AuditEntry.objects.get(action="request_handed_over")
    assert (entry.actor_id, entry.data) == (str(nurse.pk), {"to": str(robin.pk)})


def test_request_that_nobody_holds_is_given_to_a_colleague(client, nurse, robin):
    wanted = a_row()

    give(client, wanted, robin)

    wanted.refresh_from_db()
    assert (wanted.taken_by, wanted.status) == (robin, Status.IN_REVIEW)


@pytest.mark.parametrize("role", ["clinician", "auditor", "administrator"])
def test_colleague_who_may_not_hold_requests_is_refused(client, nurse, role):
    wanted, colleague = taken(a_row(), nurse), a_member(role)

    answer = give(client, wanted, colleague)

    assert answer.status_code == 422
    assert "This person may not hold requests" in answer.content.decode()
    with pytest.raises(Refused) as no:
        hand_over(wanted, to=colleague, reason="", version=1, user=nurse, by=staff_actor(nurse), key=new_key())
    assert no.value.code == "colleague_may_not"
    assert holders(wanted) == [nurse]


def test_colleague_who_left_meanwhile_is_refused(nurse, robin):
    wanted = taken(a_row(), nurse)
    type(robin).objects.filter(pk=robin.pk).update(is_active=False)

    with pytest.raises(Refused) as no:
        hand_over(wanted, to=robin, reason="", version=1, user=nurse, by=staff_actor(nurse), key=new_key())

    assert no.value.code == "colleague_may_not"


def test_who_may_not_hold_requests_hands_nothing_over(robin):
    wanted, clinician = a_row(), a_member("clinician")

    with pytest.raises(Refused) as no:
        hand_over(wanted, to=robin, reason="", version=1, user=clinician, by=staff_actor(clinician), key=new_key())

    assert no.value.code == "not_allowed"


def test_page_that_is_old_says_so_keeps_the_words_and_overwrites_nothing(client, nurse, robin):
    wanted = taken(a_row(version=4), nurse)

    answer = give(client, wanted, robin, version="3", reason="Call in the morning")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Somebody changed this request while you had it open." in page
    assert "Call in the morning" in page
    assert 'name="version" value="4"' in page
    assert holders(wanted) == [nurse]


def test_holder_is_not_handed_their_own_request(nurse):
    wanted = taken(a_row(), nurse)

    with pytest.raises(Refused) as no:
        hand_over(wanted, to=nurse, reason="", version=1, user=nurse, by=staff_actor(nurse), key=new_key())

    assert no.value.code == "theirs_already"


def test_closed_request_has_no_form_and_is_not_handed_over(client, nurse, robin):
    wanted = a_row(status=Status.WITHDRAWN, closed_at=timezone.now())

    assert "This request is closed." in client.get(f"/staff/requests/{wanted.reference}/hand-over/").content.decode()
    assert give(client, wanted, robin).status_code == 422
    assert holders(wanted) == [None]


def test_word_typed_before_the_session_ended_is_shown_again_and_not_sent(nurse, robin):
    kept = ShownAgain(mutable=True)
    kept.update({"colleague": str(robin.pk), "reason": "Call in the morning", "version": "1", "key": new_key()})

    form = HandOverForm(kept, people=[robin], me=nurse)

    assert not form.is_valid()
    assert "Call in the morning" in str(form["reason"])


@pytest.mark.parametrize("colleagues", [1, 30])
def test_hand_over_page_asks_the_same_few_questions(client, nurse, colleagues):
    wanted = taken(a_row(), nurse)
    for _number in range(colleagues):
        a_member("nurse")
    address = f"/staff/requests/{wanted.reference}/hand-over/"
    client.get(address)

    assert queries_of(lambda: client.get(address)) <= 7  # session, user, request, the look (two), colleagues, alerts
