"""ECOG performance status as the clinician sees it, beside what the patient said (domain 5.5). Pure."""

from decimal import Decimal

from scheduling.scores.items import ItemError, Scored

SOURCES = ("ECOG-ACRIN, ECOG performance status scale",)
DEAD = "5"  # for staff only
GRADES = ("0", "1", "2", "3", "4", DEAD)
SELF_MOST = 4
FLAGGED_FROM = 2


def status(chosen: str | None, *, told: object = None) -> Scored:
    """The status 0 to 5; `told` is the patient's own answer 0 to 4, kept with it. Raises ItemError(code="unknown")."""
    said = told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= SELF_MOST else None
    if not chosen:
        return Scored({"ecog_self": said}, {}, missing=("ecog",))
    if chosen not in GRADES:
        raise ItemError("ecog", "unknown")
    return Scored({"ecog": chosen, "ecog_self": said}, {}, total=Decimal(chosen), result=chosen)


def differs(clinician: object, told: object) -> bool:
    """Whether the two are two steps or more apart: somebody then asks again. Not when one of them is not known."""
    if clinician is None or told is None:
        return False
    return abs(int(str(clinician)) - int(str(told))) >= FLAGGED_FROM
