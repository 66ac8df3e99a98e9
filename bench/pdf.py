"""PDFs beside a plain call of WeasyPrint, and beside pandoc with WeasyPrint and with Typst.

    python bench/pdf.py                               200 articles
    python bench/pdf.py --articles 40 --peers 10

`make bench-pdf` installs the peers first. Two things are measured. Warm, in one process: what one
article costs us, against `weasyprint.HTML(...).write_pdf(stylesheets=[CSS(...)])` on the same HTML
with the same stylesheet and the same standard, the two taking turns, the best of some runs counting.
And whole commands: our builds with one worker and with two, and the peers on the Markdown that we
write. Each PDF is opened and must say its article's title and last heading. Machines are noisy: CPU
seconds are steadier than those on the clock, and ratios within one run than either.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import corpus
from measuring import Cost, cost

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / ".venv" / "bin" / "python"
sys.path.insert(0, str(ROOT))

_WARM, _ROUNDS = 30, 3
"""How many articles are printed again and again in one process, and how often."""

_TYPST = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[1] + '.pdf')"

_TYPST_LOOP = """
import subprocess, sys, typst
pandoc, *names = sys.argv[1:]
for name in names:
    subprocess.run([pandoc, name, "-t", "typst", "-s", "-o", name + ".typ"], check=True)
    typst.compile(name + ".typ", output=name + ".pdf")
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what made how many PDFs, at which cost."""

    what: str
    count: int
    cost: Cost


def sources(root: Path, count: int) -> tuple[list[tuple[str, Any]], Any]:
    """The HTML of the first articles' PDFs with their documents, and what a writer needs."""
    from versus import pipeline
    from versus.briefs import Briefing
    from versus.documents import document
    from versus.related import Related
    from versus.request import Request
    from versus.templating import Templates
    from versus.variants import expand
    from versus.writers import WRITERS, Context

    library = pipeline.check(Request(root, root / "out", datetime.now(UTC))).library
    if library is None:
        sys.exit("the made publication has faults")
    context = Context(library.site, Templates(root))
    briefing = Briefing(library, Related(library), {})
    writer = WRITERS["pdf"]
    found = []
    for variant in expand(library, library.live[:count]):
        page = document(library.imprint, variant, briefing.brief(variant), writer.medium)
        found.append((context.templates.render(writer.template, doc=page), page))
    return found, context


def plain(source: str, url: str, standard: str, stylesheet: str) -> bytes:
    """What one writes who has HTML and a stylesheet, and wants a PDF."""
    import weasyprint

    css = weasyprint.CSS(string=stylesheet)
    html = weasyprint.HTML(string=source, base_url=url)
    data: bytes = html.write_pdf(stylesheets=[css], pdf_variant=standard)
    return data


def warm(root: Path) -> tuple[Row, Row]:
    """The plain call and ours, by turns, in this process; both have had a first document."""
    from versus.writers import pdf
    from versus.writers.pdf.paper import PAPERS

    found, context = sources(root, _WARM)
    site, templates = context.site, context.templates
    ours_css = (templates.asset("pdf.css") or b"").decode()
    plain_css = f"{PAPERS[site.pdf.page].rules}\n{ours_css}"
    pdf.load()  # which silences the log, too

    def seconds(call: Callable[[], object]) -> float:
        begun = time.process_time()
        call()
        return time.process_time() - begun

    totals = [0.0, 0.0]
    for number, (source, page) in enumerate([found[0], *found]):
        calls = (
            lambda source=source, page=page: plain(source, page.url, site.pdf.standard, plain_css),
            lambda source=source, page=page: pdf.encode(
                source, page, site, templates.root, ours_css
            ),
        )
        rounds = [[seconds(call) for call in calls] for _ in range(_ROUNDS)]
        if number:
            best = [min(times) for times in zip(*rounds, strict=True)]
            totals = [total + each for total, each in zip(totals, best, strict=True)]
    names = ("Plain WeasyPrint, warm, in one process", "Versus, the same HTML, by turns with it")
    first, second = (
        Row(name, len(found), Cost(total, total, _peak()))
        for name, total in zip(names, totals, strict=True)
    )
    return first, second


def build(root: Path, out: Path, workers: int, count: int) -> Row:
    """A whole build of PDFs alone."""
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(root), "-o", str(out)]
    command += ["-f", "pdf", "-j", str(workers), "--force"]
    named = "one worker" if workers == 1 else f"{workers} workers"
    return Row(f"Versus, from a cold start, {named}", count, cost(command))


