"""Whether stored answers of a page are such as its form gives: known codes, texts of bounded length, plain numbers.

Forms have said to people what is wrong long before; this guards the row against anything that did not come by a form.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from clinic.platform.forms import ApproximateDateField, ConsentField, SplitDateField
from clinic.platform.forms.choice_fields import CheckboxesField, RadioField
from intake.before_visit.rows import MOST_ROWS, ROW_ID, STATUSES, RowKind
from intake.before_visit.steps import kind_of
from intake.flow.flow import Step

LONGEST = 1000


def page_fits(step: Step, answers: Mapping[str, Any]) -> bool:
    """Whether these answers may be stored for this page."""
    kind = kind_of(step)
    if kind is not None:
        return _list_fits(kind, answers)
    fields = step.form_class.base_fields
    return all(value_fits(fields.get(key), value) for key, value in answers.items())


def _list_fits(kind: RowKind, answers: Mapping[str, Any]) -> bool:
    rows, status = answers.get(kind.key), answers.get(kind.status_key)
    if status is not None and status not in STATUSES:
        return False
    if rows is None:
        return True
    if not isinstance(rows, list) or len(rows) > MOST_ROWS or not all(isinstance(row, Mapping) for row in rows):
        return False
    ids = [row.get("id") for row in rows]
    if len(set(ids)) != len(ids) or not all(isinstance(one, str) and ROW_ID.fullmatch(one) for one in ids):
        return False
    known = {"id", *kind.field_names, *kind.computed_keys}
    return all(set(row) <= known and row_fits(kind, row) for row in rows)


def row_fits(kind: RowKind, row: Mapping[str, Any]) -> bool:
    """Whether these are values of a row: known codes, and what names it is there."""
    fields = kind.form_class.base_fields
    entered = {name: row.get(name) for name in kind.field_names}
    is_named = all(entered[name] not in (None, "", []) for name in kind.field_names if fields[name].required)
    return is_named and all(value_fits(fields[name], value) for name, value in entered.items())


def value_fits(form_field: Any, value: Any) -> bool:
    """Whether a stored value is one that this field gives; None always is (left open)."""
    if value is None:
        return True
    if isinstance(form_field, CheckboxesField):
        codes = _codes(form_field)
        alone = [one for one in value if one in form_field.exclusive] if isinstance(value, list) else []
        return isinstance(value, list) and set(map(str, value)) <= codes and (not alone or len(value) == 1)
    if isinstance(form_field, RadioField):
        return isinstance(value, str | int) and str(value) in _codes(form_field)
    if isinstance(form_field, ConsentField):
        return isinstance(value, bool)
    if isinstance(form_field, SplitDateField | ApproximateDateField):
        return _is_date(value, exact=isinstance(form_field, SplitDateField))
    if isinstance(value, str):
        return len(value) <= (getattr(form_field, "max_length", None) or LONGEST) and "\x00" not in value
    return isinstance(value, int | float)


def _codes(form_field: Any) -> set[str]:
    codes: set[str] = set()
    for value, label in form_field.choices:
        codes |= {str(inner) for inner, _label in label} if isinstance(label, list | tuple) else {str(value)}
    return codes - {""}


def _is_date(value: Any, *, exact: bool) -> bool:
    """Whether it reads "2023", "2023-05" or "2023-05-04"; `exact` wants a whole date."""
    if not isinstance(value, str) or len(value) not in ((10,) if exact else (4, 7, 10)):
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:
        return False
    return True
