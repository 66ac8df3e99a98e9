"""Whether all that was laid out stands on its page, and inside its cell: measured, not hoped for.

In: a document laid out by WeasyPrint. Out: remarks, one for each element that reaches over, with
how far it does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from versus.writers.remarks import Remark

_SLACK = 4
"""Pixels of CSS (1 mm) by which letters may reach over: italics, joined letters torn apart."""

_MM_PER_PIXEL = 25.4 / 96

_HINTS = {
    "img": "make the picture smaller, or take its `width` and `height` out",
    "table": "give the table fewer columns, or shorter words",
    "td": "break the long word up, or give the table fewer columns",
    "pre": "break the line of code",
}
_HINT = "shorten it, or nest it less deeply"


@dataclass(frozen=True, slots=True)
class _Area:
    """A part of a page, in pixels of CSS."""

    left: float
    top: float
    right: float
    bottom: float

    def excess(self, other: "_Area") -> tuple[float, str]:
        """How far another area reaches over the edge that it reaches over most, and which."""
        return max(
            (other.right - self.right, "right"),
            (self.left - other.left, "left"),
            (other.bottom - self.bottom, "lower"),
            (self.top - other.top, "upper"),
        )


def remarks(document: Any) -> Iterator[Remark]:
    """What reaches over a page's area for text, or over its own cell of a table."""
    from weasyprint.formatting_structure import boxes

    told: set[Any] = set()
    for number, page in enumerate(document.pages, 1):
        sheet = page._page_box  # noqa: SLF001 - the only way to what was laid out
        area = _content(sheet)
        stack = [(child, area, "page") for child in sheet.children]
        while stack:
            box, limit, within = stack.pop()
            box = getattr(box, "_box", box)  # what is positioned stands behind a placeholder
            if isinstance(box, boxes.MarginBox):
                continue
            is_table = isinstance(box, boxes.TableBox) and box.element_tag == "table"
            if is_table or isinstance(box, boxes.TextBox | boxes.ReplacedBox):
                excess, edge = limit.excess(_ink(box))
                if excess > _SLACK and box.element not in told and _is_seen(box):
                    told.add(box.element)
                    yield _remark(box, number, within, excess, edge)
            if isinstance(box, boxes.TableCellBox):
                limit, within = _border(box), "cell"
            stack += [(child, limit, within) for child in getattr(box, "children", ())]


def _content(box: Any) -> _Area:
    left, top = box.content_box_x(), box.content_box_y()
    return _Area(left, top, left + box.width, top + box.height)


def _border(box: Any) -> _Area:
    left, top = box.border_box_x(), box.border_box_y()
    return _Area(left, top, left + box.border_width(), top + box.border_height())


def _ink(box: Any) -> _Area:
    """What of a box must stand inside; of text its letters, as a font's own box may be higher."""
    area = _border(box)
    if not hasattr(box, "text"):
        return area
    line = box.position_y + box.baseline
    size = box.style["font_size"]
    return _Area(area.left, line - 0.75 * size, area.right, line + 0.2 * size)


def _is_seen(box: Any) -> bool:
    text = getattr(box, "text", "x")
    return bool(text.strip()) and box.style["visibility"] == "visible"


def _remark(box: Any, page: int, within: str, excess: float, edge: str) -> Remark:
    words = " ".join(getattr(box, "text", "").split())
    shown = f" “{words[:40]}{'…' if len(words) > 40 else ''}”" if words else ""
    tag = box.element_tag.partition("::")[0]
    where = f"the {edge} edge of its {within}"
    return Remark(
        f"page {page} of the PDF: <{tag}>{shown} reaches {excess * _MM_PER_PIXEL:.1f} mm "
        f"over {where}",
        _HINTS.get(tag, _HINT),
        words or box.element.get("alt", ""),
    )
