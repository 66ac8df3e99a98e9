"""A publication as a library, in this process: what a build does before it renders anything."""

from datetime import UTC, datetime

from versus import references, validate
from versus.diagnostics import has_errors
from versus.library import Contents, Library, index
from versus.sources import Publication

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def indexed(publication: Publication) -> Library:
    """The library of a publication in which nothing is wrong."""
    assert publication.site
    site, faults = validate.site(publication.site)
    assert site, faults
    articles, translations = [], []
    for source in publication.articles:
        article, faults = validate.article(source, site, publication.assets)
        assert article, "\n".join(map(str, faults))
        articles.append((source, article))
    bases = {source.path: source for source in publication.articles}
    for source in publication.overlays:
        found, faults = validate.translation(source, bases[source.base], site, publication.assets)
        assert found, "\n".join(map(str, faults))
        translations.append(found)
    posts = validate.posts(publication.posts)[0] if publication.posts else ()
    contents = Contents(site, articles, posts, translations)
    library = index(contents, publication, NOW)
    faults = references.faults(library, contents, publication)
    assert not has_errors(faults), "\n".join(map(str, faults))
    return library
