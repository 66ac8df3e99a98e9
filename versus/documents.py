"""A variant becomes the document that a format's template prints.

In: a variant, the library, its related posts. Out: `Document`, every field rendered for the
format. What a format does with Markdown and with addresses is its `Medium`; all else is shared,
so that the three formats say the same in the same order.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from markupsafe import Markup

from versus import sections, variants
from versus.excerpt import description, first_sentences
from versus.languages import direction, join_names
from versus.library import Library, Target, Unresolved
from versus.markup import commonmark, html, markdown
from versus.markup.escape import MarkdownText
from versus.model import Criterion, Value, default_text, in_edition
from versus.outline import Outline, outline
from versus.related import Candidate
from versus.sources import Size
from versus.variants import Variant
from versus.views import (
    Cell,
    Choice,
    Citation,
    Document,
    Glance,
    ImageView,
    Narrative,
    PersonView,
    PostView,
    Rendered,
    Row,
    SectionView,
    SiteView,
    SourceView,
    Table,
    TopicView,
)

TEXT = str | Mapping[str, str]


class Medium(ABC):
    """What a format makes of Markdown and of addresses."""

    def __init__(self, library: Library, variant: Variant) -> None:
        self.library = library
        self.variant = variant
        self.notes = html.Notes()

    @abstractmethod
    def block(self, text: str, level: int, ids: Sequence[str]) -> Rendered:
        """A Markdown field below a heading of a level; `ids` are those of its own headings."""

    @abstractmethod
    def cell(self, text: str) -> Rendered:
        """A Markdown field in a cell of a table."""

    @abstractmethod
    def item(self, text: str) -> Rendered:
        """A Markdown field as an item of a list."""

    @abstractmethod
    def address(self, target: Target) -> str:
        """The address to write for a link's target."""

    @property
    @abstractmethod
    def links_inside(self) -> bool:
        """Whether the format links to places inside the document itself."""

    @property
    @abstractmethod
    def marked(self) -> type[Rendered]:
        """The type of text that the format's templates do not escape."""

    def resolve(self, href: str, is_image: bool) -> str:
        """The address to write for an address in a field; validation has proved that it leads."""
        target = self.library.target(href, self.variant.entry, is_image=is_image)
        return href if isinstance(target, Unresolved) else self.address(target)

    def measure(self, href: str) -> Size | None:
        """The size of the picture behind an address in a field, where it is one of ours."""
        target = self.library.target(href, self.variant.entry, is_image=True)
        if isinstance(target, Unresolved) or target.kind != "asset":
            return None
        return self.library.assets[target.address]

    def absolute(self, target: Target) -> str:
        """The URL of a link's target."""
        fragment = f"#{quote(target.fragment)}" if target.fragment else ""
        if target.kind == "external":
            return target.address
        if target.kind == "asset":
            return self.library.site.base_url + quote(target.address)
        return self.library.url(target.address or self.variant.entry.slug) + fragment


class HtmlMedium(Medium):
    """Pages: relative addresses, so that a site works at any place and before it is published."""

    links_inside = True
    marked = Markup

    def block(self, text: str, level: int, ids: Sequence[str]) -> Markup:
        """The field's HTML."""
        return html.render(
            text,
            level=level,
            ids=ids,
            resolve=self.resolve,
            notes=self.notes,
            measure=self.measure,
        )

    def cell(self, text: str) -> Markup:
        """The field's HTML, without its paragraph where it is only one."""
        return html.inline(self.block(text, 6, ()))

    def item(self, text: str) -> Markup:
        """The same as in a cell."""
        return self.cell(text)

    def address(self, target: Target) -> str:
        """Relative inside the site; a place in the default edition from all others."""
        fragment = f"#{quote(target.fragment)}" if target.fragment else ""
        root = self.variant.to_root
        if target.kind == "external":
            return target.address
        if target.kind == "asset":
            return root + quote(target.address)
        if target.kind == "here":
            page = "" if self.variant.is_default else f"{root}{quote(self.variant.entry.slug)}/"
            return page + fragment
        return f"{root}{quote(target.address)}/{fragment}"


