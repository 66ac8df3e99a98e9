"""How long commands take, as whole processes: the median of several runs, and CPU seconds.

`make bench` prints the table. Machines are noisy, so compare ratios within one run only.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = [sys.executable, str(ROOT / "build.py")]
ARTICLE = "mlops-vs-mlops"
RUNS = 5


@dataclass(frozen=True)
class Measured:
    """Medians over some runs: seconds on the clock, seconds of CPU, the largest peak in MB."""

    name: str
    wall: float
    cpu: float
    peak: float


def measured(name: str, command: list[str], before: Path | None = None) -> Measured:
    """Run a command several times; `before` is a folder to remove first, for cold builds."""
    walls, cpus, peak = [], [], 0.0
    for _ in range(RUNS):
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)
        start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        walls.append(time.perf_counter() - start)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime)
        peak = max(peak, now.ru_maxrss / 1024)
    return Measured(name, statistics.median(walls), statistics.median(cpus), peak)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        to = ["-o", str(out)]
        rows = [
            measured("--help", [*BUILD, "--help"]),
            measured("check, the example publication", [*BUILD, "check"]),
            measured("one article, HTML, cold", [*BUILD, ARTICLE, "-f", "html", *to], out),
            measured(
                "all articles, HTML and Markdown, cold",
                [*BUILD, "-f", "html", "-f", "markdown", *to],
                out,
            ),
            measured("all articles, all formats, one worker", [*BUILD, "-j", "1", *to], out),
            measured("all articles, all formats, two workers", [*BUILD, "-j", "2", *to], out),
            measured("the same again, nothing changed", [*BUILD, "-j", "2", *to]),
        ]
    print(f"{os.cpu_count()} CPUs, Python {sys.version.split()[0]}, medians of {RUNS} runs")
    print(f"{'what':42} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}")
    for row in rows:
        print(f"{row.name:42} {row.wall:8.2f} {row.cpu:8.2f} {row.peak:8.0f}")


if __name__ == "__main__":
    main()
