"""System check: the settings of the waitlist say something that the rules understand."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from scheduling.waitlist.rules import hours_of

MODES = ("offer", "task", "off")


def waitlist_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong, in words for whoever sets the clinic up; empty when nothing is."""
    problems = []
    if values["WAITLIST_MODE"] not in MODES:
        problems.append("WAITLIST_MODE must be offer, task or off")
    if not 1 <= values["WAITLIST_HOLD_HOURS"] <= 4:
        problems.append("WAITLIST_HOLD_HOURS must be from 1 to 4: others wait for the same time")
    try:
        hours_of(values["WAITLIST_OFFER_HOURS"])
    except ValueError:
        problems.append("WAITLIST_OFFER_HOURS must look like 08:00-20:00")
    return problems


@register
def check_waitlist(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Reports what is wrong with the settings."""
    names = ("WAITLIST_MODE", "WAITLIST_HOLD_HOURS", "WAITLIST_OFFER_HOURS")
    problems = waitlist_problems({name: getattr(settings, name) for name in names})
    return [Error(problem, id="scheduling.E041") for problem in problems]
