"""What a format makes of Markdown and of addresses.

In: a variant's fields. Out: what its templates print. All else of a document is the same in every
format, so that they say the same in the same order (`documents`).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote

from markupsafe import Markup

from versus import pictures
from versus.assets import Size
from versus.briefs import Brief
from versus.imprint import Imprint
from versus.languages import Foreign
from versus.library import Target, outside
from versus.markup import html, markdown
from versus.markup.escape import MarkdownText
from versus.variants import Variant
from versus.views import Rendered

_ID = re.compile(r"\bid\s*=", re.IGNORECASE)
_FRAGMENT = "!$&*+,;=:@/?"
"""What stands for itself in a fragment (RFC 3986, section 3.5), and in Markdown and HTML."""


def place(target: Target) -> str:
    """The place inside what a link leads to, as the end of its address."""
    return f"#{quote(target.fragment, safe=_FRAGMENT)}" if target.fragment else ""


class Medium(ABC):
    """What a format makes of Markdown and of addresses."""

    def __init__(self, imprint: Imprint, variant: Variant, brief: Brief) -> None:
        self.imprint = imprint
        self.variant = variant
        self.brief = brief
        self.notes = html.Notes()

    @abstractmethod
    def block(self, text: str, level: int, ids: Sequence[str]) -> Rendered:
        """A Markdown field below a heading of a level; `ids` are those of its own headings.

        Here and below, a `Foreign` text is marked as being in its language, where the format can.
        """

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

    offers_copies: ClassVar[bool] = False
    """Whether smaller copies of pictures are offered besides these."""

    @property
    @abstractmethod
    def marked(self) -> type[Rendered]:
        """The type of text that the format's templates do not escape."""

    def resolve(self, href: str, is_image: bool) -> str:
        """The address to write for an address in a field; validation has proved that it leads."""
        target = self._target(href, is_image=is_image)
        return href if target is None else self.address(target)

    def measure(self, href: str) -> Size | None:
        """The size of the picture behind an address in a field, where it is one of ours."""
        target = self._target(href, is_image=True)
        return target.size if target is not None else None

    def srcset(self, href: str) -> str:
        """The smaller copies to offer of the picture behind an address in a field, if any."""
        return ""

    def absolute(self, target: Target) -> str:
        """The URL of a link's target."""
        fragment = place(target)
        base_url = self.imprint.site.base_url
        if target.kind == "external":
            return target.address
        if target.kind == "asset":
            return base_url + quote(target.address) + fragment
        folder = target.folder if target.kind == "article" else self.variant.article_folder
        return base_url + quote(folder) + fragment

    def _target(self, href: str, *, is_image: bool) -> Target | None:
        found = self.brief.target(href, is_image=is_image)
        if found is not None:
            return found
        other = outside(href, self.imprint.site.base_url, is_image=is_image)
        return other if isinstance(other, Target) else None


class HtmlMedium(Medium):
    """Pages: relative addresses, so that a site works at any place and before it is published."""

    links_inside = True
    offers_copies = True
    marked = Markup

    def srcset(self, href: str) -> str:
        """The smaller copies to offer of the picture behind an address in a field, if any."""
        target = self._target(href, is_image=True)
        if target is None or target.size is None:
            return ""
        copies = self.brief.copies_of(target.address)
        return pictures.srcset(copies, self.variant.to_root, self.address(target), target.size[0])

    def block(self, text: str, level: int, ids: Sequence[str]) -> Markup:
        """The field's HTML."""
        language = text.language if isinstance(text, Foreign) else None
        taken = self._ids() if "<" in text and _ID.search(text) else frozenset()
        return html.render(
            text,
            level=level,
            ids=ids,
            resolve=self.resolve,
            notes=self.notes,
            measure=self.measure,
            srcset=self.srcset,
            terms=html.Terms(language, self.imprint.site.trust, taken),
        )

    def _ids(self) -> frozenset[str]:
        """The ids of the page's own parts."""
        variant = self.variant
        return variant.entry.outline(variant.language, variant.edition).all

    def cell(self, text: str) -> Markup:
        """The field's HTML, without its paragraph where it is only one."""
        return html.inline(self.block(text, 6, ()))

    def item(self, text: str) -> Markup:
        """The same as in a cell."""
        return self.cell(text)

    def address(self, target: Target) -> str:
        """Relative inside the site; a place in the default edition from all others."""
        fragment = place(target)
        root = self.variant.to_root
        if target.kind == "external":
            return target.address
        if target.kind == "asset":
            return root + quote(target.address) + fragment
        if target.kind == "here":
            page = "" if self.variant.is_default else "../"
            return page + fragment
        return root + quote(target.folder) + fragment


class PdfMedium(HtmlMedium):
    """A file that travels alone: absolute addresses, but for places inside itself."""

    offers_copies = False

    def srcset(self, href: str) -> str:
        """None: the file holds its pictures."""
        return ""

    def address(self, target: Target) -> str:
        """Absolute, or a fragment of the document."""
        if target.kind == "here" and self.variant.is_default:
            return place(target) or "#"
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
        return markdown.render(
            text,
            level=level,
            resolve=self.resolve,
            notes=self.notes,
            trusted=self.imprint.site.trust,
        )

    def cell(self, text: str) -> Rendered:
        """The field's Markdown on one line."""
        trusted = self.imprint.site.trust
        return markdown.inline(text, resolve=self.resolve, notes=self.notes, trusted=trusted)

    def item(self, text: str) -> Rendered:
        """The field's Markdown, blocks and all; the template indents it."""
        return self.block(text, 6, ())

    def address(self, target: Target) -> str:
        """Absolute: who reads the file has no site around it."""
        return self.absolute(target)
