"""Dask clusters on loopback, as processes of their own, for tests."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from conftest import ROOT


class DaskCluster:
    """A scheduler, and workers that can be started and killed one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--scheduler-file", str(folder / "scheduler.json"))
        self.tcp = self._address()
        self.address = self.tcp.replace("tcp://", "dask://")

    def worker(self, env: Mapping[str, str] | None = None, path: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start a worker that finds Versus at a path."""
        number = str(len(self.processes))
        return self._start(
            "worker", self.tcp, "--no-nanny", "--nworkers", "1", "--nthreads", "2", "--name", number,
            "--local-directory", str(self.folder / number),
            env={"PYTHONPATH": os.pathsep.join((str(path), str(ROOT))), **(env or {})},
        )  # fmt: skip

    def close(self) -> None:
        """End all of it."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _start(
        self, *args: str, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        script = "import sys; from dask.__main__ import main; sys.exit(main())"
        words = [sys.executable, "-c", script, *args, "--host", "127.0.0.1", "--no-dashboard"]
        log = (self.folder / f"log-{len(self.processes)}").open("wb")
        process = subprocess.Popen(
            words, stdout=log, stderr=log, cwd=self.folder, env={**os.environ, **(env or {})}
        )
        self.processes.append(process)
        return process

    def _address(self) -> str:
        file = self.folder / "scheduler.json"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                return str(json.loads(file.read_text())["address"])
            except (OSError, ValueError):
                time.sleep(0.05)
        raise TimeoutError((self.folder / "log-0").read_text())
