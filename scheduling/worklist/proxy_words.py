"""People who speak for a patient, in words for staff."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from intake.patients.models import Proxy
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


def in_words(proxies: Iterable[Proxy]) -> list[Proxy]:
    """These people, who came first as the first, each with `relation_words` and the authority that they `claim`."""
    found = sorted(proxies, key=lambda proxy: proxy.pk)
    for proxy in found:
        proxy.relation_words = relation_words(proxy.relation)
        proxy.claim = AUTHORITY_WORDS.get(proxy.authority, proxy.authority)
    return found
