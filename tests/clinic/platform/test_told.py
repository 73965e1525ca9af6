"""A refusal told where the person looks: in the form they sent, or above the next page."""

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage

from clinic.platform.forms import SubmitForm, TextField
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from clinic.platform.told import told_above, told_in


class _MailForm(SubmitForm):
    email = TextField(label="E-mail", required=False)


@pytest.fixture
def form():
    form = _MailForm({"email": "a", "key": new_key()})
    assert form.is_valid()
    return form


def test_told_in_puts_a_refusal_above_the_form_and_renews_the_key(form):
    old = form.cleaned_data["key"]
    with told_in(form):
        raise Refused("Somebody was faster.")
    assert form.non_field_errors() == ["Somebody was faster."]
    assert form["key"].value() not in ("", old)


@pytest.mark.parametrize(("code", "field"), [("no_address", "email"), ("other", "__all__")])
def test_told_in_puts_a_refusal_at_the_field_of_its_code(form, code, field):
    with told_in(form, no_address="email"):
        raise Refused("No.", code=code)
    assert form.errors == {field: ["No."]}


def test_told_in_puts_any_refusal_at_the_field_named(form):
    with told_in(form, "email"):
        raise Refused("No.")
    assert form.errors == {"email": ["No."]}


def test_told_in_leaves_form_and_key_alone_when_nothing_is_refused(form):
    with told_in(form):
        pass
    assert not form.errors
    assert form["key"].value() == form.cleaned_data["key"]


def test_told_in_catches_nothing_but_refusals(form):
    with pytest.raises(ZeroDivisionError), told_in(form):
        raise ZeroDivisionError


def test_told_above_warns_at_the_top_of_the_next_page(rf):
    request = rf.get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    with told_above(request):
        raise Refused("Somebody was faster.")
    assert [(one.level_tag, str(one)) for one in get_messages(request)] == [("warning", "Somebody was faster.")]
