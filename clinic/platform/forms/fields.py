"""Form fields of the clinic: each says in its own words what to enter, what is wrong and what would be right.

All take `missing` (the sentence shown when a required answer is empty; a required field without one is a programming
error) and `what` (the noun of other sentences: "Date of birth must include a year"; the label when left out).
"""

from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import rules
from clinic.platform.forms.widgets import AgoWidget, DateWidget, TelInput


class House:
    """What all our fields share."""

    show_optional = True
    suffix = ""

    def __init__(self, *args, missing=None, what=None, show_optional=True, suffix="", **kwargs):
        messages = dict(kwargs.pop("error_messages", None) or {})
        if missing is not None:
            messages["required"] = missing
        if kwargs.get("required", True) and "required" not in messages:
            raise TypeError(f"{type(self).__name__} is required: say with missing=… what to enter")
        super().__init__(*args, error_messages=messages, **kwargs)
        self.show_optional, self.suffix, self._what = show_optional, suffix, what

    @property
    def what(self):
        """The noun for messages."""
        return self._what or self.label or _("Your answer")

    def require(self) -> ValidationError:
        return ValidationError(self.error_messages["required"], code="required")


def _box(css="", **attrs):
    """Attributes of a text box: width class and what else the browser should know."""
    return {key: value for key, value in {"class": css, **attrs}.items() if value not in ("", None)}


class LineField(House, forms.Field):
    """One line of text that a rule turns into the stored value; empty is "" when not required."""

    widget = forms.TextInput
    css = ""
    attributes: dict = {}

    def __init__(self, *args, autocomplete=None, **kwargs):
        self.autocomplete = autocomplete
        super().__init__(*args, **kwargs)

    def widget_attrs(self, widget):
        attrs = _box(self.css, **self.attributes)
        if self.autocomplete:
            attrs["autocomplete"] = self.autocomplete
        return attrs

    def rule(self, text: str):
        return text

    def to_python(self, value):
        text = rules.clean_line(value) if isinstance(value, str) else ""
        return self.rule(text) if text else ""


class TextField(LineField):
    """Any line of text up to `max_length` characters; numbers we never ask for are refused."""

    def __init__(self, *args, max_length=100, **kwargs):
        self.max_length = max_length
        super().__init__(*args, **kwargs)

    def rule(self, text):
        rules.check_length(text, self.max_length, what=self.what)
        rules.refuse_unasked_numbers(text)
        return text


class PersonNameField(TextField):
    """A name, any script (`rules.clean_name`)."""

    attributes = {"spellcheck": "false", "autocapitalize": "words"}

    def rule(self, text):
        return rules.clean_name(text, self.max_length, what=self.what)


class NanpPhoneField(LineField):
    """A North American telephone number, kept as E.164."""

    widget, css = TelInput, "width-20"

    def __init__(self, *args, autocomplete="tel", **kwargs):
        super().__init__(*args, autocomplete=autocomplete, **kwargs)

    def rule(self, text):
        return rules.nanp_to_e164(text)

    def prepare_value(self, value):
        """A stored number is shown as people write it."""
        if isinstance(value, str) and value.startswith("+1") and len(value) == 12:
            return f"{value[2:5]}-{value[5:8]}-{value[8:]}"
        return value


class AnyPhoneField(NanpPhoneField):
    """As NanpPhoneField, and numbers of other countries with + and the country code (caregivers abroad)."""

    def rule(self, text):
        return rules.phone_to_e164(text)


class ZipField(LineField):
    css = "width-10"

    def __init__(self, *args, autocomplete="postal-code", **kwargs):
        super().__init__(*args, autocomplete=autocomplete, **kwargs)

    def rule(self, text):
        return rules.clean_zip(text)


class PlainEmailField(LineField):
    widget = forms.EmailInput
    attributes = {"spellcheck": "false", "autocapitalize": "none"}

    def __init__(self, *args, autocomplete="email", **kwargs):
        super().__init__(*args, autocomplete=autocomplete, **kwargs)

    def rule(self, text):
        return rules.clean_email(text)


