"""The base of every form on a page: same rendering, same error summary, same guard against foreign input."""

import re
import uuid
from typing import NamedTuple

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms.widgets import control_names, first_control_id
from clinic.platform.kept.data import ShownAgain

SHOWN_AGAIN = _("We kept what you typed on this page. Check it, then send it. It is not saved yet.")
KEY = re.compile(r"[0-9a-f]{32}")


class Reveal(NamedTuple):
    """A question asked only when `parent` has one of `values`; `missing` is said when it is then left empty."""

    parent: str
    values: tuple[str, ...]
    missing: str | None = None


class PageForm(forms.Form):
    """One page's form. Never `required` or a browser's own messages: the server speaks, all errors at once."""

    use_required_attribute = False
    submit_label = _("Continue")
    submit_class = ""
    form_tag = True
    heading_field: str | None = None  # its label or legend is the page's h1
    caption = ""
    reveals: dict[str, Reveal] = {}
    buttons: tuple[str, ...] = ()
    always_allowed = ("csrfmiddlewaretoken",)

    def __init__(
        self, data=None, files=None, *, for_someone_else=False, submit_label=None, heading_field=None, caption=None,
        action="", **kwargs,
    ):  # fmt: skip
        kwargs.setdefault("label_suffix", "")
        super().__init__(data, files, **kwargs)
        self.action = action
        self.submit_label = submit_label or self.submit_label
        self.heading_field = heading_field or self.heading_field
        self.caption = self.caption if caption is None else caption
        if for_someone_else:
            self._forget_own_details()

    def _forget_own_details(self) -> None:
        """The browser must not offer a caregiver's own name and birth date as the patient's."""
        for field in self.fields.values():
            for widget in [field.widget, *getattr(field.widget, "widgets", [])]:
                if "autocomplete" in widget.attrs:
                    widget.attrs["autocomplete"] = "off"

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.form_action = self.form_tag, self.action
        helper.attrs = {"novalidate": "novalidate"}
        helper.layout = Layout(*self.fields)
        helper.submit_label, helper.submit_class = self.submit_label, self.submit_class
        return helper

    @property
    def is_shown_again(self) -> bool:
        """Whether the data were typed before a session ended: they are looked at, and sent once more."""
        return isinstance(self.data, ShownAgain)

    def reveal_of(self, name: str) -> Reveal | None:
        return self.reveals.get(name)

    def require(self, name: str, message) -> None:
        """In clean(): an empty answer to `name` is an error after all."""
        if name not in self.errors and self.cleaned_data.get(name) in (None, "", []):
            self.add_error(name, forms.ValidationError(message, code="required"))

    def clean(self):
        cleaned = super().clean()
        self._refuse_foreign_names()
        if self.is_shown_again:
            self.add_error(None, forms.ValidationError(SHOWN_AGAIN, code="kept"))
        for name, reveal in self.reveals.items():
            if name in self.fields:
                self._settle(name, reveal)
        return cleaned

    def _settle(self, name: str, reveal: Reveal) -> None:
        """A hidden question has no answer and no error; a shown one may have to be answered."""
        parent = self.cleaned_data.get(reveal.parent)
        chosen = parent if isinstance(parent, list) else [parent]
        if any(str(value) in reveal.values for value in chosen if value is not None):
            if reveal.missing:
                self.require(name, reveal.missing)
        else:
            self.cleaned_data[name] = None
            self._errors.pop(name, None)

    def _refuse_foreign_names(self) -> None:
        allowed = {*self.always_allowed, *self.buttons}
        for name, field in self.fields.items():
            allowed |= control_names(field.widget, self.add_prefix(name))
        if set(self.data) - allowed:
            self.add_error(
                None, forms.ValidationError(_("We could not read this page. Check your answers and try again"))
            )

    def error_links(self) -> list[dict]:
        """The lines of the error summary, in the order of the page; each leads to the first wrong control."""
        lines = [{"href": "", "text": text} for text in self.non_field_errors()]
        for name in self.fields:
            bound = self[name]
            for text in bound.errors:
                href = "" if bound.is_hidden else "#" + first_control_id(bound.field.widget, bound.auto_id)
                lines.append({"href": href, "text": text})
        return lines


class SubmitForm(PageForm):
    """A form whose submit changes something: it carries a key minted with the page, so that twice counts once."""

    key = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={"required": _("This page is incomplete. Check your answers and send it again")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "key"])
        self.initial["key"] = new_key()
        if self.is_bound and not KEY.fullmatch(self.data.get(self.add_prefix("key"), "")):
            self._spoiled = True
            self.renew_key()

    _spoiled = False

    def clean(self):
        if self._spoiled:  # a foreign or missing key: the page is shown again with a good one
            self.add_error(None, self.fields["key"].error_messages["required"])
        return super().clean()

    def renew_key(self) -> None:
        """Give the page a new key: after a refusal, which is stored under the old one."""
        self.data = self.data.copy()
        self.data[self.add_prefix("key")] = new_key()


def new_key() -> str:
    return uuid.uuid4().hex
