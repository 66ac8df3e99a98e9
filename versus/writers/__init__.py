"""The formats that an article is written in: a literal list, each with its template and medium.

In: a document. Out: the bytes of one file, and what its writer noticed. Writers save nothing;
`emit` does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from versus.media import HtmlMedium, MarkdownMedium, Medium, PdfMedium
from versus.model import Site
from versus.templating import Templates
from versus.views import Document
from versus.writers import text
from versus.writers.remarks import Written


@dataclass(frozen=True, slots=True)
class Context:
    """What writers need besides the document: the site, its templates and its asset files."""

    site: Site
    templates: Templates
    digests: Mapping[str, str] = field(default_factory=dict)
    """Those of the pictures that the document shows, by their names."""


@dataclass(frozen=True, slots=True)
class Writer:
    """One format: which medium fills its document, which template prints it, what it becomes."""

    medium: type[Medium]
    media_type: str
    template: str
    encode: Callable[[str, Document, Context], Written]
    prepare: Callable[[], object] = lambda: None
    """Imports what is heavy, once, before workers are forked."""


def _text(source: str, _document: Document, _context: Context) -> Written:
    return Written(text.encode(source))


def _pdf(source: str, document: Document, context: Context) -> Written:
    from versus.writers import pdf

    stylesheet = context.templates.stylesheet("pdf.css")
    root, digests = context.templates.root, context.digests
    return pdf.encode(source, document, context.site, root, stylesheet, digests)


def _card(source: str, _document: Document, context: Context) -> Written:
    from versus.writers import card

    return Written(card.encode(source, context.templates.stylesheet("card.css")))


def _load() -> None:
    from versus.writers import pdf

    pdf.load()


def _fonts() -> None:
    from versus.writers import card

    card.prepare()


WRITERS: dict[str, Writer] = {
    "html": Writer(HtmlMedium, "text/html", "html/article.html", _text),
    "markdown": Writer(MarkdownMedium, "text/markdown", "markdown/article.md", _text),
    "pdf": Writer(PdfMedium, "application/pdf", "pdf/article.html", _pdf, _load),
    "comments": Writer(HtmlMedium, "text/html", "html/comments.html", _text),
    "card": Writer(HtmlMedium, "image/png", "social/card.html", _card, _fonts),
}


def write(document: Document, format_: str, context: Context) -> Written:
    """A document's file in one format. Raises VersusError for faults in the templates."""
    writer = WRITERS[format_]
    source = context.templates.render(writer.template, doc=document)
    return writer.encode(source, document, context)
