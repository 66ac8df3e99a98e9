"""Variants become files in memory, in this process or spread over several.

In: the library and the variants to make. Out: artifacts, in the order of the variants, whatever
number of workers made them. Workers are forked after everything is imported and indexed, so they
start warm and share it.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass

from versus import places
from versus.artifacts import Artifact
from versus.diagnostics import Diagnostic, VersusError
from versus.documents import document
from versus.library import Library
from versus.pictures import NO_COPIES, Copies
from versus.related import Candidate, Related
from versus.variants import Variant, has_card
from versus.writers import WRITERS, Context, write

_FEW = 64
"""Up to so many files without a PDF among them, starting workers costs more than it saves."""


_SLOW = ("pdf", "card", "html", "markdown", "comments")
"""The slowest first."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to make: a variant in one format, with the posts related to its article."""

    variant: Variant
    format: str
    related: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: its file, unless there were errors, and what is to be told of it."""

    artifact: Artifact | None
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """What every task needs and no task changes."""

    library: Library
    context: Context
    copies: Copies


def tasks(library: Library, variants: Sequence[Variant], formats: Sequence[str]) -> list[Task]:
    """The files to make, each article's related posts ranked once."""
    ranking = Related(library)
    related = {v.entry.slug: () for v in variants} | {
        slug: ranking.to(library.entries[slug]) for slug in {v.entry.slug for v in variants}
    }
    return [
        Task(v, name, related[v.entry.slug])
        for v in variants
        for name in (*formats, *(companions(library, v) if "html" in formats else ()))
    ]


def companions(library: Library, variant: Variant) -> Iterator[str]:
    """What comes with the page of an article's default edition, by the writers' names."""
    if variant.is_default and has_card(library, variant.entry):
        yield "card"
    if variant.is_default and library.site.comments is not None:
        yield "comments"


def run(shop: Shop, todo: Sequence[Task], jobs: int, made: Callable[[], None]) -> Iterator[Outcome]:
    """Make every task's file; `made` is called after each."""
    global _shop  # noqa: PLW0603 - how forked workers come to share it
    _shop = shop
    workers = min(jobs, len(todo))
    if workers < 2 or (len(todo) <= _FEW and not any(task.format == "pdf" for task in todo)):
        yield from _told(map(_make, todo), made)
        return
    for name in sorted({task.format for task in todo}):
        WRITERS[name].prepare()
    # The slow files go first, so that no worker ends with them alone.
    order = sorted(range(len(todo)), key=lambda i: _SLOW.index(todo[i].format))
    with _executor(workers) as executor:
        chunk = 1 if len(todo) <= 512 else len(todo) // (workers * 16)
        found = executor.map(_make, [todo[i] for i in order], chunksize=chunk)
        outcomes = dict(zip(order, _told(found, made), strict=True))
    yield from (outcomes[i] for i in range(len(todo)))


_shop: Shop | None = None


def _make(task: Task) -> Outcome:
    if _shop is None:
        raise RuntimeError("run() sets the shop before it makes anything")
    medium = WRITERS[task.format].medium
    variant = task.variant
    try:
        copies = _shop.copies if task.format == "html" else NO_COPIES
        page = document(_shop.library, variant, medium, task.related, copies)
        written = write(page, task.format, _shop.context)
    except VersusError as error:
        return Outcome(None, error.diagnostics)
    others = (e.source for e in _shop.library.live if e is not variant.entry)
    warnings = tuple(
        places.warning((*variant.sources, *others), remark.words, remark.message, remark.hint)
        for remark in written.remarks
    )
    artifact = Artifact(
        path=f"site/{variant.folder}/{variant.files()[task.format]}",
        data=written.data,
        media_type=WRITERS[task.format].media_type,
        article=variant.entry.slug,
        variant=variant.name,
        format=task.format,
    )
    return Outcome(artifact, warnings)


def _told(outcomes: Iterator[Outcome], made: Callable[[], None]) -> Iterator[Outcome]:
    for outcome in outcomes:
        made()
        yield outcome


def _executor(workers: int) -> Executor:
    """Forked processes. WeasyPrint is not thread-safe, and a spawned one would start cold."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"))
