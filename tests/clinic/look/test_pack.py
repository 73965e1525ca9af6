"""The contract of the template pack: one page for each kind of field, blank and with its error."""

import re

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict
from django.template.loader import render_to_string

from clinic.platform import forms
from clinic.platform.forms import PageForm, Reveal, SubmitForm
from tests.clinic.look.markup import Page, faults

CHOICES = [("a", "First"), ("b", "Second"), ("none", "None of these")]
GROUPS = [("Arms", [("left", "Left arm"), ("right", "Right arm")]), ("Legs", [("leg", "Leg")])]
SAY = {"help_text": "One short hint", "missing": "Enter what is asked"}
KINDS = {
    "line": forms.TextField(label="Line", **SAY),
    "name": forms.PersonNameField(label="Name", autocomplete="given-name", **SAY),
    "phone": forms.NanpPhoneField(label="Phone", **SAY),
    "any_phone": forms.AnyPhoneField(label="Phone", **SAY),
    "zip": forms.ZipField(label="ZIP code", **SAY),
    "email": forms.PlainEmailField(label="Email", **SAY),
    "npi": forms.NpiField(label="NPI", **SAY),
    "mbi": forms.MbiField(label="Medicare number", **SAY),
    "member": forms.MemberIdField(label="Member ID", **SAY),
    "number": forms.WholeNumberField(label="Days", suffix="days", **SAY),
    "decimal": forms.DecimalNumberField(label="Temperature", suffix="°F", **SAY),
    "long": forms.LongTextField(label="Words", **SAY),
    "date": forms.SplitDateField(label="Day", **SAY),
    "approximate": forms.ApproximateDateField(label="Found", **SAY),
    "ago": forms.AgoField(label="When did this start?", **SAY),
    "radio": forms.RadioField(label="One", choices=CHOICES, hints={"a": "About the first"}, **SAY),
    "yes_no": forms.YesNoField(label="Yes?", not_sure=True, **SAY),
    "scale": forms.ScaleField(label="Pain", low="No pain", high="Worst", **SAY),
    "boxes": forms.CheckboxesField(label="Many", choices=CHOICES, exclusive=("none",), **SAY),
    "grouped": forms.CheckboxesField(label="Where", choices=GROUPS, **SAY),
    "select": forms.SelectField(label="Language", choices=CHOICES, **SAY),
    "consent": forms.ConsentField(label="You can text me", **SAY),
    "long_label": forms.TextField(label="Wort" * 60, **SAY),
    "right_to_left": forms.TextField(label="الاسم الأول", **SAY),
}


def a_form(kind: str, *, heading=False, data=None) -> PageForm:
    members = {"thing": KINDS[kind]}
    return type("Form", (PageForm,), members)(data, heading_field="thing" if heading else None)


def a_page(form) -> Page:
    context = {"form": form, "clinic": {"short_name": "Clinic"}}
    return Page(render_to_string("clinic/errors.html", context) + render_crispy_form(form))


@pytest.mark.parametrize("heading", [False, True], ids=["label", "heading"])
@pytest.mark.parametrize("kind", KINDS)
def test_blank_field_is_labelled_and_described(kind, heading):
    page = a_page(a_form(kind, heading=heading))
    assert faults(page) == []
    assert "id_thing_helptext" in page.ids
    assert "id_thing_error" not in page.ids
    assert "aria-invalid" not in str(page.elements)
    if kind != "consent":
        assert len(page.every("h1")) == (1 if heading else 0)


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_field_is_described_by_its_error_and_linked_from_the_summary(kind):
    page = a_page(a_form(kind, data=QueryDict("")))
    assert faults(page) == []
    (href,) = page.hrefs(within="#")
    tag, control = page.by_id[href[1:]]
    assert tag in {"input", "select", "textarea"}
    assert control["name"].startswith("thing")
    described = [attrs["aria-describedby"] for _tag, attrs in page.elements if "aria-describedby" in attrs]
    assert "id_thing_helptext id_thing_error" in described


@pytest.mark.parametrize("kind", KINDS)
def test_order_is_label_hint_error_control(kind):
    html = render_crispy_form(a_form(kind, data=QueryDict("")))
    hint, error, control = (
        html.index(mark) for mark in ('id="id_thing_helptext"', 'id="id_thing_error"', 'name="thing')
    )
    assert hint < error < control
    if kind != "consent":
        assert re.search("<label|<legend", html).start() < hint


def test_form_never_uses_the_browsers_own_messages():
    (form,) = Page(render_crispy_form(a_form("line"))).every("form")
    assert "novalidate" in form
    assert form["method"] == "post"


def test_optional_is_said_in_the_label():
    class Optional(PageForm):
        nick = forms.TextField(label="What should we call you?", required=False)

    assert "(optional)" in render_crispy_form(Optional())
    assert "(optional)" not in render_crispy_form(a_form("line"))


def test_button_is_a_button_and_names_the_act():
    class Send(SubmitForm):
        submit_label = "Send my request"

    html = render_crispy_form(Send())
    assert re.search(r'<button type="submit" class="button">Send my request</button>', html)
    assert re.search(r'<input type="hidden" name="key" value="[0-9a-f]{32}"', html)


def test_radios_are_never_chosen_beforehand():
    assert "checked" not in render_crispy_form(a_form("radio"))


def test_hidden_question_carries_its_condition():
    class Fever(PageForm):
        reveals = {"temp": Reveal("fever", ("yes", "chills"))}
        fever = forms.YesNoField(label="Fever?", missing="Select yes or no")
        temp = forms.TextField(label="If yes, how high?", required=False)

    html = render_crispy_form(Fever())
    assert 'data-reveal-field="fever" data-reveal-values="yes chills"' in html


def test_typed_text_is_shown_again_and_escaped():
    html = render_crispy_form(a_form("name", data=QueryDict("thing=<script>1</script>")))
    assert "&lt;script&gt;1&lt;/script&gt;" in html
    assert "<script>" not in html


def test_error_summary_of_a_blank_form_is_empty():
    assert render_to_string("clinic/errors.html", {"form": a_form("line")}).strip() == ""
