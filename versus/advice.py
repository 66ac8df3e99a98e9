"""What no file is wrong in, but somebody should look at: translations that lag behind.

In: the library. Out: warnings, each at its place. `check` tells them; a build does not.
"""

from collections.abc import Iterator

from versus.diagnostics import Diagnostic, Fault, Severity
from versus.languages import own_name
from versus.library import Entry, Library
from versus.overlays import Translation
from versus.validate import placed

_SHOWN = 8
"""How many of the fields that are not translated a warning names."""


def advice(library: Library) -> Iterator[Diagnostic]:
    """Everything about a publication that wants attention."""
    for entry in library.by_file.values():
        for translation in entry.translations.values():
            faults = _translation(entry, translation, library.site.language)
            yield from placed(translation.source, faults)


def _translation(entry: Entry, translation: Translation, language: str) -> Iterator[Fault]:
    command = f"python build.py translate {entry.source.stem} {translation.language}"
    for path in translation.outdated:
        message = "the article says something else since this was translated"
        hint = f"`{command}` shows it; when it is right again, add --accept"
        yield Fault(path, message, hint, severity=Severity.WARNING)
    if translation.missing:
        names = list(translation.missing.values())
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        total = len(names) + len(translation.origins)
        message = f"{len(names)} of {total} fields are not translated: {shown}"
        hint = f"they stay in {own_name(language)}; `{command}` writes what is left to translate"
        yield Fault((), message, hint, severity=Severity.WARNING)
