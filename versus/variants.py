"""The versions that an article comes in: one for each edition and language.

In: the library and what the command asks for. Out: `Variant`s, each with its place in the site.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from versus.diagnostics import FieldPath
from versus.library import Entry, Library
from versus.model import Article, Edition, Site
from versus.sources import Source

CARD = "card.png"
"""The name of an article's social card, in its folder."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An article in one edition and one language."""

    entry: Entry
    edition: str
    language: str
    is_default: bool
    """Whether the edition is the default one, to which the others are canonical."""
    home: str = ""
    """The folder of the language below the site's root: none for the publication's own."""

    @property
    def article(self) -> Article:
        """The article in the variant's language."""
        return self.entry.in_language(self.language)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files that the variant is written in: its overlay first, then the article's own."""
        found = self.entry.translations.get(self.language)
        return (found.source, self.entry.source) if found else (self.entry.source,)

    @property
    def missing(self) -> Mapping[FieldPath, str]:
        """The fields that are not translated, and so stay in the publication's language."""
        found = self.entry.translations.get(self.language)
        return found.whole.missing if found else {}

    @property
    def name(self) -> str:
        """How the manifest calls the variant, as in `full/en`."""
        return f"{self.edition}/{self.language}"

    @property
    def folder(self) -> str:
        """The variant's folder below the site's root, as in `fr/kafka-vs-flink/brief`."""
        edition = "" if self.is_default else f"/{self.edition}"
        return f"{self.home}{self.entry.slug}{edition}"

    @property
    def article_folder(self) -> str:
        """The folder of the article's default edition in the variant's language, with a slash."""
        return f"{self.home}{self.entry.slug}/"

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
    library: Library,
    entries: Iterable[Entry],
    editions: Iterable[str] = (),
    languages: Iterable[str] = (),
) -> Iterator[Variant]:
    """Every variant of some articles; no editions or languages named means all of them."""
    site = library.site
    chosen = tuple(editions) or site.edition_names
    tags = tuple(languages) or library.languages
    for entry in entries:
        for language in library.languages:
            if language not in tags or not library.has(entry, language):
                continue
            for name in site.edition_names:
                if name in chosen:
                    is_default = name == site.edition_names[0]
                    yield Variant(entry, name, language, is_default, library.imprint.home(language))


def copied(library: Library, entries: Iterable[Entry], channel: str) -> Iterator[Variant]:
    """The variant of each article that a channel copies."""
    settings, site = library.site.channels[channel], library.site
    editions = [settings.edition or site.edition_names[0]]
    yield from expand(library, entries, editions, [settings.language or site.language])


def has_card(site: Site, entry: Entry) -> bool:
    """Whether an article has a social card: it brings no picture, and the site wants cards."""
    return site.social.card and entry.summary.image is None


def settings(site: Site, variant: Variant) -> Edition | None:
    """What the site says about a variant's edition."""
    return site.editions.get(variant.edition)
