"""The places on the body a person can choose, grouped as the list shows them. Left and right are the patient's own."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Region:
    """One group of the list: `sites` are (value, label) in the order shown."""

    code: str
    title: Any
    sites: tuple[tuple[str, Any], ...]


REGIONS: tuple[Region, ...] = (
    Region("head", _("Head"), (("skull", _("Head")), ("jaw", _("Jaw")))),
    Region(
        "back",
        _("Neck and back"),
        (
            ("spine_cervical", _("Neck")),
            ("spine_thoracic", _("Upper or middle back")),
            ("spine_lumbar", _("Lower back")),
            ("sacrum", _("Tailbone area")),
        ),
    ),
    Region(
        "chest",
        _("Chest"),
        (
            ("ribs_left", _("Left ribs")),
            ("ribs_right", _("Right ribs")),
            ("sternum", _("Breastbone")),
        ),
    ),
    Region(
        "arms",
        _("Shoulders and arms"),
        (
            ("shoulder_left", _("Left shoulder, collarbone, or shoulder blade")),
            ("shoulder_right", _("Right shoulder, collarbone, or shoulder blade")),
            ("humerus_left", _("Left upper arm")),
            ("humerus_right", _("Right upper arm")),
            ("forearm_left", _("Left forearm or hand")),
            ("forearm_right", _("Right forearm or hand")),
        ),
    ),
    Region(
        "hips",
        _("Pelvis and hips"),
        (
            ("pelvis_left", _("Left side of the pelvis (hip bone)")),
            ("pelvis_right", _("Right side of the pelvis (hip bone)")),
            ("hip_left", _("Left hip joint or groin")),
            ("hip_right", _("Right hip joint or groin")),
        ),
    ),
    Region(
        "legs",
        _("Legs"),
        (
            ("femur_left", _("Left thigh (upper leg bone)")),
            ("femur_right", _("Right thigh (upper leg bone)")),
            ("lower_leg_left", _("Left lower leg or foot")),
            ("lower_leg_right", _("Right lower leg or foot")),
        ),
    ),
    Region("other", _("Somewhere else"), (("other", _("Another place")),)),
)

SITE_LABELS: dict[str, Any] = {value: label for region in REGIONS for value, label in region.sites}

# Patient wording, caregiver wording
SIDES_HELP = (_("Left and right are your own left and right"), _("Left and right are the patient's own left and right"))
