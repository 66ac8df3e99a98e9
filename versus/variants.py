"""The versions that an article comes in: one for each edition and language.

In: the library and what the command asks for. Out: `Variant`s, each with its place in the site.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from versus.library import Entry, Library
from versus.model import Edition

CARD = "card.png"
"""The name of an article's social card, in its folder."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An article in one edition and one language."""

    entry: Entry
    edition: str
    language: str
    is_default: bool

    @property
    def name(self) -> str:
        """How the manifest calls the variant, as in `full/en`."""
        return f"{self.edition}/{self.language}"

    @property
    def folder(self) -> str:
        """The variant's folder below the site's root, as in `kafka-vs-flink/brief`."""
        return self.entry.slug if self.is_default else f"{self.entry.slug}/{self.edition}"

    @property
    def to_root(self) -> str:
        """The relative address of the site's root from the variant's page."""
        return "../" * (self.folder.count("/") + 1)

    def url(self, base_url: str) -> str:
        """The variant's own URL; its canonical URL is that of the default edition."""
        return f"{base_url}{quote(self.folder)}/"

    def files(self) -> dict[str, str]:
        """The name of each format's file in the variant's folder."""
        return {
            "html": "index.html",
            "markdown": "index.md",
            "pdf": f"{self.entry.slug}.pdf",
            "card": CARD,
            "comments": "comments/index.html",
        }


def expand(
    library: Library, entries: Iterable[Entry], editions: Iterable[str] = ()
) -> Iterator[Variant]:
    """Every variant of some articles; no editions named means all of them."""
    chosen = tuple(editions) or library.site.edition_names
    for entry in entries:
        for name in library.site.edition_names:
            if name in chosen:
                is_default = name == library.site.edition_names[0]
                yield Variant(entry, name, library.site.language, is_default)


def has_card(library: Library, entry: Entry) -> bool:
    """Whether an article has a social card: it brings no picture, and the site wants cards."""
    return library.site.social.card and entry.article.image is None


def settings(library: Library, variant: Variant) -> Edition | None:
    """What the site says about a variant's edition."""
    return library.site.editions.get(variant.edition)
