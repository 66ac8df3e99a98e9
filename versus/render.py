"""Variants become files in memory, in this process or spread over several.

In: the library and the variants to make. Out: artifacts, in the order of the variants, whatever
number of workers made them. Workers are forked after everything is imported and indexed, so they
start warm and share it.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from versus.artifacts import Artifact
from versus.diagnostics import Diagnostic, VersusError
from versus.documents import document
from versus.library import Library
from versus.related import Candidate, Related
from versus.variants import Variant
from versus.writers import WRITERS, Context, write

Outcome: TypeAlias = Artifact | tuple[Diagnostic, ...]

_FEW = 64
"""Up to so many files without a PDF among them, starting workers costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to make: a variant in one format, with the posts related to its article."""

    variant: Variant
    format: str
    related: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """What every task needs and no task changes."""

    library: Library
    context: Context


def tasks(
    library: Library, variants: Sequence[Variant], formats: Sequence[str], jobs: int = 1
) -> list[Task]:
    """The files to make, each article's related posts ranked once."""
    ranking = Related(library, jobs)
    related = {v.entry.slug: () for v in variants} | {
        slug: ranking.to(library.entries[slug]) for slug in {v.entry.slug for v in variants}
    }
    return [Task(v, name, related[v.entry.slug]) for v in variants for name in formats]


def run(shop: Shop, todo: Sequence[Task], jobs: int, made: Callable[[], None]) -> Iterator[Outcome]:
    """Make every task's file; `made` is called after each. A file's faults take its place."""
    global _shop  # noqa: PLW0603 - how forked workers come to share it
    _shop = shop
    workers = min(jobs, len(todo))
    if workers < 2 or (len(todo) <= _FEW and not any(task.format == "pdf" for task in todo)):
        yield from _told(map(_make, todo), made)
        return
    if any(task.format == "pdf" for task in todo):
        WRITERS["pdf"].prepare()
    # The slow files go first, so that no worker ends with them alone.
    order = sorted(range(len(todo)), key=lambda i: todo[i].format != "pdf")
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
        page = document(_shop.library, variant, medium, task.related)
        data = write(page, task.format, _shop.context)
    except VersusError as error:
        return error.diagnostics
    return Artifact(
        path=f"site/{variant.folder}/{variant.files()[task.format]}",
        data=data,
        media_type=WRITERS[task.format].media_type,
        article=variant.entry.slug,
        variant=variant.name,
        format=task.format,
    )


def _told(outcomes: Iterator[Outcome], made: Callable[[], None]) -> Iterator[Outcome]:
    for outcome in outcomes:
        made()
        yield outcome


def _executor(workers: int) -> Executor:
    """Forked processes. WeasyPrint is not thread-safe, and a spawned one would start cold."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"))
