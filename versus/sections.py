"""Which sections an article has, in which order, and what their headings say: data, in one place.

Every template reads this order through `Document.sections`; an edition chooses from it.
"""

from collections.abc import Collection
from typing import NamedTuple

from versus.model import Article, Criterion, Edition, SectionName, Value

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


def is_included(only: Collection[str] | None, edition: str) -> bool:
    """Whether an edition has what an article has in `only` some editions."""
    return only is None or edition in only


def is_narrated(criterion: Criterion) -> bool:
    """Whether a criterion has a heading and a text of its own, by the contract's rule."""
    return criterion.lead is not None or any(
        isinstance(value, Value) and value.text is not None for value in criterion.values.values()
    )


def has_short(criterion: Criterion) -> bool:
    """Whether a value of the criterion says what to put into its cell."""
    return any(isinstance(v, Value) and v.short is not None for v in criterion.values.values())


class Comparison(NamedTuple):
    """How the differences are told."""

    criteria: tuple[tuple[int, Criterion], ...]
    """The criteria of the edition, each with its place."""
    told: frozenset[int]
    """Those that have a heading and a text of their own."""
    is_narrated: bool
    has_table: bool


def comparison(article: Article, shown: frozenset[str], edition: str) -> Comparison | None:
    """How an edition that shows some sections tells the differences; None where it does not.

    Without their narrative (an edition that shows the table only) all goes into the table.
    """
    differences = article.differences
    narrating, tabling = "differences" in shown, "table" in shown
    if differences is None or not (narrating or tabling):
        return None
    criteria = tuple(
        (i, criterion)
        for i, criterion in enumerate(differences.criteria)
        if is_included(criterion.only, edition)
    )
    told = frozenset(
        i
        for i, c in criteria
        if narrating and (is_narrated(c) or differences.table == "false" or not tabling)
    )
    wanted = differences.table == "true" or any(i not in told or has_short(c) for i, c in criteria)
    has_table = (
        tabling and bool(criteria) and (not narrating or (differences.table != "false" and wanted))
    )
    return Comparison(criteria, told, narrating, has_table)
