"""Who did something: a small value, so that the audit knows nothing of users, patients or sessions."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["staff", "patient", "caregiver", "referrer", "system"]
KINDS = ("staff", "patient", "caregiver", "referrer", "system")


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` names the actor for good (a key, never a name of a patient); `label` is for pages of the staff only."""

    kind: ActorKind
    id: str
    label: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of actor: {self.kind}")
        if not self.id:
            raise ValueError("an actor needs an id")


SYSTEM = Actor("system", "system")
