"""Every file of every variant: rendered in order, or by worker processes, which changes nothing.

In: the imprint, and for each file a variant with its brief. Out: outcomes, in the order of the
tasks. A worker is forked after everything is imported and indexed, so it starts warm.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from versus import ledger
from versus.artifacts import COPY, Artifact, Stored
from versus.briefs import Brief, Briefing
from versus.diagnostics import Diagnostic, VersusError
from versus.documents import document
from versus.imprint import Imprint
from versus.model import Site
from versus.variants import Variant, has_card
from versus.writers import WRITERS, Context, write
from versus.writers.remarks import Remark

_FEW = 64
"""Up to so many files without a PDF among them, starting workers costs more than it saves."""


_SLOW = ("pdf", "card")
"""What is laid out, the slowest first."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to make: a variant in one format, from its article, its brief and the shop.

    The format is one of the writers', which is one file, or `channel:<name>`, which may be several.
    """

    variant: Variant
    brief: Brief
    format: str

    @property
    def is_copy(self) -> bool:
        """Whether it makes a copy for a channel."""
        return self.format.startswith(COPY)

    def data(self) -> bytes:
        """All that the task says itself, as bytes: its files are the same where these are.

        The digests of the article's files stand for the article.
        """
        variant = self.variant
        digests = ",".join(source.digest for source in variant.sources)
        head = f"{self.format} {variant.folder} {variant.name} {variant.is_default} {digests}\n"
        return head.encode() + self.brief.data()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: its files, unless there were errors, and what is to be told of it."""

    artifacts: tuple[Artifact, ...]
    remarks: tuple[Remark, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """What every task needs and no task changes."""

    imprint: Imprint
    context: Context
    copies: ledger.Copies = field(default_factory=dict)
    """Where the ledger says that copies of articles are."""
    staging: Callable[[], Path] | None = None
    """Gives a folder to lay files into; without one they are handed over in memory."""


def tasks(
    site: Site,
    variants: Iterable[Variant],
    formats: Sequence[str],
    briefing: Briefing,
    copies: Iterable[tuple[str, Variant]] = (),
) -> Iterator[Task]:
    """What to make; `copies` are variants by the channels that take them."""
    for variant in variants:
        brief = briefing.brief(variant)
        for name in (*formats, *(companions(site, variant) if "html" in formats else ())):
            yield Task(variant, brief, name)
    for channel, variant in copies:
        yield Task(variant, briefing.brief(variant), COPY + channel)


def companions(site: Site, variant: Variant) -> Iterator[str]:
    """What comes with the page of an article's default edition, by the writers' names."""
    if variant.is_default and has_card(site, variant.entry):
        yield "card"
    if variant.is_default and site.comments is not None:
        yield "comments"


def run(shop: Shop, todo: Sequence[Task], jobs: int, made: Callable[[], None]) -> Iterator[Outcome]:
    """Make every task's files; `made` is called after each task."""
    global _shop, _staging  # noqa: PLW0603 - how forked workers come to share them
    _shop = shop
    _staging = shop.staging() if shop.staging and len(todo) > _FEW else None
    workers = min(jobs, len(todo))
    if workers < 2 or (len(todo) <= _FEW and not any(task.format == "pdf" for task in todo)):
        for task in todo:
            yield _make(task)
            made()
        return
    for name in sorted({task.format for task in todo} & WRITERS.keys()):
        WRITERS[name].prepare()
    if any(task.is_copy for task in todo):
        import versus.channels.making  # noqa: F401 - forked workers find it loaded
    outcomes: dict[int, Outcome] = {}
    batches = _batches(todo)
    with _executor(workers) as executor:
        chunk = 1 if len(batches) <= 512 else min(32, len(batches) // (workers * 16))
        found = executor.map(_make_all, [[todo[i] for i in b] for b in batches], chunksize=chunk)
        for batch, results in zip(batches, found, strict=True):
            outcomes |= zip(batch, results, strict=True)
            for _task in batch:
                made()
    yield from (outcomes[i] for i in range(len(todo)))


def _batches(todo: Sequence[Task]) -> list[list[int]]:
    """What a worker makes in one go: the quick files of an article together, a slow one alone.

    The slow ones go first, so that no worker ends with them alone.
    """
    slow = {name: [[i] for i, t in enumerate(todo) if t.format == name] for name in _SLOW}
    quick: dict[str, list[int]] = {}
    for i, task in enumerate(todo):
        if task.format not in _SLOW:
            quick.setdefault(task.variant.entry.slug, []).append(i)
    return [*(batch for name in _SLOW for batch in slow[name]), *quick.values()]


_shop: Shop | None = None
_staging: Path | None = None
_numbers = count()


def _make(task: Task) -> Outcome:
    if _shop is None:
        raise RuntimeError("run() sets the shop before it makes anything")
    try:
        made = _copy(task, _shop) if task.is_copy else _file(task, _shop)
    except VersusError as error:
        return Outcome((), (), error.diagnostics)
    if _staging is None:
        return made
    return replace(made, artifacts=tuple(_staged(a, _staging) for a in made.artifacts))


def _make_all(batch: Sequence[Task]) -> list[Outcome]:
    return [_make(task) for task in batch]


def _staged(artifact: Artifact, folder: Path) -> Artifact:
    path = f"{folder}/{os.getpid()}-{next(_numbers)}"
    Path(path).write_bytes(artifact.data)
    return replace(artifact, content=Stored(path, artifact.sha256, artifact.size))


def _file(task: Task, shop: Shop) -> Outcome:
    variant, writer = task.variant, WRITERS[task.format]
    page = document(shop.imprint, variant, task.brief, writer.medium)
    written = write(page, task.format, shop.context)
    artifact = Artifact(
        path=f"site/{variant.folder}/{variant.files()[task.format]}",
        content=written.data,
        media_type=writer.media_type,
        article=variant.entry.slug,
        variant=variant.name,
        format=task.format,
    )
    return Outcome((artifact,), written.remarks)


def _copy(task: Task, shop: Shop) -> Outcome:
    from versus.channels import making

    name = task.format.removeprefix(COPY)
    templates = shop.context.templates
    made, warnings = making.make(
        shop.imprint, templates, task.variant, task.brief, name, shop.copies
    )
    return Outcome(tuple(made), (), tuple(warnings))


def _executor(workers: int) -> Executor:
    """Forked processes. WeasyPrint is not thread-safe, and a spawned one would start cold."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"))
