"""Which sections an article has, in which order, and what their headings say: data, in one place.

Every template reads this order through `Document.sections`; an edition chooses from it.
"""

from versus.model import Edition, SectionName

ORDER: tuple[SectionName, ...] = (
    "introduction",
    "basics",
    "table",
    "differences",
    "sections",
    "verdict",
    "faq",
    "conclusion",
    "sources",
    "related",
)
"""What an edition can choose, in the order of an article."""

TABLE: SectionName = "table"
"""No section of its own: it stands below the heading of `differences`, behind the lead."""

HEADINGS = {
    # Messages of the catalogues; `make catalogues` finds them here.
    "basics": "The basics of {subjects}",
    "differences": "The key differences between {subjects}",
    "verdict": "Verdict",
    "faq": "Frequently asked questions",
    "conclusion": "Conclusion",
    "sources": "Sources",
    "related": "Related posts",
    "notes": "Notes",
}


def shown(edition: Edition | None) -> frozenset[str]:
    """The sections that an edition shows: those it names, or else all."""
    chosen = edition.sections if edition else None
    return frozenset(ORDER if chosen is None else chosen)