class PdfMedium(HtmlMedium):
    """A file that travels alone: absolute addresses, but for places inside itself."""

    def address(self, target: Target) -> str:
        """Absolute, or a fragment of the document."""
        if target.kind == "here" and self.variant.is_default:
            return f"#{quote(target.fragment)}"
        return self.absolute(target)


class FeedMedium(PdfMedium):
    """A text inside a feed: everything absolute, nothing to link to inside."""

    links_inside = False

    def address(self, target: Target) -> str:
        """Absolute: a feed's reader stands nowhere near the site."""
        return self.absolute(target)


class MarkdownMedium(Medium):
    """A file for any Markdown reader: absolute addresses, no ids to link to inside."""

    links_inside = False
    marked = MarkdownText

    def block(self, text: str, level: int, ids: Sequence[str]) -> Rendered:
        """The field's Markdown."""
        return markdown.render(text, level=level, resolve=self.resolve, notes=self.notes)

    def cell(self, text: str) -> Rendered:
        """The field's Markdown on one line."""
        return markdown.inline(text, resolve=self.resolve, notes=self.notes)

    def item(self, text: str) -> Rendered:
        """The field's Markdown, blocks and all; the template indents it."""
        return self.block(text, 6, ())

    def address(self, target: Target) -> str:
        """Absolute: who reads the file has no site around it."""
        return self.absolute(target)


def document(
    library: Library,
    variant: Variant,
    medium: Callable[[Library, Variant], Medium],
    related: Sequence[Candidate],
) -> Document:
    """The document that a format's template prints for a variant."""
    return _Builder(library, variant, medium(library, variant), related).build()


