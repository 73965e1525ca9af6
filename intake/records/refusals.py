"""Why a file is not kept: permanent codes and the sentence a person reads (interface specification 1.3)."""

from django.utils.translation import gettext_lazy as _

LARGEST_BYTES = 25 * 1024 * 1024
MOST_FILES = 20
TRY_AGAIN = _("The selected file could not be uploaded. Try again")

SENTENCES = {
    "missing": _("Select a file"),
    "wrong_type": _("The selected file must be a PDF, JPG, PNG, HEIC or TIFF"),
    "too_large": _("The selected file must be smaller than 25 MB"),
    "empty": _("The selected file is empty"),
    "locked": _("The selected file is password protected"),
    "damaged": TRY_AGAIN,
    "bomb": TRY_AGAIN,
    "timeout": TRY_AGAIN,
    "too_many_pixels": _("The selected picture must have 50 megapixels or less"),
    "virus": _("The selected file has a virus. We did not keep it"),
    "too_many": _("You can add up to 20 files"),
    "two_files": _("Add one file at a time"),
    "too_fast": _("You added many files in a short time. Wait 10 minutes, then try again"),
}


def sentence_for(code: str):
    """What the person is told; an unknown code asks to try again."""
    return SENTENCES.get(code, TRY_AGAIN)
