"""Staff send a link once more: only by a way the patient agreed to, only to what is there, not without end."""

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import release_offer
from scheduling.offers.send_again import MOST, send_link_again
from tests import factories
from tests.scheduling.patient_steps import BIRTH_DATE, NOW, key_on, post_birth_date

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def desk():
    return factories.a_coordinator()


@pytest.fixture
def wanted():
    """A request with an open offer, of somebody who agreed to e-mail and texts."""
    factories.a_clinic()
    wanted = factories.a_request()
    wanted.patient.consent_sms_at = timezone.now()
    wanted.patient.save()
    factories.an_offer(wanted, now=NOW)
    Message.objects.all().delete()
    return wanted


def again(wanted, desk, way="text") -> Message:
    return send_link_again(wanted, way=way, by=staff_actor(desk), key=new_key())


def refusal(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def path_of(message) -> str:
    return "/" + message.context["link"].split("/", 3)[3]


@pytest.mark.parametrize(("way", "channel"), [("text", "sms"), ("email", "email")])
def test_a_new_link_to_the_held_days_opens_them(client, wanted, desk, way, channel):
    message = again(wanted, desk, way)
    assert (message.template, message.channel) == ("offer_ready", channel)
    assert post_birth_date(client, path_of(message), BIRTH_DATE).url == f"/my/{wanted.reference}/times/"
    sent = AuditEntry.objects.get(action="link_sent_again")
    assert sent.data == {"way": way, "what": "offer"}


def test_a_new_link_to_a_booked_visit_opens_it(client, wanted, desk):
    offer = wanted.offers.get()
    day = factories.days_of(offer)[0]
    accept_offer(offer, day, by=factories.person_of(wanted), key=new_key(), now=NOW)
    message = again(wanted, desk)
    assert message.template == "visit_confirmed"
    assert post_birth_date(client, path_of(message), BIRTH_DATE).url == f"/my/{wanted.reference}/visit/"


def test_without_consent_without_anything_to_send_and_too_often_it_is_refused(wanted, desk):
    for _number in range(MOST):
        again(wanted, desk)
    assert refusal(lambda: again(wanted, desk)) == "too_many"
    release_offer(wanted.offers.get(), by=staff_actor(desk), key=new_key())
    assert refusal(lambda: again(wanted, desk)) == "nothing"
    wanted.patient.consent_sms_at = None
    wanted.patient.save()
    assert refusal(lambda: again(wanted, desk)) == "no_way"
    assert refusal(lambda: again(wanted, factories.a_physician())) == "not_allowed"
    person = factories.person_of(wanted)
    assert refusal(lambda: send_link_again(wanted, way="email", by=person, key=new_key())) == "not_allowed"


def test_where_texts_are_off_only_email_is_offered(client, wanted, desk, settings):
    client.force_login(desk)
    address = f"/staff/requests/{wanted.reference}/send-link/"
    html = client.get(address).content.decode()
    assert "Text message to 202-555-0147" in html
    assert "Email to maribelle@example.org" in html
    settings.SMS_BACKEND = ""
    assert "Text message" not in client.get(address).content.decode()
    assert refusal(lambda: again(wanted, desk)) == "no_way"


def test_the_page_sends_once_however_often_it_is_posted(client, wanted, desk):
    client.force_login(desk)
    address = f"/staff/requests/{wanted.reference}/send-link/"
    assert address in client.get(f"/staff/requests/{wanted.reference}/days/").content.decode()
    key = key_on(client.get(address))
    assert client.post(address, {"key": key}).status_code == 422
    answers = [client.post(address, {"way": "text", "key": key}).status_code for _twice in range(2)]
    assert answers == [302, 302]
    assert Message.objects.count() == 1


def test_the_page_says_to_call_whom_nothing_can_be_sent_to(client, wanted, desk):
    wanted.patient.consent_sms_at = wanted.patient.consent_email_at = None
    wanted.patient.save()
    client.force_login(desk)
    html = client.get(f"/staff/requests/{wanted.reference}/send-link/").content.decode()
    assert "call them" in html
    assert "<form" not in html.split("<main", 1)[1].split("</main")[0]
