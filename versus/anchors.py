"""Where a link can lead inside an article: the ids that the page of its default edition has.

In: an article, its outline, the site's settings. Out: ids. What an edition leaves out or has
nothing to say has none, so that a link to it is told before anything is rendered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from versus import sections
from versus.diagnostics import FieldPath
from versus.model import Article, Question, Section, SectionName, Site
from versus.outline import Outline
from versus.sections import Comparison

_CONTENTS = 5
"""From so many sections with a heading, a page begins with a list of them."""


def anchors(article: Article, outline: Outline, site: Site) -> frozenset[str]:
    """The ids that a link can lead to; `outline` is that of the default edition.

    What only other files decide (whether there are related posts and topics) counts as there.
    """
    return frozenset(_Page(article, outline, site).ids())


@dataclass(slots=True)
class _Page:
    article: Article
    outline: Outline
    site: Site
    edition: str = field(init=False)
    shown: frozenset[str] = field(init=False)
    told: Comparison | None = field(init=False)

    def __post_init__(self) -> None:
        self.edition = self.site.edition_names[0]
        self.shown = sections.shown(self.site.editions.get(self.edition))
        self.told = sections.comparison(self.article, self.shown, self.edition)

    def ids(self) -> Iterator[str]:
        """All of them, some twice."""
        article, site = self.article, self.site
        yield from ("content", "topics")
        if article.introduction is not None and "introduction" in self.shown:
            yield "introduction"
        named = list(self.named())
        yield from named
        if len(named) >= _CONTENTS:
            yield "contents"
        yield from self.below(named)
        if all(subject.definition is not None for subject in article.subjects):
            yield "glance"
        if site.comments:
            yield "comments"
        if site.subscribe:
            yield "subscribe"
        if any(map(self.is_printed, self.outline.noted)):
            yield "notes"
        for path, ids in self.outline.fields.items():
            if self.is_printed(path):
                yield from ids

    def named(self) -> Iterator[str]:
        """The ids of the sections that have a heading."""
        article, shown, told = self.article, self.shown, self.told
        if "basics" in shown and (article.basics is not None or self.defined()):
            yield "basics"
        if told and (
            told.has_table or told.told or (told.is_narrated and _lead(article) is not None)
        ):
            yield "differences"
        for i in self.chosen("sections", article.sections):
            yield self.outline.sections[i]
        verdict = article.verdict
        if "verdict" in shown and verdict and (verdict.summary or any(verdict.choose.values())):
            yield "verdict"
        if self.chosen("faq", article.faq):
            yield "faq"
        if "conclusion" in shown and article.conclusion is not None:
            yield "conclusion"
        if "sources" in shown and article.sources:
            yield "sources"
        limit = article.related.limit
        if "related" in shown and (self.site.related.limit if limit is None else limit):
            yield "related"

    def below(self, named: Sequence[str]) -> Iterator[str]:
        """The ids of what has a heading inside a section, and of sources."""
        if "basics" in self.shown:
            yield from (self.outline.subjects[i] for i in self.defined())
        if self.told:
            yield from (self.outline.criteria[i] for i in self.told.told)
        yield from (self.outline.questions[i] for i in self.chosen("faq", self.article.faq))
        if "sources" in named:
            yield from (f"source-{n + 1}" for n in range(len(self.article.sources)))

    def defined(self) -> list[int]:
        return [i for i, s in enumerate(self.article.subjects) if s.definition is not None]

    def chosen(self, name: SectionName, items: Sequence[Section | Question]) -> list[int]:
        """Which of the sections or questions the edition has."""
        if name not in self.shown:
            return []
        edition = self.edition
        return [i for i, it in enumerate(items) if sections.is_included(it.only, edition)]

    def is_printed(self, path: FieldPath) -> bool:
        """Whether the page has a Markdown field as a text of its own."""
        match path:
            case ("differences", "criteria", int(i), *_):
                return self.told is not None and i in self.told.told
            case ("differences", *_):
                return self.told is not None and self.told.is_narrated
            case ("sections", int(i), *_):
                return i in self.chosen("sections", self.article.sections)
            case ("faq", int(i), *_):
                return i in self.chosen("faq", self.article.faq)
        return ("basics" if path[0] == "subjects" else path[0]) in self.shown


def _lead(article: Article) -> str | dict[str, str] | None:
    return article.differences.lead if article.differences else None
