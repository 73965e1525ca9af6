"""Fields where the person selects: radios, tick boxes, a list, one statement."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import rules
from clinic.platform.forms.fields import House
from clinic.platform.forms.widgets import Checkboxes, Radios


class RadioField(House, forms.ChoiceField):
    """One of several answers, all visible, none chosen beforehand; None when empty and not required."""

    def __init__(self, *args, hints=None, inline=False, divider_before=None, layout="", **kwargs):
        layout = "inline" if inline else layout
        kwargs.setdefault("widget", Radios(hints=hints, divider_before=divider_before, layout=layout))
        super().__init__(*args, **kwargs)
        self.error_messages["invalid_choice"] = _("Select one of the answers shown")

    def to_python(self, value):
        return str(value) if value not in (None, "") and isinstance(value, (str, int)) else None

    def validate(self, value):
        if value is None:
            if self.required:
                raise self.require()
            return
        if "\x00" in value or not self.valid_value(value):
            raise ValidationError(self.error_messages["invalid_choice"], code="choice")


class YesNoField(RadioField):
    """Yes or no, and "I am not sure" with `not_sure=True`."""

    def __init__(self, *args, not_sure=False, **kwargs):
        choices = [("yes", _("Yes")), ("no", _("No"))]
        if not_sure:
            choices.append(("not_sure", _("I am not sure")))
        super().__init__(*args, choices=choices, inline=not not_sure, **kwargs)


class ScaleField(RadioField):
    """0 to 10 as radios, the ends in words; gives an int."""

    def __init__(self, *args, low, high, **kwargs):
        ends = {0: low, 10: high}
        choices = [(str(n), format_lazy("{} – {}", n, ends[n]) if n in ends else str(n)) for n in range(11)]
        super().__init__(*args, choices=choices, layout="scale", **kwargs)

    def clean(self, value):
        chosen = super().clean(value)
        return None if chosen is None else int(chosen)


class SelectField(RadioField):
    """One of many answers in a closed list. Only for lists too long for radios, such as states and languages."""

    def __init__(self, *args, choices=(), empty=None, **kwargs):
        choices = choices() if callable(choices) else choices
        kwargs.setdefault("widget", forms.Select())
        super().__init__(*args, choices=[("", empty or _("Choose one")), *choices], **kwargs)


class CheckboxesField(House, forms.MultipleChoiceField):
    """Any of several answers. `exclusive` ones ("None of these", "I am not sure") cannot stand with others."""

    def __init__(self, *args, hints=None, exclusive=(), **kwargs):
        self.exclusive = tuple(exclusive)
        first = self.exclusive[0] if self.exclusive else None
        kwargs.setdefault("widget", Checkboxes(hints=hints, exclusive=self.exclusive, divider_before=first))
        super().__init__(*args, **kwargs)
        self.error_messages["invalid_choice"] = _("Select from the answers shown")

    def to_python(self, value):
        if not isinstance(value, (list, tuple)):
            return []
        return list(dict.fromkeys(str(one) for one in value if one != ""))

    def validate(self, value):
        if not value and self.required:
            raise self.require()
        if not all(self.valid_value(one) for one in value):
            raise ValidationError(self.error_messages["invalid_choice"], code="choice")
        alone = [one for one in value if one in self.exclusive]
        if alone and len(value) > 1:
            labels = dict(_flat(self.choices))
            raise rules.fault(_("Select the answers that fit, or select '%(alone)s', not both"), alone=labels[alone[0]])


class ConsentField(House, forms.BooleanField):
    """One tick box with its statement as the label; True or False."""

    show_optional = False

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("show_optional", False)
        super().__init__(*args, **kwargs)


def _flat(choices):
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label
