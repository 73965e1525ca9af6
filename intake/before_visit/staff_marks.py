"""What staff read beside a row of a list: flags of a medicine, and a result that can hardly be meant as it stands.

Hints for the nurse who reads the list. The person who filled it in does not see them: they would read as a finding.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from intake.before_visit import medicine_flags as flags

FLAG_WORDS = {
    flags.ANTICOAGULANT: _lazy("blood thinner"),
    flags.BISPHOSPHONATE: _lazy("bisphosphonate"),
    flags.DENOSUMAB: _lazy("denosumab"),
    flags.STEROID: _lazy("steroid"),
    flags.OPIOID: _lazy("opioid"),
    flags.CHEMO_PILL: _lazy("chemo pill"),
    flags.HORMONE: _lazy("hormone drug"),
}


def with_marks(line: str, row: Mapping[str, Any]) -> str:
    """The line of a row with what staff should look at, in brackets."""
    marks = [str(FLAG_WORDS[flag]) for flag in row.get("flags") or () if flag in FLAG_WORDS]
    if row.get("out_of_range"):
        marks.append(_("check the number"))
    return f"{line} [{', '.join(marks)}]" if marks else line
