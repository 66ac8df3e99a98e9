"""The social card: an HTML page of fixed size as a PNG, its texts as large as they fit.

In: HTML and a stylesheet. Out: the bytes of a small PNG, from the cache where it was drawn before.
WeasyPrint lays out and pypdfium2 draws, so that no browser is needed.
"""

import io
from collections.abc import Iterator
from importlib.metadata import version
from itertools import count, takewhile
from typing import Any

from versus import fonts
from versus.cache import cached
from versus.pictures import CARD_SIZE
from versus.writers.pdf import load
from versus.writers.pdf.engine import no_door

_STEP = 0.9
_COLOURS = 96
_DRAWN_BY = ("weasyprint", "pypdfium2", "pillow")


def encode(source: str, stylesheet: str) -> bytes:
    """The card of a template's HTML. Raises VersusError where Pango is missing."""
    recipe = (source, stylesheet, fonts.fingerprint(), *map(version, _DRAWN_BY))
    return cached("cards", recipe, lambda: _drawn(source, stylesheet))


def prepare() -> None:
    """Find out what fonts there are, once for all workers."""
    fonts.fingerprint()


def _drawn(source: str, stylesheet: str) -> bytes:
    import pypdfium2

    pdf = fitted(source, stylesheet).write_pdf()
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        picture = page.render(scale=CARD_SIZE[0] / page.get_width()).to_pil().convert("RGB")
        picture = picture.crop((0, 0, *CARD_SIZE))
    out = io.BytesIO()
    picture.quantize(_COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def fitted(source: str, stylesheet: str) -> Any:
    """The laid-out document, each `data-fit` element at the largest size whose text it holds."""
    weasyprint = load()
    from weasyprint.text.fonts import FontConfiguration

    config, door = FontConfiguration(), no_door()
    style = weasyprint.CSS(string=stylesheet, font_config=config, url_fetcher=door)
    html = weasyprint.HTML(string=source, url_fetcher=door)
    steps = {e: _steps(e) for e in html.etree_element.iter() if e.get("data-fit")}
    waiting = set(steps)
    while True:
        for element in waiting:
            element.attrib.update(next(steps[element]))
        document = html.render(stylesheets=[style], font_config=config)
        found = set(_overflowing(document.pages[0]))
        waiting = {e for e in waiting & found if e.get("data-fit") != "done"}
        if not waiting:
            return document


def _steps(element: Any) -> Iterator[dict[str, str]]:
    """The attributes to try, from the largest font size to the smallest; the last is final."""
    largest, breaking, smallest = map(int, element.get("data-fit").split())
    steps = (round(largest * _STEP**n) for n in count())
    sizes = (*dict.fromkeys(takewhile(lambda size: size > smallest, steps)), smallest)
    classes = element.get("class", "")
    for size in sizes:
        attributes = {"style": f"font-size: {size}px"}
        if size < breaking:
            attributes["class"] = f"{classes} breaking"
        if size == smallest:
            attributes["data-fit"] = "done"
        yield attributes


def _overflowing(page: Any) -> Iterator[Any]:
    """The `data-fit` elements with text beyond the edges of a box that it stands in."""
    yield from dict.fromkeys(_beyond(page._page_box, None, ()))  # noqa: SLF001 - the one way to measure


def _beyond(box: Any, element: Any, edges: tuple[tuple[float, ...], ...]) -> Iterator[Any]:
    from weasyprint.formatting_structure import boxes

    box = getattr(box, "_box", box)  # What is positioned stands behind a placeholder.
    own = getattr(box, "element", None)
    if own is not None and own.get("data-fit") and isinstance(box, boxes.BlockLevelBox):
        element = own
    if isinstance(box, boxes.LineBox) and element is not None:
        line = (
            box.position_x,
            box.position_y,
            box.position_x + box.width,
            box.position_y + box.height,
        )
        if any(_outside(line, edge) for edge in edges):
            yield element
    elif element is not None and isinstance(box, boxes.BlockLevelBox):
        x, y = box.content_box_x(), box.content_box_y()
        edges = (*edges, (x, y, x + box.width, y + box.height))
    for child in getattr(box, "children", ()):
        yield from _beyond(child, element, edges)


def _outside(line: tuple[float, ...], edge: tuple[float, ...]) -> bool:
    slack = 0.5
    return (
        line[0] < edge[0] - slack
        or line[1] < edge[1] - slack
        or line[2] > edge[2] + slack
        or line[3] > edge[3] + slack
    )
