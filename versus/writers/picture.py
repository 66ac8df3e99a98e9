"""A table as a picture, for platforms that show none: laid out like the PDF, then rasterised.

In: the table's HTML, its language and a stylesheet. Out: the bytes of a PNG, cropped to what is
drawn. How columns share the width is judged as for Markdown tables in a PDF.
"""

import io
from html import escape
from typing import Any

from versus.writers import pdf
from versus.writers.pdf.paper import Paper
from versus.writers.pdf.tables import arrange

_SCALE = 2 * 96 / 72
"""Two pixels for each CSS pixel, so that it is sharp on phones; PDFium counts in points."""

_MARGIN = 24

_PAPER = Paper("picture", 217, 794, 2.6, 2.6, 13.125)
"""The page of `table.css` in mm; 0.857 of this size of text, which tables have, are 15 pixels."""


def encode(table: str, stylesheet: str, door: Any, language: str, direction: str) -> bytes:
    """The picture of a table in a language (BCP 47) that is written `ltr` or `rtl`.

    It shows the pictures that `door` leads to. Raises VersusError where Pango is missing, with the
    way to install it.
    """
    import pypdfium2
    from PIL import Image, ImageChops

    weasyprint = pdf.load()
    head = f'<!DOCTYPE html><html lang="{escape(language)}" dir="{escape(direction)}">'
    html = weasyprint.HTML(string=f"{head}<body>{table}</body></html>", url_fetcher=door)
    arrange(html.etree_element, _PAPER)
    data = html.write_pdf(stylesheets=[weasyprint.CSS(string=stylesheet, url_fetcher=door)])
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [page.render(scale=_SCALE).to_pil() for page in document]
    finally:
        document.close()
    white = [_cropped(page.convert("RGB"), Image, ImageChops) for page in pages]
    whole = Image.new("RGB", (max(p.width for p in white), sum(p.height for p in white)), "white")
    top = 0
    for page in white:
        whole.paste(page, (0, top))
        top += page.height
    target = io.BytesIO()
    whole.quantize(64).save(target, "PNG", optimize=True)
    return target.getvalue()


def _cropped(page: Any, image: Any, chops: Any) -> Any:
    box = chops.difference(page, image.new("RGB", page.size, "white")).getbbox()
    if box is None:
        return page
    left, top, right, bottom = box
    return page.crop(
        (
            max(0, left - _MARGIN),
            max(0, top - _MARGIN),
            min(page.width, right + _MARGIN),
            min(page.height, bottom + _MARGIN),
        )
    )
