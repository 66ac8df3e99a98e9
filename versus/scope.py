"""What a request asks for of a library, and which files of earlier builds it leaves alone.

In: a request and the library. Out: the articles, channels and records that it is about.
"""

from collections.abc import Callable
from pathlib import Path

from versus import search
from versus.artifacts import COPY, Record
from versus.diagnostics import Diagnostic, Severity, did_you_mean
from versus.library import Entry, Library
from versus.request import FORMATS, Request
from versus.sources import ARTICLES


class UnknownNameError(Exception):
    """The command names an article, an edition, a language or a channel that is not there."""


def chosen(request: Request, found: Library) -> tuple[tuple[Entry, ...], list[Diagnostic]]:
    """The articles to build, and a note on each one asked for that is not out yet.

    Raises UnknownNameError where the request names what is not there.
    """
    for kind, asked, known in (
        ("edition", request.editions, found.site.edition_names),
        ("language", request.languages, found.all_languages),
        ("channel", request.channels or (), tuple(found.site.channels)),
    ):
        for name in asked:
            if name not in known:
                hint = did_you_mean(name, known)
                raise UnknownNameError(f"no {kind} {name!r}" + (f": {hint}" if hint else ""))
    if not request.articles:
        return _shared(request, found.live), []
    entries: dict[str, Entry] = {}
    notes = []
    for name in request.articles:
        entry = found.find(name)
        if entry is None:
            _file(name, found)  # Its own errors are told, and stop the build.
        elif found.is_live(entry):
            entries[entry.slug] = entry
        else:
            notes.append(_not_out(entry))
    return _shared(request, tuple(entries.values())), notes


def _file(name: str, found: Library) -> str:
    """The file of an article that a request names, right or wrong. Raises UnknownNameError."""
    entry = found.find(name)
    if entry is not None:
        return entry.source.path
    broken = next((path for path in found.broken if name in (path, Path(path).stem)), None)
    if broken is None:
        hint = did_you_mean(name, found.entries, else_list=False)
        raise UnknownNameError(f"no article {name!r}" + (f": {hint}" if hint else ""))
    return broken


def concerns(request: Request, found: Library) -> Callable[[Diagnostic], bool]:
    """Whether a diagnostic is about what a request names: its articles, with their translations.

    What is about no article concerns them all. Raises UnknownNameError.
    """
    begins = tuple(_file(name, found).removesuffix("yaml") for name in request.articles)

    def is_meant(told: Diagnostic) -> bool:
        return (
            not begins or not told.path.startswith(ARTICLES + "/") or told.path.startswith(begins)
        )

    return is_meant


def _shared(request: Request, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Those of some articles that are made in the part of the build that is asked for."""
    shard = request.shard
    return tuple(e for e in entries if shard is None or shard.holds(e.slug))


def _not_out(entry: Entry) -> Diagnostic:
    option = "--drafts" if entry.state == "draft" else "--future"
    reason = "a draft (no `published`)" if entry.state == "draft" else "scheduled"
    message, hint = f"not built: it is {reason}", f"{option} builds it"
    return Diagnostic(entry.source.path, 1, 1, Severity.WARNING, message, hint)


def channels(request: Request, found: Library) -> tuple[str, ...]:
    """The channels that a build writes copies for."""
    names = tuple(found.site.channels)
    return names if request.channels is None else tuple(n for n in names if n in request.channels)


def keeper(
    request: Request, found: Library, entries: tuple[Entry, ...]
) -> Callable[[Record], bool]:
    """Which files of earlier builds stay: those that this one was not asked to make again.

    An article, edition or channel that is gone takes its files with it, whatever was asked for. A
    part of a build stands alone.
    """
    if request.shard is not None:
        return lambda record: False
    building = {entry.slug for entry in entries} if request.articles else None
    editions = request.editions or found.site.edition_names
    languages = request.languages or found.languages
    known = {COPY + name for name in found.site.channels}
    copying = {COPY + name for name in channels(request, found)}

    def is_there(record: Record) -> bool:
        edition, _slash, language = str(record.get("variant")).partition("/")
        entry = found.entries.get(str(record.get("article")))
        return (
            entry is not None
            and found.is_live(entry)
            and edition in found.site.edition_names
            and found.has(entry, language)
        )

    def keep(record: Record) -> bool:
        if record.get("article") is None:
            is_index = str(record.get("path")).startswith(search.FOLDER + "/")
            is_kept = is_index and found.site.search and not is_whole(request, found)
            return is_kept or "html" not in request.formats
        if not is_there(record):
            return False
        is_other = building is not None and record["article"] not in building
        form = str(record.get("format"))
        if form.startswith(COPY):
            return form in known and (is_other or form not in copying)
        edition, _slash, language = str(record.get("variant")).partition("/")
        return (
            is_other
            or not _makes(request, record.get("format"))
            or edition not in editions
            or language not in languages
        )

    return keep


def makes_site(request: Request) -> bool:
    """Whether a build makes the files of no single article: of several parts, the first does."""
    return "html" in request.formats and (request.shard is None or request.shard.is_first)


def makes_search(request: Request, found: Library) -> bool:
    """Whether the index for search is made, by a build or of all its parts together."""
    return found.site.search and "html" in request.formats and is_whole(request, found)


def is_whole(request: Request, found: Library) -> bool:
    """Whether a build makes all pages that search knows; else the index stays as it was."""
    editions = request.editions or found.site.edition_names
    return not request.articles and found.site.edition_names[0] in editions


def _makes(request: Request, format_: object) -> bool:
    """Whether a build makes files of a format; what comes with a page is made with pages."""
    return (format_ if format_ in FORMATS else "html") in request.formats
