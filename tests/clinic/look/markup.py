"""A page as the checks see it: its elements, ids and the links between them."""

from html.parser import HTMLParser

FOCUSABLE = {"input", "select", "textarea", "button", "a", "summary"}


class Page(HTMLParser):
    """Elements of a page as (tag, attributes) in order."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    handle_startendtag = handle_starttag

    def every(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def by_id(self) -> dict[str, tuple[str, dict[str, str]]]:
        return {attrs["id"]: (tag, attrs) for tag, attrs in self.elements if "id" in attrs}

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _tag, attrs in self.elements if "id" in attrs]

    def hrefs(self, *, within: str = "") -> list[str]:
        return [attrs["href"] for attrs in self.every("a") if attrs.get("href", "").startswith(within)]


def faults(page: Page) -> list[str]:
    """What a screen reader or a keyboard would stumble over; an empty list is good."""
    found = [f"id {one} occurs twice" for one in set(page.ids) if page.ids.count(one) > 1]
    ids = page.by_id
    for tag, attrs in page.elements:
        for name in ("aria-describedby", "aria-labelledby"):
            found += [f"{tag} {name} {one} leads nowhere" for one in attrs.get(name, "").split() if one not in ids]
        if tag == "label" and ids.get(attrs.get("for", ""), ("",))[0] not in FOCUSABLE:
            found.append(f"label for {attrs.get('for')} leads nowhere")
        if tag in {"input", "select", "textarea"} and attrs.get("type") not in {"hidden", "submit"}:
            labels = [label for label in page.every("label") if label.get("for") == attrs.get("id")]
            if len(labels) != 1:
                found.append(f"{tag} {attrs.get('id')} has {len(labels)} labels")
        if "style" in attrs or any(name.startswith("on") for name in attrs):
            found.append(f"{tag} has an inline style or script")
        if "required" in attrs:
            found.append(f"{tag} lets the browser complain")
    for href in page.hrefs(within="#"):
        tag, attrs = ids.get(href[1:], ("", {}))
        if href != "#main" and tag not in FOCUSABLE and "tabindex" not in attrs:
            found.append(f"link {href} leads to nothing that takes focus")
    return found
