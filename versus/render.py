"""Variants become files in memory, in this process or spread over several.

In: the library and the variants to make. Out: artifacts, in the order of the variants, whatever
number of workers made them. Workers are forked after everything is imported and indexed, so they
start warm and share it.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

from versus.artifacts import Artifact
from versus.channels import making
from versus.diagnostics import Diagnostic, VersusError
from versus.documents import document
from versus.ledger import Copies
from versus.library import Library
from versus.related import Candidate, Related
from versus.variants import Variant
from versus.writers import WRITERS, Context, write

Outcome: TypeAlias = Artifact | tuple[Diagnostic, ...]

_FEW = 64
"""Up to so many files without a PDF among them, starting workers costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to make: a variant in one format, with the posts related to its article.

    The format is one of the writers', which is one file, or `channel:<name>`, which may be several.
    """

    variant: Variant
    format: str
    related: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """What every task needs and no task changes."""

    library: Library
    context: Context
    copies: Copies = field(default_factory=dict)
    """Where the ledger says that copies are."""


def tasks(
    library: Library,
    variants: Sequence[Variant],
    formats: Sequence[str],
    copies: Sequence[tuple[str, Variant]] = (),
) -> list[Task]:
    """What to make, each article's related posts ranked once; `copies` are by their channels."""
    ranking = Related(library)
    todo = [(v, name) for v in variants for name in formats]
    todo += [(v, making.PREFIX + name) for name, v in copies]
    slugs = sorted({v.entry.slug for v, _name in todo})
    related = {slug: ranking.to(library.entries[slug]) for slug in slugs}
    return [Task(v, name, related[v.entry.slug]) for v, name in todo]


def run(shop: Shop, todo: Sequence[Task], jobs: int, made: Callable[[], None]) -> Iterator[Outcome]:
    """Make every task's file; `made` is called after each. A file's faults take its place."""
    global _shop  # noqa: PLW0603 - how forked workers come to share it
    _shop = shop
    workers = min(jobs, len(todo))
    if workers < 2 or (len(todo) <= _FEW and not any(task.format == "pdf" for task in todo)):
        for outcomes_of_one in _told(map(_make, todo), made):
            yield from outcomes_of_one
        return
    if any(task.format == "pdf" for task in todo):
        WRITERS["pdf"].prepare()
    # The slow files go first, so that no worker ends with them alone.
    order = sorted(range(len(todo)), key=lambda i: todo[i].format != "pdf")
    with _executor(workers) as executor:
        chunk = 1 if len(todo) <= 512 else len(todo) // (workers * 16)
        found = executor.map(_make, [todo[i] for i in order], chunksize=chunk)
        outcomes = dict(zip(order, _told(found, made), strict=True))
    for i in range(len(todo)):
        yield from outcomes[i]


_shop: Shop | None = None


def _make(task: Task) -> list[Outcome]:
    if _shop is None:
        raise RuntimeError("run() sets the shop before it makes anything")
    try:
        if task.format.startswith(making.PREFIX):
            return _copy(task, _shop)
        return [_file(task, _shop)]
    except VersusError as error:
        return [error.diagnostics]


def _file(task: Task, shop: Shop) -> Artifact:
    variant, writer = task.variant, WRITERS[task.format]
    page = document(shop.library, variant, writer.medium, task.related)
    return Artifact(
        path=f"site/{variant.folder}/{variant.files()[task.format]}",
        data=write(page, task.format, shop.context),
        media_type=writer.media_type,
        article=variant.entry.slug,
        variant=variant.name,
        format=task.format,
    )


def _copy(task: Task, shop: Shop) -> list[Outcome]:
    name = task.format.removeprefix(making.PREFIX)
    templates = shop.context.templates
    made, warnings = making.make(
        shop.library, templates, task.variant, name, task.related, shop.copies
    )
    return [*made, tuple(warnings)]


def _told(outcomes: Iterator[list[Outcome]], made: Callable[[], None]) -> Iterator[list[Outcome]]:
    for outcome in outcomes:
        made()
        yield outcome


def _executor(workers: int) -> Executor:
    """Forked processes. WeasyPrint is not thread-safe, and a spawned one would start cold."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"))