def peers(texts: Sequence[Path]) -> list[Row]:
    """Pandoc with either engine, in the ways in which people run it."""
    pandoc = subprocess.run(
        [PEERS, "-c", "import pypandoc; print(pypandoc.get_pandoc_path())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    weasyprint = str(Path(sys.executable).parent / "weasyprint")
    names = [str(text) for text in texts]

    def each(at_once: int, script: str, *tools: str) -> Cost:
        """Have `sh` run a script for each text, so many at once; the text comes last."""
        run = ["xargs", "-P", str(at_once), "-n", "1", "sh", "-ec", script, "sh", *tools]
        listing = texts[0].parent / "names"
        listing.write_text("\n".join(names))
        return cost([run[0], "-a", str(listing), *run[1:]])

    ways: tuple[tuple[str, str, Callable[[], Cost]], ...] = (
        (
            "pandoc --pdf-engine=weasyprint, a process each", "",
            lambda: each(1, '"$1" "$3" -o "$3.pdf" --pdf-engine="$2"', pandoc, weasyprint),
        ),
        (
            "pandoc, then Typst in one process", "",
            lambda: cost([str(PEERS), "-c", _TYPST_LOOP, pandoc, *names]),
        ),
        (
            "pandoc + Typst, processes, two at a time", ".typ",
            lambda: each(
                2, '"$1" "$4" -t typst -s -o "$4.typ"; "$2" -c "$3" "$4.typ"',
                pandoc, str(PEERS), _TYPST,
            ),
        ),
    )  # fmt: skip
    rows = []
    for what, ending, run in ways:
        rows.append(Row(what, len(texts), run()))
        check(what, [(Path(f"{name}{ending}.pdf"), Path(name)) for name in names])
    return rows


def check(what: str, made: Iterable[tuple[Path, Path]]) -> None:
    """Insist that each PDF says the title and the last heading of its Markdown."""
    import pypdfium2
    import yaml

    for pdf, text in made:
        _, head, body = text.read_text(encoding="utf-8").split("---\n", 2)
        heading = [line for line in body.splitlines() if line.startswith("## ")][-1]
        with pypdfium2.PdfDocument(pdf) as document:
            said = "".join(
                "".join(page.get_textpage().get_text_range().split()) for page in document
            )
        for words in (yaml.safe_load(head)["title"], heading.removeprefix("## ")):
            if "".join(words.split()) not in said:
                sys.exit(f"{what}: {pdf} does not say {words!r}")
        pdf.unlink()


def show(rows: Sequence[Row]) -> None:
    """Print the table, and the ratios that count."""
    by_name = {row.what: row for row in rows}
    print(f"\n{os.cpu_count()} CPUs; milliseconds for an article; peak: all processes together")
    heads = ("PDFs", "wall ms", "CPU ms", "peak MB")
    print(f"{'what':50}" + "".join(f" {head:>8}" for head in heads))
    for row in rows:
        wall, cpu = (1000 * x / row.count for x in (row.cost.wall, row.cost.cpu))
        print(f"{row.what:50} {row.count:8} {wall:8.0f} {cpu:8.0f} {row.cost.peak:8.0f}")

    def ratio(name: str, above: str, below: str, measure: str) -> None:
        one, other = (by_name[x] for x in (above, below))
        values = [getattr(row.cost, measure) / row.count for row in (one, other)]
        print(f"{name:50} {values[0] / values[1]:8.2f}")

    plainly, ours, one, two, weasyprint, _inside, typst = by_name
    print()
    ratio("CPU, ours : the plain call (at most 0.85)", ours, plainly, "cpu")
    ratio("Clock, one worker : two (at least 1.8)", one, two, "wall")
    ratio("Clock, pandoc + WeasyPrint : ours (at least 10)", weasyprint, two, "wall")
    ratio("Clock, pandoc + Typst, two at a time : ours", typst, two, "wall")
    ratio("CPU, pandoc + Typst, two at a time : ours", typst, two, "cpu")


def _peak() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--peers", type=int, default=20, help="how many of them peers get")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        root, out = work / "publication", work / "out"
        corpus.write(root, options.articles)
        rows = [*warm(root)]
        command = [sys.executable, str(ROOT / "build.py"), "-C", str(root), "-o", str(out)]
        cost([*command, "-f", "markdown"])
        texts = sorted(out.glob("site/*/index.md"))
        copies = []
        for text in texts[: options.peers]:
            copies.append(work / f"{text.parent.name}.md")
            copies[-1].write_bytes(text.read_bytes())
        for workers in (1, 2):
            rows.append(build(root, work / f"out-{workers}", workers, options.articles))
            made = sorted((work / f"out-{workers}").glob("site/*/*.pdf"))
            check(rows[-1].what, zip(made, texts, strict=True))
        rows += peers(copies)
    show(rows)


if __name__ == "__main__":
    main()
