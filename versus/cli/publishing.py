"""The commands that take copies to the blogs: `publish` and `status`."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from versus.cli import options, telling
from versus.cli.progress import Progress

if TYPE_CHECKING:
    from versus.ledger import Records
    from versus.library import Library
    from versus.publishing.desk import Desk
    from versus.request import Request


@click.command()
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option(
    "--to", "channels", multiple=True, metavar="CHANNEL",
    help="Channels to publish to; repeatable (default: all).",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--ours", "choice", flag_value="ours", help="Overwrite what was edited there.")
@click.option("--theirs", "choice", flag_value="theirs", help="Keep what was edited there.")
@click.option("--unpublish", is_flag=True, help="Take down posts whose articles are gone.")
@click.option("--push", is_flag=True, help="Push the commits made in clones.")
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--future", is_flag=True, help="Include scheduled articles.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the plan, and what came of it, as JSON."
)
@click.option(
    "--summary", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Append a table in Markdown, as for $GITHUB_STEP_SUMMARY.",
)  # fmt: skip
@options.root
@options.out
def publish(  # noqa: PLR0913, PLR0917 - Click hands over each option
    articles: tuple[str, ...],
    channels: tuple[str, ...],
    yes: bool,
    choice: Any,
    unpublish: bool,
    push: bool,
    drafts: bool,
    future: bool,
    as_json: bool,
    summary: Path | None,
    root: Path,
    out: Path | None,
) -> int:
    """Take the copies to the channels: show a plan, then do it."""
    from versus.cli import plans

    request = options.request(
        root, out, {"drafts": drafts, "future": future},
        articles=articles, formats=(), channels=channels or None, jobs=options.cpus(),
    )  # fmt: skip
    with _alone(request):
        desk = _opened(request, as_json, choice=choice, unpublish=unpublish, push=push)
        if isinstance(desk, int):
            return desk
        if not as_json:
            plans.show(desk.steps)
        outcomes = None
        if yes or _is_wanted(desk, as_json=as_json):
            try:
                outcomes = desk.carry_out(lambda outcome: None if as_json else plans.tell(outcome))
            except OSError as error:
                return telling.cannot_write(error)
    report = plans.Report(desk.steps, outcomes)
    if summary is not None:
        _append(summary, report.markdown())
    if as_json:
        click.echo(report.json())
    else:
        report.show_failures()
        report.show_what_is_next()
    return telling.PARTLY if report.has_failed else telling.DONE


def _alone(request: "Request") -> AbstractContextManager[None]:
    """Nobody else publishes meanwhile: two that plan at once would both send."""
    from versus import emit

    folder = request.root / "content"
    if not folder.is_dir():
        return nullcontext()
    said = "Somebody publishes from this folder: waiting for them"
    return emit.lock(folder, lambda: click.echo(said, err=True))


def _is_wanted(desk: "Desk", *, as_json: bool) -> bool:
    """Whether to do it: asked on a terminal, if there is something to do; never anywhere else."""
    if desk.is_settled:
        return False
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        if not as_json:
            click.echo("Only planned: --yes does it")
        return False
    return click.confirm("Do it?")


def _opened(request: "Request", as_json: bool, **asked: Any) -> "Desk | int":
    """Build, and plan; or the exit code where that could not be done."""
    from versus.diagnostics import VersusError
    from versus.publishing.desk import Call, open_desk
    from versus.scope import UnknownNameError

    progress = Progress(wanted=not as_json)
    try:
        library, records, slugs = _built(request, progress, as_json)
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        progress.close()
        return telling.fail(error.diagnostics, request, None)
    except OSError as error:
        progress.close()
        return telling.cannot_write(error)
    finally:
        progress.close()
    call = Call(
        request.root, request.out, os.environ, options.wire(), options.now,
        channels=request.channels or (), articles=slugs, **asked,
    )  # fmt: skip
    return open_desk(call, library, records)


def _built(
    request: "Request", progress: Progress, as_json: bool
) -> tuple["Library", "Records", tuple[str, ...]]:
    """Build the copies; the library, the ledger, and the slugs that were asked for.

    An article that is gone may be named too, where the ledger knows it.
    """
    from dataclasses import replace

    from versus import ledger, memory, pipeline, sources
    from versus.diagnostics import VersusError
    from versus.workshop import Watch

    records, faults = ledger.read(sources.read(request.root).ledger)
    if faults:
        raise VersusError(faults)
    checked = pipeline.check(request, memory.load(request.root, request.out))
    if checked.library is None:
        raise VersusError(checked.diagnostics)
    known = {article for _channel, article in records}
    gone = {n for n in request.articles if checked.library.find(n) is None and n in known}
    rest = tuple(name for name in request.articles if name not in gone)
    if rest or not gone:
        watch = Watch(progress.started, progress.made)
        built = pipeline.build(replace(request, articles=rest), watch)
        telling.tell(built.diagnostics, request, annotates=not as_json)
    found = (checked.library.find(name) for name in rest)
    slugs = {entry.slug for entry in found if entry is not None}
    return checked.library, records, tuple(sorted(slugs | gone))


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise click.UsageError(f"--summary: {error.strerror}: {path}") from None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.root
def status(root: Path, *, as_json: bool) -> int:
    """Show where every article stands on every channel, and which secrets are set."""
    from versus import ledger, memory, pipeline, sources
    from versus.cli import plans
    from versus.diagnostics import VersusError
    from versus.publishing import standing

    request = options.request(root, None, {}, jobs=options.cpus())
    checked = pipeline.check(request, memory.load(request.root, request.out))
    records, faults = ledger.read(sources.read(request.root).ledger)
    try:
        if checked.library is None or faults:
            raise VersusError(checked.diagnostics)
    except VersusError as error:
        return telling.fail(error.diagnostics, request, None)
    channels = standing.channels(checked.library.site, os.environ)
    rows = standing.rows(checked.library, records)
    if as_json:
        click.echo(standing.as_json(channels, rows))
    else:
        plans.show_standing(channels, rows)
    return telling.DONE
