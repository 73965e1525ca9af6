"""Every e-mail and text for patients reads plainly and names no telephone number but the clinic's own."""

import re

import pytest

from clinic.education.reading import HIGHEST_GRADE, grade
from clinic.messages.deliver import rendered
from tests.clinic.messages.test_messages import LINK, NUMBER, every_message

pytestmark = pytest.mark.django_db
TELEPHONE = re.compile(r"(?<!\d)(?:1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)")


@pytest.mark.parametrize("to", ["to@example.org", NUMBER])
def test_message_reads_plainly(to):
    for message in every_message(to):
        if message.template.startswith("page_on_call"):
            continue  # for the physician on call
        subject, body = rendered(message)
        text = f"{subject}. {body.replace(LINK, '')}".replace("\n\n", ". ")
        assert grade(re.sub(r"[^\w\s.,?!:'-]|https?:\S+", " ", text)) <= HIGHEST_GRADE, (message.template, text)


@pytest.mark.parametrize("to", ["to@example.org", NUMBER])
def test_message_names_only_numbers_of_the_settings(to):
    for message in every_message(to):
        for number in TELEPHONE.findall(rendered(message)[1]):
            assert number.startswith("202-555-01"), (message.template, number)
