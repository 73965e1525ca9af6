"""What the tests of scores type in."""

from datetime import date
from decimal import Decimal

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from scheduling.scores.actions import Assessment, record_score, revise_score

DAY = date(2026, 11, 2)
MIRELS = {"site": "lower_limb", "pain": "functional", "lesion": "lytic", "size": "1_3_to_2_3"}  # 10: high
SINS = {
    "pain": "mechanical",
    "lesion": "lytic",
    "alignment": "normal",
    "collapse": "lt_50",
    "posterolateral": "bilateral",
}
CALCIUM = {"calcium": Decimal("9.0"), "calcium_unit": "mg/dL", "albumin": Decimal("4.0"), "albumin_unit": "g/dL"}


def given(values, **more) -> Assessment:
    """An assessment of a day."""
    return Assessment(**{"values": values, "assessed_on": DAY, "study_on": DAY} | more)


def recorded(wanted, kind, values, *, target="", user, key="", **more):
    """A first version."""
    by = staff_actor(user)
    return record_score(wanted, given(values, **more), kind=kind, target=target, user=user, by=by, key=key or new_key())


def revised(score, values, *, user, target=None, version=None, **more):
    """The next version."""
    return revise_score(
        score,
        score.request,
        given(values, **more),
        target=score.target if target is None else target,
        version=version or score.version,
        user=user,
        by=staff_actor(user),
        key=new_key(),
    )


def posted(form, **changed) -> dict:
    """What the browser sends for an untouched form with some changes; dates are (month, day, year)."""
    data = {"key": form.initial["key"], "assessed_on": ("11", "2", "2026")} | changed
    if form.initial.get("version"):
        data.setdefault("version", form.initial["version"])
    found = {}
    for name, value in data.items():
        if isinstance(value, tuple):
            found |= {f"{name}_{part}": one for part, one in zip(("month", "day", "year"), value, strict=True)}
        else:
            found[name] = value
    return found
