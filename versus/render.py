"""Every file of a build: made in order, or by worker processes, which changes nothing.

In: the imprint, and for each file of an article a variant with its brief. Out: outcomes with their
tasks' places, as they come. A worker is forked after everything is imported and indexed, so it
starts warm.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from versus import crew, ledger
from versus.artifacts import COPY, Artifact, Making, Stored
from versus.basis import Basis
from versus.briefs import Brief, seed
from versus.crew import Lost
from versus.deadline import TooLongError, deadline
from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.documents import document_on
from versus.imprint import Imprint
from versus.model import Site
from versus.templating import Templates
from versus.variants import Variant, has_card
from versus.writers import WRITERS, Context, write
from versus.writers.remarks import Remark

_FEW = 64
"""Up to so many files without a PDF among them, starting workers costs more than it saves."""


_SLOW = ("pdf", "card")
"""What is laid out, the slowest first: by libraries that only the end of their process stops."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to make: a variant in one format, from its article, its brief and the shop.

    The format is one of the writers', which is one file, or `channel:<name>`, which may be several.
    """

    variant: Variant
    format: str
    brief: Brief | None = None
    """For a machine whose shop has no library to make it from."""

    @property
    def is_copy(self) -> bool:
        """Whether it makes a copy for a channel."""
        return self.format.startswith(COPY)

    @property
    def offers_copies(self) -> bool:
        """Whether its file offers smaller copies of pictures."""
        return not self.is_copy and WRITERS[self.format].medium.offers_copies


class Order(NamedTuple):
    """A variant in the formats that are asked for: a task for each, unless it was made before."""

    variant: Variant
    formats: tuple[str, ...]


class Outcome(NamedTuple):
    """What became of a task: its files, unless there were errors, and what is to be told of it."""

    artifacts: tuple[Artifact, ...]
    remarks: tuple[Remark, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    seed: bytes = b""
    """That of the files' variant, from whoever made them."""
    is_passing: bool = False
    """Whether the same task may end better at another time, so that nobody is to keep this."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What every task needs and no task changes."""

    imprint: Imprint
    context: Context
    brief: Callable[[Variant], Brief] | None = None
    """Makes a variant's brief when its files are made: all at once would fill the memory."""
    copies: ledger.Copies = field(default_factory=dict)
    """Where the ledger says that copies of articles are."""
    staging: Callable[[], Path] | None = None
    """Gives a folder to lay files into; without one they are handed over in memory."""


def orders(
    site: Site,
    variants: Iterable[Variant],
    formats: Sequence[str],
    copies: Iterable[tuple[str, Variant]] = (),
) -> Iterator[Order]:
    """What to make; `copies` are variants by the channels that take them."""
    for variant in variants:
        more = companions(site, variant) if "html" in formats else ()
        yield Order(variant, (*formats, *more))
    for channel, variant in copies:
        yield Order(variant, (COPY + channel,))


def companions(site: Site, variant: Variant) -> Iterator[str]:
    """What comes with the page of an article's default edition, by the writers' names."""
    if variant.is_default and has_card(site, variant.entry):
        yield "card"
    if variant.is_default and site.comments is not None:
        yield "comments"


def run(
    shop: Shop,
    todo: Sequence[Task],
    jobs: int,
    made: Callable[[], None],
    cluster: str | None = None,
) -> Iterator[tuple[int, Outcome]]:
    """Make every task's files: each outcome with its task's place, as soon as it is there.

    `made` is called after each task. Raises ClusterError where a cluster is to make them and does
    not.
    """
    _stage(shop, len(todo))
    if cluster is not None and todo:
        yield from _spread(shop, todo, cluster, made)
        return
    _open(shop, shop.context.templates.root)
    workers, batches = min(jobs, len(todo)), _batches(todo)
    make = partial(_make_these, todo)
    if not any(task.format in _SLOW for task in todo) and (workers < 2 or len(todo) <= _FEW):
        for batch in batches:
            for place, outcome in zip(batch, make(batch), strict=True):
                yield place, outcome
                made()
        return
    for name in sorted({task.format for task in todo} & WRITERS.keys()):
        WRITERS[name].prepare()
    if any(task.is_copy for task in todo):
        import versus.channels.making  # noqa: F401 - forked workers find it loaded
    chunk = 1 if len(batches) <= 512 else crew.CHUNK
    seconds = shop.imprint.site.limits.seconds
    for number, found in crew.run(make, batches, workers, seconds, chunk):
        batch = batches[number]
        if isinstance(found, Lost):
            results = [_lost(todo[i], found, seconds) for i in batch]
        else:
            results = found
        for place, outcome in zip(batch, results, strict=True):
            yield place, outcome
            made()


