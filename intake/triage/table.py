"""The rule table in words, for the sign-off in docs/clinical-safety.md. What is printed is what runs. Pure."""

from intake.triage.conditions import COUNTS_AS
from intake.triage.rules import (
    DEFINED,
    EMERGENCY_RULES,
    HIPFEM,
    LOWER,
    NOTHING_FIRED,
    PRECEDENCE,
    RULE_SET,
    RULES,
    SOON_RULES,
    SPINE,
    UPPER,
    UPPER_SPINE,
    URGENT_RULES,
    Rule,
)
from intake.triage.vocabulary import SAFETY_KEYS

_AREAS = {"SPINE": SPINE, "UPPER_SPINE": UPPER_SPINE, "LOWER": LOWER, "UPPER": UPPER, "HIPFEM": HIPFEM}
_FIXED = (
    ("CORE", "excess_thirst, frequent_urination, vomiting"),
    ("HC", "number of items in hyperca_symptoms other than not_sure"),
    ("recent", "onset of that answer missing or ≤ 14 days"),
    ("subacute", "onset 15 to 90 days"),
    ("chronic", "onset > 90 days"),
    ("within90", "onset missing or ≤ 90 days"),
)


def _extras(rule: Rule) -> str:
    parts = []
    if rule.message:
        parts.append(rule.message)
    if rule.message_unless is not None:
        parts.append(f"{rule.message_unless[1]} if {rule.message_unless[0].text}")
    if rule.contact_hours is not None:
        parts.append(f"contact ≤ {rule.contact_hours} h")
    if rule.visit_days is not None:
        parts.append(f"visit ≤ {rule.visit_days} days" + (f" if {rule.visit_if.text}" if rule.visit_if else ""))
    if rule.domain:
        parts.append(f"[{rule.domain}]")
    return "; ".join(parts)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rules(title: str, rules: tuple[Rule, ...]) -> list[str]:
    head = [f"### {title}", "", _row("Id", "Fires when", "Reason staff read", "Extras", "Source"), "|---" * 5 + "|"]
    return [*head, *(_row(rule.id, rule.when.text, rule.reason, _extras(rule), rule.source) for rule in rules), ""]


def rule_table() -> str:
    """The whole rule set as Markdown: definitions, values of missing answers, rules by level."""
    lines = [
        f"Rule set `{RULE_SET}`: {len(RULES)} rules and `{NOTHING_FIRED}` (nothing fired).",
        "",
        "### Definitions",
        "",
        _row("Name", "Meaning"),
        "|---|---|",
        *(_row(name, ", ".join(sorted(sites))) for name, sites in _AREAS.items()),
        *(_row(name, meaning) for name, meaning in _FIXED),
        *(_row(name, condition.text) for name, condition in DEFINED.items()),
        "",
        f"Safety answers: {', '.join(SAFETY_KEYS)}.",
        "",
        "Not answered counts as: "
        + ", ".join(f"{key} = {value}" for key, value in COUNTS_AS.items() if isinstance(value, str | int))
        + "; sets as empty; every other number and escc_grade have no value.",
        "",
        f"When several EMERGENCY rules fire, the first of these messages is shown: {' > '.join(PRECEDENCE)}.",
        "",
        *_rules("EMERGENCY", EMERGENCY_RULES),
        *_rules("URGENT", URGENT_RULES),
        *_rules("SOON", SOON_RULES),
    ]
    return "\n".join(lines)
