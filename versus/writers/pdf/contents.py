"""Pages with a list of contents where they are many, and without one where they are few.

How many there are shows only once they are laid out, which is most of a PDF's cost. So a guess
comes first, and what was guessed is laid out; only where it proves wrong, once more. The pages
that the list names are known by then, too, and take the place of a figure that was laid out with
it: as `target-counter()` in the stylesheet they would cost the list's page two more layouts.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from versus.writers.pdf.paper import PAPERS, Paper

FEW = 4
"""Up to so many pages, nobody needs a list of contents."""

_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "tr", "dt", "pre", "img"})

_LETTERS_PER_PAGE, _BLOCKS_PER_PAGE = 2900, 45
"""What a page of A4 takes, measured on our own articles."""


_PLACE = "0"
"""What stands where a page's number will; the stylesheet prints it from `data-page`."""


def laid_out(root: Element, paper: Paper, render: Callable[[], Any]) -> Any:
    """The document that `render` makes of the tree, its contents kept or taken out."""
    parents = {child: parent for parent in root.iter() for child in parent}
    contents = next((e for e in root.iter("nav") if e.get("class") == "contents"), None)
    if contents is None:
        return render()
    parent = parents[contents]
    place = list(parent).index(contents)
    for link in contents.iter("a"):
        link.set("data-page", _PLACE)
    is_long = _pages(parent, paper) > FEW
    if not is_long:
        parent.remove(contents)
    document = render()
    if (len(document.pages) > FEW) != is_long:
        is_long = not is_long
        if is_long:
            parent.insert(place, contents)
        else:
            parent.remove(contents)
        document = render()
    if is_long:
        _number(document, set(contents.iter("a")))
    return document


def _number(document: Any, links: set[Element]) -> None:
    """Put the numbers of pages in their places; a longer one grows into the leader."""
    if not links:
        return
    from weasyprint.text.line_break import split_first_line

    pages: dict[str, int] = {}
    for number, page in enumerate(document.pages, 1):
        for name in page.anchors:
            pages.setdefault(name, number)
    for box in _places(document, links):
        text = str(pages[unquote(box.element.get("href", "").removeprefix("#"))])
        layout, _, _, width, _, _ = split_first_line(text, box.style, None, None, 0)
        if box.style["direction"] == "ltr":
            box.position_x += box.width - width
        box.text, box.pango_layout, box.width = text, layout, width


def _places(document: Any, links: set[Element]) -> Iterator[Any]:
    """The boxes of text that hold places for numbers, which stand on the first pages."""
    waiting = len(links)
    for page in document.pages:
        for box in page._page_box.descendants():  # noqa: SLF001 - what was laid out
            if box.element in links and getattr(box, "text", None) == _PLACE:
                waiting -= 1
                yield box
        if not waiting:
            return


def _pages(root: Element, paper: Paper) -> float:
    """About how many pages a tree fills."""
    letters = sum(len(text) for text in root.itertext() if not text.isspace())
    blocks = sum(node.tag in _BLOCKS for node in root.iter())
    a4 = PAPERS["A4"]
    room = (paper.measure * paper.height / paper.text**2) / (a4.measure * a4.height / a4.text**2)
    return (letters / _LETTERS_PER_PAGE + blocks / _BLOCKS_PER_PAGE) / room
