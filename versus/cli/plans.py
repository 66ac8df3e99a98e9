"""How a plan, what came of it, and where things stand are shown: on terminals, as JSON, for CI."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from versus.cli import telling

if TYPE_CHECKING:
    from rich.table import Table

    from versus.publishing.apply import Outcome
    from versus.publishing.plan import Step
    from versus.publishing.standing import Row, Standing

_STYLES = {
    "create": "green", "update": "yellow", "adopt": "cyan", "keep": "cyan", "conflict": "bold red",
    "failed": "bold red", "orphan": "magenta", "unpublish": "magenta", "unchanged": "dim",
}  # fmt: skip
_DONE = {
    "create": "created", "update": "updated", "adopt": "adopted", "keep": "kept",
    "unpublish": "taken down",
}  # fmt: skip
_WIDE = 200
"""Columns where there is no terminal: whoever reads a log can scroll, and `grep` wants one line."""
_LONGEST_DIFF = 60


def show(steps: Sequence["Step"]) -> None:
    """A table of all steps, the differences of conflicts, and how many there are of each."""
    if not steps:
        click.echo("Nothing to publish: no channel, or no article that is out")
        return
    table = _table("Channel", "Article", "Plan", "What")
    for step in steps:
        table.add_row(step.channel, step.article, _styled(step.action), _what(step))
    _print(table)
    for step in steps:
        if step.difference and step.action in ("conflict", "adopt", "keep"):
            _show_difference(step)
    click.echo(f"Plan: {_counts(steps)}")


def _is_out(step: "Step") -> bool:
    return step.copy is not None and step.copy.state == "published"


def _what(step: "Step") -> str:
    """What a step would change, why, and what could be done about it."""
    changes = ", ".join(step.changes)
    said = ": ".join(filter(None, (changes, step.why)))
    return f"{said} ({step.hint})" if step.hint else said


def _counts(steps: Iterable["Step"]) -> str:
    actions = [step.action for step in steps]
    return ", ".join(f"{actions.count(name)} {name}" for name in dict.fromkeys(actions))


def _show_difference(step: "Step") -> None:
    click.echo(f"\n{step.article} on {step.channel}:")
    lines = step.difference.splitlines()
    for line in lines[:_LONGEST_DIFF]:
        color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(f"  {_printable(line)}", fg=color)
    if len(lines) > _LONGEST_DIFF:
        click.echo(f"  … {telling.count(len(lines) - _LONGEST_DIFF, 'more line')}; --json has all")
    click.echo("")


def tell(outcome: "Outcome") -> None:
    """Say what came of a step, as it comes."""
    step = outcome.step
    if outcome.failed:
        click.secho(
            f"failed: {step.article or step.channel}: {outcome.failure}", fg="red", err=True
        )
    elif step.writes:
        where = f": {outcome.url}" if outcome.url else ""
        click.echo(f"{_DONE[step.action]} {step.article} on {step.channel}{where}")


class Report:
    """A plan and, where it was carried out, what came of it."""

    def __init__(self, steps: Sequence["Step"], outcomes: Sequence["Outcome"] | None) -> None:
        self._steps, self._outcomes = steps, outcomes

    @property
    def failed(self) -> tuple["Outcome", ...]:
        """What failed, or needs somebody to decide."""
        return tuple(outcome for outcome in self._outcomes or () if outcome.failed)

    @property
    def has_failed(self) -> bool:
        """Whether anything failed, be it that it could not even be planned."""
        return bool(self.failed) or any(step.action == "failed" for step in self._steps)

    def show_failures(self) -> None:
        """A table of what failed and what to do."""
        if not self.failed:
            return
        table = _table("Channel", "Article", "What failed", "What to do")
        for outcome in self.failed:
            step = outcome.step
            table.add_row(step.channel, step.article, outcome.failure, outcome.hint)
        click.echo("")
        _print(table)
        click.echo(f"{telling.count(len(self.failed), 'failure')}", err=True)

    def show_what_is_next(self) -> None:
        """Say that there are addresses now which no copy could know before."""
        done = (o for o in self._outcomes or () if o.url and not o.failed)
        if any(o.step.action == "create" and _is_out(o.step) for o in done):
            click.echo(
                "Copies can link to the new ones now: the next `publish` updates those that do"
            )

    def json(self) -> str:
        """Everything, for programs."""
        done = {id(outcome.step): outcome for outcome in self._outcomes or ()}
        rows = []
        steps = [*self._steps]
        steps += [o.step for o in self._outcomes or () if not any(o.step is s for s in steps)]
        for step in steps:
            row: dict[str, Any] = {
                "channel": step.channel, "article": step.article, "action": step.action,
                "changes": list(step.changes), "why": step.why, "hint": step.hint,
                "url": step.remote.url if step.remote else "",
            }  # fmt: skip
            if step.difference and step.action != "unchanged":
                row["difference"] = step.difference
            outcome = done.get(id(step))
            if outcome is not None:
                row |= {"done": not outcome.failed and step.writes, "failure": outcome.failure}
                row["url"] = outcome.url or row["url"]
                row["hint"] = outcome.hint or row["hint"]
            rows.append(row)
        data = {"carried_out": self._outcomes is not None, "steps": rows}
        return json.dumps(data, ensure_ascii=False, indent=1)

    def markdown(self) -> str:
        """A table in Markdown, for the summary of a CI job."""
        done = {id(outcome.step): outcome for outcome in self._outcomes or ()}
        title = "Published" if self._outcomes is not None else "Plan for publishing"
        lines = [f"### {title}", ""]
        lines += ["| channel | article | plan | what | result |", "| --- | --- | --- | --- | --- |"]
        for step in self._steps:
            outcome = done.get(id(step))
            cells = (step.channel, step.article, step.action, _what(step), _result(step, outcome))
            lines.append("| " + " | ".join(map(_cell, cells)) + " |")
        lines += [
            f"| {_cell(o.step.channel)} |  | failed |  | {_cell(_result(o.step, o))} |"
            for o in self._outcomes or ()
            if not any(o.step is step for step in self._steps)
        ]
        return "\n".join([*lines, "", _counts(self._steps) or "Nothing to publish.", ""]) + "\n"


def _result(step: "Step", outcome: "Outcome | None") -> str:
    if outcome is None:
        return ""
    if outcome.failed:
        return f"❌ {outcome.failure}" + (f" ({outcome.hint})" if outcome.hint else "")
    return f"{_DONE[step.action]} {outcome.url}".strip() if step.writes else ""


def _cell(text: str) -> str:
    """A text in a cell of a table in Markdown."""
    escaped = "".join(f"\\{c}" if c in "\\`*_{}[]<>|#" else c for c in text)
    return " ".join(escaped.split())


def show_standing(channels: Sequence["Standing"], rows: Sequence["Row"]) -> None:
    """Channels with their secrets, then articles with where they are."""
    if not channels:
        click.echo("No channels: name some in content/site.yaml, below `channels`")
        return
    table = _table("Channel", "Kind", "Published through", "Secrets")
    for channel in channels:
        said = ", ".join(
            f"{name} {'is set' if is_set else 'is not set'}"
            for name, is_set in channel.secrets.items()
        )
        table.add_row(channel.name, channel.kind, channel.platform, said or "none needed")
    _print(table)
    click.echo("")
    table = _table("Channel", "Article", "State", "URL", "Since")
    for row in rows:
        table.add_row(row.channel, row.article, row.state, row.url, row.time)
    _print(table)


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _styled(action: str) -> Any:
    from rich.text import Text

    return Text(action, style=_STYLES.get(action, ""))


def _print(table: "Table") -> None:
    """Print a table; as wide as it needs where there is no terminal to fit into."""
    from rich.console import Console

    console = Console(
        width=None if sys.stdout.isatty() else _WIDE, highlight=False, markup=False, emoji=False
    )
    with console.capture() as shown:
        console.print(table)
    for line in shown.get().splitlines():
        click.echo(line.rstrip())


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
