"""How a comparison lies on its paper: upright, small, turned, or in parts side by side.

In: the tree of the template's HTML and the paper. Out: the same tree, each `.opening` and its
table given classes that `pdf.css` lays out; a table that no page can hold is split into groups of
columns, each with the criteria again. The choice is by measure: how many characters a column has
room for, and how many its words need. Columns of tables of Markdown fields are as wide as their
words ask; where the longest do not fit side by side, the table is set dense, and then with shares
of the width for columns that break words. Rows that no page can hold may break.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt
from xml.etree.ElementTree import Element, SubElement

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


_FIELDS = (
    Layout("", 0.857, 6, turned=False),
    Layout("dense", 0.724, 3.6, turned=False),
)
"""How a table of a Markdown field is laid out: as others are, or dense."""

_BROKEN = Layout("dense broken", 0.724, 2.4, turned=False)
"""How one is whose words must be broken."""

_WIDEST = 16
"""A column that breaks words asks for no more letters than these."""

_SURE = 0.9
"""How much of the measure words may take: a letter can be wider than the mean."""

_EAST_ASIAN = re.compile("[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
"""What a line may break beside."""

_INDENTS = {"ol": 6.0, "ul": 6.0, "blockquote": 4.4, "dd": 4.0}
"""What elements take of the width, in mm, as `pdf.css` has it."""


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
    for table, measure in list(_field_tables(root, paper.measure)):
        columns = _columns(table)
        layout = _field_layout(columns, measure, paper)
        if layout.classes:
            table.set("class", f"{table.get('class', '')} {layout.classes}".strip())
        if layout is _BROKEN:
            table.insert(0, _shares(columns))
        _mark_tall_rows(table, layout, paper)


def _field_tables(node: Element, measure: float) -> Iterator[tuple[Element, float]]:
    """The tables of Markdown fields, each with the width that it has."""
    if node.tag == "table" and "comparison" not in node.get("class", "").split():
        yield node, measure
    if node.tag == "tr" or node.get("class") == "choice-row":
        measure /= len(node) or 1
    for child in node:
        yield from _field_tables(child, measure - _INDENTS.get(node.tag, 0))


def _field_layout(columns: Sequence[Sequence[str]], measure: float, paper: Paper) -> Layout:
    """The most welcome layout in which the longest words of all columns stand side by side."""
    letters = sum(max(_longest(_EAST_ASIAN.sub(" ", x)) for x in column) for column in columns)
    for layout in _FIELDS:
        letter = layout.size * paper.text * _MM_PER_POINT * _LETTER
        if letters * letter <= _SURE * (measure - len(columns) * layout.padding):
            return layout
    return _BROKEN


def _shares(columns: Sequence[Sequence[str]]) -> Element:
    """The widths of columns in a table that breaks words: by words, and by how much there is."""
    wishes = [
        min(max(max(_longest(cell), sqrt(_length(cell))) for cell in column) + 2, _WIDEST)
        for column in columns
    ]
    group = Element("colgroup")
    for wish in wishes:
        SubElement(group, "col", style=f"width: {100 * wish / sum(wishes):.2f}%")
    return group


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
    return room >= min(max(_longest(cell), _FEWEST), _ENOUGH) and _length(cell) / room <= _LINES


def _longest(cell: str) -> int:
    """The length of a cell's longest word."""
    return max(map(_length, re.split(r"[\s\-/\u200b]+", cell)))


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
