"""What the documents of one variant have in common, in whatever format: made once for all of them.

In: the imprint, a variant, its brief. Out: `Basis`. Formats differ in how they write Markdown and
addresses (`media`), and in nothing else; all else is here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

from versus import pictures, sections, surroundings, variants
from versus.briefs import Brief, target_of
from versus.diagnostics import FieldPath
from versus.excerpt import description, first_sentences
from versus.imprint import Imprint
from versus.languages import Foreign, direction, isolated, join_names
from versus.library import Target
from versus.markup import commonmark
from versus.model import Article, Moment, in_edition
from versus.outline import Outline
from versus.sections import Comparison, comparison
from versus.summaries import moment
from versus.variants import Variant
from versus.views import Document, Glance, PersonView, SourceView

TEXT: TypeAlias = str | Mapping[str, str]


class Post(NamedTuple):
    """A related post, whose address each format writes in its own way."""

    title: str
    excerpt: str
    published: Moment | None
    target: Target


@dataclass(slots=True, init=False)
class Basis:
    """What the documents of a variant have in common."""

    imprint: Imprint
    variant: Variant
    brief: Brief
    article: Article
    edition: str
    shown: frozenset[str]
    """The sections that the edition shows."""
    outline: Outline
    missing: Mapping[FieldPath, str]
    subjects: dict[str, str]
    """The subjects' names by their keys."""
    headings: dict[str, str]
    """The headings of sections that have a fixed one, by their names."""
    comparison: Comparison | None
    """None where the edition tells no differences."""
    sources: dict[str, SourceView]
    posts: tuple[Post, ...]
    frame: Document
    """The document without what is written in the way of a format: sections, pictures, notes."""

    def __init__(self, imprint: Imprint, variant: Variant, brief: Brief) -> None:
        self.imprint, self.variant, self.brief = imprint, variant, brief
        self.article, self.edition = variant.article, variant.edition
        self.shown = sections.shown(variants.settings(imprint.site, variant))
        self.outline = variant.entry.outline(variant.language, variant.edition)
        self.missing = variant.missing
        self.subjects = {
            s.key: self.text(s.name, "subjects", i, "name")
            for i, s in enumerate(self.article.subjects)
        }
        self.comparison = comparison(self.article, self.shown, self.edition)
        self.sources = {
            key: SourceView(
                number,
                f"source-{number}",
                self.text(source.title, "sources", key, "title"),
                source.url,
                source.accessed,
            )
            for number, (key, source) in enumerate(self.article.sources.items(), 1)
        }
        self.posts = tuple(self._posts())
        self.frame = self._frame()
        self.headings = dict(self._headings())

    def text(self, field: TEXT, *path: str | int) -> str:
        """A field's text in the edition; a `Foreign` one where the translation leaves it out."""
        text = in_edition(field, self.edition)
        is_missing = self.missing and path in self.missing
        return Foreign(text, self.imprint.site.language) if is_missing else text

    def _frame(self) -> Document:
        imprint, variant, article, brief = self.imprint, self.variant, self.article, self.brief
        site, language = imprint.site, variant.language
        author = article.author or site.author
        around = surroundings.site(imprint, language, variant.to_root)
        return Document(
            title=self.text(article.title, "title"),
            description=description(article, variant.edition),
            canonical=site.base_url + quote(variant.article_folder),
            url=variant.url(site.base_url),
            language=language,
            direction=direction(language),
            edition=variant.edition,
            subjects=tuple(self.subjects.values()),
            site=around,
            sections=(),
            author=PersonView(author.name, author.url) if author else None,
            published=article.published,
            updated=article.revised,
            tags=self._tags(),
            preview=pictures.card(imprint, variant),
            topics=tuple(surroundings.topics(variant, brief)),
            breadcrumb=tuple(surroundings.breadcrumb(around, brief)),
            discussion=surroundings.discussion(imprint, variant),
            alternates=tuple(surroundings.alternates(imprint, variant, brief)),
            words=imprint.words(language),
            glance=tuple(self._glance()),
            files=variant.files(),
        )

    def _tags(self) -> tuple[str, ...]:
        found = self.variant.entry.translations.get(self.variant.language)
        if found is None or ("tags",) in found.whole.origins:
            return self.article.tags
        return tuple(Foreign(tag, self.imprint.site.language) for tag in self.article.tags)

    def _glance(self) -> Iterator[Glance]:
        """Each subject in a line and why to choose it, where the article says so of all of them."""
        article = self.article
        choose = article.verdict.choose if article.verdict else {}
        if not all(s.definition is not None for s in article.subjects):
            return
        for i, subject in enumerate(article.subjects):
            definition = self.text(subject.definition or "", "subjects", i, "definition")
            line = _like(definition, first_sentences(commonmark.paragraphs(definition)))
            reason = ""
            if choose.get(subject.key):
                first = self.text(choose[subject.key][0], "verdict", "choose", subject.key, 0)
                reason = _like(first, commonmark.paragraphs(first))
            yield Glance(self.subjects[subject.key], line, reason)

    def _headings(self) -> Iterator[tuple[str, str]]:
        words = self.frame.words
        around = direction(words.language)
        names = [isolated(name, around) for name in self.subjects.values()]
        subjects = join_names(names, words.language)
        for name, message in sections.HEADINGS.items():
            said = words.gettext(message)
            heading = said.format(subjects=subjects) if "{" in said else said
            yield name, heading if words.is_known else Foreign(heading, words.language)

    def _posts(self) -> Iterator[Post]:
        """Related posts, in the document's language where they can be read in that one."""
        own = self.imprint.site.language
        for title, title_is_foreign, excerpt, excerpt_is_foreign, when, target in self.brief.posts:
            yield Post(
                Foreign(title, own) if title_is_foreign else title,
                Foreign(excerpt, own) if excerpt_is_foreign else excerpt,
                moment(when),
                target_of(target),
            )


def _like(source: str, text: str) -> str:
    """A text made from another one: in the language of that one."""
    return Foreign(text, source.language) if isinstance(source, Foreign) else text
