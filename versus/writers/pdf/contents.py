"""Pages with a list of contents where they are many, and without one where they are few.

How many there are shows only once they are laid out, which is most of a PDF's cost. So a guess
comes first, and what was guessed is laid out; only where it proves wrong, once more.
"""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from versus.writers.pdf.paper import PAPERS, Paper

FEW = 4
"""Up to so many pages, nobody needs a list of contents."""

_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "tr", "dt", "pre", "img"})

_LETTERS_PER_PAGE, _BLOCKS_PER_PAGE = 2900, 45
"""What a page of A4 takes, measured on our own articles."""


def laid_out(root: Element, paper: Paper, render: Callable[[], Any]) -> Any:
    """The document that `render` makes of the tree, its contents kept or taken out."""
    parents = {child: parent for parent in root.iter() for child in parent}
    contents = next((e for e in root.iter("nav") if e.get("class") == "contents"), None)
    if contents is None:
        return render()
    parent = parents[contents]
    place = list(parent).index(contents)
    is_long = _pages(parent, paper) > FEW
    if not is_long:
        parent.remove(contents)
    document = render()
    if (len(document.pages) > FEW) == is_long:
        return document
    if is_long:
        parent.remove(contents)
    else:
        parent.insert(place, contents)
    return render()


def _pages(root: Element, paper: Paper) -> float:
    """About how many pages a tree fills."""
    letters = sum(len(text) for text in root.itertext() if not text.isspace())
    blocks = sum(node.tag in _BLOCKS for node in root.iter())
    a4 = PAPERS["A4"]
    room = (paper.measure * paper.height / paper.text**2) / (a4.measure * a4.height / a4.text**2)
    return (letters / _LETTERS_PER_PAGE + blocks / _BLOCKS_PER_PAGE) / room
