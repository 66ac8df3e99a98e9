"""What no file is wrong in, but somebody should look at.

In: the library. Out: warnings, each at its place: articles that compete with each other, and
translations that lag behind. `check` tells them; a build does not.
"""

from collections.abc import Iterator, Sequence

from versus.diagnostics import Diagnostic, Fault, Severity
from versus.languages import own_name
from versus.library import Entry, Library
from versus.overlays import Translation
from versus.related import Related
from versus.sources import Source
from versus.validate import placed

_SHOWN = 8
"""How many of the fields that are not translated a warning names."""


def advice(library: Library, related: Related) -> Iterator[Diagnostic]:
    """Everything about a publication that wants attention; all its articles are related."""
    entries = tuple(library.by_file.values())
    for source, fault in _duplicates(entries, related):
        yield from placed(source, [fault])
    for entry in entries:
        for translation in entry.translations.values():
            faults = _translation(entry, translation.whole, library.site.language)
            yield from placed(translation.source, faults)


def _duplicates(entries: Sequence[Entry], related: Related) -> Iterator[tuple[Source, Fault]]:
    """Articles that compete with each other in search.

    Equal sets of subjects are a certain case; for others the words of the related block tell.
    """
    told = set()
    for entry, owner in _same_subjects(entries):
        told.add(frozenset((entry.slug, owner.slug)))
        message = f"the same subjects as in {owner.source.path}: the two compete in search"
        hint = "keep one article for each set of subjects, and merge what the other one adds"
        yield entry.source, Fault(("subjects",), message, hint, "key", Severity.WARNING)
    for entry, other, cosine in related.alike():
        if frozenset((entry.slug, other.slug)) not in told:
            message = f"says the same as {other.source.path} (similarity {cosine:.2f})"
            hint = "the two compete in search: merge them, or let each say what the other does not"
            yield entry.source, Fault((), message, hint, "key", Severity.WARNING)


def _same_subjects(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Each article with the first one, in the order of files, that compares the same subjects.

    Neither the order of the subjects nor the case of their names counts: one owner for "A vs B"
    and "B vs A".
    """
    owners: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        names = (name.casefold() for name in entry.summary.subjects)
        owner = owners.setdefault(tuple(sorted(names)), entry)
        if owner is not entry:
            yield entry, owner


def _translation(entry: Entry, translation: Translation, language: str) -> Iterator[Fault]:
    command = f"python build.py translate {entry.source.stem} {translation.language}"
    for path in translation.outdated:
        message = "the article says something else since this was translated"
        hint = f"`{command}` shows it; when it is right again, add --accept"
        yield Fault(path, message, hint, severity=Severity.WARNING)
    if translation.missing:
        names = list(translation.missing.values())
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        message = f"{len(names)} of {translation.wanted} fields are not translated: {shown}"
        hint = f"they stay in {own_name(language)}; `{command}` writes what is left to translate"
        yield Fault((), message, hint, severity=Severity.WARNING)
