"""Builds that are killed, starved, refused or disturbed: the next one ends as a clean one would.

Everything is done from outside, by processes and files, so it holds whatever the inside is. The
figures are printed; `pytest -s` shows them.
"""

import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ARTICLE, ROOT, SITE, Publication, children, empty_cache

from versus.cli import main

pytestmark = pytest.mark.e2e

KILLS = int(os.environ.get("KILLS", "200"))
CHANNELS = "channels:\n  blog: {kind: hugo}\n  devto: {kind: forem}\n"
TEXTS = ("-f", "html", "-f", "markdown", "--channel", "blog", "--channel", "devto")
NOBODY = 65534
FORK = multiprocessing.get_context("fork")


class Site:
    """A publication that has two states, and the bytes that a clean build of each gives."""

    def __init__(self, folder: Path, arguments: tuple[str, ...] = TEXTS, articles: int = 6) -> None:
        self.publication = Publication(folder / "publication")
        self.arguments = arguments
        self.log = folder / "said"
        self.articles = articles
        self.publication.write("content/site.yaml", SITE + "social: {card: false}\n" + CHANNELS)
        self.publication.write("content/assets/x.txt", "x")
        self.clean: list[dict[str, bytes]] = []
        for state in (0, 1):
            self.become(state)
            assert self.build() == 0
            self.clean.append(self.publication.files())
            shutil.rmtree(self.out)
        assert self.clean[0] != self.clean[1]

    @property
    def out(self) -> Path:
        return self.publication.out

    def become(self, state: int) -> None:
        """Write the articles as they are in a state: one is there in one of them only."""
        for number in range(self.articles):
            words = f"{'Two tools' if state else 'Three words'} of {number}"
            self.publication.article(f"a{number}", ARTICLE.replace("Two tools", words))
        extra = self.publication.root / "content/articles/extra.yaml"
        extra.write_text(ARTICLE) if state else extra.unlink(missing_ok=True)

    def start(
        self, *more: str, before: Callable[[], None] = lambda: None
    ) -> "multiprocessing.process.BaseProcess":
        """Begin a build in a process group of its own, from a process that has all imported."""

        def run() -> None:
            os.setsid()
            said = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            os.dup2(said, 1)
            os.dup2(said, 2)
            before()
            main(["build", *self.arguments, *more, "-C", str(self.publication.root), "-j", "2"])

        process = FORK.Process(target=run)
        process.start()
        return process

    def build(self, *more: str, before: Callable[[], None] = lambda: None) -> int:
        """Build, and return the exit code."""
        process = self.start(*more, before=before)
        process.join(120)
        assert process.exitcode is not None
        return process.exitcode

    def assert_clean(self, state: int) -> None:
        """The next build ends as a clean one: the same files, the same bytes, nothing else."""
        self.log.unlink(missing_ok=True)
        assert self.build() == 0, self.log.read_text()
        assert self.publication.files() == self.clean[state]
        assert not (self.out / ".versus-staging").exists()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Small articles as pages, files and copies, with a cache of their own."""
    for name, value in empty_cache(tmp_path / "cache").items():
        monkeypatch.setenv(name, value)
    return Site(tmp_path)


def gone(group: int, seconds: float = 5) -> bool:
    """Whether every process of a group ends soon."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_kill_minus_nine_at_any_moment_loses_nothing(site: Site) -> None:
    """Kills are spread over a whole build; states change between them, so there is work to lose."""
    rng = random.Random(7)
    begun = time.monotonic()
    site.become(0)
    assert site.build() == 0
    site.become(1)
    assert site.build() == 0
    took = (time.monotonic() - begun) / 2
    killed = survived = state = 0
    while killed < KILLS:
        state = 1 - state
        site.become(state)
        process = site.start()
        process.join(rng.uniform(0.05, 1.05) * took)
        if process.is_alive():
            process.kill()
            process.join()
            killed += 1
        assert process.pid is not None
        assert gone(process.pid), "a worker outlives its build"
        for path, data in site.publication.files().items():
            if ".versus-staging" not in path and path != "manifest.json" and ".tmp" not in path:
                known = [clean[path] for clean in site.clean if path in clean]
                assert data in known, f"{path} is neither the old file nor the new one"
        if rng.random() < 0.2:
            site.assert_clean(state)
            survived += 1
    site.assert_clean(state)
    print(
        f"\n{killed} kills survived, {survived + 1} times compared with a clean build, 0 bytes lost"
    )


