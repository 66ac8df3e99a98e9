"""Options that several commands take, and the request that comes of them."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from versus.publishing.http import Wire
    from versus.request import Request
    from versus.shards import Shard


def root(function: Callable[..., Any]) -> Callable[..., Any]:
    """Which publication."""
    return click.option(
        "-C", "--root", type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=Path(), help="The publication's folder (default: here).", metavar="DIR",
    )(function)  # fmt: skip


def out(function: Callable[..., Any]) -> Callable[..., Any]:
    """Where to write."""
    return click.option(
        "-o", "--out", type=click.Path(file_okay=False, path_type=Path),
        help="Where to write (default: ROOT/out).", metavar="DIR",
    )(function)  # fmt: skip


def checking(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of whatever validates."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Say more."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is wrong."),
        click.option(
            "--report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
            help="Write what was built and every diagnostic as JSON.",
        ),
        click.option("--strict", is_flag=True, help="Count warnings as errors."),
        click.option("--future", is_flag=True, help="Include scheduled articles."),
        click.option("--drafts", is_flag=True, help="Include drafts."),
    ):  # fmt: skip
        function = option(function)
    return function


def shard(_context: click.Context, _option: click.Parameter, value: str | None) -> "Shard | None":
    """The part of a build that `--shard` names."""
    if value is None:
        return None
    from versus import shards

    try:
        return shards.shard(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def cluster(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """The address that `--executor` names, if it is that of a cluster."""
    if value is not None:
        from versus.cluster import scheduler

        try:
            scheduler(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    return value


def request(root: Path, out: Path | None, asked: Mapping[str, Any], **more: Any) -> "Request":
    """What a command asks for, with the clock of now."""
    from versus.request import Request

    root = root.resolve()
    out = out or root / "out"
    if any(out.resolve().is_relative_to(root / name) for name in ("content", "templates")):
        raise click.UsageError(f"--out: a build does not write into what it reads: {out}")
    named = tuple(_named(name, root) for name in more.pop("articles", ()))
    return Request(root=root, out=out, now=now(), articles=named, **asked, **more)


def _named(article: str, root: Path) -> str:
    """An ARTICLE as it was written, or where it is a file of the publication's, its path there."""
    path = Path(article)
    if path.suffix == ".yaml" and path.is_file():
        with suppress(ValueError):
            return (path.parent.resolve() / path.name).relative_to(root).as_posix()
    return article


def cpus() -> int:
    """The CPUs that this process may use; macOS only tells how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def wire() -> "Wire":
    """The outside world: the clocks, the network."""
    import random

    from versus.publishing.http import Wire

    return Wire(time.monotonic, time.sleep, random.random, time.time)


def now() -> datetime:
    """The clock, or what stands for it in a reproducible build (SOURCE_DATE_EPOCH, seconds)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError("SOURCE_DATE_EPOCH is not a number of seconds since 1970") from None