class NpiField(LineField):
    css, attributes = "width-10", {"inputmode": "numeric", "autocomplete": "off"}

    def rule(self, text):
        return rules.clean_npi(text)


class MbiField(LineField):
    css, attributes = "width-20", {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}

    def rule(self, text):
        return rules.clean_mbi(text)


class MemberIdField(MbiField):
    def rule(self, text):
        return rules.clean_member_id(text)


class WholeNumberField(LineField):
    """A whole number; None when empty. Say the unit in the label, `suffix` only repeats it behind the box."""

    css, attributes = "width-4", {"inputmode": "numeric", "autocomplete": "off"}

    def __init__(self, *args, min_value=0, max_value=3650, **kwargs):
        self.min_value, self.max_value = min_value, max_value
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        if isinstance(value, int):
            value = str(value)
        return super().to_python(value) if isinstance(value, str) and value.strip() else None

    def rule(self, text):
        return rules.whole_number(text, self.min_value, self.max_value, what=self.what)


class DecimalNumberField(WholeNumberField):
    """A number with at most `places` decimals, such as a temperature; None when empty."""

    attributes = {"inputmode": "decimal", "autocomplete": "off"}

    def __init__(self, *args, places=1, **kwargs):
        self.places = places
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        return super().to_python(str(value) if isinstance(value, (Decimal, float)) else value)

    def rule(self, text):
        text = rules.ascii_digits(text).replace(",", ".").replace(" ", "")
        try:
            number = Decimal(text) if len(text) <= 12 else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or -number.as_tuple().exponent > self.places:
            raise rules.fault(_("%(what)s must be a number, like 101.5"), what=self.what)
        if not self.min_value <= number <= self.max_value:
            raise rules.fault(
                _("%(what)s must be between %(low)s and %(high)s"),
                code="range", what=self.what, low=self.min_value, high=self.max_value,
            )  # fmt: skip
        return number


class LongTextField(House, forms.Field):
    """Several lines in the person's own words, up to `max_length` characters, never cut.

    Numbers we never ask for (Social Security, driver license, payment card) are refused with a hint.
    """

    widget = forms.Textarea

    def __init__(self, *args, max_length=1000, rows=5, **kwargs):
        self.max_length, self.rows = max_length, rows
        super().__init__(*args, **kwargs)
        limit = format_lazy(_("You can enter up to {limit} characters"), limit=f"{max_length:,}")
        self.help_text = format_lazy("{}. {}", self.help_text, limit) if self.help_text else limit

    def widget_attrs(self, widget):
        return {"rows": str(self.rows), "data-limit": str(self.max_length)}

    def to_python(self, value):
        text = rules.clean_text(value, self.max_length, what=self.what) if isinstance(value, str) else ""
        rules.refuse_unasked_numbers(text)
        return text


class PartsField(House, forms.Field):
    """A field whose widget has several controls: an error marks the parts that are wrong, and only these."""

    def clean(self, value):
        self.widget.mark_wrong(())
        try:
            return super().clean(value)
        except ValidationError as error:
            parts = next((e.params["parts"] for e in error.error_list if e.params and "parts" in e.params), ())
            self.widget.mark_wrong(parts)
            raise

    def parts(self, value, count: int) -> list:
        values = list(value) if isinstance(value, (list, tuple)) else self.widget.decompress(value)
        return [part if part is not None else "" for part in (values + [""] * count)[:count]]

    def has_changed(self, initial, data):
        return self.parts(initial, len(self.widget.widgets)) != self.parts(data, len(self.widget.widgets))


