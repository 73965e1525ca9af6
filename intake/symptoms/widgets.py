"""The picture of the body above the list of places: a tap on it ticks the box of the list, which stays the control.

The picture is hidden from screen readers and takes no focus; each spot is a label of its box, so it works without a
script. Front view on the left, back view on the right; the patient's right side is on the left of the front view.
"""

from typing import Any

from clinic.platform.forms.widgets import Checkboxes

# Middle of each spot, in units of the drawing (360 x 350)
SPOTS: dict[str, tuple[int, int]] = {
    "skull": (90, 22),
    "jaw": (90, 50),
    "sternum": (90, 96),
    "ribs_right": (70, 124),
    "ribs_left": (110, 124),
    "shoulder_right": (56, 84),
    "shoulder_left": (124, 84),
    "humerus_right": (43, 114),
    "humerus_left": (137, 114),
    "forearm_right": (36, 160),
    "forearm_left": (144, 160),
    "pelvis_right": (74, 168),
    "pelvis_left": (106, 168),
    "hip_right": (66, 198),
    "hip_left": (114, 198),
    "femur_right": (72, 240),
    "femur_left": (108, 240),
    "lower_leg_right": (72, 300),
    "lower_leg_left": (108, 300),
    "spine_cervical": (270, 60),
    "spine_thoracic": (270, 96),
    "spine_lumbar": (270, 136),
    "sacrum": (270, 170),
}
REACH = 14  # half the side of the square around a spot that takes a tap


class BodyMap(Checkboxes):
    """Tick boxes in groups, with the picture above them."""

    template_name = "registration/body_map.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        ids = {
            str(option["value"]): option["attrs"]["id"]
            for _group, options, _index in context["widget"]["optgroups"]
            for option in options
            if "id" in option["attrs"]
        }
        context["widget"]["spots"] = [
            {"site": site, "x": x, "y": y, "left": x - REACH, "top": y - REACH, "id": ids[site]}
            for site, (x, y) in SPOTS.items()
            if site in ids
        ]
        context["widget"]["tap"] = 2 * REACH
        return context
