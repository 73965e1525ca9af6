"""Starter texts are loaded once, wait for review outside the demonstration, and never overwrite what was edited."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from clinic.education.models import Article, ArticleRevision, GlossaryTerm

pytestmark = pytest.mark.django_db


def test_loaded_articles_wait_for_a_clinician(client, capsys):
    call_command("load_articles")
    assert "14 articles and 42 words loaded." in capsys.readouterr().out
    assert set(ArticleRevision.objects.values_list("state", flat=True)) == {"in_review"}
    assert client.get("/learn/bone-pain/").status_code == 404


def test_loading_again_changes_nothing(library, capsys):
    Article.objects.filter(slug="tests").update(position=77)
    GlossaryTerm.objects.filter(slug="mri").update(definition="Edited")
    call_command("load_articles")
    assert "0 articles and 0 words loaded." in capsys.readouterr().out
    assert Article.objects.get(slug="tests").position == 77
    assert GlossaryTerm.objects.get(slug="mri").definition == "Edited"


@override_settings(DEMONSTRATION=False)
def test_publishing_without_review_is_refused_outside_the_demonstration():
    with pytest.raises(CommandError):
        call_command("load_articles", "--publish")
    assert not Article.objects.exists()
