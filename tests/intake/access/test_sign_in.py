"""Signing in without a password: nobody learns who is known, the message names nobody, code and link work once."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.messages.deliver import rendered
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from clinic.platform.refusals import Refused
from intake.access.codes import new_code
from intake.access.links import CODE_LENGTH
from intake.access.models import AccessLink
from intake.access.sign_in import CODE, LINK, ask_to_sign_in, enter
from intake.patients.identity import email_index, phone_index
from intake.patients.models import Patient
from tests import factories

pytestmark = pytest.mark.django_db

BORN, OTHER = factories.BIRTH_DATE, date(1951, 3, 28)
EMAIL = "maribelle@example.org"


@pytest.fixture
def patient():
    """Somebody who agreed to e-mail."""
    return known(factories.a_patient())


def known(patient: Patient) -> Patient:
    patient.email_index = email_index(patient.email)
    patient.phone_index = phone_index(patient.phone_primary)
    patient.save()
    return patient


def ask(value=EMAIL, born=BORN, *, contact="email", network="192.0.2.1") -> list[Message]:
    """Ask, and let the worker run; the messages that were made."""
    before = set(Message.objects.values_list("pk", flat=True))
    ask_to_sign_in(contact, value, born, network=network)
    run_due()
    return list(Message.objects.filter(template="sign_in").exclude(pk__in=before))


def secrets_of(message: Message) -> tuple[str, str]:
    """The code without its hyphen, and the token of the link."""
    return message.context["code"].replace("-", ""), message.context["link"].rstrip("/").rsplit("/", 1)[1]


def refusal(secret, born=BORN, *, purpose=CODE, network="192.0.2.9") -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        enter(secret, born, purpose=purpose, network=network)
    return str(refused.value), refused.value.code


@pytest.mark.parametrize("typed", [EMAIL, " Maribelle@Example.ORG "])
def test_an_address_on_file_with_the_birth_date_brings_a_code_that_opens_the_patient(patient, typed):
    (message,) = ask(typed)
    assert message.to == EMAIL
    code, _token = secrets_of(message)
    assert enter(code, BORN, purpose=CODE, network="192.0.2.1") == patient


def test_a_phone_on_file_brings_the_message_to_the_address_on_file(patient):
    (message,) = ask(patient.phone_primary, contact="phone")
    assert message.to == EMAIL


def agreed_to_texts(**more) -> Patient:
    patient = factories.a_patient(**more)
    patient.consent_sms_at = timezone.now()
    return known(patient)


def test_a_phone_on_file_brings_a_text_with_consent_and_the_address_an_email():
    patient = agreed_to_texts()
    (text,) = ask(patient.phone_primary, contact="phone")
    assert (text.channel, text.to) == ("sms", patient.phone_primary)
    (mail,) = ask()
    assert (mail.channel, mail.to) == ("email", EMAIL)
    code, _token = secrets_of(text)
    assert code in rendered(text)[1].replace("-", "")
    assert enter(code, BORN, purpose=CODE, network="192.0.2.1") == patient


def test_who_agreed_to_one_way_only_gets_the_code_that_way():
    patient = agreed_to_texts(consents=False)
    (text,) = ask()  # asked by e-mail address, which may not be written to
    assert (text.channel, text.to) == ("sms", patient.phone_primary)


def test_where_texts_are_off_who_agreed_to_them_gets_an_email_or_nothing(settings):
    settings.SMS_BACKEND = ""
    patient = agreed_to_texts()
    (mail,) = ask(patient.phone_primary, contact="phone")
    assert (mail.channel, mail.to) == ("email", EMAIL)
    patient.consent_email_at = None
    patient.save()
    assert ask(patient.phone_primary, contact="phone") == []


def test_the_link_opens_the_patient_too(patient):
    _code, token = secrets_of(*ask())
    assert enter(token, BORN, purpose=LINK, network="192.0.2.1") == patient


@pytest.mark.parametrize(
    ("value", "born", "contact"),
    [("nobody@example.org", BORN, "email"), (EMAIL, OTHER, "email"), ("+12025550199", BORN, "phone")],
)
def test_a_stranger_causes_the_same_work_but_no_message(patient, value, born, contact, django_assert_num_queries):
    assert ask(value, born, contact=contact) == []
    assert Job.objects.filter(kind="send_sign_in").count() == 1


def test_asking_takes_the_same_queries_for_known_and_unknown(patient, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = set()
    for value in (EMAIL, "nobody@example.org"):
        with CaptureQueriesContext(connection) as captured:
            ask_to_sign_in("email", value, BORN, network="192.0.2.1")
        counts.add(len(captured))
    assert len(counts) == 1


def test_without_consent_or_without_an_address_nothing_is_sent():
    known(factories.a_patient(consents=False))
    assert ask() == []
    known(factories.a_patient(email=""))
    assert ask("+12025550147", contact="phone") == []


def test_the_message_holds_no_patient_data_and_the_queue_no_address(patient):
    (message,) = ask()
    subject, body = rendered(message)
    told = subject + body + json.dumps([job.args for job in Job.objects.all()])
    for word in ("Maribelle", "Quackenbush", "1951", "48109", "0147", EMAIL, str(patient.pk)):
        assert word not in told


def test_code_and_token_are_stored_hashed(patient):
    code, token = secrets_of(*ask())
    stored = " ".join(AccessLink.objects.values_list("token_hash", flat=True))
    assert code not in stored
    assert token not in stored
    assert len(token) >= 22  # 128 bits


def test_one_use_ends_code_and_link(patient):
    code, token = secrets_of(*ask())
    earlier = secrets_of(*ask())
    enter(code, BORN, purpose=CODE, network="192.0.2.1")
    for secret, purpose in ((code, CODE), (token, LINK), (earlier[0], CODE), (earlier[1], LINK)):
        assert refusal(secret, purpose=purpose)[1] == "expired"
    assert AuditEntry.objects.filter(action="signed_in", subject_id=str(patient.pk)).count() == 1


def test_asking_again_does_not_end_the_message_before(patient):
    code, _token = secrets_of(*ask())
    ask()
    assert enter(code, BORN, purpose=CODE, network="192.0.2.1") == patient


def test_after_ten_minutes_neither_opens(patient, time_machine):
    code, token = secrets_of(*ask())
    time_machine.move_to(timezone.now() + timedelta(minutes=10, seconds=1))
    assert refusal(code)[1] == refusal(token, purpose=LINK)[1] == "expired"


def test_wrong_code_and_wrong_date_hear_the_same(patient):
    code, token = secrets_of(*ask())
    heard = {
        refusal(new_code(CODE_LENGTH)),
        refusal(code, OTHER),
        refusal(code, purpose=LINK),  # a code is no link
        refusal(token, OTHER, purpose=LINK),
    }
    assert len(heard) == 1
    assert heard.pop()[1] == "cannot_open"


def test_guessing_the_birth_date_of_a_code_ends_after_five_tries(patient):
    code, _token = secrets_of(*ask())
    for number in range(5):
        refusal(code, OTHER, network=f"192.0.2.{number}")
    assert refusal(code)[1] == "cannot_open"


def test_too_many_asks_are_dropped_in_silence_and_end_after_fifteen_minutes(patient, time_machine):
    sent = sum(len(ask(network=f"198.51.100.{number}")) for number in range(9))
    assert sent == 5
    time_machine.move_to(timezone.now() + timedelta(minutes=15))
    assert len(ask(network="198.51.100.20")) == 1


def test_a_network_may_ask_for_twenty_people_an_hour(patient):
    for number in range(20):
        ask(f"stranger{number}@example.org")
    assert ask() == []
    assert len(ask(network="198.51.100.7")) == 1


def test_two_records_of_one_name_bring_one_message_and_twins_one_each(patient):
    newer = known(factories.a_patient())
    (message,) = ask()
    assert enter(secrets_of(message)[0], BORN, purpose=CODE, network="192.0.2.1") == newer
    twin = factories.a_patient()
    twin.name_index = "1" * 32
    known(twin)
    assert len(ask()) == 2


def test_a_merged_record_opens_the_one_that_was_kept(patient):
    kept = known(factories.a_patient(email="other@example.org"))
    patient.merged_into = kept
    patient.save()
    (message,) = ask()
    assert enter(secrets_of(message)[0], BORN, purpose=CODE, network="192.0.2.1") == kept
