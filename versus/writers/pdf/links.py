"""Links as paper can show them: a number and a list of addresses, or the page they lead to.

In: the tree of the template's HTML. Out: the same tree, changed. Words come from the template:
its empty `section.links` is filled here, or taken out where there is nothing to list; `data-page`
of `body` says how to name a page, as in `(page %)`.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement

_SHOWN = frozenset({"cover", "contents", "sources", "related", "cite", "note-ref", "note-back"})
"""Classes of what shows its addresses itself, or numbers them."""

_PLAIN = frozenset({"pre", "code", "h1", "h2", "h3", "h4", "h5", "h6", "th"})
"""Elements that a number would disturb: headings are in the bookmarks, code is to be copied."""


def number(root: Element) -> None:
    """Give each link to elsewhere a number, and list the addresses where the template says."""
    body = root.find("body")
    parents = {child: parent for parent in root.iter() for child in parent}
    listing = next((e for e in root.iter("section") if "links" in _classes(e)), None)
    if body is None or listing is None:
        return
    for link in body.iter("a"):
        if "address" in _classes(link):
            link.text = short(link.get("href", ""))
    before, _, after = body.get("data-page", "%").partition("%")
    numbers: dict[str, int] = {}
    for link in list(_links(body)):
        address = link.get("href", "")
        if address.startswith("#"):
            _mark(link, parents, {"class": "page-of", "data-to": address}, (before, after))
        elif urlsplit(address).scheme in ("http", "https") and _is_words(link, address):
            found = numbers.setdefault(address, len(numbers) + 1)
            _mark(link, parents, {"class": "link-number"}, (str(found), ""))
    if not numbers:
        parents[listing].remove(listing)
        return
    items = next(listing.iter("ol"))
    for address in numbers:
        anchor = SubElement(SubElement(items, "li"), "a", {"href": address})
        anchor.text = short(address)


def short(address: str) -> str:
    """An address as people write it: no scheme, other scripts readable."""
    text = re.sub(r"\Ahttps?://", "", address)
    return _readable(text.removesuffix("/"))


def _readable(text: str) -> str:
    """Percent-encoded letters as letters; what is encoded for a reason (spaces, %) stays."""
    shown = unquote(text)
    return shown if shown.isprintable() and not re.search(r"[\s%<>\"\ufffd]", shown) else text


def _links(node: Element) -> Iterator[Element]:
    """The links that need a mark, in order."""
    for child in node:
        if child.tag in _PLAIN or _SHOWN & _classes(child):
            continue
        if child.tag == "a" and child.get("href"):
            yield child
        yield from _links(child)


def _is_words(link: Element, address: str) -> bool:
    """Whether a link's text says something else than its address."""
    text = "".join(link.itertext()).strip()
    return short(text.removeprefix("mailto:")) != short(address) and text != address


def _mark(
    link: Element,
    parents: dict[Element, Element],
    attributes: dict[str, str],
    words: tuple[str, str],
) -> None:
    """Put an empty mark behind a link, kept on its line; CSS prints it from its attributes."""
    parent = parents[link]
    mark = Element("span", {**attributes, "data-before": words[0], "data-after": words[1]})
    mark.tail, link.tail = link.tail, None
    parent.insert(list(parent).index(link) + 1, mark)


def _classes(node: Element) -> set[str]:
    return set(node.get("class", "").split())
