"""What WeasyPrint noticed while it drew: characters that no font has, pictures that did not load.

In: its log, and the pages. Out: remarks.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from versus.diagnostics import reason
from versus.writers.remarks import Remark

_GLYPH = ".notdef glyph rendered"
_PICTURE = "Failed to load image"


def remarks(log: Iterable[logging.LogRecord], document: Any, base_url: str) -> Iterator[Remark]:
    """One remark for each character without a glyph, and for each picture that is not there.

    Pictures below `base_url` are the publication's own.
    """
    glyphs: dict[str, None] = {}
    for record in log:
        arguments = record.args if isinstance(record.args, tuple) else ()
        if record.msg.startswith(_GLYPH):
            glyphs[str(arguments[0])] = None
        elif record.msg.startswith(_PICTURE):
            yield _picture(str(arguments[0]), arguments[1], base_url)
    for character in glyphs:
        yield Remark(
            f"no font has a glyph for U+{ord(character):04X} {character!r}: "
            f"neither {_family(character, document)} nor those that stand in for it",
            "install a font that has it, or write it in another way",
            character,
        )


def _picture(url: str, error: object, base_url: str) -> Remark:
    why = reason(error) if isinstance(error, BaseException) else str(error)
    is_own = url.startswith(f"{base_url}assets/")
    hint = (
        "save it anew, in a format that browsers show"
        if is_own
        else "keep pictures in content/assets; a build asks only the hosts of `pdf: {hosts: …}`"
    )
    words = unquote(url.removeprefix(base_url)) if is_own else url
    return Remark(f"the PDF shows no picture for {url}: {why}", hint, words)


def _family(character: str, document: Any) -> str:
    """The font that was asked for the character first, where it stands first."""
    for page in document.pages:
        for box in page._page_box.descendants():  # noqa: SLF001 - what was laid out
            if character in getattr(box, "text", ""):
                return str(box.style["font_family"][0])
    return "the document's font"
