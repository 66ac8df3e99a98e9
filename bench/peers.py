"""Versus beside its peers: the same articles, the same machine, one run.

    python bench/peers.py                                   1,000 articles, then 10,000
    python bench/peers.py --articles 1000 --runs 3          medians of three runs
    python bench/peers.py --articles 10000 --only hugo,versus

`make bench-peers` installs the peers first. They get the Markdown that Versus writes, without its
related block; every page is then checked for the article's headings, cells and words, and for a
related block where one is wanted. "Cold" is without earlier output and with a cache that knows of
fonts only; the parts of a run take turns, so that a busy moment does not hit one of them alone.
"""

import argparse
import itertools
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import corpus
from comparing import differing, lacking
from measuring import Cost, cost, typical
from projects import BASE, RELATED, THE_PEERS, Given, Peer, given

ROOT = Path(__file__).resolve().parent.parent

TOOLS = ("versus", *(peer.tool for peer in THE_PEERS))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    articles: int
    cost: Cost


@dataclass(slots=True)
class Table:
    """What was measured, and each run of it."""

    runs: dict[tuple[str, int], list[Cost]] = field(default_factory=dict)

    def add(self, what: str, articles: int, spent: Cost) -> None:
        """One more run."""
        self.runs.setdefault((what, articles), []).append(spent)
        print(f"  {what}, {articles:,}: {spent.wall:.2f} s", file=sys.stderr, flush=True)

    def rows(self) -> list[Row]:
        """The lines, in the order in which they were first measured."""
        return [Row(what, count, typical(costs)) for (what, count), costs in self.runs.items()]


def away(path: Path, work: Path) -> None:
    """Put what an earlier run left out of the way.

    It is removed at the end of all: after ten thousand deletions ext4 takes long to create files.
    """
    if path.exists():
        waste = work / "waste"
        waste.mkdir(exist_ok=True)
        path.rename(waste / str(next(_numbers)))


_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Ours:
    """Versus on a publication, with a cache folder of its own."""

    root: Path
    work: Path

    def build(
        self, out: Path, *options: str, formats: Sequence[str] = ("html", "markdown")
    ) -> Cost:
        """One build."""
        command = [sys.executable, str(ROOT / "build.py"), "-C", str(self.root), "-o", str(out)]
        command += [word for name in formats for word in ("-f", name)]
        return cost([*command, *options], env={"XDG_CACHE_HOME": str(self.work / "cache")})

    def chill(self) -> None:
        """Forget everything but fonts, which the machine has and no publication."""
        fonts, cache = self.work / "fonts", self.work / "cache"
        if not fonts.exists():
            away(cache, self.work)
            corpus.write(self.work / "two", 2)
            Ours(self.work / "two", self.work).build(self.work / "two" / "out")
            cache.rename(fonts)
        away(cache, self.work)
        shutil.copytree(fonts, cache)

    def edit(self, run: int) -> None:
        """Add a sentence to one article."""
        paths = sorted((self.root / "content" / "articles").glob("*.yaml"))
        path = paths[(7 + 13 * run) % len(paths)]
        text = path.read_text(encoding="utf-8")
        mark = "conclusion: |\n  "
        path.write_text(text.replace(mark, f"{mark}Edited {run + 1}. "), encoding="utf-8")


def measure_ours(table: Table, ours: Ours, count: int, run: int) -> Path:
    """Cold, unchanged, edited, and the same as a clean build; returns the clean build's folder."""
    kept, clean = ours.work / "kept", ours.work / "clean"
    if run == 0:
        away(kept, ours.work)
        ours.chill()
        table.add("Versus, cold: HTML + Markdown + related", count, ours.build(kept))
    table.add("Versus, nothing changed", count, ours.build(kept))
    ours.edit(run)
    table.add("Versus, one article edited", count, ours.build(kept))
    cache = ours.work / "cache"
    warm = cache.rename(ours.work / "warm")
    ours.chill()
    away(clean, ours.work)
    table.add("Versus, cold: HTML + Markdown + related", count, ours.build(clean))
    measure_less(table, ours.work, count)
    away(cache, ours.work)
    warm.rename(cache)
    if unlike := differing(kept, clean):
        sys.exit(
            f"Versus: after an edit, {len(unlike)} files differ from a clean build: {unlike[:3]}"
        )
    return clean


def measure_less(table: Table, work: Path, count: int) -> None:
    """As much as a peer does that writes pages alone, and no related posts."""
    root, out = work / "without", work / "less"
    if not root.exists():
        corpus.write(root, count)
        with (root / "content" / "site.yaml").open("a", encoding="utf-8") as settings:
            settings.write("related: {limit: 0}\n")
    ours = Ours(root, work)
    ours.chill()
    away(out, work)
    table.add("Versus, cold: HTML", count, ours.build(out, formats=("html",)))


