"""The all-clear adult of the open cases, and a short way to say what differs."""

import json
from pathlib import Path
from typing import Any

CASES = json.loads((Path(__file__).parents[1] / "data" / "vignettes-open.json").read_text(encoding="utf-8"))
ALL_CLEAR: dict[str, Any] = CASES["defaults"]


def answers(**changed: Any) -> dict[str, Any]:
    """The all-clear answer set with these answers put over it."""
    return {**ALL_CLEAR, **changed}