def test_a_cache_that_is_damaged_costs_time_only(site: Site, tmp_path: Path) -> None:
    rng = random.Random(3)
    files = 0
    for _round in range(6):
        state = rng.randrange(2)
        site.become(state)
        assert site.build() == 0
        for path in (tmp_path / "cache").rglob("*"):
            if path.is_file() and "fonts" not in path.parts:
                data = path.read_bytes()
                at = rng.randrange(len(data) + 1)
                path.write_bytes(rng.choice([b"", data[:at], data[:at] + b"?" + data[at + 1 :]]))
                files += 1
        site.become(1 - state)
        site.assert_clean(1 - state)
    print(f"\n{files} damaged files of the cache survived")


@pytest.mark.parametrize("most", [0, 300, 2_000, 6_000, 20_000])
def test_writing_that_fails_leaves_out_as_it_was(site: Site, most: int) -> None:
    """A file may not grow beyond so many bytes: writing fails here and there."""
    site.become(0)
    assert site.build() == 0

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    site.become(1)
    code = site.build(before=full)
    assert code in (0, 1)
    left = {p: d for p, d in site.publication.files().items() if not p.startswith(".")}
    for path, data in left.items():
        if path != "manifest.json":
            assert data in [clean[path] for clean in site.clean if path in clean], path
    site.assert_clean(1)


FULL = """
set -e
mount -t tmpfs -o size=8m none "$OUT"
cp -a "$BEFORE/." "$OUT"
head -c 10M /dev/zero > "$OUT/.filler" 2>/dev/null || true
truncate -s "-$FREE" "$OUT/.filler"
code=0; "$@" || code=$?
rm "$OUT/.filler"
cp -a "$OUT/." "$AFTER"
"$@"
cp -a "$OUT/." "$END"
exit "$code"
"""


@pytest.mark.parametrize("free", [0, 4_096, 16_384, 65_536, 131_072])
def test_a_full_disk_leaves_out_as_it_was(site: Site, tmp_path: Path, free: int) -> None:
    """A file system of 8 MB with so many bytes free, mounted where only the build sees it."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    if subprocess.run(["unshare", *user, "-m", "true"], check=False).returncode:
        pytest.skip("nobody may mount here: run it as root, or allow user namespaces")
    site.become(0)
    assert site.build() == 0
    folders = {name: tmp_path / name.lower() for name in ("BEFORE", "AFTER", "END")}
    shutil.copytree(site.out, folders["BEFORE"])
    for name in ("AFTER", "END"):
        folders[name].mkdir()
    site.become(1)
    build = [sys.executable, str(ROOT / "build.py"), *TEXTS, "-C", str(site.publication.root)]
    places = {name: str(path) for name, path in folders.items()}
    env = {**os.environ, **places, "OUT": str(site.out), "FREE": str(free)}
    command = ["unshare", *user, "-m", "sh", "-c", FULL, "sh", *build]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    if free < 16_384:
        assert "No space left on device" in done.stderr
    for path, data in contents(folders["AFTER"]).items():
        if path != "manifest.json" and not path.startswith("."):
            assert data in [clean[path] for clean in site.clean if path in clean], path
    assert contents(folders["END"]) == site.clean[1]


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def as_nobody() -> None:
    """Tests may run as root, whom no permission stops: go on as somebody else."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


