"""How a comparison lies on its paper: upright, small, turned, or in parts side by side.

In: the tree of the template's HTML and the paper. Out: the same tree, each `.opening` and its
table given classes that `pdf.css` lays out; a table that no page can hold is split into groups of
columns, each with the criteria again. The choice is by measure: how many characters a column has
room for, and how many its words need. Tables of Markdown fields are set dense where they need it,
and rows that no page can hold may break.
"""

import re
import unicodedata
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from xml.etree.ElementTree import Element

from versus.writers.pdf.paper import Paper

_MM_PER_POINT = 25.4 / 72

_LETTER = 0.56
"""The mean width of a letter of Inter, in ems; wide characters of East Asia take two."""

_FEWEST, _ENOUGH = 9, 14
"""A column of fewer characters is no pleasure to read; longer words than this are hyphenated."""

_LINES = 10
"""A cell of more lines than this wants a wider column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to lay a table out: its classes, the size of its text, the padding of its cells."""

    classes: str
    size: float
    padding: float
    turned: bool


_LAYOUTS = (
    Layout("upright", 0.857, 4.8, turned=False),
    Layout("small", 0.762, 3, turned=False),
    Layout("turned", 0.8, 3.4, turned=True),
    Layout("turned small", 0.724, 2.6, turned=True),
)
"""From the most to the least welcome; sizes in ems of the paper's text, paddings in mm."""

_PARTS = _LAYOUTS[1]
"""How the parts of a split table are laid out."""


_DENSE = Layout("dense", 0.7, 1.2, turned=False)
"""How a wide table of a Markdown field is laid out."""

_FIELD = Layout("", 0.857, 6, turned=False)
"""How any other table of a Markdown field is."""


def arrange(root: Element, paper: Paper) -> None:
    """Lay out every table of a document."""
    for opening in [e for e in root.iter("div") if "opening" in e.get("class", "").split()]:
        for frame in [e for e in opening.iter("div") if e.get("class") == "table-frame"]:
            table = next(frame.iter("table"))
            columns = _columns(table)
            layout = choose(columns, paper)
            _mark_tall_rows(table, layout or _PARTS, paper)
            if layout is None:
                frame.set("class", f"table-frame {_PARTS.classes} split")
                _split(frame, table, columns, paper)
                continue
            frame.set("class", f"table-frame {layout.classes}")
            if layout.turned:
                opening.set("class", "opening turned")
    for table in [e for e in root.iter("table") if e.get("class") is None]:
        columns = _columns(table)
        is_dense = columns and not _fits(columns, _FIELD, paper)
        if is_dense:
            table.set("class", _DENSE.classes)
        _mark_tall_rows(table, _DENSE if is_dense else _FIELD, paper)


def _mark_tall_rows(table: Element, layout: Layout, paper: Paper) -> None:
    """Mark rows that fill so much of a page that they must be allowed to break."""
    size = layout.size * paper.text * _MM_PER_POINT
    height = (paper.width if layout.turned else paper.height) - 2 * paper.end
    for row in _rows(table):
        cells = _cells(row)
        room = max(_room(len(cells) or 1, layout, paper), 1)
        lines = max((_length("".join(cell.itertext())) / room for cell in cells), default=0)
        has_much = row.find(".//img") is not None or row.find(".//table") is not None
        if has_much or lines * size * 1.5 > height / 2:
            row.set("class", "tall")


def choose(columns: Sequence[Sequence[str]], paper: Paper) -> Layout | None:
    """The most welcome layout that gives each column room for its words; None to split."""
    return next((x for x in _LAYOUTS if _fits(columns, x, paper)), None)


def _fits(columns: Sequence[Sequence[str]], layout: Layout, paper: Paper) -> bool:
    room = _room(len(columns), layout, paper)
    return all(_has_room(cell, room) for column in columns for cell in column)


def _room(columns: int, layout: Layout, paper: Paper) -> float:
    """How many letters stand side by side in one of so many columns."""
    measure = paper.turned_measure if layout.turned else paper.measure
    width = measure / columns - layout.padding
    return width / (layout.size * paper.text * _MM_PER_POINT * _LETTER)


def _has_room(cell: str, room: float) -> bool:
    longest = max(map(_length, re.split(r"[\s\-/\u200b]+", cell)), default=0)
    return room >= min(max(longest, _FEWEST), _ENOUGH) and _length(cell) / room <= _LINES


def _length(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _rows(table: Element) -> list[Element]:
    """A table's own rows: a cell may hold a table of its own."""
    return table.findall("./*/tr")


def _cells(row: Element) -> list[Element]:
    """A row's cells: raw HTML may have comments between them."""
    return [cell for cell in row if cell.tag in ("td", "th")]


def _columns(table: Element) -> list[list[str]]:
    """The text of each column's cells, heading first; a cell that spans says it where it begins."""
    rows = _rows(table)
    grid: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in _cells(row):
            while (x, y) in grid:
                x += 1
            width, height = _span(cell, "colspan", 1000), _span(cell, "rowspan", len(rows) - y)
            grid |= {(x + i, y + j): "" for i in range(width) for j in range(height)}
            grid[x, y] = "".join(cell.itertext()).strip()
    columns = 1 + max((x for x, _y in grid), default=-1)
    return [[grid.get((x, y), "") for y in range(len(rows))] for x in range(columns)]


def _span(cell: Element, name: str, most: int) -> int:
    """How many columns or rows a cell takes, as HTML reads it: up to 1000, and those there are."""
    value = cell.get(name, "")
    return min(max(int(value), 1), most) if value.isdecimal() else 1


def _split(frame: Element, table: Element, columns: list[list[str]], paper: Paper) -> None:
    """Groups of columns of nearly one size, as wide as the paper can show them."""
    subjects = len(columns) - 1
    most = next(
        (n for n in range(subjects - 1, 1, -1) if _fits(columns[: n + 1], _PARTS, paper)), 2
    )
    groups = ceil(subjects / most)
    edges = [1 + subjects * i // groups for i in range(groups + 1)]
    frame.remove(table)
    for number, (start, end) in enumerate(pairwise(edges)):
        part = deepcopy(table)
        for row in _rows(part):
            cells = list(row)
            for cell in cells[1:start] + cells[end:]:
                row.remove(cell)
            for link in cells[0].iter("a") if number else ():
                link.attrib.pop("href", None)  # one link for a criterion is enough
        part.set("data-part", str(number))
        frame.append(part)
