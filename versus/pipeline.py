"""The flow from a folder to `out/`, top to bottom.

    Path → Source → Article → Library → Variant → Document → Artifact → out/

Reading and writing are the two ends; all between is a function of what was read. Before the last
step stands the barrier: an error anywhere, and `out/` stays as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from versus import emit, fonts, ledger, library, render, site_files, sources, validate
from versus.artifacts import Artifact, Record
from versus.channels import checking, making
from versus.diagnostics import Diagnostic, Severity, VersusError, did_you_mean, has_errors
from versus.library import Entry, Library
from versus.templating import Templates
from versus.variants import expand
from versus.writers import WRITERS, Context


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for. `now` decides what is scheduled; no other stage sees the clock."""

    root: Path
    out: Path
    now: datetime
    articles: tuple[str, ...] = ()
    formats: tuple[str, ...] = tuple(WRITERS)
    editions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] | None = None
    """The channels to write copies for; None is all, as a build that names no format writes."""
    drafts: bool = False
    future: bool = False
    strict: bool = False
    jobs: int = 1


class UnknownNameError(Exception):
    """The command names an article, an edition, a language or a channel that is not there."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A publication after validation; the library is None where there is no site to build."""

    library: Library | None
    diagnostics: tuple[Diagnostic, ...]
    copies: ledger.Copies = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    emitted: emit.Emitted
    artifacts: tuple[Artifact, ...]
    articles: int
    diagnostics: tuple[Diagnostic, ...] = field(default=())


def check(request: Request) -> Checked:
    """Read and validate a publication, and resolve all its links. Writes nothing."""
    publication = sources.read(request.root)
    diagnostics = list(publication.diagnostics)
    if publication.site is None:
        return Checked(None, _told(diagnostics))
    settings, faults = validate.site(publication.site)
    diagnostics += faults
    site = settings or validate.stand_in(publication.site)
    diagnostics += _untranslated(publication)
    posts, faults = validate.posts(publication.posts) if publication.posts else ((), [])
    diagnostics += faults
    articles, broken = [], []
    for source in publication.articles:
        article, faults = validate.article(source, site, publication.assets)
        diagnostics += faults
        if article is None:
            broken.append(source)
        else:
            articles.append((source, article))
    found, faults = library.index(
        site,
        tuple(articles),
        posts,
        publication,
        request.now,
        broken=tuple(broken),
        drafts=request.drafts,
        future=request.future,
    )
    diagnostics += faults
    copies, faults = ledger.copies(publication.ledger)
    diagnostics += faults
    if settings:
        diagnostics += checking.check(found, publication.site)
    return Checked(found if settings else None, _told(diagnostics), copies)


def build(
    request: Request,
    *,
    started: Callable[[int], None] = lambda total: None,
    made: Callable[[], None] = lambda: None,
    waiting: Callable[[], None] = lambda: None,
) -> Built:
    """Build a publication.

    Raises VersusError with every diagnostic where one is an error (or a warning, if `strict`),
    UnknownNameError where the request names what is not there, and OSError where `out` cannot be
    written; in all three cases `out` is as it was.
    """
    checked = check(request)
    if checked.library is None:
        raise VersusError(checked.diagnostics)
    found = checked.library
    chosen, notes = _chosen(request, found)
    diagnostics = [*checked.diagnostics, *notes, *_font_warnings(request)]
    _barrier(diagnostics, strict=request.strict)
    variants = tuple(expand(found, chosen, request.editions))
    context = Context(found.site, Templates(request.root))
    copies = [
        (name, variant)
        for name in _channels(request, found)
        for variant in making.variants(found, chosen, name)
    ]
    todo = render.tasks(found, variants, request.formats, copies)
    started(len(todo))
    artifacts: list[Artifact] = []
    shop = render.Shop(found, context, checked.copies)
    for outcome in render.run(shop, todo, request.jobs, made):
        if isinstance(outcome, Artifact):
            artifacts.append(outcome)
        else:
            diagnostics += outcome
    if "html" in request.formats:
        try:
            artifacts += site_files.build(found, context.templates)
        except VersusError as error:
            diagnostics += error.diagnostics
    diagnostics += _path_clashes(artifacts)
    _barrier(diagnostics, strict=request.strict)
    emitted = emit.emit(
        artifacts, request.out, keep=_keeper(request, found, chosen), waiting=waiting
    )
    return Built(emitted, tuple(artifacts), len(chosen), _told(diagnostics))


