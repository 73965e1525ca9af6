"""People who speak for a patient, in words for staff."""

from django.utils.translation import gettext_lazy

from intake.registration.forms import RELATIONS

AUTHORITY_WORDS = {
    "patient_asked": gettext_lazy("says that the patient asked them"),
    "health_care_agent": gettext_lazy("says they are the health care agent, or have a power of attorney"),
    "legal_guardian": gettext_lazy("says they are the legal guardian"),
    "parent": gettext_lazy("says they are the parent of a child under 18"),
    "none": gettext_lazy("claims no authority"),
}


def relation_words(relation: str) -> str:
    """ "son or daughter"; a word that is not on the list as it stands."""
    label = dict(RELATIONS).get(relation)
    return str(label)[0].lower() + str(label)[1:] if label else relation
