"""The commands. Reading options, telling results, choosing exit codes: all else is elsewhere.

Only Click is imported up here: `--help` answers at once, and each command imports what it uses.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from versus import __version__

if TYPE_CHECKING:
    from versus.diagnostics import Diagnostic
    from versus.pipeline import Request

FORMATS = ("html", "markdown", "pdf")
SCHEMAS = ("article", "translation", "site", "posts")

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


class _Commands(click.Group):
    """A group whose default command is `build`, and whose commands may follow their options.

    `build.py --format pdf`, `build.py kafka-vs-flink` and `build.py -C DIR check` all work; an
    article whose slug is a command's name is built by `build.py build check`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name first, which is what Click expects."""
        if args and args[0] in ("--help", "--version"):
            return super().parse_args(ctx, args)
        position = self._command_at(args)
        if position is None:
            args = ["build", *args]
        elif position > 0:
            args = [args[position], *args[:position], *args[position + 1 :]]
        return super().parse_args(ctx, args)

    def _command_at(self, args: list[str]) -> int | None:
        """Where the first word stands that is no option, if it is a command."""
        valued = {
            name
            for command in self.commands.values()
            for option in command.params
            if isinstance(option, click.Option) and not option.is_flag and not option.count
            for name in option.opts
        }
        skip = False
        for position, word in enumerate(args):
            if skip:
                skip = False
            elif word == "--":
                return None
            elif word.startswith("-") and word != "-":
                skip = word in valued
            else:
                return position if word in self.commands else None
        return None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the default command's options, then the commands."""
        build = self.commands["build"]
        records = [r for p in build.get_params(ctx) if (r := p.get_help_record(ctx))]
        with formatter.section("Options of build, the default command"):
            formatter.write_dl(records)
        self.format_commands(ctx, formatter)


