"""How staff read of a plan of insurance."""

from intake.before_visit.choices import PAYER_TYPES
from intake.patients.models import Coverage

PAYER_WORDS = dict(PAYER_TYPES)


def payer_words(plan: Coverage) -> str:
    """Who pays: the name of the plan, else its kind in words."""
    return plan.payer_name or str(PAYER_WORDS.get(plan.payer_type, plan.payer_type))
