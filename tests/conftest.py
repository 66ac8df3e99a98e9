"""What tests share: small publications, the commands as a user runs them, and readers of output."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from versus import cache

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from servers.blog import Blog

ROOT = Path(__file__).resolve().parent.parent
SITES = Path(__file__).resolve().parent / "sites"

SITE = """\
title: Test Journal
base_url: https://test.example/
description: Publications for tests.
author: {name: Tess Ter}
editions:
  full: {}
  brief: {sections: [introduction, table, verdict, related]}
"""

ARTICLE = """\
title: Kafka vs Flink
published: 2026-11-01
subjects:
  - name: Kafka
  - name: Flink
introduction: Two tools for streams.
"""

settings.register_profile(
    "versus", deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
settings.load_profile("versus")


@dataclass(frozen=True)
class Result:
    """What a command said, and its exit code."""

    code: int
    stdout: str
    stderr: str


class Publication:
    """A publication in a folder of its own, and the commands run on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "out"
        (root / "content" / "articles").mkdir(parents=True)
        self.write("content/site.yaml", SITE)

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the publication."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def article(self, slug: str, text: str = ARTICLE) -> Path:
        """Write an article."""
        return self.write(f"content/articles/{slug}.yaml", text)

    def run(self, *args: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Result:
        """Run `python build.py ARGS -C` this publication."""
        return run(*args, "-C", str(self.root), env=env, cwd=cwd)

    def build(self, *args: str) -> Result:
        """Build, and insist that it worked."""
        result = self.run("build", *args)
        assert result.code == 0, result.stderr
        return result

    def read(self, path: str) -> str:
        """A built file's text."""
        return (self.out / path).read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file below `out`, with its bytes."""
        return {
            p.relative_to(self.out).as_posix(): p.read_bytes()
            for p in sorted(self.out.rglob("*"))
            if p.is_file()
        }


def empty_cache(folder: Path) -> dict[str, str]:
    """The environment of a machine that has drawn nothing yet, but has cut its fonts: seconds."""
    fonts = cache.folder() / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    (folder / "versus").mkdir(parents=True)
    (folder / "versus" / "fonts").symlink_to(fonts)
    return {"XDG_CACHE_HOME": str(folder)}


_NOT_OURS = ("GITHUB_ACTIONS", "SOURCE_DATE_EPOCH", "PYTHONDONTWRITEBYTECODE")
"""What a user's machine does not set: the last would have each command compile all of our code."""


def run(*args: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Result:
    """Run `python build.py ARGS` in a process of its own."""
    clean = {k: v for k, v in os.environ.items() if k not in _NOT_OURS}
    done = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), *args],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        cwd=cwd,
        env={**clean, **(env or {})},
        timeout=300,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def children(pid: int) -> list[int]:
    """The processes that a process has started (Linux)."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """An empty publication with its site's settings."""
    return Publication(tmp_path / "publication")


@pytest.fixture
def make_publication(tmp_path: Path) -> Callable[[str], Publication]:
    """Make publications by name, for tests that compare two."""
    return lambda name: Publication(tmp_path / name)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium."""
    from browsing import launched

    with launched() as found:
        yield found


@pytest.fixture(scope="session", params=["wordpress-admin", "wordpress-author", "ghost"])
def blog(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Blog"]:
    """A real blog of each kind. WordPress keeps less of what authors write than of editors."""
    from servers import ghost, wordpress

    folder = tmp_path_factory.mktemp(request.param)
    kind, _, user = request.param.partition("-")
    running = ghost.running(folder) if kind == "ghost" else wordpress.running(folder, user)
    with running as found:
        yield found