class _Progress:
    """A bar for what takes over a second, on a terminal; nothing anywhere else."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._begun = time.monotonic()
        self._total = self._done = 0
        self._bar: Any = None
        self._task: Any = None

    def started(self, total: int) -> None:
        """There are so many files to make."""
        self._total = total

    def made(self) -> None:
        """One more file is made."""
        self._done += 1
        if not self._wanted or time.monotonic() - self._begun < 1:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("Building", total=self._total)
        self._bar.update(self._task, completed=self._done)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


def _root(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "-C", "--root", type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=Path(), help="The publication's folder (default: here).", metavar="DIR",
    )(function)  # fmt: skip


def _out(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "-o", "--out", type=click.Path(file_okay=False, path_type=Path),
        help="Where to write (default: ROOT/out).", metavar="DIR",
    )(function)  # fmt: skip


def _checking(function: Callable[..., Any]) -> Callable[..., Any]:
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


@click.group(cls=_Commands, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="versus")
def cli() -> None:
    """Versus publishes comparison articles as HTML, Markdown and PDF.

    Without a command it builds: `python build.py --format pdf`, `python build.py kafka-vs-flink`.
    """


@cli.command()
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
@_root
@_out
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes (default: the CPUs one may use).",
)
@click.option("--force", is_flag=True, help="Make everything anew, without the cache.")
@_checking
def build(  # noqa: PLR0913, PLR0917 - Click hands over each option
    articles: tuple[str, ...],
    formats: tuple[str, ...],
    editions: tuple[str, ...],
    languages: tuple[str, ...],
    channels: tuple[str, ...],
    root: Path,
    out: Path | None,
    jobs: int | None,
    force: bool,
    report: Path | None,
    quiet: bool,
    verbose: bool,
    **asked: bool,
) -> int:
    """Build articles (all, or the ones named by slug or file): the default command."""
    from versus import pipeline
    from versus.diagnostics import VersusError

    begun = time.monotonic()
    request = _request(
        root, out, asked,
        articles=articles, formats=tuple(dict.fromkeys(formats)) or FORMATS, editions=editions,
        languages=languages, channels=channels if channels or formats else None,
        jobs=jobs or _cpus(),
    )  # fmt: skip
    progress = _Progress(wanted=not quiet)
    try:
        built = pipeline.build(
            request,
            started=progress.started,
            made=progress.made,
            waiting=lambda: click.echo(
                "Another build writes to this folder: waiting for it", err=True
            ),
        )
    except pipeline.UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        progress.close()
        return _fail(error.diagnostics, request, report)
    except OSError as error:
        progress.close()
        return _cannot_write(error)
    finally:
        progress.close()
    _tell(built.diagnostics, request)
    _report(report, built.diagnostics, built, ok=True)
    if not quiet:
        _close(built, request, time.monotonic() - begun, verbose=verbose)
    return DONE


def _close(built: Any, request: "Request", seconds: float, *, verbose: bool) -> None:
    emitted = built.emitted
    if verbose:
        for mark, paths in (("+", emitted.written), ("-", emitted.removed)):
            for path in paths:
                click.echo(f"{mark} {path}")
    what = f"{_count(len(built.artifacts), 'file')} for {_count(built.articles, 'article')}"
    changes = f"{len(emitted.written):,} changed, {len(emitted.removed):,} removed"
    click.echo(f"Built {what} in {seconds:.1f} s: {changes}, in {_shown(request.out)}")


@cli.command()
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@_root
@_checking
def check(
    articles: tuple[str, ...],
    root: Path,
    report: Path | None,
    quiet: bool,
    verbose: bool,
    **asked: bool,
) -> int:
    """Validate everything, write nothing."""
    from versus import pipeline
    from versus.diagnostics import has_errors

    request = _request(root, None, asked)
    checked = pipeline.check(request, advise=True)
    told = checked.diagnostics
    if articles:
        names = {Path(name).name.removesuffix(".yaml") for name in articles}
        told = tuple(d for d in told if Path(d.path).name.removesuffix(".yaml") in names)
    failed = has_errors(told) or (request.strict and bool(told))
    _tell(told, request)
    _report(report, told, ok=not failed)
    if failed:
        return FAILED
    if not quiet:
        count = len(checked.library.entries) if checked.library else 0
        warnings = f", {_count(len(told), 'warning')}" if told else ""
        click.echo(f"Checked {_count(count, 'article')}: no errors{warnings}")
    return DONE


@cli.command()
@click.argument("article")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--future", is_flag=True, help="Include scheduled articles.")
@_root
def related(article: str, root: Path, *, as_json: bool, **asked: bool) -> int:
    """Show an article's related posts, with scores and the reasons for each."""
    from versus import pipeline
    from versus.diagnostics import VersusError

    request = _request(root, None, asked, jobs=_cpus())
    try:
        found = pipeline.related(request, article)
    except pipeline.UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        return _fail(error.diagnostics, request, None)
    if as_json:
        import json
        from dataclasses import asdict

        rows = [{"title": post.title, **asdict(pick)} for post, pick in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    for place, (post, pick) in enumerate(found, 1):
        click.echo(f"{place}. {pick.score:.2f}  {post.title} ({post.key})")
        click.echo(f"   {'; '.join(pick.reasons)}")
    if not found:
        click.echo("It lists no posts")
    return DONE


@cli.command()
@click.argument("title")
@_root
def new(title: str, root: Path) -> int:
    """Write a commented article to start from, as in `new "Kafka vs Flink"`."""
    from versus import scaffold, sources

    if not title.strip():
        raise click.UsageError("the title is empty")
    now = _now()
    slug = scaffold.slug(title)
    path = root / sources.ARTICLES / f"{slug}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(scaffold.article(" ".join(title.split()), now.date()))
    except FileExistsError:
        click.echo(f"{_shown(path)} is there already; nothing was changed", err=True)
        return FAILED
    except OSError as error:
        return _cannot_write(error)
    click.echo(f"Wrote {_shown(path)}, a draft: `python build.py --drafts {slug}` builds it")
    return DONE


@cli.command()
@click.argument("article")
@click.argument("language")
@click.option("--accept", is_flag=True, help="Call every translation there is up to date.")
@_root
def translate(article: str, language: str, root: Path, *, accept: bool) -> int:
    """Write or refresh the overlay that translates an article: `translate kafka-vs-flink fr`."""
    from versus import pipeline
    from versus.diagnostics import VersusError

    request = _request(root, None, {})
    try:
        path, draft = pipeline.translate(request, article, language, accept=accept)
    except pipeline.UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        return _fail(error.diagnostics, request, None)
    except OSError as error:
        return _cannot_write(error)
    for word, fields in (("changed", draft.changed), ("to translate", draft.untranslated)):
        for field in fields:
            click.echo(f"{word}: {field}")
    done, total = len(draft.translated), len(draft.translated) + len(draft.untranslated)
    click.echo(f"Wrote {_shown(path)}: {done} of {_count(total, 'field')} translated")
    if draft.changed:
        click.echo("When the changed ones are right again, run it with --accept")
    return DONE


@cli.command()
@click.argument("kind", type=click.Choice(SCHEMAS), default="article")
def schema(kind: str) -> int:
    """Print the JSON Schema of a content file, for editors."""
    import json

    from versus.schema import json_schema

    click.echo(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))
    return DONE


