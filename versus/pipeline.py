"""The flow from a folder to `out/`, top to bottom.

    Path → Source → Article → Library → Variant → Document → Artifact → out/

Reading and writing are the two ends; all between is a function of what was read. Before the last
step stands the barrier: an error anywhere, and `out/` stays as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from versus import (
    emit,
    fonts,
    ledger,
    library,
    pictures,
    references,
    render,
    scaling,
    search,
    site_files,
    sources,
    validate,
)
from versus.artifacts import COPY, Artifact, Record
from versus.catalogues import CatalogueError
from versus.diagnostics import Diagnostic, Severity, VersusError, did_you_mean, has_errors
from versus.library import Contents, Entry, Library
from versus.related import Candidate, Pick, Related
from versus.templating import Templates
from versus.translating import Draft
from versus.variants import copied, expand
from versus.writers import FORMATS, Context


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for. `now` decides what is scheduled; no other stage sees the clock."""

    root: Path
    out: Path
    now: datetime
    articles: tuple[str, ...] = ()
    formats: tuple[str, ...] = FORMATS
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


def check(request: Request, *, advise: bool = False) -> Checked:
    """Read and validate a publication, and resolve all its links. Writes nothing.

    With `advise` it also tells what is no fault of one file, but wants somebody's attention.
    """
    publication = sources.read(request.root)
    diagnostics = list(publication.diagnostics)
    if publication.site is None:
        return Checked(None, _told(diagnostics))
    settings, faults = validate.site(publication.site)
    diagnostics += faults
    site = settings or validate.stand_in(publication.site)
    posts, faults = (
        validate.posts(publication.posts, site.limits) if publication.posts else ((), [])
    )
    diagnostics += faults
    articles, broken = [], []
    for source in publication.articles:
        article, faults = validate.article(source, site, publication.assets)
        diagnostics += faults
        if article is None:
            broken.append(source)
        else:
            articles.append((source, article))
    translations = []
    for source, base in _overlays(publication):
        translation, faults = validate.translation(source, base, site, publication.assets)
        diagnostics += faults
        if translation is not None:
            translations.append(translation)
    contents = Contents(site, articles, posts, translations, tuple(broken))
    drafts, future = request.drafts, request.future
    found = library.index(contents, publication, request.now, drafts=drafts, future=future)
    diagnostics += references.faults(found, contents, publication)
    diagnostics += _word_faults(found, publication)
    copies, faults = ledger.copies(publication.ledger)
    diagnostics += faults
    if settings and settings.channels:
        from versus.channels import checking

        diagnostics += checking.check(found, publication.site)
    if advise:
        from versus.advice import advice

        diagnostics += advice(found)
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
    variants = tuple(expand(found, chosen, request.editions, request.languages))
    context = Context(found.site, Templates(request.root))
    copies = [
        (name, variant)
        for name in _channels(request, found)
        for variant in copied(found, chosen, name)
    ]
    todo = render.tasks(found, variants, request.formats, copies, request.jobs)
    started(len(todo))
    artifacts: list[Artifact] = []
    plans = pictures.plan(found, found.live) if "html" in request.formats else ()
    scaled = scaling.scale(plans, request.root, request.jobs)
    artifacts += scaled.artifacts
    diagnostics += scaled.diagnostics
    shop = render.Shop(found, context, scaled.copies, checked.copies)
    for outcome in render.run(shop, todo, request.jobs, made):
        artifacts += outcome.artifacts
        diagnostics += outcome.diagnostics
    if "html" in request.formats:
        try:
            artifacts += site_files.build(found, context.templates)
            if found.site.search and _is_whole(request, found):
                artifacts += search.build(artifacts)
        except VersusError as error:
            diagnostics += error.diagnostics
    diagnostics += _path_clashes(artifacts)
    _barrier(diagnostics, strict=request.strict)
    emitted = emit.emit(
        artifacts, request.out, keep=_keeper(request, found, chosen), waiting=waiting
    )
    return Built(emitted, tuple(artifacts), len(chosen), _told(diagnostics))


