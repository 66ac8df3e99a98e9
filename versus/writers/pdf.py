"""PDF by WeasyPrint: tagged, named, with bookmarks, from the template's HTML and `pdf.css`.

In: HTML whose addresses are absolute. Out: the bytes of a PDF, the same on every run. Nothing is
fetched over the network: the fetcher's one door leads to the publication's assets.
"""

import hashlib
import logging
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.model import Site
from versus.views import Document

if TYPE_CHECKING:
    from weasyprint import CSS

_STYLES: dict[str, tuple["CSS", Any]] = {}
"""Parsed stylesheets with their font configurations: one per worker and stylesheet."""


def encode(source: str, document: Document, site: Site, root: Path, stylesheet: str) -> bytes:
    """The PDF of a template's HTML.

    Raises VersusError where Pango is missing, with the way to install it.
    """
    weasyprint = load()
    style, fonts = _style(weasyprint, f"@page {{ size: {site.pdf.page} }}\n{stylesheet}")
    fetcher = _fetcher(site.base_url, root)
    html = weasyprint.HTML(string=source, base_url=document.url, url_fetcher=fetcher)
    identifier = hashlib.sha256(document.url.encode()).digest()[:16]
    data = html.write_pdf(
        stylesheets=[style],
        font_config=fonts,
        pdf_variant=site.pdf.standard,
        pdf_tags=True,
        pdf_identifier=identifier,
        custom_metadata=False,
        finisher=_scope_headers,
    )
    return bytes(data)


def _scope_headers(_document: Any, pdf: Any) -> None:
    """Say of each header cell whether it heads its column or its row.

    PDF/UA wants it (ISO 14289-1, 7.5), and WeasyPrint writes no Scope (its issue 2508). A header
    in the table's head heads a column, any other one its row.
    """
    elements = {
        item.reference: item
        for item in pdf.objects
        if getattr(item, "get", None) is not None and item.get("Type") == "/StructElem"
    }
    for element in elements.values():
        if element["S"] == "/TH":
            row = elements.get(element["P"], {})
            group = elements.get(row.get("P"), {})
            element["A"]["Scope"] = "/Column" if group.get("S") == "/THead" else "/Row"


def load() -> Any:
    """WeasyPrint, imported only here and only now: it takes most of a second."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        import weasyprint
    except OSError as error:
        message = f"WeasyPrint cannot start: {str(error).splitlines()[0]}"
        hint = "`make setup` installs Pango, or says how"
        fault = Diagnostic("pyproject.toml", 1, 1, Severity.ERROR, message, hint)
        raise VersusError([fault]) from None
    return weasyprint


def _style(weasyprint: Any, stylesheet: str) -> tuple["CSS", Any]:
    if stylesheet not in _STYLES:
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
        _STYLES[stylesheet] = (weasyprint.CSS(string=stylesheet, font_config=fonts), fonts)
    return _STYLES[stylesheet]


def _fetcher(base_url: str, root: Path) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    assets = (root / "content" / "assets").resolve()

    class Assets(URLFetcher):  # type: ignore[misc]
        """Reads the publication's assets by their URLs, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """The asset behind a URL. Raises ValueError for every other URL."""
            if url.startswith("data:"):
                return super().fetch(url, headers)
            prefix = base_url + "assets/"
            path = (assets / unquote(url.removeprefix(prefix))).resolve()
            if not url.startswith(prefix) or not path.is_relative_to(assets):
                raise ValueError(f"not an asset of the publication: {url}")
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return Assets()
