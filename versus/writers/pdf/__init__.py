"""PDF by WeasyPrint: tagged, named, with bookmarks, from the template's HTML and `pdf.css`.

In: HTML whose addresses are absolute. Out: the bytes of a PDF, the same on every run, and what
may surprise in it. The fetcher's one door leads to the publication's assets, and to the hosts that
the site's settings name.

    HTML → tree → links, tables → pages → measured → tagged → packed → bytes
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from versus.model import Site
from versus.sources import ChangedWhileReadError
from versus.views import Document
from versus.writers.pdf import contents, engine, fit, heard, links, packing, shapes, tables, tags
from versus.writers.pdf.engine import load
from versus.writers.pdf.paper import PAPERS
from versus.writers.remarks import Written

__all__ = ["encode", "load"]


@engine.collecting_later()
def encode(
    source: str,
    document: Document,
    site: Site,
    root: Path,
    stylesheet: str,
    digests: Mapping[str, str] = engine.NO_DIGESTS,
) -> Written:
    """The PDF of a template's HTML; `digests` are those of the pictures that it is to show.

    Raises VersusError where Pango is missing, with the way to install it, and
    ChangedWhileReadError where a picture is another one by now.
    """
    weasyprint = load()
    paper = PAPERS[site.pdf.page]
    door = engine.fetcher(site, root, digests)
    style, fonts = engine.style(paper, stylesheet, door)
    options = {
        "stylesheets": [style],
        "pdf_variant": site.pdf.standard,
        "pdf_tags": True,
        "pdf_identifier": hashlib.sha256(document.url.encode()).digest()[:16],
        "custom_metadata": False,
    }
    with engine.listening() as log, shapes.kept():
        html = weasyprint.HTML(
            string=source,
            base_url=document.url,
            url_fetcher=door,
        )
        tree = html.etree_element
        links.number(tree)
        tables.arrange(tree, paper)
        laid_out = contents.laid_out(tree, paper, lambda: html.render(font_config=fonts, **options))
        with tags.finisher() as finish:

            def finished(document: Any, pdf: Any) -> None:
                finish(document, pdf)
                packing.pack(pdf)

            data = laid_out.write_pdf(finisher=finished, **options)
    if door.changed:
        raise ChangedWhileReadError(door.changed)
    noticed = (*fit.remarks(laid_out), *heard.remarks(log, laid_out, site.base_url))
    return Written(bytes(data), noticed, door.has_missed)
