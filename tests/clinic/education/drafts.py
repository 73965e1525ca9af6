"""Articles on their way through the workflow."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from clinic.accounts.roles import Role
from clinic.education import actions
from clinic.education.models import Article
from tests.factories import a_physician

GOOD = """## Key points

- One thing
- Two things
- Three things

## What is it?

It is a test. [S1]

## Call the nurse line

- You have a question

## Sources

- S1: A book
"""


def an_editor(email="editor@example.org", *, roles=(Role.CONTENT_EDITOR,)):
    return get_user_model().objects.create_user(email, "Pat Editor", roles=list(roles), password=None)


def an_article() -> Article:
    return Article.objects.create(slug="new-page")


def a_draft(article=None, *, by=None, text=GOOD, version=None):
    said = {"title": "New page", "summary": "A page.", "text": text}
    return actions.write_draft(
        article or an_article(), **said, by=by or an_editor(), now=timezone.now(), version=version
    )


def in_review(**kwargs):
    draft = a_draft(**kwargs)
    return actions.send_to_review(draft, by=draft.written_by, now=timezone.now())


def published(by=None):
    return actions.publish(in_review(), by=by or a_physician(), now=timezone.now())
