"""How long commands take, as whole processes: the median of several runs, and CPU seconds.

`make bench` prints the table. Machines are noisy, so compare ratios within one run only.
"""

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from measuring import Cost, cost, typical

ROOT = Path(__file__).resolve().parent.parent
BUILD = [sys.executable, str(ROOT / "build.py")]
ARTICLE = "mlops-vs-mlops"
RUNS = 5


@dataclass(frozen=True)
class Measured:
    """A command's name in the table, and what it typically costs."""

    name: str
    cost: Cost


def measured(name: str, command: list[str], before: Path | None = None) -> Measured:
    """Run a command several times; `before` is a folder to remove first, for cold builds."""
    costs = []
    for _ in range(RUNS):
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)
        costs.append(cost(command))
    return Measured(name, typical(costs))


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
        spent = row.cost
        print(f"{row.name:42} {spent.wall:8.2f} {spent.cpu:8.2f} {spent.peak:8.0f}")


if __name__ == "__main__":
    main()
