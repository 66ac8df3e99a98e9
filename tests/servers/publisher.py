"""A publication that publishes to one blog: the command itself, run in this process."""

import contextlib
import io
import json
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from conftest import Publication

from servers.blog import Blog
from versus.cli import cli, options
from versus.publishing.http import Wire

CHANNEL = "blog"
WIRE = Wire(time.monotonic, lambda seconds: None, random.random, time.time)
"""The network, with nobody who waits."""


@dataclass
class Report:
    """What `publish --json` said, and its exit code."""

    code: int
    steps: list[dict[str, Any]]

    def only(self) -> dict[str, Any]:
        """The one step there was."""
        assert len(self.steps) == 1, self.steps
        return self.steps[0]

    @property
    def actions(self) -> list[str]:
        """What was done, in order."""
        return [step["action"] for step in self.steps]


@dataclass
class Publisher:
    """A publication with one channel."""

    publication: Publication
    blog: Blog
    wire: Wire = WIRE
    api: str = ""
    """Where the platform's interface is said to be, if not at the blog."""

    def channel(self, settings: str = "status: published", site: str = "") -> None:
        """Write site.yaml with settings of the channel."""
        api = f", api: '{self.api}'" if self.api else ""
        self.publication.write(
            "content/site.yaml",
            (site or "title: Test Journal\nbase_url: https://test.example/\n")
            + "channels:\n"
            + f"  {CHANNEL}: {{kind: {self.blog.kind}, url: '{self.blog.url}'{api}, {settings}}}\n",
        )

    @property
    def environment(self) -> Mapping[str, str]:
        """The secrets."""
        return {
            f"VERSUS_{CHANNEL.upper()}_{name}": value for name, value in self.blog.secrets.items()
        }

    def publish(self, *arguments: str, code: int = 0, yes: bool = True) -> Report:
        """Run `publish`, and insist on how it ends."""
        told, said = io.StringIO(), io.StringIO()
        words = ["publish", "--json", *(["--yes"] if yes else []), *arguments]
        with (
            contextlib.redirect_stdout(told),
            contextlib.redirect_stderr(said),
            mock.patch.dict(os.environ, self.environment),
            mock.patch.object(options, "wire", return_value=self.wire),
        ):
            ended = cli.main([*words, "-C", str(self.publication.root)], standalone_mode=False)
        assert ended == code, told.getvalue() + said.getvalue()
        for secret in self.blog.secrets.values():
            shown = told.getvalue() + said.getvalue() + self.ledger_text()
            assert len(secret) < 20 or secret not in shown, "no secret is ever shown"
        return Report(ended, json.loads(told.getvalue())["steps"])

    def settle(self, *arguments: str) -> None:
        """Publish until nothing is left to do: copies link to each other once they are there."""
        for _run in range(3):
            if set(self.publish(*arguments).actions) <= {"unchanged"}:
                return
        raise AssertionError("it never ends")

    def ledger_text(self) -> str:
        """The ledger as it is on the disk; nothing where there is none."""
        path = self.publication.root / "content/ledger.json"
        return path.read_text() if path.exists() else ""

    def ledger(self) -> dict[str, dict[str, Any]]:
        """The ledger's records by article."""
        return {record["article"]: record for record in json.loads(self.ledger_text() or "[]")}

    def forget(self) -> None:
        """Lose the ledger."""
        (self.publication.root / "content/ledger.json").unlink()

    def through(self, wire: Wire) -> "Publisher":
        """The same publication on another wire."""
        return replace(self, wire=wire)