def measure_peer(table: Table, peer: Peer, project: Path, count: int) -> None:
    """One build of a peer, without what its last one left."""
    for leftover in (peer.out, "resources", ".hugo_build.lock", ".cache"):
        away(project / leftover, project.parent)
    env = {"HUGO_CACHEDIR": str(project / ".cache")}
    table.add(peer.name, count, cost(peer.command, cwd=project, env=env))


def measure_one(table: Table, work: Path) -> None:
    """One article of a small publication and of the example, from a cold start."""
    small = work / "small"
    corpus.write(small, 12)
    for root, slug, what in (
        (small, corpus.page(0).slug, "Versus, one article of twelve, HTML, cold"),
        (ROOT, "mlops-vs-mlops", "Versus, the flagship article, HTML, cold"),
    ):
        ours = Ours(root, work)
        ours.chill()
        out = work / "one"
        away(out, work)
        table.add(what, 1, ours.build(out, slug, formats=("html",)))


def measure(count: int, runs: int, tools: Sequence[str], work: Path, table: Table) -> None:
    """Everything at one size."""
    root = work / "publication"
    away(root, work)
    away(work / "without", work)
    corpus.write(root, count)
    ours = Ours(root, work)
    peers = [peer for peer in THE_PEERS if peer.tool in tools and count <= peer.most]
    if "versus" in tools:
        clean = measure_ours(table, ours, count, 0)
    else:
        clean = work / "clean"
        away(clean, work)
        ours.chill()
        ours.build(clean, formats=("markdown",))
    articles = given(clean)
    if len(articles) != count:
        sys.exit(f"Versus wrote {len(articles)} of {count} articles")
    if "versus" in tools:
        _compare("Versus", articles, clean / "site", markdown=True, related=count > RELATED)
    for peer in peers:
        project = work / peer.tool
        away(project, work)
        peer.write(articles, project)
    for run in range(runs):
        if run and "versus" in tools:
            measure_ours(table, ours, count, run)
        for peer in peers:
            measure_peer(table, peer, work / peer.tool, count)
            if run == 0:
                pages = work / peer.tool / peer.out
                _compare(peer.name, articles, pages, markdown=peer.markdown, related=peer.related)
    for peer in peers:
        away(work / peer.tool, work)


def _compare(
    name: str, articles: Sequence[Given], pages: Path, *, markdown: bool, related: bool
) -> None:
    if lack := list(lacking(articles, pages, markdown=markdown, related=related)):
        sys.exit(f"{name} lacks {len(lack)}: {lack[:5]}")


def show(rows: Sequence[Row], runs: int) -> None:
    """Print the table, and how costs grow."""
    print(f"\n{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs, medians of runs ({runs}); "
          "peak: all processes together, what they share once")  # fmt: skip
    heads = ("articles", "wall s", "CPU s", "peak MB", "× Hugo", "CPU ×")
    print(f"{'what':44}" + "".join(f" {head:>9}" for head in heads))
    bases = {row.articles: row.cost for row in rows if row.what == BASE}
    for row in rows:
        spent, base = row.cost, bases.get(row.articles)
        line = (
            f"{row.what:44} {row.articles:9,} {spent.wall:9.2f} {spent.cpu:9.2f} {spent.peak:9.0f}"
        )
        if base is not None:
            line += f" {spent.wall / base.wall:9.2f} {spent.cpu / base.cpu:9.2f}"
        print(line)
    for what in dict.fromkeys(row.what for row in rows):
        sizes = [row for row in rows if row.what == what]
        for less, more in itertools.pairwise(sizes):
            times = more.articles / less.articles
            print(
                f"{what}: {times:g} × the articles take {more.cost.wall / less.cost.wall:.1f} × the time"
                f" and {more.cost.peak / less.cost.peak:.1f} × the memory"
            )


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description="Measure Versus beside its peers.")
    parser.add_argument("--articles", action="append", type=int, metavar="N",
                        help="repeatable (default: 1000 and 10000; 100000 takes an hour)")  # fmt: skip
    parser.add_argument("--runs", type=int, default=1, metavar="N")
    parser.add_argument("--only", default=",".join(TOOLS), metavar="NAME,...",
                        help=f"of {', '.join(TOOLS)}")  # fmt: skip
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep projects and outputs there")
    asked = parser.parse_args()
    tools = asked.only.split(",")
    if unknown := [tool for tool in tools if tool not in TOOLS]:
        parser.error(f"no tool {unknown[0]!r}: choose from {', '.join(TOOLS)}")
    table = Table()
    with tempfile.TemporaryDirectory(prefix="versus-bench-") as name:
        work = (asked.work or Path(name)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        for _run in range(asked.runs if "versus" in tools else 0):
            measure_one(table, work)
        for count in sorted(set(asked.articles or (1_000, 10_000))):
            measure(count, asked.runs, tools, work, table)
        shutil.rmtree(work / "waste", ignore_errors=True)
    show(table.rows(), asked.runs)


if __name__ == "__main__":
    main()
