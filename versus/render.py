"""Variants become files in memory, in this process or spread over several.

In: the library and the variants to make. Out: artifacts, in the order of the variants, whatever
number of workers made them. Workers are forked after everything is imported and indexed, so they
start warm and share it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from versus import crew, ledger, pictures, places
from versus.artifacts import COPY, Artifact
from versus.crew import Lost
from versus.deadline import TooLongError, deadline
from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.documents import document
from versus.library import Library
from versus.media import HtmlMedium
from versus.related import Candidate, Related
from versus.variants import Variant, has_card
from versus.writers import WRITERS, Context, write

_FEW = 64
"""Up to so many files without a PDF among them, starting workers costs more than it saves."""


_FOREIGN = ("pdf", "card")
"""What libraries make that are not Python: only another process can be stopped there."""

_SLOW = ("pdf", "card", "html", "markdown", "comments")
"""The slowest first."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to make: a variant in one format, with the posts related to its article.

    The format is one of the writers', which is one file, or `channel:<name>`, which may be several.
    """

    variant: Variant
    format: str
    related: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: its files, unless there were errors, and what is to be told of it."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """What every task needs and no task changes."""

    library: Library
    context: Context
    scaled: pictures.Copies = field(default_factory=dict)
    """The smaller copies of pictures that pages offer."""
    copies: ledger.Copies = field(default_factory=dict)
    """Where the ledger says that copies of articles are."""


def tasks(
    library: Library,
    variants: Sequence[Variant],
    formats: Sequence[str],
    copies: Sequence[tuple[str, Variant]] = (),
    jobs: int = 1,
) -> list[Task]:
    """What to make, each article's related posts ranked once; `copies` are by their channels."""
    ranking = Related(library, jobs)
    todo = [
        (v, name)
        for v in variants
        for name in (*formats, *(companions(library, v) if "html" in formats else ()))
    ]
    todo += [(v, COPY + name) for name, v in copies]
    slugs = sorted({v.entry.slug for v, _name in todo})
    related = {slug: ranking.to(library.entries[slug]) for slug in slugs}
    return [Task(v, name, related[v.entry.slug]) for v, name in todo]


def companions(library: Library, variant: Variant) -> Iterator[str]:
    """What comes with the page of an article's default edition, by the writers' names."""
    if variant.is_default and has_card(library, variant.entry):
        yield "card"
    if variant.is_default and library.site.comments is not None:
        yield "comments"


def run(shop: Shop, todo: Sequence[Task], jobs: int, made: Callable[[], None]) -> Iterator[Outcome]:
    """Make every task's files; `made` is called after each task."""
    global _shop  # noqa: PLW0603 - how forked workers come to share it
    _shop = shop
    workers = min(jobs, len(todo))
    if not any(task.format in _FOREIGN for task in todo) and (workers < 2 or len(todo) <= _FEW):
        yield from _told(map(_make, todo), made)
        return
    for name in sorted({task.format for task in todo} & WRITERS.keys()):
        WRITERS[name].prepare()
    if any(task.format.startswith(COPY) for task in todo):
        import versus.channels.making  # noqa: F401 - forked workers find it loaded
    # The slow files go first, so that no worker ends with them alone.
    order = sorted(range(len(todo)), key=lambda i: _slowness(todo[i]))
    chunk = 1 if len(todo) <= 512 else len(todo) // (workers * 16)
    seconds = shop.library.site.limits.seconds
    outcomes: dict[int, Outcome] = {}
    for number, found in crew.run(_make, [todo[i] for i in order], workers, seconds, chunk):
        task = todo[order[number]]
        outcomes[order[number]] = _lost(task, found, shop) if isinstance(found, Lost) else found
        made()
    yield from (outcomes[i] for i in range(len(todo)))


def _lost(task: Task, lost: Lost, shop: Shop) -> Outcome:
    """What is told of a task whose worker was killed."""
    if lost.too_long:
        return _too_long(task, shop)
    path = task.variant.entry.source.path
    message = f"{_what(task)}: what made it was killed twice (signal {lost.signal})"
    hint = "the machine may lack memory: try `--jobs 1`, or smaller pictures"
    return Outcome((), (Diagnostic(path, 1, 1, Severity.ERROR, message, hint),))


def _too_long(task: Task, shop: Shop) -> Outcome:
    seconds = shop.library.site.limits.seconds
    path = task.variant.entry.source.path
    message = f"{_what(task)} takes more than {seconds} seconds of computing to make"
    hint = f"shorten it, or write `limits: {{seconds: {seconds * 2}}}` into content/site.yaml"
    return Outcome((), (Diagnostic(path, 1, 1, Severity.ERROR, message, hint),))


def _what(task: Task) -> str:
    return f"{task.format} ({task.variant.name})"


def _slowness(task: Task) -> int:
    return _SLOW.index(task.format) if task.format in _SLOW else len(_SLOW)


_shop: Shop | None = None


def _make(task: Task) -> Outcome:
    if _shop is None:
        raise RuntimeError("run() sets the shop before it makes anything")
    try:
        with deadline(_shop.library.site.limits.seconds):
            if task.format.startswith(COPY):
                return _copy(task, _shop)
            return _file(task, _shop)
    except VersusError as error:
        return Outcome((), error.diagnostics)
    except TooLongError:
        return _too_long(task, _shop)


def _file(task: Task, shop: Shop) -> Outcome:
    variant, writer = task.variant, WRITERS[task.format]
    medium = partial(HtmlMedium, copies=shop.scaled) if task.format == "html" else writer.medium
    page = document(shop.library, variant, medium, task.related)
    written = write(page, task.format, shop.context)
    others = (e.source for e in shop.library.live if e is not variant.entry)
    warnings = tuple(
        places.warning((*variant.sources, *others), remark.words, remark.message, remark.hint)
        for remark in written.remarks
    )
    artifact = Artifact(
        path=f"site/{variant.folder}/{variant.files()[task.format]}",
        data=written.data,
        media_type=writer.media_type,
        article=variant.entry.slug,
        variant=variant.name,
        format=task.format,
    )
    return Outcome((artifact,), warnings)


def _copy(task: Task, shop: Shop) -> Outcome:
    from versus.channels import making

    name = task.format.removeprefix(COPY)
    templates = shop.context.templates
    made, warnings = making.make(
        shop.library, templates, task.variant, name, task.related, shop.copies
    )
    return Outcome(tuple(made), tuple(warnings))


def _told(outcomes: Iterator[Outcome], made: Callable[[], None]) -> Iterator[Outcome]:
    for outcome in outcomes:
        made()
        yield outcome
