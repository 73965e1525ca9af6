"""Letters: written, changed, sent, corrected; a sent one never changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.follow_up.letters import change_letter, correct_letter, draft_letter, send_letter, write_letter
from scheduling.models import Letter, RequestNote
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_member, a_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse():
    return a_member("nurse", "Nora Field")


@pytest.fixture
def wanted():
    return a_row()


def who(user):
    return {"user": user, "by": staff_actor(user)}


def a_draft(wanted, user, **fields):
    values = {"kind": "report", "addressee": "Dr. Ana Park", "body": "Dear Dr. Park"}
    return write_letter(wanted, **values | fields, **who(user), key=new_key())


def sent(letter, user, now=None, **fields):
    values = {"how": "fax", "sent_at": None, "version": letter.version}
    return send_letter(letter, **values | fields, **who(user), key=new_key(), now=now or timezone.now())


def test_draft_is_written_once_for_one_press(wanted, nurse):
    key = new_key()
    for _time in range(2):
        write_letter(wanted, kind="report", addressee="Dr. Park", body="Text", **who(nurse), key=key)

    letter = Letter.objects.get()
    assert (letter.state, letter.version, letter.written_by) == ("draft", 1, nurse)
    assert AuditEntry.objects.filter(action="letter_written", subject_id=str(letter.pk)).count() == 1


def test_letter_of_a_review_is_written_in_its_transaction(wanted, nurse):
    letter = draft_letter(
        wanted, kind="disposition", template="declined", addressee="A", body="B", **who(nurse), at=timezone.now()
    )

    assert (letter.kind, letter.template, letter.visit) == ("disposition", "declined", None)


@pytest.mark.parametrize("fields", [{"addressee": "  "}, {"body": "\n"}])
def test_letter_without_addressee_or_text_is_refused(wanted, nurse, fields):
    with pytest.raises(Refused) as no:
        a_draft(wanted, nurse, **fields)

    assert no.value.code == "empty"
    assert not Letter.objects.exists()


def test_letter_about_the_visit_of_somebody_else_is_refused(wanted, nurse):
    other = a_booked_visit(a_row(), [a_clinician_row()])

    with pytest.raises(Refused) as no:
        a_draft(wanted, nurse, visit=other)

    assert no.value.code == "visit"


def test_second_editor_is_told_and_overwrites_nothing(wanted, nurse):
    letter = a_draft(wanted, nurse)
    change_letter(letter, addressee="Dr. Lee", body="First", version=1, **who(nurse), key=new_key())

    with pytest.raises(Refused) as no:
        change_letter(letter, addressee="Dr. Kim", body="Second", version=1, **who(nurse), key=new_key())

    letter.refresh_from_db()
    assert no.value.code == "stale"
    assert (letter.addressee, letter.body, letter.version) == ("Dr. Lee", "First", 2)


def test_sent_letter_never_changes(wanted, nurse):
    letter = sent(a_draft(wanted, nurse), nurse)

    for again in (
        lambda: change_letter(letter, addressee="X", body="Y", version=letter.version, **who(nurse), key=new_key()),
        lambda: sent(letter, nurse, how="mail"),
    ):
        with pytest.raises(Refused) as no:
            again()
        assert no.value.code == "sent"
    letter.refresh_from_db()
    assert (letter.body, letter.how, letter.sent_by) == ("Dear Dr. Park", "fax", nurse)
    assert RequestNote.objects.get(kind="letter_sent").request == wanted


def test_draft_changed_meanwhile_is_not_sent(wanted, nurse):
    letter = a_draft(wanted, nurse)
    change_letter(letter, addressee="Dr. Lee", body="Other", version=1, **who(nurse), key=new_key())

    with pytest.raises(Refused) as no:
        sent(letter, nurse, version=1)

    assert no.value.code == "stale"
    assert Letter.objects.get().sent_at is None


def test_report_is_sent_after_its_visit_began_and_not_in_the_future(wanted, nurse):
    now = timezone.now()
    visit = a_booked_visit(wanted, [a_clinician_row()], starts_at=now - timedelta(hours=3), state="completed")
    letter = a_draft(wanted, nurse, visit=visit)

    for when in (now - timedelta(hours=4), now + timedelta(minutes=1)):
        with pytest.raises(Refused) as no:
            sent(letter, nurse, now=now, sent_at=when)
        assert no.value.code == "when"
    sent(letter, nurse, now=now, sent_at=now - timedelta(hours=1))

    letter.refresh_from_db()
    assert letter.sent_at - letter.visit.ends_at == timedelta(hours=1, minutes=30)  # domain 8, plan to referrer


def test_unknown_way_of_sending_is_refused(wanted, nurse):
    with pytest.raises(Refused) as no:
        sent(a_draft(wanted, nurse), nurse, how="email")

    assert no.value.code == "how"


def test_correction_is_a_new_draft_and_the_sent_letter_stays(wanted, nurse):
    letter = sent(a_draft(wanted, nurse), nurse)

    new = correct_letter(letter, **who(nurse), key=new_key())

    letter.refresh_from_db()
    assert (letter.state, letter.body) == ("sent", "Dear Dr. Park")
    assert (new.state, new.template, new.addressee) == ("draft", "correction", letter.addressee)
    assert new.body.startswith("This letter corrects our letter of")
    with pytest.raises(Refused) as no:
        correct_letter(new, **who(nurse), key=new_key())
    assert no.value.code == "not_sent"


@pytest.mark.parametrize("role", ["clinician", "trials_coordinator", "auditor", "administrator", "content_editor"])
def test_other_roles_write_no_letters(wanted, nurse, role):
    letter, other = a_draft(wanted, nurse), a_member(role)

    for attempt in (
        lambda: a_draft(wanted, other),
        lambda: change_letter(letter, addressee="X", body="Y", version=1, **who(other), key=new_key()),
        lambda: sent(letter, other),
        lambda: correct_letter(letter, **who(other), key=new_key()),
    ):
        with pytest.raises(Refused) as no:
            attempt()
        assert no.value.code == "not_allowed"


def test_text_of_a_letter_is_not_in_the_audit(wanted, nurse):
    sent(a_draft(wanted, nurse, body="Secret words"), nurse)

    assert "Secret" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