@cli.command()
@_root
@_out
def clean(root: Path, out: Path | None) -> int:
    """Remove what builds wrote (what the manifest owns), and nothing else."""
    from versus import emit

    folder = out or root / "out"
    try:
        count = emit.clean(folder)
    except OSError as error:
        return _cannot_write(error)
    click.echo(f"Removed {_count(count, 'file')} from {_shown(folder)}")
    return DONE


def main(args: list[str] | None = None) -> None:
    """Run a command and exit with its code: the one place that maps outcomes to codes."""
    try:
        code = cli.main(args, prog_name=_program(), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    sys.exit(code)


def _program() -> str:
    name = Path(sys.argv[0]).name
    return "python build.py" if name in ("build.py", "__main__.py") else name


def _request(root: Path, out: Path | None, asked: Mapping[str, Any], **more: Any) -> "Request":
    from versus.pipeline import Request

    return Request(root=root.resolve(), out=out or root / "out", now=_now(), **asked, **more)


def _cpus() -> int:
    """The CPUs that this process may use; macOS only tells how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _now() -> datetime:
    """The clock, or what stands for it in a reproducible build (SOURCE_DATE_EPOCH, seconds)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError("SOURCE_DATE_EPOCH is not a number of seconds since 1970") from None


def _fail(diagnostics: Iterable["Diagnostic"], request: "Request", report: Path | None) -> int:
    told = tuple(diagnostics)
    _tell(told, request)
    _report(report, told, ok=False)
    errors = sum(d.severity == "error" for d in told) or len(told)
    click.echo(f"{_count(errors, 'error')}: nothing was written", err=True)
    return FAILED


def _tell(diagnostics: Iterable["Diagnostic"], request: "Request") -> None:
    """Say what is wrong: on stderr, and on GitHub also where the change is shown."""
    from versus.diagnostics import annotation

    for diagnostic in diagnostics:
        click.echo(str(diagnostic), err=True)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            path = Path(os.path.relpath(request.root / diagnostic.path)).as_posix()
            click.echo(annotation(diagnostic, path))


def _report(
    path: Path | None, diagnostics: Iterable["Diagnostic"], built: Any = None, *, ok: bool
) -> None:
    if path is None:
        return
    from versus import report

    made = (built.artifacts, built.emitted.written, built.emitted.removed) if built else ()
    try:
        report.write(path, diagnostics, *made, ok=ok)
    except OSError as error:
        raise click.UsageError(f"--report: {error.strerror}: {path}") from None


def _cannot_write(error: OSError) -> int:
    place = f"{error.filename}: " if error.filename else ""
    click.echo(f"error: {place}{error.strerror or error}", err=True)
    click.echo("  hint: check the disk's space and the folder's permissions", err=True)
    return FAILED


def _shown(path: Path) -> str:
    """A path as short as it can be told from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _count(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
