"""The staff's way in: password, second factor, limits, idle time."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse

from clinic.accounts.models import User
from clinic.platform.audit.models import AuditEntry
from clinic.platform.crypto.sealing import key_id_of

pytestmark = pytest.mark.django_db
WORDS = "four quiet green words"
PRIVATE = "account_change_password"  # a staff page of our own that needs nothing else


@pytest.fixture(autouse=True)
def fresh_cache():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def nurse():
    return User.objects.create_user("nurse@example.org", "Nora Nurse", roles=["nurse"], password=WORDS)


def sign_in(client, password=WORDS, email="Nurse@Example.org", **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def prove(client):
    """What changes the second factor asks for the password again."""
    return client.post(reverse("account_reauthenticate"), {"password": WORDS})


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def signed_in(client):
    return "_auth_user_id" in client.session


def test_sign_in_opens_a_session_and_is_audited(client, nurse):
    assert client.get(reverse("account_login")).status_code == 200
    response = sign_in(client)
    assert response.status_code == 302
    assert response.url == reverse("worklist:home")
    assert signed_in(client)
    assert AuditEntry.objects.get(action="signed_in").actor_id == str(nurse.pk)
    assert client.post(reverse("account_logout")).status_code == 302
    assert not signed_in(client)
    assert AuditEntry.objects.filter(action="signed_out").exists()


def test_wrong_password_and_unknown_account_look_the_same(client, nurse):
    wrong = sign_in(client, password="something else")
    unknown = sign_in(client, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 200
    tokens = re.compile(rb'value="[^"]*"')
    assert tokens.sub(b"", wrong.content) == tokens.sub(b"", unknown.content)
    assert not signed_in(client)


def test_sixth_try_is_refused_even_with_the_right_password_and_allowed_after_15_minutes(client, nurse):
    with time_machine.travel(time.time(), tick=False) as clock:
        for _ in range(5):
            sign_in(client, password="wrong")
        sign_in(client)
        assert not signed_in(client)
        clock.shift(15 * 60 + 1)
        sign_in(client)
        assert signed_in(client)


def test_a_whole_clinic_signs_in_from_one_address_as_often_as_it_must(client, nurse):
    for _ in range(25):
        sign_in(client)
        assert signed_in(client)
        client.logout()
    for _ in range(5):
        sign_in(client, password="wrong")
    sign_in(client)
    assert not signed_in(client)


def test_no_password_is_hashed_once_the_limit_is_reached(client, nurse, monkeypatch):
    monkeypatch.setattr("clinic.sign_in.adapter.take", lambda *args, **kwargs: False)
    monkeypatch.setattr(User, "check_password", lambda *args: pytest.fail("hashed"))
    monkeypatch.setattr(User, "set_password", lambda *args: pytest.fail("hashed"))
    response = sign_in(client)
    assert response.status_code == 200
    assert b"Too many tries" in response.content


def test_someone_elses_tries_from_another_address_do_not_lock_the_rightful_person_out(client, nurse):
    for _ in range(6):
        sign_in(client, password="wrong", REMOTE_ADDR="192.0.2.1")
    sign_in(client, REMOTE_ADDR="192.0.2.2")
    assert signed_in(client)


def test_locked_page_says_what_to_do(client, nurse):
    responses = [sign_in(client, password="wrong") for _ in range(6)]
    assert b"15 minutes" in responses[-1].content


def test_nobody_signs_up_and_no_such_page_exists(client):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert client.get("/staff/signup/").status_code in {302, 404}


def test_switched_off_account_cannot_sign_in(client, nurse):
    User.objects.update(is_active=False)
    sign_in(client)
    assert not signed_in(client)


def test_private_page_sends_strangers_to_sign_in(client):
    response = client.get(reverse(PRIVATE))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_session_ends_after_15_idle_minutes(client, nurse):
    with time_machine.travel(time.time(), tick=False) as clock:
        client.force_login(nurse)
        assert client.get(reverse(PRIVATE)).status_code == 200
        clock.shift(14 * 60)
        assert client.get(reverse(PRIVATE)).status_code == 200
        clock.shift(15 * 60 + 1)
        response = client.get(reverse(PRIVATE))
        assert response.url == f"{reverse('account_login')}?next={reverse(PRIVATE)}"
        assert not signed_in(client)


def test_session_ends_after_10_hours_of_work(client, nurse):
    with time_machine.travel(time.time(), tick=False) as clock:
        client.force_login(nurse)
        for _ in range(10 * 6):
            assert client.get(reverse(PRIVATE)).status_code == 200
            clock.shift(10 * 60)
        clock.shift(1)
        assert client.post(reverse(PRIVATE)).url == reverse("account_login")


def test_staff_without_second_factor_reach_only_enrolment(client, nurse, settings):
    settings.STAFF_MFA_REQUIRED = True
    client.force_login(nurse)
    for name in (PRIVATE, "worklist:home"):
        assert client.get(reverse(name)).url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200


def with_app(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def test_second_factor_is_asked_for_and_opens_the_session(client, nurse, settings):
    settings.STAFF_MFA_REQUIRED = True
    secret = with_app(nurse)
    response = sign_in(client)
    assert response.url == reverse("mfa_authenticate")
    assert not signed_in(client)
    page = client.get(response.url)
    assert page.status_code == 200
    assert b"use_key" in page.content or b"code" in page.content
    assert client.post(response.url, {"code": "000000"}).status_code == 200
    assert not signed_in(client)
    assert client.post(response.url, {"code": code_for(secret)}).url == reverse("worklist:home")
    assert client.get(reverse(PRIVATE)).status_code == 200


def test_recovery_code_opens_once(client, nurse):
    with_app(nurse)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (True, False):
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert signed_in(client) is expected
        client.logout()


def test_secrets_of_apps_are_sealed_and_rotated(nurse, settings):
    secret = with_app(nurse)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    settings.FIELD_KEYS = {"next": "bmV4dG5leHRuZXh0bmV4dG5leHRuZXh0bmV4dG5leHQ=", **settings.FIELD_KEYS}
    call_command("rotate_keys", verbosity=0)
    factor = Authenticator.objects.get(type="totp")
    assert key_id_of(factor.data["secret"]) == "next"
    assert factor.wrap().validate_code(code_for(secret))


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "account_reauthenticate",
        "account_change_password",
        "account_logout",
    ],
)
def test_each_page_of_the_account_opens_in_our_frame(client, nurse, name):
    if name == "mfa_activate_totp":
        sign_in(client)
    else:
        secret = with_app(nurse)
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    prove(client)
    response = client.get(reverse(name))
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
    assert not re.search(r"\son[a-z]+=", page)


def test_app_is_set_up_with_its_first_code(client, nurse):
    sign_in(client)
    prove(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="mono">([A-Z2-7]+)<', page).group(1)
    assert client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}).status_code == 302
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    assert Authenticator.objects.filter(user=nurse, type="totp").exists()


def test_password_is_changed_with_the_old_one(client, nurse):
    sign_in(client)
    new = "another four green words"
    data = {"oldpassword": WORDS, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    nurse.refresh_from_db()
    assert nurse.check_password(new)


def test_second_factor_is_changed_only_after_the_password_again(client, nurse):
    sign_in(client)
    response = client.get(reverse("mfa_activate_totp"))
    assert response.url.startswith(reverse("account_reauthenticate"))
    client.post(response.url, {"password": "wrong"})
    assert client.get(reverse("mfa_activate_totp")).status_code == 302
    prove(client)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
