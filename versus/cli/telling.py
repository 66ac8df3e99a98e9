"""What commands say: diagnostics, counts, and why something could not be done."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from versus.diagnostics import ClusterError, Diagnostic
    from versus.request import Request

DONE, FAILED, USAGE, PARTLY, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes; `PARTLY` is that publishing failed, at least in part."""


def fail(diagnostics: Iterable["Diagnostic"], request: "Request", report: Path | None) -> int:
    """Say what is wrong and that nothing was written; the exit code."""
    told = tuple(diagnostics)
    tell(told, request)
    write_report(report, told, ok=False)
    errors = sum(d.severity == "error" for d in told) or len(told)
    click.echo(f"{count(errors, 'error')}: nothing was written", err=True)
    return FAILED


def tell(
    diagnostics: Iterable["Diagnostic"], request: "Request", *, annotates: bool = True
) -> None:
    """Say what is wrong: on stderr, and on GitHub also where the change is shown.

    Without `annotates` nothing goes to stdout, where something else is to be alone.
    """
    from versus.diagnostics import annotation

    for diagnostic in diagnostics:
        click.echo(str(diagnostic), err=True)
        if annotates and os.environ.get("GITHUB_ACTIONS") == "true":
            path = Path(os.path.relpath(request.root / diagnostic.path)).as_posix()
            click.echo(annotation(diagnostic, path))


def write_report(
    path: Path | None, diagnostics: Iterable["Diagnostic"], built: Any = None, *, ok: bool
) -> None:
    """Write what was built and every diagnostic, where `--report` asks for it."""
    if path is None:
        return
    from versus import report

    made = (built.artifacts, built.emitted.written, built.emitted.removed) if built else ()
    try:
        report.write(path, diagnostics, *made, ok=ok)
    except OSError as error:
        raise click.UsageError(f"--report: {error.strerror}: {path}") from None


def cannot_write(error: OSError, report: Path | None = None) -> int:
    """Say what the system did not let us do, also in the report if it lets us; the exit code."""
    with suppress(click.UsageError):
        write_report(report, (), ok=False)
    place = f"{error.filename}: " if error.filename else ""
    click.echo(f"error: {place}{error.strerror or error}", err=True)
    hint = "check the disk's space and the folder's permissions"
    if isinstance(error, FileExistsError):
        hint = "move it away, or choose another folder with `--out`"
    click.echo(f"  hint: {hint}", err=True)
    return FAILED


def cannot(error: "ClusterError", report: Path | None) -> int:
    """Say what a cluster did not do, and that nothing was written; the exit code."""
    write_report(report, (), ok=False)
    click.echo(f"error: {error.message}", err=True)
    click.echo(f"  hint: {error.hint}", err=True)
    click.echo("nothing was written", err=True)
    return FAILED


def shown(path: Path) -> str:
    """A path as short as it can be told from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def count(number: int, word: str) -> str:
    """A number with its noun, as in `1 file` and `1,200 files`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
