"""Dask clusters on loopback, as processes of their own, for tests."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from conftest import ROOT


class DaskCluster:
    """A scheduler, and workers that can be started and killed one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        # Asked for port 0, Dask takes its own, which may be somebody's.
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
        file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", port, "--scheduler-file", str(file))
        self.tcp = self._address(file)
        self.address = self.tcp.replace("tcp://", "dask://")

    def worker(self, *paths: Path) -> subprocess.Popen[bytes]:
        """Start a worker that looks for packages in some folders first, and wait for it."""
        number = len(self.processes)
        folder = str(self.folder / str(number))
        options = ("--no-nanny", "--nworkers", "1", "--nthreads", "2", "--local-directory", folder)
        process = self._start("worker", self.tcp, *options, paths=paths)
        until(lambda: "Registered to" in self._log(number) or process.poll() is not None)
        assert process.poll() is None, self._log(number)
        return process

    def is_at_work(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether a worker has unpacked a publication."""
        number = self.processes.index(process)
        return any((self.folder / f"tmp-{number}").glob("versus-*"))

    def close(self) -> None:
        """End all of it."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _start(self, *args: str, paths: Sequence[Path] = ()) -> subprocess.Popen[bytes]:
        script = "import sys; from dask.__main__ import main; sys.exit(main())"
        command = [sys.executable, "-c", script, *args, "--host", "127.0.0.1", "--no-dashboard"]
        temporary = self.folder / f"tmp-{len(self.processes)}"
        temporary.mkdir()
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, (*paths, ROOT))),
            "TMPDIR": str(temporary),
        }
        with (self.folder / f"log-{len(self.processes)}").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=env)
        self.processes.append(process)
        return process

    def _address(self, file: Path) -> str:
        def is_whole() -> bool:
            return file.is_file() and file.read_text().rstrip().endswith("}")

        until(lambda: is_whole() or self.scheduler.poll() is not None)
        assert self.scheduler.poll() is None, self._log(0)
        return str(json.loads(file.read_text())["address"])

    def _log(self, number: int) -> str:
        return (self.folder / f"log-{number}").read_text()


def until(happened: Callable[[], object], seconds: float = 180) -> None:
    """Wait for something to happen."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