def run_others(shop: Shop, todo: Sequence[Making], jobs: int) -> Iterator[tuple[Artifact, ...]]:
    """Make files that belong to no article: those of each making, in their order.

    Raises the first VersusError in that order.
    """
    _stage(shop, len(todo))
    workers = min(jobs, len(todo) // _FEW)
    if workers < 2:
        yield from map(_all_of, todo)
        return
    # What lists the whole site takes longest. It is last, and should not be begun last.
    turned = todo[::-1]
    seconds = shop.imprint.site.limits.seconds
    found = dict(crew.run(_attempt, turned, workers, seconds, crew.CHUNK))
    for number in reversed(range(len(turned))):
        result = found[number]
        if isinstance(result, Lost):
            result = _attempt(turned[number])
        if result.diagnostics:
            raise VersusError(result.diagnostics)
        yield result.artifacts


def _attempt(making: Making) -> Outcome:
    try:
        return Outcome(_all_of(making))
    except VersusError as error:
        return Outcome((), (), error.diagnostics)


def _all_of(making: Making) -> tuple[Artifact, ...]:
    return tuple(map(_laid, making()))


def _spread(
    shop: Shop, todo: Sequence[Task], address: str, made: Callable[[], None]
) -> Iterator[tuple[int, Outcome]]:
    """Have a cluster make the files, on machines that share no disk with this one."""
    from versus.cluster import Cluster

    # Only PDFs look into pictures; pages and Markdown name them.
    has_pictures = any(task.format == "pdf" for task in todo)
    folders = ("templates", *(("content/assets",) if has_pictures else ()))
    there = replace(shop, brief=None, staging=None)
    batches = _batches(todo)
    with Cluster(address, _open, there, shop.context.templates.root, folders) as executor:
        chunk = max(1, min(32, len(batches) // (executor.workers * 16)))
        asked = ([_portable(todo[i], shop) for i in batch] for batch in batches)
        found = executor.map(_make_all, asked, chunksize=1 if len(batches) <= 512 else chunk)
        for batch, results in zip(batches, found, strict=True):
            for place, outcome in zip(batch, results, strict=True):
                yield place, _kept(outcome)
                made()


def _portable(task: Task, shop: Shop) -> Task:
    return replace(task, variant=task.variant.portable(), brief=_brief(task, shop))


def _brief(task: Task, shop: Shop) -> Brief:
    if task.brief is not None:
        return task.brief
    if shop.brief is None:
        raise RuntimeError("a shop without a library is given tasks with their briefs")
    return shop.brief(task.variant)


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


def _open(shop: Shop, root: Path) -> None:
    """Take a shop for what this process makes from now on; the publication is below `root`."""
    global _shop  # noqa: PLW0603 - how forked workers come to share it
    _shop = replace(shop, context=replace(shop.context, templates=Templates(root)))


def _make(task: Task, bases: dict[str, Basis]) -> Outcome:
    """What becomes of a task; `bases` is what the other files of its article are made from."""
    if _shop is None:
        raise RuntimeError("run() sets the shop before it makes anything")
    seconds = _shop.imprint.site.limits.seconds
    try:
        with deadline(seconds):
            made = _copy(task, _shop) if task.is_copy else _file(task, _shop, bases)
    except VersusError as error:
        return Outcome((), (), error.diagnostics)
    except TooLongError:
        return _too_long(task, seconds)
    return _kept(made)


def _kept(outcome: Outcome) -> Outcome:
    """An outcome with its files where this process is to leave them: in a folder, or in memory."""
    return outcome._replace(artifacts=tuple(map(_laid, outcome.artifacts)))


def _make_these(todo: Sequence[Task], batch: Iterable[int]) -> list[Outcome]:
    return _make_all([todo[i] for i in batch])


def _make_all(batch: Sequence[Task]) -> list[Outcome]:
    bases: dict[str, Basis] = {}  # A batch is of one article, so its variants' names are enough.
    return [_make(task, bases) for task in batch]


def _stage(shop: Shop, files: int) -> None:
    """Say where files are laid from now on: in memory, unless they are many."""
    global _staging  # noqa: PLW0603 - how forked workers come to share it
    _staging = shop.staging() if shop.staging and files > _FEW else None
    _make_folder.cache_clear()


def _laid(artifact: Artifact) -> Artifact:
    """An artifact in the staging folder, where it is to stand below `out/` or else beside that."""
    if _staging is None:
        return artifact
    path, data = f"{_staging}/{artifact.path}", artifact.data
    try:
        _write(path, data)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        path = f"{_staging}/{os.getpid()}-{next(_numbers)}"
        _write(path, data)
    return artifact._replace(content=Stored(path, artifact.sha256, artifact.size))


def _write(path: str, data: bytes) -> None:
    # `pathlib`, a buffer and looking before each step take twice as long.
    _make_folder(path[: path.rindex("/")])
    with open(path, "wb", buffering=0) as file:  # noqa: PTH123
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]


@lru_cache(maxsize=1)
def _make_folder(path: str) -> None:
    """Make the folder of a file; the next file often lies in the same one."""
    try:
        os.mkdir(path)  # noqa: PTH102
    except FileExistsError:
        return
    except FileNotFoundError:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103


def _file(task: Task, shop: Shop, bases: dict[str, Basis]) -> Outcome:
    variant, writer = task.variant, WRITERS[task.format]
    basis = bases.get(variant.name)
    if basis is None:
        basis = bases[variant.name] = Basis(shop.imprint, variant, _brief(task, shop))
    page = document_on(basis, writer.medium)
    context = shop.context
    if basis.brief.pictures:
        context = replace(context, digests=dict(basis.brief.pictures))
    written = write(page, task.format, context)
    artifact = Artifact(
        path=f"site/{variant.folder}/{variant.files()[task.format]}",
        content=written.data,
        media_type=writer.media_type,
        article=variant.entry.slug,
        variant=variant.name,
        format=task.format,
    )
    own = seed(variant, basis.brief, with_copies=task.offers_copies)
    return Outcome((artifact,), written.remarks, seed=own, is_passing=written.is_passing)


def _copy(task: Task, shop: Shop) -> Outcome:
    from versus.channels import making

    name = task.format.removeprefix(COPY)
    templates = shop.context.templates
    brief = _brief(task, shop)
    made, warnings = making.make(shop.imprint, templates, task.variant, brief, name, shop.copies)
    own = seed(task.variant, brief, with_copies=False)
    return Outcome(tuple(made), (), tuple(warnings), own)


def _lost(task: Task, lost: Lost, seconds: int) -> Outcome:
    """What is told of a task whose worker was killed."""
    if lost.too_long:
        return _too_long(task, seconds)
    message = f"{task.format} ({task.variant.name}): what made it was killed (signal {lost.signal})"
    hint = "the machine may lack memory: try `--jobs 1`, or smaller pictures"
    return _told(task, message, hint)


def _too_long(task: Task, seconds: int) -> Outcome:
    message = f"{task.format} ({task.variant.name}) takes more than {seconds} seconds of computing"
    hint = f"shorten it, or write `limits: {{seconds: {seconds * 2}}}` into content/site.yaml"
    return _told(task, message, hint)


def _told(task: Task, message: str, hint: str) -> Outcome:
    path = task.variant.entry.source.path
    return Outcome((), (), (Diagnostic(path, 1, 1, Severity.ERROR, message, hint),))
