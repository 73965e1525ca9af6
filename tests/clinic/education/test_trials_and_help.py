"""Trials and outside help: shown while they hold, hidden when nobody has looked at them lately."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.roles import Role
from clinic.education.models import Resource, Trial
from clinic.education.reading import HIGHEST_GRADE, grade
from scheduling.demonstration.reading import TRIALS, add_reading
from tests.clinic.look.markup import Page, faults

pytestmark = pytest.mark.django_db


HARD = "Immunohistochemical characterization necessitates interdisciplinary consideration."


def a_trial(**kwargs) -> Trial:
    facts = {"nct_id": "NCT09999999", "title": "A study of rest", "summary": "It tests rest.", "who_may_fit": "Adults."}
    return Trial.objects.create(**facts | {"verified_on": timezone.localdate()} | kwargs)


def ago(days: int):
    return timezone.localdate() - timedelta(days=days)


def the_page(client) -> str:
    return client.get("/clinical-trials/").content.decode()


def test_recruiting_trial_is_shown_with_its_facts(client):
    a_trial(phase="2", link="https://registry.example.org/NCT09999999")
    html = the_page(client)
    assert "A study of rest" in html
    assert 'href="https://registry.example.org/NCT09999999"' in html
    assert faults(Page(html)) == []


@pytest.mark.parametrize(
    "facts",
    [{"status": "not_yet"}, {"status": "active_not_recruiting"}, {"status": "closed"}, {"is_active": False}],
    ids=str,
)
def test_trial_that_takes_nobody_is_hidden(client, facts):
    a_trial(**facts)
    assert "A study of rest" not in the_page(client)
    assert "No trial takes new people right now" in the_page(client)


@pytest.mark.parametrize(("days", "is_shown"), [(90, True), (91, False)])
def test_trial_is_hidden_ninety_days_after_it_was_verified(client, days, is_shown):
    a_trial(verified_on=ago(days))
    assert ("A study of rest" in the_page(client)) is is_shown


def test_help_is_listed_by_kind_and_hidden_when_old(client):
    add_reading(timezone.localdate())
    html = client.get("/outside-help/").content.decode()
    assert faults(Page(html)) == []
    assert html.index("Costs and insurance") < html.index("Juniper Patient Fund")
    Resource.objects.update(verified_on=ago(366))
    assert "We are checking our list" in client.get("/outside-help/").content.decode()


def test_help_without_any_way_to_reach_it_is_refused_by_the_database():
    with pytest.raises(IntegrityError):
        Resource.objects.create(name="Nobody", kind="support", what="x", verified_on=timezone.localdate())


def test_trials_of_the_demonstration_read_plainly():
    assert [number for number, _t, summary, _f, _p in TRIALS if grade(summary) > HIGHEST_GRADE] == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nct_id": "NCT123"}, "Enter a valid value"),
        ({"link": "http://registry.example.org/"}, "must begin with https"),
        ({"link": "javascript:alert(1)"}, "valid URL"),
        ({"verified_on": "2999-01-01"}, "has not come yet"),
        ({"summary": HARD}, "grade"),
        ({"who_may_fit": HARD}, "grade"),
    ],
)
def test_editor_is_told_what_is_wrong_with_a_trial(client, wrong, said):
    editor = get_user_model().objects.create(email="e@example.org", name="E", roles=[Role.CONTENT_EDITOR])
    client.force_login(editor)
    right = {
        "nct_id": "NCT09999998", "title": "T", "summary": "It tests rest.", "who_may_fit": "Adults.",
        "status": "recruiting", "verified_on": timezone.localdate().isoformat(), "is_active": "on", "link": "",
    }  # fmt: skip
    response = client.post(reverse("admin:clinic_trial_add"), right | wrong)
    assert said in response.content.decode()
    assert not Trial.objects.exists()
    assert client.post(reverse("admin:clinic_trial_add"), right).status_code == 302


def test_editor_is_told_that_the_words_about_a_service_are_too_hard(client):
    client.force_login(get_user_model().objects.create(email="e@example.org", name="E", roles=[Role.CONTENT_EDITOR]))
    said = {
        "name": "Rides", "kind": "travel", "what": HARD, "phone": "202-555-0150", "link": "", "is_active": "on",
        "verified_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert "grade" in client.post(reverse("admin:clinic_resource_add"), said).content.decode()
    assert client.post(reverse("admin:clinic_resource_add"), said | {"what": "Rides home."}).status_code == 302


@pytest.mark.parametrize(("days", "icon"), [(90, "icon-yes"), (91, "icon-no")])
def test_editor_sees_in_the_list_whether_a_trial_is_shown(client, days, icon):
    a_trial(verified_on=ago(days), is_active=True)
    client.force_login(get_user_model().objects.create(email="e@example.org", name="E", roles=[Role.CONTENT_EDITOR]))
    html = client.get(reverse("admin:clinic_trial_changelist")).content.decode()
    assert f"{icon}.svg" in html.split("field-is_shown")[1][:200]


def test_editor_sees_in_the_list_that_old_help_is_not_shown(client):
    add_reading(timezone.localdate())
    Resource.objects.update(verified_on=ago(366))
    client.force_login(get_user_model().objects.create(email="e@example.org", name="E", roles=[Role.CONTENT_EDITOR]))
    html = client.get(reverse("admin:clinic_resource_changelist")).content.decode()
    assert "icon-no.svg" in html
    assert "icon-yes.svg" not in html.split("field-is_shown", 1)[1]
