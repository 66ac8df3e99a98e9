"""Where words of a built file were written: from what a reader sees back to a content file.

In: content files and words. Out: diagnostics at line and column. Read again only when there is
something to tell; words that templates wrote themselves are told at the article's first line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from versus.diagnostics import Diagnostic, Fault, FieldPath, Severity
from versus.sources import Source
from versus.validate import placed
from versus.yamltext import UNBOUNDED, Plain, load


@dataclass(frozen=True, slots=True)
class _Found:
    path: FieldPath
    offset: int


class Places:
    """Where words stand in the files of a publication; each is looked for once in all of them."""

    def __init__(self, every: Iterable[Source]) -> None:
        self._every = every
        self._known: dict[str, tuple[Source, _Found] | None] = {}

    def warning(self, own: Sequence[Source], words: str, message: str, hint: str) -> Diagnostic:
        """A warning where the words stand: in the article's own files, or the first that has them.

        The first file is named where none holds the words, at the longest beginning of them that
        it has: Markdown's marks may stand between words.
        """
        pieces = words.split()
        found = _first(own, words) or self._elsewhere(words) if pieces else None
        for count in range(len(pieces) - 1, 0, -1):
            found = found or _first(own[:1], " ".join(pieces[:count]))
        if found is None:
            return Diagnostic(own[0].path, 1, 1, Severity.WARNING, message, hint)
        source, place = found
        at = placed(source, [Fault(place.path, message, hint, offset=place.offset)])[0]
        return Diagnostic(source.path, at.line, at.column, Severity.WARNING, message, hint)

    def _elsewhere(self, words: str) -> tuple[Source, _Found] | None:
        if words not in self._known:
            self._known[words] = _first(self._every, words)
        return self._known[words]


def _first(sources: Iterable[Source], words: str) -> tuple[Source, _Found] | None:
    """The first file that holds the words, and where it does."""
    for source in sources:
        if _may_hold(source.text, words):
            found = _find(load(source.text, *UNBOUNDED), words)
            if found is not None:
                return source, found
        source.forget()
    return None


def _may_hold(text: str, words: str) -> bool:
    """Whether a file may hold words, told without reading its YAML, which takes a hundred times."""
    # Lines may be broken between words; inside one, YAML changes what it marks with these.
    (word,) = words.split(maxsplit=1)[:1]
    return word in text or "\\" in text or "'" in word


def _find(data: Plain, words: str) -> _Found | None:
    """The first text that holds the words."""
    for path, text in _texts(data, ()):
        offset = text.find(words)
        if offset >= 0:
            return _Found(path, offset)
    return None


def _texts(data: Plain, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*path, index))
