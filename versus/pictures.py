"""Pictures on pages: which smaller copies to make, and how a page offers them.

In: the library. Out: a plan, and what `img` elements say. Making the copies is `scaling`'s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import quote

from versus.library import Entry, Library, Target
from versus.markup import commonmark
from versus.model import Article, default_text
from versus.outline import markdown_fields
from versus.variants import CARD, Variant, has_card
from versus.views import ImageView

WIDTHS = (480, 800, 1200)
"""How wide copies are, in pixels: a phone, and a column of text on screens of either density."""

CARD_SIZE = (1200, 630)
"""In pixels, what readers of Open Graph crop least (Meta for Developers, "Images")."""

_SCALED = (".png", ".jpg", ".jpeg", ".webp", ".avif")


@dataclass(frozen=True, slots=True)
class Plan:
    """A picture to make copies of, and how wide these are to be."""

    asset: str
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """A smaller copy of a picture: its width in pixels, and its place below the site's root."""

    width: int
    path: str


Copies: TypeAlias = Mapping[str, tuple[Copy, ...]]
"""The copies of each picture that has some, the narrowest first."""

NO_COPIES: Copies = MappingProxyType({})


def plan(library: Library, entries: Iterable[Entry]) -> tuple[Plan, ...]:
    """The copies to make for the pictures that articles show, in a fixed order."""
    shown = {asset for entry in entries for asset in _shown(library, entry)}
    plans = (Plan(asset, _widths(library, asset)) for asset in sorted(shown))
    return tuple(p for p in plans if p.widths)


def copy_path(asset: str, width: int) -> str:
    """Where the copy of a picture stands; the whole name of the picture keeps copies apart."""
    return f"assets/versus/pictures/{asset.removeprefix('assets/')}-{width}.webp"


def srcset(copies: Sequence[Copy], root: str, original: str, width: int) -> str:
    """What an `img` offers besides its `src`; empty where there are no copies.

    Addresses hold neither spaces nor commas: they are percent-encoded (HTML, "srcset").
    """
    if not copies:
        return ""
    found = [f"{root}{quote(copy.path)} {copy.width}w" for copy in copies]
    return ", ".join([*found, f"{original} {width}w"]).replace("(", "%28").replace(")", "%29")


def card(library: Library, variant: Variant) -> ImageView | None:
    """An article's social card, that of the default edition, which stands for all of them."""
    if not has_card(library, variant.entry):
        return None
    url = library.url(variant.entry.slug, variant.language) + CARD
    alt = f"{default_text(variant.article.title)} · {library.site.title}"
    return ImageView(url, url, alt, CARD_SIZE, "image/png")


def _widths(library: Library, asset: str) -> tuple[int, ...]:
    if not asset.lower().endswith(_SCALED):
        return ()
    size = library.assets.get(asset)
    # A picture whose size is not known is tried all the same, so that its fault is told.
    return tuple(width for width in WIDTHS if size is None or width < size[0])


def _shown(library: Library, entry: Entry) -> Iterable[str]:
    for language in (library.site.language, *entry.translations):
        yield from _shown_by(library, entry, entry.in_language(language))


def _shown_by(library: Library, entry: Entry, article: Article) -> Iterable[str]:
    if article.image is not None:
        yield article.image.src
    for edition in library.site.edition_names:
        for _path, text in markdown_fields(article, edition):
            for link in commonmark.links(text, trusted=library.site.trust):
                target = library.target(link.href, entry, is_image=link.is_image)
                if link.is_image and isinstance(target, Target) and target.kind == "asset":
                    yield target.address
