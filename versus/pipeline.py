"""The flow from a folder to `out/`, top to bottom.

    Path → Source → Article → Library → Variant → Document → Artifact → out/

Reading and writing are the two ends; all between is a function of what was read. Before the last
step stands the barrier: an error up to there, and `out/` stays as it is. What the last build found
out is in its memory: readings, files that stand in `out/` already, related posts; a build takes
from it what still holds, and ends with the same bytes as one without a memory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from versus import (
    cache,
    emit,
    fonts,
    ledger,
    machine,
    memory,
    pictures,
    reading,
    references,
    render,
    scaling,
    scope,
    search,
    site_files,
    sources,
    templating,
    validate,
    workshop,
)
from versus.artifacts import Artifact
from versus.briefs import Briefing
from versus.catalogues import CatalogueError
from versus.diagnostics import Diagnostic, Severity, VersusError, did_you_mean, has_errors
from versus.library import Contents, Entry, Library, index
from versus.memory import Memory
from versus.places import Places
from versus.recall import Recall
from versus.related import CROWD, Candidate, Pick, Ranker, Related
from versus.request import Request
from versus.scope import UnknownNameError
from versus.shards import Note
from versus.stamps import Stamp, View, is_settled
from versus.templating import Templates
from versus.variants import Variant, copied, expand
from versus.workshop import Watch
from versus.writers import Context

if TYPE_CHECKING:
    from versus.translating import Draft

T = TypeVar("T")

_TRIES = 3
"""How often a build begins anew because a file changed while it was read."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A publication after validation; the library is None where there is no site to build."""

    library: Library | None
    diagnostics: tuple[Diagnostic, ...]
    copies: ledger.Copies = field(default_factory=dict)
    settings: str = ""
    """The digest of all that decides what is made besides articles, assets and the ledger."""
    publication: sources.Publication | None = None
    machine: str = ""
    """The machine's stamp when reading began."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    emitted: emit.Emitted
    artifacts: tuple[Artifact, ...]
    articles: int
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    coming: tuple[datetime, ...] = ()
    """When something that is scheduled comes out."""
    stamps: Mapping[str, Stamp | None] = field(default_factory=dict)
    """Of each file in `out/`, its stamp if it can be trusted."""


def check(request: Request, known: Memory | None = None, *, advise: bool = False) -> Checked:
    """Read and validate a publication, and resolve all its links. Writes nothing.

    What `known` still says rightly is not found out again, and what was found out is noted there.
    With `advise` it also tells what is no fault of one file, but wants somebody's attention.
    Raises VersusError where somebody writes to its files all the time.
    """
    known = known or Memory()
    return _steadily(partial(_check, request, known, advise=advise), None)


def _check(request: Request, known: Memory, view: View | None, *, advise: bool = False) -> Checked:
    """The same once; what `view` has of files is not looked at again."""
    publication = sources.read(request.root, known.assets, view)
    diagnostics = list(publication.diagnostics)
    if publication.site is None:
        return Checked(None, _told(diagnostics))
    settings, faults = validate.site(publication.site)
    diagnostics += faults
    site = settings or validate.stand_in(publication.site)
    posts, post_faults = (
        validate.posts(publication.posts, site.limits) if publication.posts else ((), [])
    )
    diagnostics += post_faults
    here = view.machine if view else machine.stamp(request.root)
    digest = _settings(here, publication)
    units = reading.units(publication)
    if known.settings != digest:
        known.forget()
    readings = reading.read(units, site, request.jobs, known.readings)
    pieces, broken = [], []
    for unit, found in zip(units, readings, strict=True):
        diagnostics += found.diagnostics
        piece = reading.piece(unit, found)
        if piece is None:
            broken.append(unit.source)
        else:
            pieces.append(piece)
    moment, assets = publication.moment, publication.known_assets
    known.readings, known.settings = reading.keep(units, readings, moment), digest
    known.assets = {name: a for name, a in assets.items() if is_settled(a[0], moment)}
    contents = Contents(site, pieces, posts, tuple(broken), not has_errors(post_faults))
    drafts, future = request.drafts, request.future
    library = index(contents, publication, request.now, drafts=drafts, future=future)
    sound = _sound(library, contents, publication)
    if sound != known.sound:
        faults = references.faults(library, contents, publication)
        diagnostics += faults
        known.sound = sound if not faults else b""
    diagnostics += _word_faults(library, publication)
    copies, faults = ledger.copies(publication.ledger)
    diagnostics += faults
    if settings and settings.channels:
        from versus.channels import checking

        diagnostics += checking.check(library, publication.site)
    if advise:
        from versus.advice import advice

        place = (request.root, request.out)
        every = tuple(library.by_file.values())
        state = memory.load_related(*place)
        diagnostics += advice(library, Related(library, request.jobs, state=state, entries=every))
    buildable = library if settings else None
    return Checked(buildable, _told(diagnostics), copies, digest, publication, here)


def build(request: Request, watch: Watch | None = None, view: View | None = None) -> Built:
    """Build a publication, of whose files `view` has stamps already.

    Raises VersusError with every diagnostic where one is an error (or a warning, if `strict`),
    UnknownNameError where the request names what is not there, ClusterError where a cluster was to
    render and did not; in these cases `out` is as it was. Raises OSError where `out` cannot be
    written: if that shows only when files are put in place, each of them is whole, old or new, and
    the next build mends the rest.
    """
    if request.force:
        cache.ignore()

    def attempt(view: View | None) -> Built:
        with _ranker(request) as ranker:
            known = Memory() if request.force else memory.load(request.root, request.out)
            return _build(request, known, ranker, watch or Watch(), view)

    return _steadily(attempt, view)


def _steadily(attempt: Callable[[View | None], T], view: View | None) -> T:
    """What comes of an attempt; where files change meanwhile, of another one that looks anew."""
    for _number in range(_TRIES):
        try:
            return attempt(view)
        except sources.ChangedWhileReadError as error:
            changed, view = str(error), None
            templating.forget()
    hint = "build again when nothing writes to the publication"
    message = "the file changed again and again while it was read"
    raise VersusError([Diagnostic(changed, 1, 1, Severity.ERROR, message, hint)])


def _ranker(request: Request) -> Ranker:
    """Whoever ranks related posts, at work already where much is known of them."""
    place = (request.root, request.out)
    state = bytes if request.force else partial(memory.load_related, *place)
    ranker = Ranker(state, partial(memory.save_related, *place), request.jobs)
    if not request.force and memory.has_much_related(*place):
        ranker.begin()
    return ranker


def _build(
    request: Request, known: Memory, ranker: Ranker, watch: Watch, view: View | None
) -> Built:
    checked = _check(request, known, view)
    if checked.library is None:
        raise VersusError(checked.diagnostics)
    found = checked.library
    chosen, notes = scope.chosen(request, found)
    diagnostics = [*checked.diagnostics, *notes]
    _barrier(diagnostics, strict=request.strict)
    related = Related(found, request.jobs, ranker)  # They are ranked beside what follows.
    with emit.opened(request.out, watch.waiting) as output:
        recall = Recall(known, request.out)
        recall.look()
        diagnostics += _font_warnings(request, recall)
        shown = found.live if scope.makes_site(request) else chosen
        plans = pictures.plan(found, shown) if "html" in request.formats else ()
        scaled = scaling.scale(plans, request.root, request.jobs)
        diagnostics += scaled.diagnostics
        briefing = Briefing(found, related, scaled.copies)
        orders = _orders(request, found, chosen)
        artifacts: list[Artifact] = [*scaled.artifacts]
        context = Context(found.site, Templates(request.root))
        shop = render.Shop(found.imprint, context, briefing.brief, checked.copies, output.staging)
        makes_site, is_crowd = scope.makes_site(request), len(found.live) > CROWD
        making = partial(render.run_others, shop, jobs=request.jobs)
        plan = partial(site_files.pages, found, context.templates)
        pages = partial(recall.planned, b"pages" + found.outlook, plan, making)
        with _telling(diagnostics):
            if makes_site and not is_crowd:  # They show no related posts, which are still ranked.
                artifacts += pages()
        where = Places([entry.source for entry in found.live])
        items = workshop.wanted(shop, orders, briefing, recall)
        for variant, outcome in workshop.made(shop, items, request, recall, watch, checked.machine):
            artifacts += outcome.artifacts
            diagnostics += outcome.diagnostics
            diagnostics += placed(variant, outcome, where)
        with _telling(diagnostics):
            if makes_site and is_crowd:
                artifacts += pages()
            if makes_site:
                plan = partial(site_files.feeds, found, context.templates, briefing)
                decisive = site_files.decisive(found, briefing)
                artifacts += recall.planned(b"feeds" + decisive, plan, making)
            if request.shard is None and scope.makes_search(request, found):
                digests = "".join(a.sha256 for a in artifacts)
                key = b"search" + digests.encode()
                artifacts += recall.made(key, lambda: search.build(artifacts))
        diagnostics += _path_clashes(artifacts)
        _barrier(diagnostics, strict=request.strict)
        keep, part = scope.keeper(request, found, chosen), _part(request, checked)
        emitted = output.emit(artifacts, keep, part)
        stamps = recall.keep(emitted)
        memory.save(request.root, request.out, known)
    return Built(
        emitted,
        tuple(artifacts),
        len(chosen),
        _told(diagnostics),
        found.coming,
        stamps,
    )


def _orders(request: Request, found: Library, chosen: Sequence[Entry]) -> list[render.Order]:
    """What a request asks for of some articles."""
    variants = expand(found, chosen, request.editions, request.languages)
    copies = (
        (name, variant)
        for name in scope.channels(request, found)
        for variant in copied(found, chosen, name)
    )
    return [*render.orders(found.site, variants, request.formats, copies)]


@contextmanager
def _telling(diagnostics: list[Diagnostic]) -> Iterator[None]:
    """What is wrong in the block is told with all else."""
    try:
        yield
    except VersusError as error:
        diagnostics += error.diagnostics


def _part(request: Request, checked: Checked) -> dict[str, Any] | None:
    """What the manifest of a part says, so that it is joined with parts of the same build only."""
    found, publication, shard = checked.library, checked.publication, request.shard
    if shard is None or found is None or publication is None:
        return None
    singles = (publication.site, publication.posts, publication.ledger, *publication.catalogues)
    texts = [(s.path, s.text) for s in singles if s is not None]
    texts += [(s.path, s.digest) for s in (*publication.articles, *publication.overlays)]
    texts += [(name, known[1]) for name, known in sorted(publication.known_assets.items())]
    live = [entry.slug for entry in found.live]
    decisive = (machine.recipe(fonts.fingerprint()), request.whole, repr(texts), repr(live))
    build = cache.key_of(*decisive, machine.contents(request.root / "templates"))
    return Note(shard, build, scope.makes_search(request, found)).data()


def _sound(library: Library, contents: Contents, publication: sources.Publication) -> bytes:
    """All that decides whether what files say of each other is right; of broken ones, nothing."""
    if contents.broken:
        return b"broken"
    return library.outlook + (publication.posts.text if publication.posts else "").encode()


def _settings(here: str, publication: sources.Publication) -> str:
    """The digest of all that decides what is made besides articles, assets and the ledger.

    `here` is that of the machine.
    """
    site = publication.site.text if publication.site else ""
    own = [part for source in publication.catalogues for part in (source.path, source.text)]
    return cache.key_of(here, site, *own)


def translate(request: Request, name: str, language: str, *, accept: bool) -> tuple[Path, "Draft"]:
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
    place = (request.root, request.out)
    checked = check(request, memory.load(*place))
    if checked.library is None or has_errors(checked.diagnostics):
        raise VersusError([d for d in checked.diagnostics if d.severity is Severity.ERROR])
    chosen, notes = scope.chosen(replace(request, articles=(name,)), checked.library)
    if not chosen:
        note = notes[0]
        raise UnknownNameError(f"{note.path} has no related posts: {note.message} ({note.hint})")
    state = memory.load_related(*place)
    return Related(checked.library, request.jobs, state=state).why(chosen[0])


def placed(variant: Variant, outcome: render.Outcome, where: Places) -> Iterator[Diagnostic]:
    """What writers noticed, where the words stand that it is about."""
    for remark in outcome.remarks:
        yield where.warning(variant.sources, remark.words, remark.message, remark.hint)


def _word_faults(found: Library, publication: sources.Publication) -> Iterator[Diagnostic]:
    """What is wrong with the words of templates in the languages of the publication."""
    own = {source.stem.removesuffix(".po"): source.path for source in publication.catalogues}
    for language in found.languages:
        try:
            known = found.imprint.words(language).is_known
        except CatalogueError as error:
            path = own.get(language) or own.get(language.partition("-")[0], "")
            hint = "`msgfmt --check` tells more of a gettext catalogue"
            yield Diagnostic(path, error.line, 1, Severity.ERROR, str(error), hint)
            continue
        if not known:
            hint = f"write {sources.CATALOGUES}/{language}.po with them"
            message = f"no words for {language!r}: headings and labels stay English"
            yield Diagnostic(sources.SITE, 1, 1, Severity.WARNING, message, hint)


def _barrier(diagnostics: list[Diagnostic], *, strict: bool) -> None:
    if has_errors(diagnostics) or (strict and diagnostics):
        raise VersusError(diagnostics)


def _path_clashes(artifacts: list[Artifact]) -> Iterator[Diagnostic]:
    """Two files for one path: an edition named like a file, an asset named like an article.

    Or a file for a path that others need as a folder.
    """
    seen: dict[str, Artifact] = {}
    folders: dict[str, Artifact] = {}
    for artifact in artifacts:
        path = artifact.path.casefold()
        if seen.setdefault(path, artifact) is not artifact:
            yield _clash(f"two files for {artifact.path}")
        while (path := path.rpartition("/")[0]) not in folders:
            folders[path] = artifact
    for path in seen.keys() & folders.keys():
        yield _clash(f"{seen[path].path} is a file, and a folder for {folders[path].path}")


def _clash(message: str) -> Diagnostic:
    return Diagnostic(sources.SITE, 1, 1, Severity.ERROR, message, "rename one of them")


def _font_warnings(request: Request, recall: Recall) -> tuple[Diagnostic, ...]:
    """Fonts that are missing, looked for once for each state of the machine."""
    if not {"html", "pdf"} & set(request.formats):
        return ()
    key = b"fonts"
    known = recall.find(key)
    if known is None:
        absent = fonts.missing()
        message = f"fonts are not installed: {', '.join(absent)}; others take their place"
        hint = "`make setup` installs them"
        told = [Diagnostic("Makefile", 1, 1, Severity.WARNING, message, hint)] if absent else []
        known = render.Outcome((), (), tuple(told))
        recall.note(key, known)
    return known.diagnostics


def _told(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(set(diagnostics), key=lambda d: d.sort_key))
