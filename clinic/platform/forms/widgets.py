"""Widgets of the template pack: radios and tick boxes in rows, dates in three boxes, "how long ago"."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _


class TelInput(forms.TextInput):
    input_type = "tel"


class WrongParts:
    """A widget of several controls that knows which of them hold the error (set by its field while cleaning)."""

    wrong_parts: tuple[str, ...] = ()

    def mark_wrong(self, parts) -> None:
        self.wrong_parts = tuple(parts)


class Choices:
    """What radios and tick boxes share: option hints, options that stand alone, a divider before them."""

    template_name = "clinic/widgets/choices.html"
    layout = ""

    def __init__(self, attrs=None, choices=(), *, hints=None, exclusive=(), divider_before=None, layout=""):
        super().__init__(attrs, choices)
        self.hints, self.exclusive, self.divider_before, self.layout = hints or {}, exclusive, divider_before, layout

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["layout"] = self.layout
        return context

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex=subindex, attrs=attrs)
        option["attrs"].pop("aria-invalid", None)  # the group is described, its single boxes are not wrong
        option["hint"] = self.hints.get(str(value), "")
        option["exclusive"] = str(value) in self.exclusive
        option["divider"] = str(value) == str(self.divider_before)
        return option

    def first_control_id(self, id_: str) -> str:
        return f"{id_}_0_0" if self._first_is_group() else f"{id_}_0"

    def _first_is_group(self) -> bool:
        return any(isinstance(label, (list, tuple)) for _value, label in list(self.choices)[:1])


class Radios(Choices, forms.RadioSelect):
    pass


class Checkboxes(Choices, forms.CheckboxSelectMultiple):
    pass


class PartsWidget(WrongParts, forms.MultiWidget):
    """A MultiWidget whose controls are called <id>_<part> and whose wrong parts alone carry aria-invalid."""

    use_fieldset = True

    def part_names(self) -> list[str]:
        return [name.removeprefix("_") for name in self.widgets_names]

    def id_for_label(self, id_):
        return ""

    def first_control_id(self, id_: str) -> str:
        names = self.part_names()
        wrong = next((name for name in names if name in self.wrong_parts), names[0])
        widget = self.widgets[names.index(wrong)]
        inner = getattr(widget, "first_control_id", None)
        return inner(f"{id_}_{wrong}") if inner else f"{id_}_{wrong}"

    def value_list(self, value) -> list:
        return value if isinstance(value, (list, tuple)) else self.decompress(value)

    def get_context(self, name, value, attrs):
        context = forms.Widget.get_context(self, name, value, attrs)
        values, attrs = self.value_list(value), context["widget"]["attrs"]
        id_, is_wrong = attrs.get("id"), attrs.pop("aria-invalid", None)
        wrong = (self.wrong_parts or self.part_names()) if is_wrong else ()
        parts = {}
        for position, (part, widget) in enumerate(zip(self.part_names(), self.widgets, strict=True)):
            part_attrs = {"id": f"{id_}_{part}"} if id_ else {}
            if attrs.get("disabled"):
                part_attrs["disabled"] = True
            if part in wrong:
                part_attrs["aria-invalid"] = "true"
            shown = values[position] if position < len(values) else None
            inner = widget.get_context(f"{name}_{part}", shown, part_attrs)["widget"]
            parts[part] = inner
        context["widget"]["parts"] = parts
        return context


class DateWidget(PartsWidget):
    """Month, day and year as three text boxes in US order; a month may be a number or a name."""

    template_name = "clinic/widgets/date.html"

    def __init__(self, attrs=None, *, birth=False):
        kinds = {"month": ("bday-month", 10), "day": ("bday-day", 2), "year": ("bday-year", 4)}
        widgets = {}
        for part, (token, size) in kinds.items():
            part_attrs = {"class": f"width-{4 if size > 2 else 2}", "autocomplete": token if birth else "off"}
            if part != "month":
                part_attrs["inputmode"] = "numeric"
            widgets[part] = forms.TextInput(attrs=part_attrs)
        super().__init__(widgets, attrs)

    def decompress(self, value):
        if isinstance(value, date):
            return [value.month, value.day, f"{value.year:04d}"]
        pieces = (str(value).split("-") if value else []) + ["", "", ""]
        return [pieces[1].lstrip("0"), pieces[2].lstrip("0"), pieces[0]]


class AgoWidget(PartsWidget):
    """Today, a date, or about so many days, weeks or months ago."""

    template_name = "clinic/widgets/ago.html"
    WHEN = (("today", _("Today")), ("date", _("On a date I know")), ("about", _("About this long ago")))
    UNITS = (("days", _("days ago")), ("weeks", _("weeks ago")), ("months", _("months ago")))

    def __init__(self, attrs=None):
        number = {"class": "width-4", "inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            {
                "when": Radios(choices=self.WHEN),
                "date": DateWidget(),
                "count": forms.TextInput(attrs=number),
                "unit": forms.Select(choices=self.UNITS),
            },
            attrs,
        )

    def mark_wrong(self, parts) -> None:
        """Parts of the date may be named date_month, date_day, date_year."""
        inner = [part.removeprefix("date_") for part in parts if part.startswith("date_")]
        self.widgets[1].mark_wrong(inner)
        super().mark_wrong(["date"] if inner else parts)

    def decompress(self, value):
        days = str(value)
        if not (days.isascii() and days.isdecimal()):
            return ["", None, "", "days"]
        return ["today", None, "", "days"] if days == "0" else ["about", None, days, "days"]


def control_names(widget: forms.Widget, name: str) -> set[str]:
    """Every name under which a widget may send something: itself, or its parts and theirs."""
    if isinstance(widget, forms.MultiWidget):
        names: set[str] = set()
        for suffix, inner in zip(widget.widgets_names, widget.widgets, strict=True):
            names |= control_names(inner, name + suffix)
        return names
    return {name}


def first_control_id(widget: forms.Widget, id_: str) -> str:
    """The id of the control an error summary leads to: the first radio, the wrong part of a date, or the box itself."""
    own = getattr(widget, "first_control_id", None)
    return own(id_) if own else widget.id_for_label(id_) or f"{id_}_0"
