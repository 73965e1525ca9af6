"""What a patient or a member of staff typed when the session ended comes back to the same person, to nobody else."""

import time

import pytest
from django.test import Client

from clinic.platform.kept.models import KeptForm
from clinic.platform.kept.safe import COOKIE, MARK
from intake.registration.models import Draft
from intake.triage.models import TriageReview
from tests import factories
from tests.scheduling.own_steps import BORN, filled_in_by_a_caregiver, in_session_of, own, sign_in
from tests.scheduling.patient_steps import BIRTH_DATE, a_wanted_request, an_offer, key_on, link_to, post_birth_date

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
WORDS = "Mornings would be better for me"


def let_idle(client):
    session = client.session
    session["patient_seen"] = int(time.time()) - 3600
    session.save()


@pytest.fixture
def offer():
    return an_offer(request=own(a_wanted_request(status="offered")))


def type_a_reason(client, offer) -> str:
    """A reason typed into a page that was open for an hour; the page's address."""
    in_session_of(client, offer.request)
    address = f"/my/{offer.request.reference}/times/none-work/"
    key = key_on(client.get(address))
    let_idle(client)
    answer = client.post(address, f"reason={WORDS}&key={key}", content_type=FORM)
    assert answer.status_code == 403
    assert "What you typed on the last page is kept" in answer.content.decode()
    assert WORDS not in answer.content.decode()
    return address


def shown_on(client, address):
    return client.post(address, f"{MARK}=1", content_type=FORM)


def test_the_link_and_the_birth_date_bring_it_back_and_sending_it_counts(client, offer):
    address = type_a_reason(client, offer)
    opened = post_birth_date(client, f"/my/offer/{link_to(offer)}/", BIRTH_DATE)
    assert opened.url == f"/my/{offer.request.reference}/kept/"
    assert client.get(opened.url).context["kept_path"] == address

    shown = shown_on(client, address)
    assert shown.status_code == 422
    assert WORDS in shown.content.decode()
    offer.refresh_from_db()
    assert offer.state == "open"

    client.post(address, {"reason": WORDS, "key": key_on(shown)})
    offer.refresh_from_db()
    assert (offer.state, offer.decline_reason) == ("declined", WORDS)


def test_signing_in_brings_it_back(client, offer):
    type_a_reason(client, offer)
    assert sign_in(client) == f"/my/{offer.request.reference}/kept/"


def test_another_person_at_the_same_computer_never_sees_it(client, offer):
    address = type_a_reason(client, offer)
    other = a_wanted_request()
    in_stranger = Client()
    in_session_of(in_stranger, other)
    in_stranger.cookies[COOKIE] = client.cookies[COOKIE].value
    assert in_stranger.get(f"/my/{other.reference}/kept/").url == f"/my/{other.reference}/"
    assert in_stranger.get(f"/my/{offer.request.reference}/kept/").status_code == 404
    assert shown_on(in_stranger, address).status_code == 404
    assert KeptForm.objects.count() == 1


def test_a_reference_that_was_not_open_here_is_not_kept(client, offer):
    in_session_of(client, a_wanted_request())
    let_idle(client)
    client.post(f"/my/{offer.request.reference}/times/none-work/", f"reason={WORDS}", content_type=FORM)
    assert not KeptForm.objects.exists()


def test_an_answer_before_the_visit_comes_back_into_its_form(client):
    wanted = own(a_wanted_request())
    in_session_of(client, wanted)
    address = f"/my/{wanted.reference}/before-visit/about/address/"
    let_idle(client)
    client.post(address, "address_line1=12 Canary Lane&version=0", content_type=FORM)
    assert sign_in(client).endswith("/kept/")
    shown = shown_on(client, address)
    assert "12 Canary Lane" in shown.content.decode()


def test_a_caregiver_who_was_not_verified_gets_their_own_words_back_but_no_plans(client, offer):
    address = type_a_reason(client, offer)
    filled_in_by_a_caregiver(offer.request)
    sign_in(client)
    assert shown_on(client, address).status_code == 403


# Staff


@pytest.fixture
def nurse():
    user = factories.a_nurse()
    user.set_password("canary staple")
    user.save()
    return user


