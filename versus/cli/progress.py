"""How far a build is, shown on a terminal."""

import sys
import time
from typing import Any


class Progress:
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
