"""The rules behind a level, with reason, source and the answers that made them fire, for staff pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from intake.triage.engine import because
from intake.triage.models import Triage
from intake.triage.rules import BY_ID, NOTHING_FIRED, RULE_SET


@dataclass(frozen=True, slots=True)
class Fired:
    """One fired rule as staff read it; `keys` are the answer keys behind it, most often one or two."""

    id: str
    level: str
    reason: str
    source: str
    keys: tuple[str, ...] = ()


def first_reason(triage: Triage) -> str:
    """The reason of the highest rule that fired, for one line of the worklist."""
    rules = fired_rules(triage.rules)
    if rules:
        return rules[0].reason
    return _("The rules could not be applied. Read the answers.") if triage.failed_rules else _("No rule fired")


def fired_rules(ids: list[str], answers: Mapping[str, Any] | None = None) -> list[Fired]:
    """The stored rules, highest level first; with `answers`, also the keys that made each fire.

    A rule that the current table no longer knows keeps its id and says so.
    """
    behind = because(answers) if answers else {}
    found = [_fired(rule_id, behind.get(rule_id, ())) for rule_id in ids if rule_id != NOTHING_FIRED]
    order = ("emergency", "urgent", "soon", "routine", "")
    return sorted(found, key=lambda fired: order.index(fired.level))


def _fired(rule_id: str, keys: tuple[str, ...]) -> Fired:
    rule = BY_ID.get(rule_id)
    if rule is None:
        return Fired(rule_id, "", _("A rule of an earlier rule set"), _("not in %(rules)s") % {"rules": RULE_SET})
    return Fired(rule.id, rule.level, rule.reason, rule.source, keys)