@dataclass(slots=True)
class _Builder:
    library: Library
    variant: Variant
    medium: Medium
    related: Sequence[Candidate]
    shown: frozenset[str] = field(init=False)
    outline: Outline = field(init=False)
    subjects: dict[str, str] = field(init=False)

    def build(self) -> Document:
        site, article, variant = self.library.site, self.variant.entry.article, self.variant
        self.shown = sections.shown(variants.settings(self.library, variant))
        self.outline = outline(article, variant.edition)
        self.subjects = {s.key: self.text(s.name) for s in article.subjects}
        author = article.author or site.author
        parts = tuple(self.sections())
        return Document(
            title=self.text(article.title),
            description=description(article, variant.edition),
            canonical=self.library.url(variant.entry.slug),
            url=variant.url(site.base_url),
            language=variant.language,
            direction=direction(variant.language),
            edition=variant.edition,
            subjects=tuple(self.subjects.values()),
            site=SiteView(
                title=site.title,
                url=site.base_url,
                description=site.description or "",
                language=site.language,
                home=variant.to_root,
            ),
            sections=parts,
            author=PersonView(author.name, author.url) if author else None,
            published=article.published,
            updated=article.updated,
            tags=article.tags,
            image=self.image(),
            topics=tuple(self.topics()),
            glance=tuple(self.glance()),
            notes=tuple(map(self.medium.marked, self.medium.notes.texts)),
            note_uses=tuple(self.medium.notes.uses),
            files=variant.files(),
        )

    def sections(self) -> Iterator[SectionView]:
        """The document's sections in order; those with nothing to say are left out."""
        yield from self.introduction()
        yield from self.basics()
        yield from self.differences()
        yield from self.extra()
        yield from self.verdict()
        yield from self.faq()
        yield from self.conclusion()
        yield from self.sources()
        yield from self.posts()

    def introduction(self) -> Iterator[SectionView]:
        text = self.variant.entry.article.introduction
        if text is not None and "introduction" in self.shown:
            yield SectionView(
                "introduction", "introduction", "", self.block(text, 1, "introduction")
            )

    def basics(self) -> Iterator[SectionView]:
        article = self.variant.entry.article
        if "basics" not in self.shown:
            return
        body = self.block(article.basics, 2, "basics")
        items = tuple(
            Narrative(
                id_, self.text(s.name), self.block(s.definition, 3, "subjects", i, "definition")
            )
            for i, (s, id_) in enumerate(zip(article.subjects, self.outline.subjects, strict=True))
            if s.definition is not None
        )
        if body is not None or items:
            yield SectionView("basics", "basics", self.heading("basics"), body, items)

    def differences(self) -> Iterator[SectionView]:
        """The lead, the table, then each narrated criterion.

        Without its narrative (an edition that shows the table only) everything goes into the table.
        """
        differences = self.variant.entry.article.differences
        narrating, tabling = "differences" in self.shown, "table" in self.shown
        if differences is None or not (narrating or tabling):
            return
        criteria = [(i, c) for i, c in enumerate(differences.criteria) if self.is_included(c.only)]
        told = {
            i for i, c in criteria if is_narrated(c) or differences.table == "false" or not tabling
        }
        if not narrating:
            told = set()
        wanted = differences.table == "true" or any(
            i not in told or has_short(c) for i, c in criteria
        )
        has_table = (
            tabling
            and bool(criteria)
            and (not narrating or (differences.table != "false" and wanted))
        )
        lead = self.block(differences.lead, 2, "differences", "lead") if narrating else None
        table = self.table(criteria, told) if has_table else None
        items = tuple(self.criterion(i, c) for i, c in criteria if i in told)
        if lead is not None or table or items:
            yield SectionView(
                "differences", "differences", self.heading("differences"), lead, items, table
            )

    def table(self, criteria: Sequence[tuple[int, Criterion]], told: set[int]) -> Table:
        """A row for every criterion; a cell is the value's `short`, else its text."""
        rows = []
        for i, criterion in criteria:
            href = (
                f"#{self.outline.criteria[i]}" if i in told and self.medium.links_inside else None
            )
            cells = tuple(
                self.value(criterion, key, i, in_table=True, cited=i not in told)
                for key in self.subjects
            )
            rows.append(Row(self.text(criterion.name), href, cells))
        return Table(tuple(self.subjects.values()), tuple(rows))

    def criterion(self, i: int, criterion: Criterion) -> Narrative:
        """A criterion's own heading and text."""
        return Narrative(
            self.outline.criteria[i],
            self.text(criterion.name),
            self.block(criterion.lead, 3, "differences", "criteria", i, "lead"),
            tuple(
                self.value(criterion, key, i, in_table=False, cited=True) for key in self.subjects
            ),
        )

    def value(self, criterion: Criterion, key: str, i: int, *, in_table: bool, cited: bool) -> Cell:
        """What a subject has to say to a criterion, as a cell or as a text of its own."""
        value = criterion.values.get(key)
        name = self.subjects[key]
        if value is None:
            return Cell(name, None)
        path = ("differences", "criteria", i, "values", key)
        if not isinstance(value, Value):
            return Cell(name, self.cell(value) if in_table else self.block(value, 3, *path))
        content: Rendered | None
        if value.short is not None and (in_table or value.text is None):
            content = self.text(value.short)
        elif in_table and value.text is not None:
            content = self.cell(value.text)
        else:
            content = self.block(value.text, 3, *path, "text")
        if not cited:
            return Cell(name, content)
        return Cell(name, content, tuple(self.citations(value)), value.verified)

    def citations(self, value: Value) -> Iterator[Citation]:
        """References to the list of sources, or to the sources themselves where none is shown."""
        known = self.variant.entry.article.sources
        numbers = {key: number for number, key in enumerate(known, 1)}
        inside = self.medium.links_inside and "sources" in self.shown
        for key in dict.fromkeys(value.sources):
            href = f"#source-{numbers[key]}" if inside else known[key].url
            yield Citation(numbers[key], self.text(known[key].title), href)

    def extra(self) -> Iterator[SectionView]:
        if "sections" not in self.shown:
            return
        for i, section in enumerate(self.variant.entry.article.sections):
            if self.is_included(section.only):
                body = self.block(section.body, 2, "sections", i, "body")
                yield SectionView(
                    "section", self.outline.sections[i], self.text(section.title), body
                )

    def verdict(self) -> Iterator[SectionView]:
        verdict = self.variant.entry.article.verdict
        if verdict is None or "verdict" not in self.shown:
            return
        body = self.block(verdict.summary, 2, "verdict", "summary")
        choices = tuple(
            Choice(
                self.subjects[key],
                tuple(self.medium.item(self.text(r)) for r in verdict.choose[key]),
            )
            for key in self.subjects
            if verdict.choose.get(key)
        )
        if body is not None or choices:
            yield SectionView("verdict", "verdict", self.heading("verdict"), body, choices=choices)

    def faq(self) -> Iterator[SectionView]:
        if "faq" not in self.shown:
            return
        items = tuple(
            Narrative(
                self.outline.questions[i],
                self.text(question.question),
                self.block(question.answer, 3, "faq", i, "answer"),
            )
            for i, question in enumerate(self.variant.entry.article.faq)
            if self.is_included(question.only)
        )
        if items:
            yield SectionView("faq", "faq", self.heading("faq"), items=items)

    def conclusion(self) -> Iterator[SectionView]:
        text = self.variant.entry.article.conclusion
        if text is not None and "conclusion" in self.shown:
            body = self.block(text, 2, "conclusion")
            yield SectionView("conclusion", "conclusion", self.heading("conclusion"), body)

    def sources(self) -> Iterator[SectionView]:
        known = self.variant.entry.article.sources
        if known and "sources" in self.shown:
            entries = tuple(
                SourceView(number, f"source-{number}", self.text(s.title), s.url, s.accessed)
                for number, s in enumerate(known.values(), 1)
            )
            yield SectionView("sources", "sources", self.heading("sources"), sources=entries)

    def posts(self) -> Iterator[SectionView]:
        if self.related and "related" in self.shown:
            found = tuple(
                PostView(p.title, self.post_address(p), p.excerpt, p.published)
                for p in self.related
            )
            yield SectionView("related", "related", self.heading("related"), posts=found)

    def post_address(self, post: Candidate) -> str:
        target = Target("article", post.slug) if post.slug else Target("external", post.key)
        return self.medium.address(target)

    def image(self) -> ImageView | None:
        image = self.variant.entry.article.image
        if image is None:
            return None
        target = Target("asset", image.src)
        alt = self.text(image.alt) if image.alt is not None else ""
        size = self.library.assets.get(image.src)
        return ImageView(self.medium.address(target), self.medium.absolute(target), alt, size)

    def glance(self) -> Iterator[Glance]:
        """Each subject in a line and why to choose it, where the article says so of all of them."""
        article = self.variant.entry.article
        choose = article.verdict.choose if article.verdict else {}
        if not all(s.definition is not None for s in article.subjects):
            return
        for subject in article.subjects:
            definition = commonmark.paragraphs(self.text(subject.definition or ""))
            reasons = choose.get(subject.key, ())
            reason = commonmark.paragraphs(self.text(reasons[0])) if reasons else ""
            yield Glance(self.subjects[subject.key], first_sentences(definition), reason)

    def topics(self) -> Iterator[TopicView]:
        """The subjects that have other articles, then the tags, with the pages that list them."""
        article, library = self.variant.entry.article, self.library
        subjects = (library.subjects.get(default_text(s.name)) for s in article.subjects)
        tags = (library.tags.get(tag) for tag in dict.fromkeys(article.tags))
        for topic in (*subjects, *tags):
            if topic is not None and len(topic.entries) > 1:
                yield TopicView(topic.name, self.variant.to_root + quote(topic.path))

    def heading(self, name: str) -> str:
        names = join_names(list(self.subjects.values()), self.variant.language)
        return sections.HEADINGS[name].format(subjects=names)

    def is_included(self, only: tuple[str, ...] | None) -> bool:
        return only is None or self.variant.edition in only

    def text(self, field: TEXT) -> str:
        return in_edition(field, self.variant.edition)

    def cell(self, field: TEXT) -> Rendered:
        return self.medium.cell(in_edition(field, self.variant.edition))

    def block(self, field: TEXT | None, level: int, *path: str | int) -> Rendered | None:
        """A Markdown field below a heading of a level, its own headings named by the outline."""
        if field is None:
            return None
        if isinstance(field, Mapping):
            path = (*path, self.variant.edition if self.variant.edition in field else "default")
        ids = self.outline.fields.get(path, ())
        return self.medium.block(in_edition(field, self.variant.edition), level, ids)


def is_narrated(criterion: Criterion) -> bool:
    """Whether a criterion has a heading and a text of its own, by the contract's rule."""
    return criterion.lead is not None or any(
        isinstance(value, Value) and value.text is not None for value in criterion.values.values()
    )


def has_short(criterion: Criterion) -> bool:
    """Whether a value of the criterion says what to put into its cell."""
    return any(isinstance(v, Value) and v.short is not None for v in criterion.values.values())
