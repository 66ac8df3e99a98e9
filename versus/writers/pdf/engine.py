"""WeasyPrint itself: imported late, given our stylesheet, our assets and nothing else.

In: settings and texts. Out: what a layout needs, and what WeasyPrint had to say while it worked.
"""

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.mediatypes import media_type
from versus.model import Site
from versus.stamps import digest_of
from versus.writers.pdf.paper import Paper

if TYPE_CHECKING:
    from weasyprint import CSS

_LOGGER = logging.getLogger("weasyprint")

_STYLES: dict[str, tuple["CSS", Any]] = {}
"""Parsed stylesheets with their font configurations: one per worker and stylesheet."""


def load() -> Any:
    """WeasyPrint, imported only here and only now: it takes most of a second.

    Raises VersusError where Pango is missing, with the way to install it.
    """
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    _LOGGER.setLevel(logging.WARNING)
    _LOGGER.propagate = False
    try:
        import weasyprint
    except OSError as error:
        message = f"WeasyPrint cannot start: {str(error).splitlines()[0]}"
        hint = "`make setup` installs Pango, or says how"
        fault = Diagnostic("pyproject.toml", 1, 1, Severity.ERROR, message, hint)
        raise VersusError([fault]) from None
    return weasyprint


def style(paper: Paper, stylesheet: str, door: Any) -> tuple["CSS", Any]:
    """A stylesheet on a paper, parsed once, and the fonts that belong to it.

    What it names is fetched through `door`.
    """
    text = f"{paper.rules}\n{stylesheet}"
    if text not in _STYLES:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
        found = (CSS(string=text, font_config=fonts, url_fetcher=door), fonts)
        if door.has_missed:
            return found
        _STYLES[text] = found
    return _STYLES[text]


@contextmanager
def collecting_later() -> Iterator[None]:
    """No search for garbage inside the block: a layout's boxes all live until it is written.

    They point at each other in circles, so the first search after the block frees them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def listening() -> Iterator[list[logging.LogRecord]]:
    """What WeasyPrint logs inside the block."""
    heard: list[logging.LogRecord] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record)

    listener = Listener()
    _LOGGER.addHandler(listener)
    try:
        yield heard
    finally:
        _LOGGER.removeHandler(listener)


NO_DIGESTS: Mapping[str, str] = MappingProxyType({})

_PROGRAMS = (b"%!PS", b"\xc5\xd0\xd3\xc6")
"""How PostScript begins, for which Pillow would start an interpreter."""


def no_door() -> Any:
    """A door that is closed, for what shows nothing from elsewhere."""
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]
        """Fetches nothing; WeasyPrint asks it for more than a function has."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Raise ValueError."""
            raise ValueError(f"nothing is fetched here: {url}")

    return Nothing()


def fetcher(site: Site, root: Path, digests: Mapping[str, str] = NO_DIGESTS) -> Any:
    """The one door for pictures: the publication's assets by their URLs, and named hosts.

    `digests` are those of assets when the build began, by their names.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    assets = (root / "content" / "assets").resolve()
    prefix = site.base_url + "assets/"

    class Assets(URLFetcher):  # type: ignore[misc]
        """Reads the publication's assets by their URLs, and asks the hosts that it names."""

        has_missed = False
        """Whether a host that may be asked did not give what it was asked for."""
        changed = ""
        """An asset that is not what it was when the build began."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """The asset behind a URL. Raises ValueError or OSError for every other URL."""
            if url.startswith("data:"):
                return super().fetch(url, headers)
            if url.startswith(prefix):
                data, kind = self.asset(unquote(url.removeprefix(prefix)))
            elif site.pdf.hosts:
                data, kind = self.asked(url)
            else:
                raise ValueError(f"not an asset of the publication: {url}")
            if data.startswith(_PROGRAMS):
                raise ValueError("PostScript is a program, not a picture")
            return URLFetcherResponse(url, data, {"Content-Type": kind})

        def asked(self, url: str) -> tuple[bytes, str]:
            """What a host gives for a URL, and what it says that is."""
            from versus import fetching

            fetching.judge(url, site.pdf.hosts)
            try:
                return fetching.fetch(url, site.pdf.hosts, site.limits.asset)
            except Exception:
                self.has_missed = True
                raise

        def asset(self, name: str) -> tuple[bytes, str]:
            """The bytes of a file below the folder of assets, and what its name says it is."""
            path = _place(assets, name, site)
            data = path.read_bytes()
            known = digests.get(f"assets/{name}")
            if known and known != digest_of(data):
                self.changed = f"content/assets/{name}"
            return data, media_type(path.name)

    return Assets()


def _place(assets: Path, name: str, site: Site) -> Path:
    path = (assets / name).resolve()
    if not path.is_relative_to(assets) and not site.trust:
        raise ValueError(f"not an asset of the publication: {name}")
    return path
