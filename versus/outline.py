"""The ids of an article's headings, decided before any body is rendered.

In: an article and an edition. Out: `Outline`. Sections have fixed ids, the same in every language
and edition; then come the article's own headings in order, then those inside Markdown fields. So
a link to `#verdict` or `#focus` holds for as long as the section stands.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from versus.diagnostics import FieldPath
from versus.markup import commonmark
from versus.model import Article, Value, default_text, in_edition
from versus.names import Names

SECTION_IDS = (
    "introduction", "basics", "differences", "verdict", "faq", "conclusion",
    "sources", "related", "notes", "glance", "contents", "topics", "content",
    "comments", "subscribe", "subscribe-address", "search",
)  # fmt: skip
NOTES = ("fn-", "fnref-")
"""What the ids of footnotes begin with."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The ids of one document's headings."""

    subjects: tuple[str, ...]
    criteria: tuple[str, ...]
    sections: tuple[str, ...]
    questions: tuple[str, ...]
    fields: Mapping[FieldPath, tuple[str, ...]]
    """The ids of the headings inside a Markdown field, by its path."""
    noted: tuple[FieldPath, ...]
    """The Markdown fields that have footnotes."""
    all: frozenset[str]
    """Every id that is given out or kept free, whether a page has such a heading or not."""


def outline(article: Article, edition: str) -> Outline:
    """The outline of an article in one edition, in its own language."""
    cited = (f"source-{n + 1}" for n in range(len(article.sources)))
    names = Names(*SECTION_IDS, *cited, prefixes=NOTES)
    differences = article.differences
    subjects = tuple(names.unique(default_text(s.name)) for s in article.subjects)
    criteria = tuple(
        names.unique(default_text(c.name)) for c in (differences.criteria if differences else ())
    )
    sections = tuple(names.unique(default_text(s.title)) for s in article.sections)
    questions = tuple(names.unique(default_text(q.question)) for q in article.faq)
    fields, noted = {}, []
    for path, text in markdown_fields(article, edition):
        found = commonmark.headings(text)
        if found:
            fields[path] = tuple(_named(names, found))
        if "[^" in text:
            noted.append(path)
    return Outline(subjects, criteria, sections, questions, fields, tuple(noted), names.taken)


def translated(base: Outline, article: Article, edition: str) -> Outline:
    """The outline of an article's translation: the ids of the base, so that links hold in both.

    Only a Markdown field with more or fewer headings than the base's names them anew.
    """
    names = Names(*base.all, prefixes=NOTES)
    fields, noted = {}, []
    for path, text in markdown_fields(article, edition):
        found = commonmark.headings(text)
        known = base.fields.get(path, ())
        if "[^" in text:
            noted.append(path)
        if found:
            anew = len(found) != len(known)
            fields[path] = tuple(_named(names, found)) if anew else known
    return replace(base, fields=fields, noted=tuple(noted), all=names.taken)


def _named(names: Names, found: Iterable[commonmark.Heading]) -> Iterator[str]:
    """An id for each heading: raw HTML's own, where it is free."""
    for heading in found:
        yield names.own(heading.id) if heading.id else names.unique(heading.text)


def markdown_fields(article: Article, edition: str) -> Iterator[tuple[FieldPath, str]]:
    """Every Markdown field of an article with its path and its text in one edition, in order.

    The path of a text that is one of several for editions ends with the edition's key.
    """
    for path, field in _fields(article):
        if isinstance(field, str):
            yield path, field
        elif field is not None:
            key = edition if edition in field else "default"
            yield (*path, key), in_edition(field, edition)


Field = str | Mapping[str, str] | None


def _fields(article: Article) -> Iterator[tuple[FieldPath, Field]]:  # noqa: C901 - a list
    yield ("introduction",), article.introduction
    yield ("basics",), article.basics
    for i, subject in enumerate(article.subjects):
        yield ("subjects", i, "definition"), subject.definition
    if article.differences:
        yield ("differences", "lead"), article.differences.lead
        for i, criterion in enumerate(article.differences.criteria):
            path: FieldPath = ("differences", "criteria", i)
            yield (*path, "lead"), criterion.lead
            for key, value in criterion.values.items():
                if isinstance(value, Value):
                    yield (*path, "values", key, "text"), value.text
                else:
                    yield (*path, "values", key), value
    for i, section in enumerate(article.sections):
        yield ("sections", i, "body"), section.body
    if article.verdict:
        yield ("verdict", "summary"), article.verdict.summary
        for key, reasons in article.verdict.choose.items():
            for i, reason in enumerate(reasons):
                yield ("verdict", "choose", key, i), reason
    for i, question in enumerate(article.faq):
        yield ("faq", i, "answer"), question.answer
    yield ("conclusion",), article.conclusion
