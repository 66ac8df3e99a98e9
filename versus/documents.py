"""A variant becomes the document that a format's template prints.

In: the imprint, a variant, its brief. Out: `Document`, every field rendered for the format by its
`Medium`. What a translation leaves out stands in the publication's own language.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from versus import sections
from versus.basis import TEXT, Basis
from versus.briefs import Brief
from versus.imprint import Imprint
from versus.library import Target
from versus.media import Medium
from versus.mediatypes import media_type
from versus.model import Article, Criterion, Value
from versus.outline import Outline
from versus.sections import Comparison
from versus.variants import Variant
from versus.views import (
    Cell,
    Choice,
    Citation,
    Document,
    ImageView,
    Narrative,
    PostView,
    Rendered,
    Row,
    SectionView,
    Table,
)

MakeMedium: TypeAlias = Callable[[Imprint, Variant, Brief], Medium]


def document(imprint: Imprint, variant: Variant, brief: Brief, medium: MakeMedium) -> Document:
    """The document that a format's template prints for a variant."""
    return document_on(Basis(imprint, variant, brief), medium)


def document_on(basis: Basis, medium: MakeMedium) -> Document:
    """The same, where other formats of the variant share its basis."""
    return _Builder(basis, medium(basis.imprint, basis.variant, basis.brief)).build()


@dataclass(slots=True)
class _Builder:
    basis: Basis
    medium: Medium
    text: Callable[..., str] = field(init=False)
    article: Article = field(init=False)
    outline: Outline = field(init=False)
    subjects: Mapping[str, str] = field(init=False)

    def build(self) -> Document:
        basis = self.basis
        self.text = basis.text
        self.article, self.outline, self.subjects = basis.article, basis.outline, basis.subjects
        parts = tuple(self.sections())
        image = self.image()
        return replace(
            basis.frame,
            sections=parts,
            image=image,
            preview=image or basis.frame.preview,
            notes=tuple(map(self.medium.marked, self.medium.notes.texts)),
            note_uses=tuple(self.medium.notes.uses),
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
        shown = self.basis.shown
        for name in sections.ORDER:
            # The differences look for themselves: the table is one of theirs.
            if name != sections.TABLE and (name in shown or name == "differences"):
                yield from makers[name]()

    def introduction(self) -> Iterator[SectionView]:
        text = self.article.introduction
        if text is not None:
            yield SectionView(
                "introduction", "introduction", "", self.block(text, 1, "introduction")
            )

    def basics(self) -> Iterator[SectionView]:
        body = self.block(self.article.basics, 2, "basics")
        items = tuple(
            Narrative(
                id_,
                self.subjects[s.key],
                self.block(s.definition, 3, "subjects", i, "definition"),
            )
            for i, (s, id_) in enumerate(
                zip(self.article.subjects, self.outline.subjects, strict=True)
            )
            if s.definition is not None
        )
        if body is not None or items:
            yield SectionView("basics", "basics", self.heading("basics"), body, items)

    def differences(self) -> Iterator[SectionView]:
        """The lead, the table, then each narrated criterion."""
        differences, comparison = self.article.differences, self.basis.comparison
        if differences is None or comparison is None:
            return
        lead = None
        if comparison.is_narrated:
            lead = self.block(differences.lead, 2, "differences", "lead")
        table = self.table(comparison) if comparison.has_table else None
        items = tuple(self.criterion(i, c) for i, c in comparison.criteria if i in comparison.told)
        if lead is not None or table or items:
            yield SectionView(
                "differences", "differences", self.heading("differences"), lead, items, table
            )

    def table(self, comparison: Comparison) -> Table:
        """A row for every criterion; a cell is the value's `short`, else its text."""
        rows = []
        for i, criterion in comparison.criteria:
            is_told = i in comparison.told
            href = f"#{self.outline.criteria[i]}" if is_told and self.medium.links_inside else None
            cells = tuple(
                self.value(criterion, key, i, in_table=True, cited=not is_told)
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
        inside = self.medium.links_inside and "sources" in self.basis.shown
        for key in dict.fromkeys(value.sources):
            source = self.basis.sources[key]
            yield Citation(source.number, source.title, f"#{source.id}" if inside else source.url)

    def extra(self) -> Iterator[SectionView]:
        for i, section in enumerate(self.article.sections):
            if sections.is_included(section.only, self.basis.edition):
                body = self.block(section.body, 2, "sections", i, "body")
                yield SectionView(
                    "section",
                    self.outline.sections[i],
                    self.text(section.title, "sections", i, "title"),
                    body,
                )

    def verdict(self) -> Iterator[SectionView]:
        verdict = self.article.verdict
        if verdict is None:
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
        items = tuple(
            Narrative(
                self.outline.questions[i],
                self.text(question.question, "faq", i, "question"),
                self.block(question.answer, 3, "faq", i, "answer"),
            )
            for i, question in enumerate(self.article.faq)
            if sections.is_included(question.only, self.basis.edition)
        )
        if items:
            yield SectionView("faq", "faq", self.heading("faq"), items=items)

    def conclusion(self) -> Iterator[SectionView]:
        text = self.article.conclusion
        if text is not None:
            body = self.block(text, 2, "conclusion")
            yield SectionView("conclusion", "conclusion", self.heading("conclusion"), body)

    def sources(self) -> Iterator[SectionView]:
        entries = tuple(self.basis.sources.values())
        if entries:
            yield SectionView("sources", "sources", self.heading("sources"), sources=entries)

    def posts(self) -> Iterator[SectionView]:
        address = self.medium.address
        posts = tuple(
            PostView(post.title, address(post.target), post.excerpt, post.published)
            for post in self.basis.posts
        )
        if posts:
            yield SectionView("related", "related", self.heading("related"), posts=posts)

    def image(self) -> ImageView | None:
        image = self.article.image
        if image is None:
            return None
        found = self.basis.brief.target(image.src, is_image=True)
        target = found or Target("asset", image.src)
        alt = self.text(image.alt, "image", "alt") if image.alt is not None else ""
        kind = media_type(image.src, "")
        src, url = self.medium.address(target), self.medium.absolute(target)
        return ImageView(src, url, alt, target.size, kind, self.medium.srcset(image.src))

    def heading(self, name: str) -> str:
        return self.basis.headings[name]

    def criterion_name(self, criterion: Criterion, i: int) -> str:
        return self.text(criterion.name, "differences", "criteria", i, "name")

    def cell(self, field: TEXT, *path: str | int) -> Rendered:
        return self.medium.cell(self.text(field, *path))

    def block(self, field: TEXT | None, level: int, *path: str | int) -> Rendered | None:
        """A Markdown field below a heading of a level, its own headings named by the outline."""
        if field is None:
            return None
        text = self.text(field, *path)
        if not isinstance(field, str):
            path = (*path, self.basis.edition if self.basis.edition in field else "default")
        return self.medium.block(text, level, self.outline.fields.get(path, ()))
