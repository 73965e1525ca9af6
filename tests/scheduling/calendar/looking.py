"""What stands on a page of the calendar, as a person reads it."""

import html
import re
from datetime import date

MONDAY = date(2027, 1, 4)
DAY = "/staff/schedule/clinicians/2027-01-04/"
ROOMS = "/staff/schedule/rooms/2027-01-04/"


def text_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))).replace(" ,", ",")


def items(page, css: str) -> list[str]:
    """The words of the grid's items of one look."""
    found = re.findall(rf'<li class="[^"]*\b{css}\b[^"]*"[^>]*>(.*?)</li>', page.content.decode(), re.S)
    return [html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one))).strip() for one in found]
