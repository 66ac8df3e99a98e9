"""Pictures on pages: which smaller copies to make, and how a page offers them.

In: the library. Out: a plan, and what `img` elements say. Making the copies is `scaling`'s.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from versus.briefs import PlainCopy
from versus.imprint import Imprint
from versus.library import Entry, Library, Target
from versus.model import default_text
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


def plan(library: Library, entries: Iterable[Entry]) -> tuple[Plan, ...]:
    """The copies to make for the pictures that articles show, in a fixed order."""
    shown = {asset for entry in entries for asset in _shown(library, entry)}
    plans = (Plan(asset, _widths(library, asset)) for asset in sorted(shown))
    return tuple(p for p in plans if p.widths)


def copy_path(asset: str, width: int) -> str:
    """Where the copy of a picture stands; the whole name of the picture keeps copies apart."""
    return f"assets/versus/pictures/{asset.removeprefix('assets/')}-{width}.webp"


def srcset(copies: Sequence[PlainCopy], root: str, original: str, width: int) -> str:
    """What an `img` offers besides its `src`; empty where there are no copies.

    Addresses hold neither spaces nor commas: they are percent-encoded (HTML, "srcset").
    """
    if not copies:
        return ""
    found = [f"{root}{quote(path)} {wide}w" for wide, path in copies]
    return ", ".join([*found, f"{original} {width}w"]).replace("(", "%28").replace(")", "%29")


def card(imprint: Imprint, variant: Variant) -> ImageView | None:
    """An article's social card, that of the default edition, which stands for all of them."""
    if not has_card(imprint.site, variant.entry):
        return None
    url = f"{imprint.site.base_url}{quote(variant.article_folder)}{CARD}"
    own = imprint.site.translations.get(variant.language)
    title = (own and own.title) or imprint.site.title
    alt = f"{default_text(variant.article.title)} · {title}"
    return ImageView(url, url, alt, CARD_SIZE, "image/png")


def _widths(library: Library, asset: str) -> tuple[int, ...]:
    if not asset.lower().endswith(_SCALED):
        return ()
    size = library.assets.get(asset)
    # A picture whose size is not known is tried all the same, so that its fault is told.
    return tuple(width for width in WIDTHS if size is None or width < size[0])


def _shown(library: Library, entry: Entry) -> Iterable[str]:
    for language in (library.site.language, *entry.translations):
        summary = entry.summary_in(language)
        if summary.image is not None:
            yield summary.image
        for href, is_image in summary.links:
            if is_image:
                target = library.target(href, entry, is_image=True, language=language)
                if isinstance(target, Target) and target.kind == "asset":
                    yield target.address
