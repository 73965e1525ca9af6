"""Settings that refuse to start."""

import base64
import os
import tempfile
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

import clinic.checks
from clinic.checks import clinic_problems, production_problems, refuse_unsafe_start, settings_check

STATIC = Path(clinic.checks.__file__).parent / "static"
SAFE = {
    "DEMONSTRATION": False,
    "DEBUG": False,
    "SECRET_KEY": "aB3$" + base64.b64encode(bytes(range(48))).decode(),
    "BLIND_INDEX_KEY": base64.b64encode(os.urandom(32)).decode(),
    "FIELD_KEYS": {"k1": base64.b64encode(os.urandom(32)).decode()},
    "ALLOWED_HOSTS": ["clinic.example"],
    "STAFF_MFA_REQUIRED": True,
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SECURE": True,
    "PUBLIC_URL": "https://clinic.example",
    "DEFAULT_FROM_EMAIL": "clinic@clinic.example",
    "CLINIC_NAME": "Our Clinic",
    "CLINIC_SHORT_NAME": "Our Clinic",
    "CLINIC_PHONE": "313-200-0100",
    "CLINIC_ADDRESS": "1 Way",
    "CLINIC_TIME_ZONE": "America/Detroit",
    "NURSE_LINE_PHONE": "313-200-0110",
    "NURSE_LINE_HOURS": "Mon-Fri",
    "EMERGENCY_NUMBER": "911",
    "CRISIS_NUMBER": "988",
    "UPLOAD_FOLDER": tempfile.gettempdir() + "/uploads-of-the-clinic",
}


def test_safe_settings_start():
    refuse_unsafe_start(SAFE)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", "k" * 60, "SECRET_KEY"),
        ("SECRET_KEY", "django-insecure-" + SAFE["SECRET_KEY"], "SECRET_KEY"),
        ("DEBUG", True, "DEBUG"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["clinic.example", "*"], "ALLOWED_HOSTS"),
        ("FIELD_KEYS", {}, "FIELD_KEYS"),
        ("FIELD_KEYS", {"k": "bm8="}, "FIELD_KEYS"),
        ("FIELD_KEYS", {"demo": "ZGVtb25zdHJhdGlvbi1vbmx5LWtleS0zMi1ieXRlcyE="}, "FIELD_KEYS"),
        ("BLIND_INDEX_KEY", "", "BLIND_INDEX_KEY"),
        ("BLIND_INDEX_KEY", SAFE["SECRET_KEY"], "BLIND_INDEX_KEY"),
        ("STAFF_MFA_REQUIRED", False, "STAFF_MFA_REQUIRED"),
        ("SESSION_COOKIE_SECURE", False, "cookies"),
        ("CSRF_COOKIE_SECURE", False, "cookies"),
        ("PUBLIC_URL", "http://clinic.example", "PUBLIC_URL"),
        ("CLINIC_NAME", " ", "CLINIC_NAME"),
        ("NURSE_LINE_PHONE", "", "NURSE_LINE_PHONE"),
        ("NURSE_LINE_PHONE", "313-555-0110", "fictional"),
        ("AFTER_HOURS_PHONE", "(202) 555-0199", "fictional"),
        ("UPLOAD_FOLDER", "", "absolute"),
        ("UPLOAD_FOLDER", "uploads", "absolute"),
        ("UPLOAD_FOLDER", str(STATIC / "added"), "static tree"),
        ("UPLOAD_FOLDER", str(STATIC.parent / "elsewhere" / ".." / "static"), "static tree"),
        ("UPLOAD_FOLDER", __file__ + "/uploads", "written"),
        ("CLINIC_ADDRESS", "1 Way, call +1 313 555 0150", "fictional"),
    ],
)
def test_unsafe_setting_is_refused_by_name_without_its_value(name, value, told):
    with pytest.raises(ImproperlyConfigured, match=told) as error:
        refuse_unsafe_start({**SAFE, name: value})
    assert SAFE["SECRET_KEY"] not in str(error.value)


@pytest.mark.parametrize("written", ["1-800-865-1125", "800.865.1125", "(888) 663-3488", "+18886633488"])
@pytest.mark.parametrize("demonstration", [True, False])
def test_seed_numbers_are_refused_anywhere(written, demonstration):
    values = {**SAFE, "DEMONSTRATION": demonstration, "SOME": {"deep": [f"call {written} now"]}}
    assert any("SOME" in problem for problem in clinic_problems(values))


def test_demonstration_may_use_fictional_numbers_but_not_an_empty_nurse_line():
    values = {"DEMONSTRATION": True, "NURSE_LINE_PHONE": "202-555-0110"}
    assert clinic_problems(values) == []
    assert production_problems(values) == []
    assert clinic_problems({**values, "NURSE_LINE_PHONE": ""})


def test_system_check_speaks_about_the_settings_at_hand(settings):
    assert settings_check(None) == []
    settings.NURSE_LINE_PHONE = ""
    assert [error.id for error in settings_check(None)] == ["clinic.E001"]
