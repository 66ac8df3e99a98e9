"""Publications printed in this process, and PDFs read with pikepdf: what tests of the PDF share."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import yaml
from indexing import indexed

from versus import pipeline, render
from versus.briefs import Briefing
from versus.diagnostics import Diagnostic
from versus.places import Places
from versus.related import Related
from versus.sources import Publication, Source, read
from versus.templating import Templates
from versus.variants import expand
from versus.writers import Context

ROOT = Path(__file__).resolve().parent.parent
SITES = ROOT / "tests" / "sites"


@dataclass(frozen=True)
class Printed:
    """An article's PDF, and what was said about it."""

    data: bytes
    diagnostics: tuple[Diagnostic, ...]

    def open(self) -> pikepdf.Pdf:
        """The file as objects."""
        return pikepdf.open(io.BytesIO(self.data))

    @property
    def warnings(self) -> list[str]:
        """The messages alone."""
        return [diagnostic.message for diagnostic in self.diagnostics]


def folder(
    article: Mapping[str, object] | str,
    page: str = "A4",
    root: Path = SITES,
    standard: str = "pdf/ua-1",
    language: str = "en",
) -> Publication:
    """A publication of one article, in memory; its pictures are those below `root`."""
    text = article if isinstance(article, str) else yaml.safe_dump(dict(article), sort_keys=False)
    settings = (
        f"title: T\nbase_url: https://t.example/\nlanguage: {language}\n"
        f"pdf: {{page: {page}, standard: {standard}}}\ntrust: true\n"
    )
    assets = read(root).assets if (root / "content").is_dir() else {}
    source = Source("content/articles/x.yaml", text)
    return Publication(root, Source("content/site.yaml", settings), (source,), (), None, assets)


def printed(publication: Publication | Path, *slugs: str) -> dict[str, Printed]:
    """The PDFs of a publication's articles in its first edition, by slug."""
    found = read(publication) if isinstance(publication, Path) else publication
    known = indexed(found)
    wanted = [entry for entry in known.live if not slugs or entry.slug in slugs]
    variants = expand(known, wanted, [known.site.edition_names[0]])
    briefing = Briefing(known, Related(known), {})
    context = Context(known.site, Templates(found.root))
    shop = render.Shop(known.imprint, context, briefing.brief)
    todo = [render.Task(v, "pdf") for v in variants]
    made, where = {}, Places([entry.source for entry in known.live])
    for place, outcome in render.run(shop, todo, 1, lambda: None):
        assert outcome.artifacts, "\n".join(map(str, outcome.diagnostics))
        made[str(outcome.artifacts[0].article)] = Printed(
            outcome.artifacts[0].data, tuple(pipeline.placed(todo[place].variant, outcome, where))
        )
    return made


def print_one(
    article: Mapping[str, object] | str,
    page: str = "A4",
    standard: str = "pdf/ua-1",
    language: str = "en",
) -> Printed:
    """The PDF of one article."""
    return printed(folder(article, page, standard=standard, language=language))["x"]


def comparison(subjects: int, *cells: str, rows: int = 4) -> dict[str, object]:
    """An article with a table of so many subjects, its cells taken from these in turn."""
    names = ["PostgreSQL", "ClickHouse", "Elasticsearch", "Snowflake", "BigQuery", "CockroachDB",
             "ScyllaDB", "TimescaleDB", "SingleStore", "Cassandra", "MongoDB", "Redis"][:subjects]  # fmt: skip
    texts = cells or ("Yes", "Apache License 2.0", "Configuration", "Eventually consistent")
    criteria = [
        {
            "name": f"Criterion {row}",
            "values": {n: texts[(row + i) % len(texts)] for i, n in enumerate(names)},
        }
        for row in range(rows)
    ]
    return {
        "title": "Databases", "published": "2026-11-01", "introduction": "Some words.",
        "subjects": [{"name": name} for name in names], "differences": {"criteria": criteria},
    }  # fmt: skip


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every element of the structure tree, in the order in which it is read."""

    def below(node: Any) -> Iterator[Any]:
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                yield from below(kid)

    yield from below(document.Root.StructTreeRoot)


def tag(element: Any) -> str:
    """An element's type, as in `H1`."""
    return str(element.S)[1:]
