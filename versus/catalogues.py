"""The words of templates in other languages: gettext catalogues.

In: `.po` files, those that come with Versus (`templates/locale/`) and the publication's own. Out:
`Words`, which say a template's English words in one language. The files are compiled in memory
when they are first asked for; a publication of one language in English reads none.
"""

import gettext
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from versus.languages import with_script
from versus.machine import templates_folder
from versus.sections import HEADINGS

_HOLE = re.compile(r"%\((\w+)\)[-#0-9 +.]*([a-z])", re.IGNORECASE)
"""A place that a value fills: its name, and what kind of value it takes."""

SOURCE_LANGUAGE = "en"
"""The language that templates are written in."""


class CatalogueError(Exception):
    """A catalogue that cannot be used: why, and which line is wrong, where that is known."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Words:
    """The words of templates in one language.

    `is_known` says whether there is a catalogue for the language that was asked for; where there
    is none, `language` is the templates' own.
    """

    language: str
    is_known: bool
    _catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)

    def gettext(self, message: str) -> str:
        """A message in this language, or as it is where the catalogue lacks it."""
        return self._catalogue.gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """A message in the plural form that the language has for a number."""
        return self._catalogue.ngettext(one, many, number)

    def pgettext(self, context: str, message: str) -> str:
        """A message that means something else elsewhere, told apart by its context."""
        return self._catalogue.pgettext(context, message)


def words(language: str, own: Mapping[str, str]) -> Words:
    """The words for a language: the publication's own catalogue, or else the one of Versus.

    `own` holds the texts of the publication's catalogues by language tag. A catalogue for a
    language serves its regions too (`pt` serves `pt-BR`), but never another script: `zh-TW` does
    not get the words of `zh-Hans`. Raises CatalogueError for a file that is not gettext's.
    """
    for tag in _candidates(language):
        if tag in own:
            return Words(language, True, compiled(own[tag]))
        shipped = _builtin(tag)
        if shipped is not None:
            return Words(language, True, shipped)
    is_source = language.partition("-")[0].lower() == SOURCE_LANGUAGE
    return Words(language if is_source else SOURCE_LANGUAGE, is_source)


def compiled(text: str) -> gettext.NullTranslations:
    """A catalogue's text as the standard library uses it. Raises CatalogueError."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        catalogue = read_po(io.BytesIO(text.encode()), abort_invalid=True)
        for message in catalogue:
            if message.id and not message.fuzzy:
                _check(_forms(message.id), _forms(message.string or ""), message.lineno or 1)
        compact = io.BytesIO()
        write_mo(compact, catalogue)
        compact.seek(0)
        return gettext.GNUTranslations(compact)
    except PoFileError as error:
        raise CatalogueError(f"not a catalogue: {error}", (error.lineno or 0) + 1) from None
    except (ValueError, LookupError, OSError) as error:
        raise CatalogueError(f"not a catalogue: {error}") from None


def _check(message: Sequence[str], said: Iterable[str], line: int) -> None:
    """Fill the translations of a message as builds do. Raises CatalogueError where they cannot."""
    values: dict[str, str | int] = {"num": 1, "context": ""}
    for name, kind in (hole for form in message for hole in _HOLE.findall(form)):
        values[name] = "" if kind == "s" else 1
    for text in said:
        try:
            _ = text % values if "%" in text else text
            if message[0] in HEADINGS.values() and "{" in text:
                text.format(subjects="")
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            why = f"there is no {error}" if isinstance(error, KeyError) else str(error)
            raise CatalogueError(f"{text!r} cannot be filled: {why}", line) from None


def _forms(text: str | Sequence[str]) -> Sequence[str]:
    """The forms of a message: one, or those of its plural."""
    return (text,) if isinstance(text, str) else text


def _candidates(language: str) -> list[str]:
    """The tag, its language with the likely script, then its parts, if they keep the script."""
    parts = language.split("-")
    shorter = ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
    script = with_script(language)
    kept = [tag for tag in shorter if tag == language or with_script(tag) == script]
    return list(dict.fromkeys([language, *([script] if script else []), *kept]))


@lru_cache(maxsize=32)
def _builtin(tag: str) -> gettext.NullTranslations | None:
    path = templates_folder() / "locale" / f"{tag}.po"
    return compiled(path.read_text(encoding="utf-8")) if path.is_file() else None
