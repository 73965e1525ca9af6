"""What the settings must never be. Pure functions over a mapping; `refuse_unsafe_start` is called at every start."""

import base64
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured

from clinic.messages.texts.checks import text_problems

# Numbers on the pages this work started from: another institution's, so no clinic of ours may show them
SEED_NUMBERS = frozenset({"8008651125", "8886633488"})
FICTIONAL = re.compile(r"\d{3}55501\d{2}")
NEEDED = (
    "CLINIC_NAME",
    "CLINIC_SHORT_NAME",
    "CLINIC_PHONE",
    "CLINIC_ADDRESS",
    "CLINIC_TIME_ZONE",
    "NURSE_LINE_HOURS",
    "PUBLIC_URL",
    "DEFAULT_FROM_EMAIL",
    "EMERGENCY_NUMBER",
    "CRISIS_NUMBER",
)
PHONE = re.compile(r"(?<!\d)(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?!\d)")


def texts_of(value: object) -> Iterator[str]:
    """Every text inside a setting's value."""
    if isinstance(value, str):
        yield str(value)  # lazy settings look like texts, but are none
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts_of(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from texts_of(part)


def phone_numbers(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(setting, ten digits) for every North American number in a setting."""
    for name, value in values.items():
        if not name.isupper():
            continue
        for text in texts_of(value):
            for found in PHONE.findall(text):
                yield name, re.sub(r"\D", "", found)[-10:]


def clinic_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the clinic's own numbers (settled points: fields, pages, texts)."""
    problems = []
    if not str(values.get("NURSE_LINE_PHONE") or "").strip():
        problems.append("NURSE_LINE_PHONE is empty: every page sends people in doubt to the nurse line")
    for name, digits in phone_numbers(values):
        if digits in SEED_NUMBERS:
            problems.append(f"{name} holds a telephone number of another institution")
        if not values.get("DEMONSTRATION") and FICTIONAL.fullmatch(digits):
            problems.append(f"{name} holds a fictional 555-01xx number outside the demonstration")
    return problems


def production_problems(values: Mapping[str, Any]) -> list[str]:
    """What makes a start outside the demonstration unsafe."""
    if values.get("DEMONSTRATION"):
        return []
    secret = str(values.get("SECRET_KEY") or "")
    index_key = str(values.get("BLIND_INDEX_KEY") or "")
    hosts = values.get("ALLOWED_HOSTS") or []
    cookies = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY")
    sample_keys = any(_is_sample_key(key) for key in texts_of(values.get("FIELD_KEYS")))
    tests = [
        (len(secret) < 50 or len(set(secret)) < 10, "SECRET_KEY needs at least 50 random characters"),
        (_is_sample(secret), "SECRET_KEY is the one of the demonstration or of Django's template"),
        (bool(values.get("DEBUG")), "DEBUG is on"),
        (not hosts or any(host.strip() in ("*", ".") for host in hosts), "ALLOWED_HOSTS must name the hosts"),
        (not values.get("FIELD_KEYS"), "FIELD_KEYS is empty: nothing could be encrypted"),
        (sample_keys, "FIELD_KEYS holds a key that is not 32 random bytes in base64"),
        (len(index_key) < 32 or _is_sample(index_key), "BLIND_INDEX_KEY needs at least 32 random characters"),
        (bool(index_key) and index_key == secret, "BLIND_INDEX_KEY must differ from SECRET_KEY"),
        (values.get("STAFF_MFA_REQUIRED") is not True, "STAFF_MFA_REQUIRED must be on"),
        (not all(values.get(name) for name in cookies), "cookies must be Secure and HttpOnly"),
        (not str(values.get("PUBLIC_URL") or "").startswith("https://"), "PUBLIC_URL must begin with https://"),
    ]
    problems = [text for wrong, text in tests if wrong]
    problems += folder_problems(values)
    problems += [f"{name} is empty" for name in NEEDED if not str(values.get(name) or "").strip()]
    return problems


def folder_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the folder of added files: it must be ours to write and never be served."""
    named = str(values.get("UPLOAD_FOLDER") or "")
    if not Path(named).is_absolute():
        return ["UPLOAD_FOLDER must be an absolute path"]
    folder = Path(named).resolve()
    served = [values.get("STATIC_ROOT"), *(values.get("STATICFILES_DIRS") or ()), Path(__file__).parent / "static"]
    if any(folder.is_relative_to(Path(str(one)).resolve()) for one in served if one):
        return ["UPLOAD_FOLDER lies in the static tree, where anybody could fetch what is in it"]
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return ["UPLOAD_FOLDER cannot be written to"]
    return []


def all_problems(values: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the settings, in sentences without a value."""
    return [*clinic_problems(values), *production_problems(values), *text_problems(values)]


def refuse_unsafe_start(values: Mapping[str, Any]) -> None:
    """Raises ImproperlyConfigured naming every problem (never a value); the settings call it outside demonstrations."""
    problems = all_problems(values)
    if problems:
        raise ImproperlyConfigured("This configuration is unsafe:\n- " + "\n- ".join(dict.fromkeys(problems)))


def _is_sample(secret: str) -> bool:
    return secret.startswith(("django-insecure-", "demonstration-only", "change-me", "changeme"))


def _is_sample_key(encoded: str) -> bool:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        return True
    return len(key) != 32 or key.startswith(b"demonstration")


@register()
def settings_check(app_configs, **kwargs) -> list[Error]:
    """The same tests for `manage.py check`, in the demonstration as well."""
    names = [name for name in dir(settings) if name.isupper()]
    values = {name: getattr(settings, name) for name in names}
    problems = all_problems(values)
    return [Error(problem, id="clinic.E001") for problem in dict.fromkeys(problems)]