def staff_sign_in(client, user, where):
    return client.post(where, {"login": user.email, "password": "canary staple"})


def type_a_review(client, nurse, wanted) -> str:
    client.force_login(nurse)
    address = f"/staff/requests/{wanted.reference}/triage/"
    page = client.get(address)
    session = client.session
    session["staff_seen"] = time.time() - 16 * 60
    session.save()
    body = f"reason={WORDS}&disposition=soon&key={key_on(page)}&version={wanted.version}"
    answer = client.post(address, body, content_type=FORM)
    assert answer.url == "/staff/sign-in/?next=/staff/kept/"
    assert "What you typed is kept for 30 minutes" in client.get(answer.url).content.decode()
    return address


def test_a_review_typed_in_one_tab_while_another_was_signed_out_comes_back(client, nurse):
    client.force_login(nurse)
    address = f"/staff/requests/{a_wanted_request().reference}/triage/"
    key = key_on(client.get(address))
    session = client.session
    session["staff_seen"] = time.time() - 16 * 60
    session.save()
    assert client.get("/staff/").url == "/staff/sign-in/?next=/staff/"  # the other tab

    answer = client.post(address, f"reason={WORDS}&disposition=soon&key={key}", content_type=FORM)

    assert answer.url == "/staff/sign-in/?next=/staff/kept/"
    assert "What you typed is kept for 30 minutes" in client.get(answer.url).content.decode()
    assert staff_sign_in(client, nurse, answer.url).url == "/staff/kept/"
    assert WORDS in shown_on(client, address).content.decode()


def test_a_review_typed_before_somebody_signed_in_again_in_another_tab_comes_back(nurse):
    client = Client(enforce_csrf_checks=True)
    client.force_login(nurse)
    wanted = a_wanted_request()
    address = f"/staff/requests/{wanted.reference}/triage/"
    page = client.get(address)
    client.get("/staff/sign-out/")
    client.cookies["csrftoken"] = "a" * 32  # signing in again makes a new one
    form = f"reason={WORDS}&disposition=soon&key={key_on(page)}&csrfmiddlewaretoken={'b' * 32}"

    foreign = client.post(address, form, content_type=FORM, headers={"Origin": "https://elsewhere.example.org"})
    unknown = client.post(address, form, content_type=FORM)
    assert (foreign.status_code, unknown.status_code, KeptForm.objects.count()) == (403, 403, 0)

    answer = client.post(address, form, content_type=FORM, headers={"Origin": "http://testserver"})

    assert answer.url == "/staff/kept/"
    assert "since before you signed in" in client.get(answer.url).content.decode()
    assert not TriageReview.objects.exists()
    shown = client.post(
        address,
        f"show_kept=1&csrfmiddlewaretoken={'a' * 32}",
        content_type=FORM,
        headers={"Origin": "http://testserver"},
    )
    assert (shown.status_code, WORDS in shown.content.decode()) == (422, True)


def test_a_page_whose_idle_time_ends_hands_over_what_was_typed_and_nothing_is_done(client, nurse):
    client.force_login(nurse)
    wanted = a_wanted_request()
    address = f"/staff/requests/{wanted.reference}/triage/"
    body = f"reason={WORDS}&disposition=soon&key={key_on(client.get(address))}&version={wanted.version}&idle_over=1"

    answer = client.post(address, body, content_type=FORM)  # in another tab the work went on

    assert answer.url == "/staff/kept/"
    assert not TriageReview.objects.exists()
    assert WORDS in shown_on(client, address).content.decode()
    assert client.post(address, body.replace(WORDS, "").replace("soon", ""), content_type=FORM).url == "/staff/"


def test_a_patients_page_whose_idle_time_ends_closes_itself_and_keeps_what_was_typed(client, offer):
    address = f"/my/{offer.request.reference}/times/none-work/"
    post_birth_date(client, f"/my/offer/{link_to(offer)}/", BIRTH_DATE)
    assert client.get(f"/my/{offer.request.reference}/times/").status_code == 200

    answer = client.post(address, f"reason=another_day&text={WORDS}&idle_over=1", content_type=FORM)

    assert answer.status_code == 403
    offer.refresh_from_db()
    assert offer.state == "open"
    assert client.get(f"/my/{offer.request.reference}/times/").status_code == 403
    assert KeptForm.objects.count() == 1


