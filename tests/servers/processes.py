"""Programs that run for the length of a `with`, and end with it whatever happens."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).resolve().parent
INSTALLED = HERE / ".installed"


def needs(*found: str | Path | None) -> None:
    """Skip where something is not installed, but never in CI."""
    missing = not all(path and Path(path).exists() for path in (*found, INSTALLED / "done"))
    if missing and not os.environ.get("CI"):
        pytest.skip("needs WordPress, Ghost, PHP and MariaDB: `make setup-e2e` installs them")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path], cwd: Path, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program with all that it starts; what it says goes to `log`.

    Where this process is killed, the program is as well, if the system can do that.
    """
    setpriv = shutil.which("setpriv")
    bound = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
    with log.open("ab") as said:
        process = subprocess.Popen(
            [*bound, *(str(word) for word in command)],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole group to end, and after ten seconds make it."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait(10)


def await_ready(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path, seconds: float = 180
) -> None:
    """Wait until a program does its work; its log says why where it does not."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r} did not start: {log.read_text()[-3000:]}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether a server answers with a page."""
    try:
        return httpx.get(url, timeout=10, follow_redirects=True).status_code == 200
    except httpx.TransportError:
        return False
