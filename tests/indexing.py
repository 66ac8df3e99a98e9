"""A publication as a library, in this process: what a build does before it renders anything."""

from datetime import UTC, datetime

from versus import reading, references, validate
from versus.diagnostics import has_errors
from versus.library import Contents, Library, index
from versus.sources import Publication

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def indexed(publication: Publication) -> Library:
    """The library of a publication in which nothing is wrong."""
    assert publication.site
    site, faults = validate.site(publication.site)
    assert site, faults
    pieces = []
    units = reading.units(publication)
    for unit, found in zip(units, reading.read(units, site, 1), strict=True):
        assert not has_errors(found.diagnostics), "\n".join(map(str, found.diagnostics))
        piece = reading.piece(unit, found)
        assert piece
        pieces.append(piece)
    posts = validate.posts(publication.posts)[0] if publication.posts else ()
    contents = Contents(site, pieces, posts)
    library = index(contents, publication, NOW)
    faults = references.faults(library, contents, publication)
    assert not has_errors(faults), "\n".join(map(str, faults))
    return library
