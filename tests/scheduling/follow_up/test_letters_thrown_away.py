"""Drafts of letters that nobody sends: thrown away, kept, taken up again; a sent letter cannot be."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.follow_up.letters import change_letter, discard_letter, send_letter, take_up_letter
from scheduling.models import Letter, RequestNote
from tests.scheduling.follow_up.rows import a_letter, a_seen_patient
from tests.scheduling.staff_rows import a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(client):
    user = a_member("nurse", "Nora Field")
    client.force_login(user)
    return user


@pytest.fixture
def wanted():
    return a_seen_patient()


def who(user):
    return {"user": user, "by": staff_actor(user)}


def address(wanted, letter, page=""):
    return f"/staff/requests/{wanted.reference}/letters/{letter.pk}/{page}"


def throw_away(client, wanted, letter, version=1):
    return client.post(address(wanted, letter, "discard/"), {"key": new_key(), "version": str(version)}, follow=True)


def test_draft_is_thrown_away_and_taken_up_again_with_its_text(client, nurse, wanted):
    letter = a_letter(wanted, nurse)
    assert "Throw the draft away" in client.get(address(wanted, letter)).content.decode()

    html = throw_away(client, wanted, letter).content.decode()

    letter.refresh_from_db()
    assert (letter.state, letter.version) == ("discarded", 2)
    assert letter.body in html
    for gone in ("Mark as sent", "Page to print", "Throw the draft away", "Save the draft"):
        assert gone not in html
    assert "Thrown away" in client.get(f"/staff/requests/{wanted.reference}/plan/").content.decode()
    assert (
        "Draft of a letter thrown away" in client.get(f"/staff/requests/{wanted.reference}/timeline/").content.decode()
    )
    assert AuditEntry.objects.filter(action="letter_discarded", actor_id=str(nurse.pk)).count() == 1

    again = client.post(address(wanted, letter, "take-up/"), {"key": new_key()}, follow=True).content.decode()
    letter.refresh_from_db()
    assert letter.state == "draft"
    assert "Throw the draft away" in again


def test_what_a_colleague_changed_meanwhile_is_not_thrown_away_unseen(client, nurse, wanted):
    letter = a_letter(wanted, nurse)
    change_letter(letter, addressee="Dr. Park", body="Much better", version=1, **who(nurse), key=new_key())

    html = throw_away(client, wanted, letter).content.decode()

    assert "A colleague changed this letter while you had it open." in html
    assert Letter.objects.get().state == "draft"


def test_nothing_typed_is_lost_when_a_colleague_threw_the_draft_away(client, nurse, wanted):
    letter = a_letter(wanted, nurse)
    throw_away(client, wanted, letter)

    data = {"key": new_key(), "version": "1", "addressee": "Dr. Park", "body": "What I typed"}
    answer = client.post(address(wanted, letter), data)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "What I typed" in html
    assert "Take it up again" in html


def test_sent_letter_stays(client, nurse, wanted):
    letter = a_letter(wanted, nurse)
    sent = send_letter(letter, how="fax", sent_at=None, version=1, **who(nurse), key=new_key(), now=timezone.now())

    for act, more in ((discard_letter, {"version": sent.version}), (take_up_letter, {})):
        with pytest.raises(Refused) as refused:
            act(letter, **more, **who(nurse), key=new_key())
        assert refused.value.code == "sent"
    assert Letter.objects.get().state == "sent"


def test_letter_that_was_thrown_away_is_not_sent_changed_or_thrown_away_again(nurse, wanted):
    letter = a_letter(wanted, nurse)
    gone = discard_letter(letter, version=1, **who(nurse), key=new_key())
    tries = (
        lambda: send_letter(letter, how="fax", sent_at=None, version=2, **who(nurse), key="a", now=timezone.now()),
        lambda: change_letter(letter, addressee="x", body="y", version=gone.version, **who(nurse), key="b"),
        lambda: discard_letter(letter, version=gone.version, **who(nurse), key="c"),
    )
    for act in tries:
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "discarded"


def test_pressed_twice_it_is_written_down_once(nurse, wanted):
    letter = a_letter(wanted, nurse)
    for _press in range(2):
        discard_letter(letter, version=1, **who(nurse), key="same")
    for _press in range(2):
        take_up_letter(letter, **who(nurse), key=new_key())
    kinds = RequestNote.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["letter_discarded", "letter_taken_up"]


def test_only_who_writes_letters_throws_them_away(wanted):
    letter = a_letter(wanted, a_member("nurse"))
    clinician = a_member("clinician")
    for act, more in ((discard_letter, {"version": 1}), (take_up_letter, {})):
        with pytest.raises(Refused) as refused:
            act(letter, **more, **who(clinician), key=new_key())
        assert refused.value.code == "not_allowed"


def test_database_keeps_no_thrown_away_letter_with_a_time_of_sending(nurse, wanted):
    letter = a_letter(wanted, nurse)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(state="discarded", sent_at=timezone.now())