def translate(request: Request, name: str, language: str, *, accept: bool) -> tuple[Path, Draft]:
    """Write an article's overlay in a language, or bring it up to the article.

    Raises UnknownNameError for an article that is not there or a text that is no other language's
    tag, VersusError for what is wrong with either file, and OSError where it cannot be written.
    """
    publication = sources.read(request.root)
    names = [source.stem for source in publication.articles]
    stem = Path(name).name.removesuffix(".yaml")
    base = next((source for source in publication.articles if source.stem == stem), None)
    if base is None:
        raise UnknownNameError(f"no article {name!r}: {did_you_mean(stem, names)}")
    path = base.path.removesuffix(".yaml") + f".{language}.yaml"
    known = {overlay.path: overlay for overlay in publication.overlays}
    overlay = known.get(path, sources.Source(path, ""))
    settings = validate.site(publication.site)[0] if publication.site else None
    own = settings.language if settings else "en"
    if "/" in language or list(validate.language_faults(overlay, own)):
        raise UnknownNameError(f"{language!r} is no other language's tag: use BCP 47, as in 'fr'")
    draft, faults = validate.draft(overlay, base, accept=accept)
    if draft is None:
        raise VersusError(faults)
    emit.write_whole(request.root / path, draft.text.encode())
    return request.root / path, draft


def related(request: Request, name: str) -> tuple[tuple[Candidate, Pick], ...]:
    """The posts that an article lists, each with its score and the reasons.

    Raises VersusError for what is wrong with the publication, and UnknownNameError for an article
    that is not there, or not out yet and not asked for.
    """
    checked = check(request)
    if checked.library is None or has_errors(checked.diagnostics):
        raise VersusError([d for d in checked.diagnostics if d.severity is Severity.ERROR])
    chosen, notes = _chosen(replace(request, articles=(name,)), checked.library)
    if not chosen:
        note = notes[0]
        raise UnknownNameError(f"{note.path} has no related posts: {note.message} ({note.hint})")
    return Related(checked.library, request.jobs).why(chosen[0])


def _overlays(publication: sources.Publication) -> Iterator[tuple[sources.Source, sources.Source]]:
    """Each overlay with the article that it translates."""
    articles = {source.path: source for source in publication.articles}
    for overlay in publication.overlays:
        yield overlay, articles[overlay.base]


def _word_faults(found: Library, publication: sources.Publication) -> Iterator[Diagnostic]:
    """What is wrong with the words of templates in the languages of the publication."""
    own = {source.stem.removesuffix(".po"): source.path for source in publication.catalogues}
    for language in found.languages:
        try:
            known = found.words(language).is_known
        except CatalogueError as error:
            path = own.get(language, publication.catalogues[0].path)
            hint = "`msgfmt --check` tells more of a gettext catalogue"
            message = f"not a catalogue: {error}"
            yield Diagnostic(path, error.line, 1, Severity.ERROR, message, hint)
            continue
        if not known:
            hint = f"write {sources.CATALOGUES}/{language}.po with them"
            message = f"no words for {language!r}: headings and labels stay English"
            yield Diagnostic(sources.SITE, 1, 1, Severity.WARNING, message, hint)


def _barrier(diagnostics: list[Diagnostic], *, strict: bool) -> None:
    if has_errors(diagnostics) or (strict and diagnostics):
        raise VersusError(diagnostics)


def _chosen(request: Request, found: Library) -> tuple[tuple[Entry, ...], list[Diagnostic]]:
    """The articles to build, and a note on each one asked for that is not out yet."""
    for kind, asked, known in (
        ("edition", request.editions, found.site.edition_names),
        ("language", request.languages, found.languages),
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
    building = {entry.slug for entry in chosen} if request.articles else None
    editions = request.editions or found.site.edition_names
    languages = request.languages or found.languages
    channels = {COPY + name for name in found.site.channels}
    copying = {COPY + name for name in _channels(request, found)}
    there = {
        (entry.slug, f"{edition}/{language}")
        for entry in found.live
        for edition in found.site.edition_names
        for language in found.languages
        if found.has(entry, language)
    }

    def keep(record: Record) -> bool:
        if record.get("article") is None:
            is_index = str(record.get("path")).startswith(search.FOLDER + "/")
            is_kept = is_index and found.site.search and not _is_whole(request, found)
            return is_kept or "html" not in request.formats
        if (record["article"], record.get("variant")) not in there:
            return False
        is_other = building is not None and record["article"] not in building
        form = str(record.get("format"))
        if form.startswith(COPY):
            return form in channels and (is_other or form not in copying)
        edition, _slash, language = str(record.get("variant")).partition("/")
        return (
            is_other
            or not _makes(request, record.get("format"))
            or edition not in editions
            or language not in languages
        )

    return keep


def _is_whole(request: Request, found: Library) -> bool:
    """Whether a build makes all pages that search knows; else the index stays as it was."""
    editions = request.editions or found.site.edition_names
    return not request.articles and found.site.edition_names[0] in editions


def _makes(request: Request, format_: object) -> bool:
    """Whether a build makes files of a format; what comes with a page is made with pages."""
    return (format_ if format_ in FORMATS else "html") in request.formats


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
