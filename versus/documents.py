"""A variant becomes the document that a format's template prints.

In: the imprint, a variant, its brief. Out: `Document`, every field rendered for the format by its
`Medium`. What a translation leaves out stands in the publication's own language.
"""

import mimetypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from versus import pictures, sections, surroundings, variants
from versus.briefs import Brief, PlainPost, target_of
from versus.catalogues import Words
from versus.diagnostics import FieldPath
from versus.excerpt import description, first_sentences
from versus.imprint import Imprint
from versus.languages import Foreign, direction, join_names
from versus.library import Target
from versus.markup import commonmark
from versus.media import Medium
from versus.model import Criterion, Value, in_edition
from versus.outline import Outline
from versus.summaries import moment
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
    SourceView,
    Table,
)

TEXT = str | Mapping[str, str]


def document(
    imprint: Imprint,
    variant: Variant,
    brief: Brief,
    medium: Callable[[Imprint, Variant, Brief], Medium],
) -> Document:
    """The document that a format's template prints for a variant."""
    return _Builder(imprint, variant, brief, medium(imprint, variant, brief)).build()


@dataclass(slots=True)
class _Builder:
    imprint: Imprint
    variant: Variant
    brief: Brief
    medium: Medium
    shown: frozenset[str] = field(init=False)
    outline: Outline = field(init=False)
    subjects: dict[str, str] = field(init=False)
    words: Words = field(init=False)
    missing: Mapping[FieldPath, str] = field(init=False)

    def build(self) -> Document:
        site, article, variant = self.imprint.site, self.variant.article, self.variant
        self.shown = sections.shown(variants.settings(site, variant))
        self.outline = variant.entry.outline(variant.language, variant.edition)
        self.words = self.imprint.words(variant.language)
        self.missing = variant.missing
        self.subjects = {
            s.key: self.text(s.name, "subjects", i, "name") for i, s in enumerate(article.subjects)
        }
        author = article.author or site.author
        parts = tuple(self.sections())
        return Document(
            title=self.text(article.title, "title"),
            description=description(article, variant.edition),
            canonical=site.base_url + quote(variant.article_folder),
            url=variant.url(site.base_url),
            language=variant.language,
            direction=direction(variant.language),
            edition=variant.edition,
            subjects=tuple(self.subjects.values()),
            site=surroundings.site(self.imprint, variant.language, variant.to_root),
            sections=parts,
            author=PersonView(author.name, author.url) if author else None,
            published=article.published,
            updated=article.updated,
            tags=article.tags,
            image=self.image(),
            preview=self.image() or pictures.card(self.imprint, variant),
            topics=tuple(surroundings.topics(variant, self.brief)),
            breadcrumb=tuple(surroundings.breadcrumb(self.imprint, variant, self.brief)),
            discussion=surroundings.discussion(self.imprint, variant),
            alternates=tuple(surroundings.alternates(self.imprint, variant, self.brief)),
            words=self.words,
            glance=tuple(self.glance()),
            notes=tuple(map(self.medium.marked, self.medium.notes.texts)),
            note_uses=tuple(self.medium.notes.uses),
            files=variant.files(),
        )

    def sections(self) -> Iterator[SectionView]:
        """The document's sections in order; those with nothing to say are left out."""
        makers: Mapping[str, Callable[[], Iterator[SectionView]]] = {
            "introduction": self.introduction,
            "basics": self.basics,
            "differences": self.differences,
            "sections": self.extra,
            "verdict": self.verdict,
            "faq": self.faq,
            "conclusion": self.conclusion,
            "sources": self.sources,
            "related": self.posts,
        }
        for name in sections.ORDER:
            if name != sections.TABLE:
                yield from makers[name]()

    def introduction(self) -> Iterator[SectionView]:
        text = self.variant.article.introduction
        if text is not None and "introduction" in self.shown:
            yield SectionView(
                "introduction", "introduction", "", self.block(text, 1, "introduction")
            )

    def basics(self) -> Iterator[SectionView]:
        article = self.variant.article
        if "basics" not in self.shown:
            return
        body = self.block(article.basics, 2, "basics")
        items = tuple(
            Narrative(
                id_,
                self.subjects[s.key],
                self.block(s.definition, 3, "subjects", i, "definition"),
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
        differences = self.variant.article.differences
        narrating, tabling = "differences" in self.shown, "table" in self.shown
        if differences is None or not (narrating or tabling):
            return
        criteria = [(i, c) for i, c in enumerate(differences.criteria) if self.is_included(c.only)]
        told = {
            i
            for i, c in criteria
            if sections.is_narrated(c) or differences.table == "false" or not tabling
        }
        if not narrating:
            told = set()
        wanted = differences.table == "true" or any(
            i not in told or sections.has_short(c) for i, c in criteria
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
            rows.append(Row(self.criterion_name(criterion, i), href, cells))
        return Table(tuple(self.subjects.values()), tuple(rows))

    def criterion(self, i: int, criterion: Criterion) -> Narrative:
        """A criterion's own heading and text."""
        return Narrative(
            self.outline.criteria[i],
            self.criterion_name(criterion, i),
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
            return Cell(name, self.cell(value, *path) if in_table else self.block(value, 3, *path))
        content: Rendered | None
        if value.short is not None and (in_table or value.text is None):
            content = self.text(value.short, *path, "short")
        elif in_table and value.text is not None:
            content = self.cell(value.text, *path, "text")
        else:
            content = self.block(value.text, 3, *path, "text")
        if not cited:
            return Cell(name, content)
        return Cell(name, content, tuple(self.citations(value)), value.verified)

    def citations(self, value: Value) -> Iterator[Citation]:
        """References to the list of sources, or to the sources themselves where none is shown."""
        known = self.variant.article.sources
        numbers = {key: number for number, key in enumerate(known, 1)}
        inside = self.medium.links_inside and "sources" in self.shown
        for key in dict.fromkeys(value.sources):
            href = f"#source-{numbers[key]}" if inside else known[key].url
            yield Citation(numbers[key], self.text(known[key].title, "sources", key, "title"), href)

    def extra(self) -> Iterator[SectionView]:
        if "sections" not in self.shown:
            return
        for i, section in enumerate(self.variant.article.sections):
            if self.is_included(section.only):
                body = self.block(section.body, 2, "sections", i, "body")
                yield SectionView(
                    "section",
                    self.outline.sections[i],
                    self.text(section.title, "sections", i, "title"),
                    body,
                )

    def verdict(self) -> Iterator[SectionView]:
        verdict = self.variant.article.verdict
        if verdict is None or "verdict" not in self.shown:
            return
        body = self.block(verdict.summary, 2, "verdict", "summary")
        choices = tuple(
            Choice(
                self.subjects[key],
                tuple(
                    self.medium.item(self.text(reason, "verdict", "choose", key, i))
                    for i, reason in enumerate(verdict.choose[key])
                ),
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
                self.text(question.question, "faq", i, "question"),
                self.block(question.answer, 3, "faq", i, "answer"),
            )
            for i, question in enumerate(self.variant.article.faq)
            if self.is_included(question.only)
        )
        if items:
            yield SectionView("faq", "faq", self.heading("faq"), items=items)

    def conclusion(self) -> Iterator[SectionView]:
        text = self.variant.article.conclusion
        if text is not None and "conclusion" in self.shown:
            body = self.block(text, 2, "conclusion")
            yield SectionView("conclusion", "conclusion", self.heading("conclusion"), body)

    def sources(self) -> Iterator[SectionView]:
        known = self.variant.article.sources
        if known and "sources" in self.shown:
            entries = tuple(
                SourceView(
                    number,
                    f"source-{number}",
                    self.text(source.title, "sources", key, "title"),
                    source.url,
                    source.accessed,
                )
                for number, (key, source) in enumerate(known.items(), 1)
            )
            yield SectionView("sources", "sources", self.heading("sources"), sources=entries)

    def posts(self) -> Iterator[SectionView]:
        if self.brief.posts and "related" in self.shown:
            found = tuple(self.post(plain) for plain in self.brief.posts)
            yield SectionView("related", "related", self.heading("related"), posts=found)

    def post(self, plain: PlainPost) -> PostView:
        """A related post, in the document's language where it can be read in that one."""
        title, title_is_foreign, excerpt, excerpt_is_foreign, published, target = plain
        own = self.imprint.site.language
        return PostView(
            Foreign(title, own) if title_is_foreign else title,
            self.medium.address(target_of(target)),
            Foreign(excerpt, own) if excerpt_is_foreign else excerpt,
            moment(published),
        )

    def image(self) -> ImageView | None:
        image = self.variant.article.image
        if image is None:
            return None
        target = self.brief.target(image.src, is_image=True) or Target("asset", image.src)
        alt = self.text(image.alt, "image", "alt") if image.alt is not None else ""
        kind = mimetypes.guess_type(image.src)[0] or ""
        src, url = self.medium.address(target), self.medium.absolute(target)
        return ImageView(src, url, alt, target.size, kind, self.medium.srcset(image.src))

    def glance(self) -> Iterator[Glance]:
        """Each subject in a line and why to choose it, where the article says so of all of them."""
        article = self.variant.article
        choose = article.verdict.choose if article.verdict else {}
        if not all(s.definition is not None for s in article.subjects):
            return
        for i, subject in enumerate(article.subjects):
            definition = self.text(subject.definition or "", "subjects", i, "definition")
            line = like(definition, first_sentences(commonmark.paragraphs(definition)))
            reason = ""
            if choose.get(subject.key):
                first = self.text(choose[subject.key][0], "verdict", "choose", subject.key, 0)
                reason = like(first, commonmark.paragraphs(first))
            yield Glance(self.subjects[subject.key], line, reason)

    def heading(self, name: str) -> str:
        names = join_names(list(self.subjects.values()), self.variant.language)
        return self.words.gettext(sections.HEADINGS[name]).format(subjects=names)

    def criterion_name(self, criterion: Criterion, i: int) -> str:
        return self.text(criterion.name, "differences", "criteria", i, "name")

    def is_included(self, only: tuple[str, ...] | None) -> bool:
        return only is None or self.variant.edition in only

    def text(self, field: TEXT, *path: str | int) -> str:
        """A field's text in the edition; a `Foreign` one where the translation leaves it out."""
        text = in_edition(field, self.variant.edition)
        is_missing = self.missing and path in self.missing
        return Foreign(text, self.imprint.site.language) if is_missing else text

    def cell(self, field: TEXT, *path: str | int) -> Rendered:
        return self.medium.cell(self.text(field, *path))

    def block(self, field: TEXT | None, level: int, *path: str | int) -> Rendered | None:
        """A Markdown field below a heading of a level, its own headings named by the outline."""
        if field is None:
            return None
        text = self.text(field, *path)
        if isinstance(field, Mapping):
            path = (*path, self.variant.edition if self.variant.edition in field else "default")
        return self.medium.block(text, level, self.outline.fields.get(path, ()))


def like(source: str, text: str) -> str:
    """A text made from another one: in the language of that one."""
    return Foreign(text, source.language) if isinstance(source, Foreign) else text


def is_narrated(criterion: Criterion) -> bool:
    """Whether a criterion has a heading and a text of its own, by the contract's rule."""
    return criterion.lead is not None or any(
        isinstance(value, Value) and value.text is not None for value in criterion.values.values()
    )


def has_short(criterion: Criterion) -> bool:
    """Whether a value of the criterion says what to put into its cell."""
    return any(isinstance(v, Value) and v.short is not None for v in criterion.values.values())
