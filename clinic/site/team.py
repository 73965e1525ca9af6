"""The people of the clinic in plain words: what each specialty does for a patient, and who is part of it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from clinic.directory.models import Clinician, Specialty

# Grade 6 or below; the codes are those of domain 1.2
WHAT_THEY_DO = {
    "NURSE_NAV": _("Your first contact. The nurse navigator guides you through the day and calls you after it."),
    "RAD_ONC": _("Uses strong rays to ease pain and to stop cancer in a bone or in the spine."),
    "ORTHO_ONC": _("Looks after weak or broken bones in arms, legs and hips, and fixes them when it helps."),
    "SPINE_SURG": _("Looks after the spine and the spinal cord, and tells if your back is stable."),
    "MED_ONC": _("Plans medicine for the cancer and for your bones, together with your own cancer doctor."),
    "INT_RAD": _("Treats spots in a bone through a needle, with heat, cold or bone cement."),
    "PALLIATIVE": _("Eases pain and other symptoms, at any stage, and talks with you about what matters most."),
    "PMR_PT": _("Shows you how to move safely, and finds the right brace, cane or walker."),
    "SOCIAL_WORK": _("Helps with rides, costs, help at home, and when you feel low."),
    "RADIOLOGY": _("Reads your scans before you come. You do not see this doctor."),
    "PHARMACY": _("Looks through your medicines, and finds those that do not go well together."),
    "NUTRITION": _("Helps you eat well, and keep or gain weight."),
    "DENTAL": _("Checks your teeth and jaw before you take some of the drugs for bones."),
    "CLIN_TRIALS": _("Tells you about studies that may fit you. You choose."),
    "INTERPRETER": _("Speaks your language and ours, sign language too. It is free."),
}


@dataclass(frozen=True, slots=True)
class TeamPart:
    """A specialty, what it does, and the names of its people."""

    name: str
    what: str
    people: list[str] = field(default_factory=list)


def the_team() -> list[TeamPart]:
    """Every specialty that has somebody or something to say, in the clinic's own order: 2 queries."""
    people: dict[int, list[str]] = {}
    names = Clinician.objects.filter(is_active=True).order_by("name").values_list("specialty_id", "name")
    for specialty_id, name in names:
        people.setdefault(specialty_id, []).append(name)
    return [
        TeamPart(one.name, str(WHAT_THEY_DO.get(one.code, "")), people.get(one.pk, []))
        for one in Specialty.objects.order_by("position", "code")
        if one.code in WHAT_THEY_DO or one.pk in people
    ]
