"""The search index of the site, made by Pagefind from finished pages.

In: the artifacts of a build. Out: the index's files as artifacts. Pagefind is a program of its own
and an optional package; it writes into a temporary folder, from which its files are read.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from versus.artifacts import Artifact
from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.mediatypes import media_type

FOLDER = "site/pagefind"

_UNUSED = ("pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight")
"""Other interfaces of Pagefind's, which the search page does not load."""


_ENTRY = "pagefind-entry.json"
"""The index's table of languages."""

_APART = (".contents", ".related", ".tags", ".byline")
"""Parts of a page that speak of others, or say what the page says elsewhere."""


def build(artifacts: Iterable[Artifact]) -> Iterator[Artifact]:
    """The index of the pages among some artifacts: those with `data-pagefind-body`.

    Raises VersusError where Pagefind is not installed, or does not start.
    """
    import asyncio

    with tempfile.TemporaryDirectory(prefix="versus-search-") as folder:
        pages, index = Path(folder) / "pages", Path(folder) / "index"
        for artifact in artifacts:
            if artifact.path.endswith("/index.html") and b"data-pagefind-body" in artifact.data:
                page = pages / artifact.path.removeprefix("site/")
                page.parent.mkdir(parents=True, exist_ok=True)
                page.write_bytes(artifact.data)
        asyncio.run(_index(pages, index))
        for path in sorted(index.rglob("*")):
            name = path.relative_to(index).as_posix()
            if path.is_file() and not name.startswith(_UNUSED):
                data = path.read_bytes()
                data = _sorted(data) if name == _ENTRY else data
                yield Artifact(f"{FOLDER}/{name}", data, media_type(name))


def _sorted(data: bytes) -> bytes:
    """JSON with its keys in order: Pagefind lists languages in another one on every run."""
    found = json.loads(data)
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


async def _index(pages: Path, index: Path) -> None:
    try:
        from pagefind.index import IndexConfig, PagefindIndex
    except ImportError:
        hint = "install it: pip install 'versus-press[search]'; or leave `search:` out"
        raise _fault("search needs the package pagefind, which is not installed", hint) from None
    config = IndexConfig(output_path=os.fspath(index), exclude_selectors=_APART)
    try:
        async with PagefindIndex(config=config) as found:
            await found.add_directory(os.fspath(pages))
    except OSError as error:
        hint = "install it with its program: pip install 'versus-press[search]'"
        raise _fault(f"search: Pagefind does not start: {error}", hint) from None


def _fault(message: str, hint: str) -> VersusError:
    return VersusError([Diagnostic("content/site.yaml", 1, 1, Severity.ERROR, message, hint)])