def _untranslated(publication: sources.Publication) -> Iterator[Diagnostic]:
    for overlay in publication.overlays:
        message, hint = (
            "not built: this version makes no translations",
            "the article itself is built",
        )
        yield Diagnostic(overlay.path, 1, 1, Severity.WARNING, message, hint)


def _barrier(diagnostics: list[Diagnostic], *, strict: bool) -> None:
    if has_errors(diagnostics) or (strict and diagnostics):
        raise VersusError(diagnostics)


def _chosen(request: Request, found: Library) -> tuple[tuple[Entry, ...], list[Diagnostic]]:
    """The articles to build, and a note on each one asked for that is not out yet."""
    for kind, asked, known in (
        ("edition", request.editions, found.site.edition_names),
        ("language", request.languages, (found.site.language,)),
        ("channel", request.channels or (), tuple(found.site.channels)),
    ):
        for name in asked:
            if name not in known:
                raise UnknownNameError(f"no {kind} {name!r}: {did_you_mean(name, known)}")
    if not request.articles:
        return found.live, []
    chosen: dict[str, Entry] = {}
    notes = []
    for name in request.articles:
        entry = found.find(name)
        if entry is None and any(name in (path, Path(path).stem) for path in found.broken):
            continue  # Its own errors are told, and stop the build.
        if entry is None:
            hint = did_you_mean(name, found.entries, else_list=False)
            raise UnknownNameError(f"no article {name!r}" + (f": {hint}" if hint else ""))
        if found.is_live(entry):
            chosen[entry.slug] = entry
            continue
        option = "--drafts" if entry.state == "draft" else "--future"
        reason = "a draft (no `published`)" if entry.state == "draft" else "scheduled"
        notes.append(
            Diagnostic(
                entry.source.path,
                1,
                1,
                Severity.WARNING,
                f"not built: it is {reason}",
                f"{option} builds it",
            )
        )
    return tuple(chosen.values()), notes


def _channels(request: Request, found: Library) -> tuple[str, ...]:
    """The channels that this build writes copies for."""
    names = tuple(found.site.channels)
    return names if request.channels is None else tuple(n for n in names if n in request.channels)


def _keeper(
    request: Request, found: Library, chosen: tuple[Entry, ...]
) -> Callable[[Record], bool]:
    """Which files of earlier builds stay: those that this one was not asked to make again.

    An article, edition or channel that is gone takes its files with it, whatever was asked for.
    """
    live = {entry.slug for entry in found.live}
    building = {entry.slug for entry in chosen} if request.articles else live
    editions = request.editions or found.site.edition_names
    channels = {making.PREFIX + name for name in found.site.channels}
    copying = {making.PREFIX + name for name in _channels(request, found)}

    def keep(record: Record) -> bool:
        if record.get("article") is None:
            return "html" not in request.formats
        form = str(record.get("format"))
        if form.startswith(making.PREFIX):
            is_known = form in channels and record["article"] in live
            return is_known and (record["article"] not in building or form not in copying)
        edition = str(record.get("variant")).partition("/")[0]
        if record["article"] not in live or edition not in found.site.edition_names:
            return False
        return (
            record["article"] not in building
            or record.get("format") not in request.formats
            or edition not in editions
        )

    return keep


def _path_clashes(artifacts: list[Artifact]) -> Iterator[Diagnostic]:
    """Two files for one path: an edition named like a file, an asset named like an article."""
    seen: dict[str, Artifact] = {}
    for artifact in artifacts:
        other = seen.setdefault(artifact.path.casefold(), artifact)
        if other is not artifact:
            message = f"two files for {artifact.path}"
            yield Diagnostic(sources.SITE, 1, 1, Severity.ERROR, message, "rename one of them")


def _font_warnings(request: Request) -> Iterator[Diagnostic]:
    absent = fonts.missing() if {"html", "pdf"} & set(request.formats) else ()
    if absent:
        message = f"fonts are not installed: {', '.join(absent)}; others take their place"
        yield Diagnostic("Makefile", 1, 1, Severity.WARNING, message, "`make setup` installs them")


def _told(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(set(diagnostics), key=lambda d: d.sort_key))