@pytest.mark.parametrize("what", ["out", "out/site", "out/site/a0", "out/manifest.json"])
def test_an_output_that_may_not_be_written_is_told_and_stays(
    site: Site, tmp_path: Path, what: str
) -> None:
    site.become(0)
    assert site.build() == 0
    before = site.publication.files()
    for folder in (tmp_path, *tmp_path.parents):
        if os.geteuid() == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    locked = site.publication.root / what
    locked.chmod(0o444 if locked.is_file() else 0o555)
    site.become(1)
    code = site.build(before=as_nobody)
    if code == 0:
        site.assert_clean(1)
        return
    assert code == 1
    left = {p: d for p, d in site.publication.files().items() if not p.startswith(".")}
    assert left == before or os.geteuid() != 0
    locked.chmod(0o644 if locked.is_file() else 0o755)
    site.assert_clean(1)


def test_an_article_that_may_not_be_read_is_told_with_the_others(site: Site) -> None:
    path = site.publication.root / "content/articles/a1.yaml"
    path.chmod(0o000)
    for folder in (site.publication.root, *site.publication.root.parents):
        if os.geteuid() == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    assert site.build(before=as_nobody) == 1
    path.chmod(0o644)
    site.assert_clean(1)


def interrupted(site: Site, wait: float) -> tuple[int, str]:
    """A build with workers that gets Ctrl-C after a while: its exit code and what it said."""
    command = [
        sys.executable,
        str(ROOT / "build.py"),
        "--force",
        "-j",
        "2",
        "-C",
        str(site.publication.root),
    ]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=30)[1]
        assert gone(process.pid), "a worker outlives its build"
        return process.returncode, said


def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(site: Site) -> None:
    site.become(0)
    assert site.build() == 0
    site.become(1)
    codes = []
    for wait in (0.6, 1.2, 2.0, 3.0):
        before = site.publication.files()
        code, said = interrupted(site, wait)
        codes.append(code)
        if code == 0:
            break
        assert code == 130, said
        assert "Traceback" not in said
        assert site.publication.files() == before
    assert 130 in codes
    shutil.rmtree(site.out)
    site.assert_clean(1)


def test_two_builds_at_once_end_as_one(site: Site) -> None:
    for state in (0, 1, 0):
        site.become(state)
        builds = [site.start() for _ in range(3)]
        for build in builds:
            build.join(120)
        assert [build.exitcode for build in builds] == [0, 0, 0]
        site.assert_clean(state)


def test_a_clock_that_was_set_back_hides_no_change(site: Site) -> None:
    articles = site.publication.root / "content/articles"
    for moment in (2_000_000_000, 1_000, 1_700_000_000):
        for state in (0, 1):
            site.become(state)
            for path in (*articles.glob("*.yaml"), *site.out.rglob("*")):
                os.utime(path, (moment, moment))
            site.assert_clean(state)


@contextmanager
def disturbed(path: Path, texts: tuple[str, str]) -> Iterator[None]:
    """Somebody who writes a file again and again, in place, while the block runs."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for text in texts:
                with path.open("w") as file:
                    half = len(text) // 2
                    file.write(text[:half])
                    file.flush()
                    file.write(text[half:])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_file_that_changes_while_it_is_read_is_told_or_taken_whole(site: Site) -> None:
    path = site.publication.root / "content/articles/a0.yaml"
    site.become(1)
    text = path.read_text()
    other = text.replace("Two tools", "Three words")
    with disturbed(path, (text, other)):
        codes = {site.build() for _ in range(6)}
    assert codes <= {0, 1}
    site.become(1)
    site.assert_clean(1)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to find the workers: run on Linux")
def test_a_worker_that_the_memory_killer_takes_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in empty_cache(tmp_path / "cache").items():
        monkeypatch.setenv(name, value)
    site = Site(tmp_path, ("-f", "pdf"), articles=4)
    killed = 0
    for state in (0, 1):
        site.become(state)
        process = site.start("--force")
        assert process.pid is not None
        while process.is_alive() and killed <= state:
            for worker in children(process.pid):
                os.kill(worker, signal.SIGKILL)
                killed += 1
                break
        process.join(120)
        assert process.exitcode == 0
        assert site.publication.files() == site.clean[state]
    print(f"\n{killed} killed workers survived")
