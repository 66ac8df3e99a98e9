"""What a command costs: seconds on the clock, seconds of CPU, memory at its peak.

CPU is that of the command and of all its children that it waited for. Memory is the resident set
summed over every process of the command's session, sampled from /proc ten times a second; pages
that processes share count once for each of them.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
_INTERVAL = 0.1


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of CPU, and the peak of memory in MB."""

    wall: float
    cpu: float
    peak: float


def cost(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Cost:
    """Run a command to its end. Raises SystemExit with what it said where it fails."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    said: list[bytes] = []
    reader = threading.Thread(target=lambda: said.append(process.stderr.read()))  # type: ignore[union-attr]
    reader.start()
    ended = threading.Event()
    peaks = [0.0]
    sampler = threading.Thread(target=_sample, args=(process.pid, ended, peaks))
    sampler.start()
    _pid, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    sampler.join()
    reader.join()
    if process.returncode:
        words = b"".join(said).decode(errors="replace")
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{words}")
    peak = max(*peaks, used.ru_maxrss / 1024)
    return Cost(wall, used.ru_utime + used.ru_stime, peak)


def typical(costs: Sequence[Cost]) -> Cost:
    """The medians of several runs, and the largest peak."""
    return Cost(
        statistics.median(each.wall for each in costs),
        statistics.median(each.cpu for each in costs),
        max(each.peak for each in costs),
    )


def _sample(session: int, ended: threading.Event, peaks: list[float]) -> None:
    while not ended.wait(_INTERVAL):
        peaks.append(_resident(session))


def _resident(session: int) -> float:
    """The resident sets of a session's processes together, in MB (proc_pid_stat(5))."""
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Fields count from behind the name, which may hold spaces and parentheses.
            fields = stat.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue  # It has ended.
        if int(fields[3]) == session:
            pages += int(fields[21])
    return pages * _PAGE_MB
