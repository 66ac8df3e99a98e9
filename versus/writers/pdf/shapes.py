"""Lines of text shaped once: WeasyPrint drops a shape after layout, and makes it anew to draw.

In: nothing. Out: a block in which shapes live from layout to drawing, and in which a style says
once which font it asks for, not once a line. Shapes take a few kilobytes a line until the PDF is
written, which a book would feel, an article does not. The bytes are the same with and without.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def kept() -> Iterator[None]:
    """Keep the shapes of lines, and the names of fonts, inside the block."""
    from weasyprint.text import line_break
    from weasyprint.text.ffi import pango

    lines = line_break.Layout
    drop, renew, name = lines.deactivate, lines.reactivate, line_break._font_style_cache_key  # noqa: SLF001

    def reuse(layout: Any, style: Any) -> None:
        if style is layout.style and not layout.justification_spacing:
            pango.pango_layout_set_width(layout.layout, -1)  # a line is not broken once more
        else:
            renew(layout, style)

    def named(style: Any, include_size: bool = False) -> str:
        names: dict[bool, str] = vars(style).setdefault("font_names", {})
        if include_size not in names:
            names[include_size] = name(style, include_size)
        return names[include_size]

    lines.deactivate, lines.reactivate = (lambda _layout: None), reuse
    line_break._font_style_cache_key = named  # noqa: SLF001
    try:
        yield
    finally:
        lines.deactivate, lines.reactivate = drop, renew
        line_break._font_style_cache_key = name  # noqa: SLF001
