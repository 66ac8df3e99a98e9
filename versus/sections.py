"""Which sections an article has, in which order, and what their headings say: data, in one place.

Every template reads this order through `Document.sections`; an edition chooses from it.
"""

from versus.model import Criterion, Edition, SectionName, Value

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


def is_narrated(criterion: Criterion) -> bool:
    """Whether a criterion has a heading and a text of its own, by the contract's rule."""
    return criterion.lead is not None or any(
        isinstance(value, Value) and value.text is not None for value in criterion.values.values()
    )


def has_short(criterion: Criterion) -> bool:
    """Whether a value of the criterion says what to put into its cell."""
    return any(isinstance(v, Value) and v.short is not None for v in criterion.values.values())
