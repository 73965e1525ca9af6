"""Going through the pages of the conference, as a person does."""

import re

from django.urls import reverse


def address(name, *args):
    return reverse(f"staff-conference:{name}", args=args)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def page_of(case):
    return address("case", case.pk)


def hidden(client, case, form_id):
    """The hidden values of one form of the page of a case, as a person would send them back."""
    html = client.get(page_of(case)).content.decode()
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"[^>]*id="([\w-]+)"', html)
    return {name: value for name, value, id_ in fields if id_.startswith(f"{form_id}-")}


def write(client, case, name, **fields):
    return client.post(address(name, case.pk), {**hidden(client, case, name), **fields}, follow=True)
