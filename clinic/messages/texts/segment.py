"""One text message is one segment: 160 characters of the GSM alphabet (3GPP 23.038). More would arrive in pieces."""

SEGMENT = 160
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")  # behind an escape character: they count as two


def foreign_characters(text: str) -> str:
    """The characters that the alphabet does not have: one of them makes every segment 70 characters short."""
    return "".join(sorted(set(text) - GSM - GSM_TWICE))


def segment_length(text: str) -> int:
    """How much of a segment a text of the alphabet takes."""
    return len(text) + sum(character in GSM_TWICE for character in text)


def fits(text: str) -> bool:
    """Whether it goes out as one segment."""
    return not foreign_characters(text) and segment_length(text) <= SEGMENT
