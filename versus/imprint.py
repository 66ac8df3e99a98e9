"""What is the same in every document: the site's settings, and the words of its templates.

In: validated settings, and the publication's own catalogues. Out: `Imprint`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from versus.catalogues import Words, words
from versus.model import Site


@dataclass(frozen=True)
class Imprint:
    """The site's settings with the words of templates by language."""

    site: Site
    catalogues: Mapping[str, str] = field(default_factory=dict)
    """The publication's own words: the text of a gettext catalogue by language."""
    _words: dict[str, Words] = field(default_factory=dict, repr=False)

    def words(self, language: str) -> Words:
        """The words of templates in a language. Raises CatalogueError for a wrong catalogue."""
        if language not in self._words:
            self._words[language] = words(language, dict(self.catalogues))
        return self._words[language]

    def home(self, language: str) -> str:
        """The folder of a language below the site's root: none for the publication's own."""
        return "" if language == self.site.language else f"{language}/"
