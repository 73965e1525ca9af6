"""What a file can be: the kinds a person chooses from. The codes are permanent, they are stored with each file."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "imaging_report": _("Imaging report (scan, X-ray)"),
    "pathology": _("Biopsy or pathology report"),
    "labs": _("Blood test results"),
    "clinic_notes": _("Letter or notes from a doctor"),
    "medication_list": _("List of medicines"),
    "insurance_front": _("Insurance card, front"),
    "insurance_back": _("Insurance card, back"),
    "advance_directive": _("Advance directive or living will"),
    "proxy_authority": _("Paper that lets someone speak for the patient"),
    "other": _("Something else"),
}
CARDS = ("insurance_front", "insurance_back")


def kind_words(code: str):
    """The kind in words; an unknown code is shown as something else."""
    return KINDS.get(code, KINDS["other"])
