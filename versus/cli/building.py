"""The commands on a publication as a whole: `build`, `check`, `merge`, `clean`."""

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from versus.cli import options, telling
from versus.cli.progress import Progress
from versus.request import FORMATS

if TYPE_CHECKING:
    from versus import unchanged
    from versus.request import Request
    from versus.shards import Shard
    from versus.stamps import View


@click.command()
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option(
    "-f", "--format", "formats", multiple=True, type=click.Choice(FORMATS),
    help="What to write; repeatable (default: all three).",
)  # fmt: skip
@click.option(
    "-e",
    "--edition",
    "editions",
    multiple=True,
    metavar="NAME",
    help="Editions to build (default: all).",
)
@click.option(
    "-l",
    "--language",
    "languages",
    multiple=True,
    metavar="TAG",
    help="Languages to build (default: all).",
)
@click.option(
    "--channel",
    "channels",
    multiple=True,
    metavar="NAME",
    help="Channels to write copies for (default: all, and none if a format is named).",
)
@options.root
@options.out
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes (default: the CPUs one may use).",
)
@click.option(
    "--executor", "cluster", callback=options.cluster, metavar="ADDRESS",
    help="Render on a Dask cluster, as in dask://HOST:8786 (default: on this machine).",
)  # fmt: skip
@click.option(
    "--shard", callback=options.shard, metavar="K/N",
    help="Build the K-th of N parts of it, to be joined by `merge`.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Make everything anew, without the cache.")
@options.checking
def build(  # noqa: PLR0913, PLR0917 - Click hands over each option
    articles: tuple[str, ...],
    formats: tuple[str, ...],
    editions: tuple[str, ...],
    languages: tuple[str, ...],
    channels: tuple[str, ...],
    root: Path,
    out: Path | None,
    jobs: int | None,
    cluster: str | None,
    shard: "Shard | None",
    force: bool,
    report: Path | None,
    quiet: bool,
    verbose: bool,
    **asked: bool,
) -> int:
    """Build articles (all, or the ones named by slug or file): the default command."""
    from versus import unchanged

    begun = time.monotonic()
    request = options.request(
        root, out, asked,
        articles=articles, formats=tuple(dict.fromkeys(formats)) or FORMATS, editions=editions,
        languages=languages, channels=channels if channels or formats else None,
        jobs=jobs or options.cpus(), force=force, shard=shard, cluster=cluster,
    )  # fmt: skip
    view = unchanged.view(request)
    last = unchanged.since(request, view) if report is None and not force else None
    if last is not None:
        telling.tell(last.diagnostics, request)
        if not quiet:
            _close(last, request, time.monotonic() - begun)
        return telling.DONE
    return _build(request, view, report, begun, quiet=quiet, verbose=verbose)


def _build(
    request: "Request",
    view: "View",
    report: Path | None,
    begun: float,
    *,
    quiet: bool,
    verbose: bool,
) -> int:
    gc.disable()  # What a build imports and makes lives as long as it.
    from versus import pipeline, unchanged
    from versus.diagnostics import ClusterError, VersusError
    from versus.scope import UnknownNameError
    from versus.workshop import Watch

    progress = Progress(wanted=not quiet)
    told = "Another build writes to this folder: waiting for it"
    watch = Watch(progress.started, progress.made, lambda: click.echo(told, err=True))
    try:
        built = pipeline.build(request, watch, view)
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        progress.close()
        return telling.fail(error.diagnostics, request, report)
    except ClusterError as error:
        progress.close()
        return telling.cannot(error, report)
    except OSError as error:
        progress.close()
        return telling.cannot_write(error, report)
    finally:
        progress.close()
    last = unchanged.Last(len(built.artifacts), built.articles, built.diagnostics)
    unchanged.note(request, view, built.stamps, built.coming, last)
    telling.tell(built.diagnostics, request)
    telling.write_report(report, built.diagnostics, built, ok=True)
    if not quiet:
        emitted = built.emitted
        for mark, paths in (("+", emitted.written), ("-", emitted.removed)) if verbose else ():
            for path in paths:
                click.echo(f"{mark} {path}")
        changes = len(emitted.written), len(emitted.removed)
        _close(last, request, time.monotonic() - begun, changes)
    return telling.DONE


def _close(
    last: "unchanged.Last", request: "Request", seconds: float, changes: tuple[int, int] = (0, 0)
) -> None:
    files, articles = telling.count(last.files, "file"), telling.count(last.articles, "article")
    told = f"{changes[0]:,} changed, {changes[1]:,} removed, in {telling.shown(request.out)}"
    click.echo(f"Built {files} for {articles} in {seconds:.1f} s: {told}")


@click.command()
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@options.root
@options.checking
def check(
    articles: tuple[str, ...],
    root: Path,
    report: Path | None,
    quiet: bool,
    verbose: bool,
    **asked: bool,
) -> int:
    """Validate everything, write nothing."""
    from versus import memory, pipeline, scope
    from versus.diagnostics import VersusError, has_errors

    request = options.request(root, None, asked, articles=articles, jobs=options.cpus())
    try:
        checked = pipeline.check(request, memory.load(request.root, request.out), advise=True)
        told = checked.diagnostics
        if checked.library:
            told = tuple(filter(scope.concerns(request, checked.library), told))
    except scope.UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        return telling.fail(error.diagnostics, request, report)
    failed = has_errors(told) or (request.strict and bool(told))
    telling.tell(told, request)
    telling.write_report(report, told, ok=not failed)
    if failed:
        return telling.FAILED
    if not quiet:
        count = len(articles or (checked.library.entries if checked.library else ()))
        warnings = f", {telling.count(len(told), 'warning')}" if told else ""
        click.echo(f"Checked {telling.count(count, 'article')}: no errors{warnings}")
    return telling.DONE


@click.command()
@click.argument(
    "parts", nargs=-1, required=True, metavar="DIR...",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)  # fmt: skip
@options.root
@options.out
def merge(parts: tuple[Path, ...], root: Path, out: Path | None) -> int:
    """Join the parts of a build, made with `--shard`, to what a whole build makes."""
    from versus import merging
    from versus.diagnostics import VersusError

    request = options.request(root, out, {})
    try:
        emitted = merging.merge(parts, request.out)
    except VersusError as error:
        return telling.fail(error.diagnostics, request, None)
    except OSError as error:
        return telling.cannot_write(error)
    changes = f"{len(emitted.written):,} changed, {len(emitted.removed):,} removed"
    what = f"{telling.count(len(parts), 'part')} to {telling.count(emitted.files, 'file')}"
    click.echo(f"Joined {what}: {changes}, in {telling.shown(request.out)}")
    return telling.DONE


@click.command()
@options.root
@options.out
@click.option("--cache", "with_cache", is_flag=True, help="Empty the user's cache as well.")
def clean(root: Path, out: Path | None, *, with_cache: bool) -> int:
    """Remove what builds wrote (what the manifest owns), and nothing else."""
    from versus import cache, emit

    folder = out or root / "out"
    try:
        count = emit.clean(folder)
    except OSError as error:
        return telling.cannot_write(error)
    click.echo(f"Removed {telling.count(count, 'file')} from {telling.shown(folder)}")
    if with_cache:
        kept = telling.count(cache.clear(), "file")
        click.echo(f"Removed {kept} from {telling.shown(cache.folder())}")
    return telling.DONE