def test_what_an_empty_browser_posts_to_staff_pages_is_kept_for_nobody(client, nurse):
    answer = client.post("/staff/alerts/", f"reason={WORDS}", content_type=FORM)

    assert answer.url.startswith("/staff/sign-in/")
    assert not KeptForm.objects.exists()


def test_signing_in_works_after_the_session_ended(client, nurse):
    type_a_review(client, nurse, a_wanted_request())
    KeptForm.objects.all().delete()

    assert staff_sign_in(client, nurse, "/staff/sign-in/").url == "/staff/"
    client.get("/staff/")
    client.get("/staff/")
    assert "staff_was" not in client.session
    assert not KeptForm.objects.exists()


def test_a_review_that_was_typed_when_the_session_ended_comes_back_after_signing_in(client, nurse):
    wanted = a_wanted_request()
    address = type_a_review(client, nurse, wanted)
    assert staff_sign_in(client, nurse, "/staff/sign-in/?next=/staff/kept/").url == "/staff/kept/"
    assert client.get("/staff/kept/").context["kept_path"] == address

    shown = shown_on(client, address)
    html = shown.content.decode()
    assert shown.status_code == 422
    assert WORDS in html
    assert "Your answers on this page are still here" in html
    assert not KeptForm.objects.exists()
    assert client.get("/staff/kept/").url == "/staff/"


def test_a_colleague_at_the_same_computer_does_not_get_it(client, nurse):
    address = type_a_review(client, nurse, a_wanted_request())
    client.force_login(factories.a_coordinator())
    assert client.get("/staff/kept/").url == "/staff/"
    assert shown_on(client, address).url == address
    assert KeptForm.objects.count() == 1


def test_a_form_for_a_caller_is_open_again_with_what_was_typed(client):
    desk = factories.a_coordinator()
    desk.set_password("canary staple")
    desk.save()
    client.force_login(desk)
    address = client.post("/staff/phone-entry/").url
    session = client.session
    session["staff_seen"] = time.time() - 16 * 60
    session.save()
    body = "acute_general=none&version=0"
    assert client.post(address, body, content_type=FORM).url == "/staff/sign-in/?next=/staff/kept/"
    assert client.get(address).status_code == 403
    staff_sign_in(client, desk, "/staff/sign-in/")
    assert client.get("/staff/kept/").context["kept_path"] == address
    shown = shown_on(client, address)
    assert "Your answers on this page are still here" in shown.content.decode()
    assert client.post(address, body, content_type=FORM).status_code == 302
    assert Draft.objects.get().steps_done == ["acute-general"]


def test_a_form_for_a_caller_is_not_opened_by_a_colleague(client):
    client.force_login(factories.a_coordinator())
    address = client.post("/staff/phone-entry/").url
    session = client.session
    session["staff_seen"] = time.time() - 16 * 60
    session.save()
    client.post(address, "acute_general=none&version=0", content_type=FORM)
    client.force_login(factories.a_nurse())
    assert client.get("/staff/kept/").url == "/staff/"
    assert shown_on(client, address).status_code == 403


def test_a_post_without_our_token_is_not_kept(nurse):
    client = Client(enforce_csrf_checks=True)
    client.force_login(nurse)
    session = client.session
    session["staff_seen"] = time.time() - 16 * 60
    session["staff_started"] = time.time() - 16 * 60
    session.save()
    answer = client.post("/staff/requests/BM-2345-6789/triage/", f"reason={WORDS}", content_type=FORM)
    assert answer.url == "/staff/sign-in/"
    assert not KeptForm.objects.exists()


def test_the_kept_page_shows_back_nothing_by_itself(client, offer):
    type_a_reason(client, offer)
    sign_in(client)
    assert WORDS not in client.get(f"/my/{offer.request.reference}/kept/").content.decode()
    assert BORN["birth_date_year"] not in client.get(f"/my/{offer.request.reference}/kept/").content.decode()
