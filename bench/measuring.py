"""What a command costs: seconds on the clock, seconds of CPU, memory at its peak.

CPU is that of the command and of all its children that it waited for. Memory is that of all
processes of the command's session together, in which pages that they share count once (the
proportional set size), sampled from /proc up to ten times a second.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_INTERVAL = 0.1
_CARE = 20
"""So many times as long as a look at memory took nobody looks again: it holds processes up."""


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
    pause = _INTERVAL
    while not ended.wait(pause):
        begun = time.perf_counter()
        peaks.append(sum(map(memory, _processes(session))))
        pause = max(_INTERVAL, _CARE * (time.perf_counter() - begun))


def _processes(session: int) -> Iterator[int]:
    """The processes of a session (proc_pid_stat(5))."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Fields count from behind the name, which may hold spaces and parentheses.
            fields = stat.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue  # It has ended.
        if int(fields[3]) == session:
            yield int(stat.parent.name)


def memory(process: int) -> float:
    """The MB of a process; its part of what it shares with others (proc_pid_smaps(5))."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        return int(text.partition("\nPss:")[2].split()[0]) / 1024
    except (OSError, IndexError):  # It has ended, or this is not Linux.
        return 0
