"""Where words of a built file were written: from what a reader sees back to a content file.

In: content files and words. Out: diagnostics at line and column. Read again only when there is
something to tell; words that templates wrote themselves are told at the article's first line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from versus.diagnostics import Diagnostic, Fault, FieldPath, Severity
from versus.sources import Source
from versus.validate import placed
from versus.yamltext import Plain, load

_ANY = (10**9, 10**9)
"""Values and characters: the files were checked when they were read."""


@dataclass(frozen=True, slots=True)
class _Found:
    path: FieldPath
    offset: int


def warning(sources: Iterable[Source], words: str, message: str, hint: str) -> Diagnostic:
    """A warning where the words stand: in the first of the sources that holds them.

    The first source is the article's own. It is named where no source holds the words, at the
    longest beginning of them that it has: Markdown's marks may stand between words.
    """
    files = tuple(sources)
    pieces = words.split()
    whole = ((source, words) for source in files)
    starts = ((files[0], " ".join(pieces[:n])) for n in range(len(pieces) - 1, 0, -1))
    for source, wanted in (*whole, *starts) if pieces else ():
        found = _find(load(source.text, *_ANY), wanted)
        if found is not None:
            at = placed(source, [Fault(found.path, message, hint, offset=found.offset)])[0]
            return Diagnostic(source.path, at.line, at.column, Severity.WARNING, message, hint)
    return Diagnostic(files[0].path, 1, 1, Severity.WARNING, message, hint)


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