class SplitDateField(PartsField):
    """A full date in three boxes. `past`: today or earlier; `future`: today or later; `birth`: a date of birth."""

    def __init__(self, *args, past=False, future=False, birth=False, earliest=None, latest=None, **kwargs):
        self.past, self.future, self.birth, self.earliest, self.latest = past, future, birth, earliest, latest
        kwargs.setdefault("widget", DateWidget(birth=birth))
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        found = rules.parse_split_date(*self.parts(value, 3), what=self.what)
        if found is not None:
            self._check(found)
        return found

    def _check(self, found) -> None:
        if self.birth:
            rules.check_birth(found, what=self.what)
        elif self.past:
            rules.check_past(found, what=self.what)
        if self.future and rules.days_since(found) > 0:
            raise rules.fault(_("%(what)s must be today or later"), parts=["month", "day", "year"], what=self.what)
        for limit, early, sentence in (
            (self.earliest, True, _("%(what)s must be on or after %(limit)s")),
            (self.latest, False, _("%(what)s must be on or before %(limit)s")),
        ):
            limit = limit() if callable(limit) else limit
            if limit and (found < limit if early else found > limit):
                shown = f"{limit:%B} {limit.day}, {limit.year}"
                raise rules.fault(sentence, parts=["month", "day", "year"], what=self.what, limit=shown)


class ApproximateDateField(PartsField):
    """A year, a month and year, or a full date; what is not known stays unknown (`rules.ApproximateDate`)."""

    def __init__(self, *args, past=True, **kwargs):
        self.past = past
        kwargs.setdefault("widget", DateWidget())
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        found = rules.parse_approximate_date(*self.parts(value, 3), what=self.what)
        if found is not None and self.past:
            rules.check_past(found.first_day, what=self.what)
        return found


class AgoField(PartsField):
    """How long ago something began, in whole days; `cap` is the longest. A month counts 30 days."""

    DAYS = {"days": 1, "weeks": rules.DAYS_IN_WEEK, "months": rules.DAYS_IN_MONTH}

    def __init__(self, *args, cap=3650, **kwargs):
        self.cap = cap
        kwargs.setdefault("widget", AgoWidget())
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        when, date_parts, count, unit = self.parts(value, 4)
        when, count, unit = (part if isinstance(part, str) else "" for part in (when, count, unit))
        if when == "today":
            return 0
        if when == "date":
            return self._capped(self._days_since_date(date_parts), ["date_year"])
        if when == "about" or (not when and count.strip()):
            return self._capped(self._about(count, unit), ["count"])
        if when:
            raise rules.fault(_("Select when this started"), parts=["when"])
        if isinstance(date_parts, (list, tuple)) and any(date_parts):
            return self._capped(self._days_since_date(date_parts), ["date_year"])
        return None

    def _days_since_date(self, date_parts) -> int:
        texts = list(date_parts) if isinstance(date_parts, (list, tuple)) else []
        try:
            found = rules.parse_split_date(*(texts + [""] * 3)[:3], what=_("Date"))
            if found is None:
                raise rules.fault(_("Enter the date when this started"), parts=["month", "day", "year"])
            rules.check_past(found, what=_("Date"))
        except ValidationError as error:
            inner = (error.params or {}).get("parts", ())
            params = {**(error.params or {}), "parts": tuple(f"date_{part}" for part in inner)}
            raise ValidationError(error.message, code=error.code, params=params) from None
        return rules.days_since(found)

    def _about(self, count, unit) -> int:
        if not count.strip():
            raise rules.fault(_("Enter how many days, weeks or months ago this started"), parts=["count"])
        if unit not in self.DAYS:
            raise rules.fault(_("Select days, weeks or months"), parts=["unit"])
        try:
            number = rules.whole_number(count, 0, 9999, what=_("The number of days, weeks or months"))
        except ValidationError as error:
            params = {**(error.params or {}), "parts": ("count",)}
            raise ValidationError(error.message, code=error.code, params=params) from None
        return number * self.DAYS[unit]

    def _capped(self, days: int, parts) -> int:
        if days > self.cap:
            years = self.cap // 365
            raise rules.fault(_("Enter a time within the last %(years)s years"), code="range", parts=parts, years=years)
        return days

    def validate(self, value):
        if value is None and self.required:
            raise rules.fault(self.error_messages["required"], code="required", parts=["when"])
