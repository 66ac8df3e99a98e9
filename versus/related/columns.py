"""What a score is made of: the features that documents have, each a column of one matrix.

A document's row holds its words, the names that it goes by, the names that it says, and its
subjects, criteria and tags. A score is the product of one row, weighed and with the two sorts of
names exchanged, with another: it says my name, or I say its.
"""

from collections.abc import Mapping

from versus.related.weights import SCORE, UNIT

WORD, OWN, SAID, SUBJECT, CRITERION, TAG = range(6)
"""The kinds of features."""

SPREAD = 8
"""A column is this many times the number of the word or name, and its kind."""

MIRROR = (WORD, SAID, OWN, SUBJECT, CRITERION, TAG)
"""Which kind of another's features meets each kind of one's own."""

WEIGHTS = tuple(
    round(8 * SCORE[kind])
    for kind in ("words", "mentions", "mentions", "subjects", "criteria", "tags")
)
"""What each kind counts, in eighths."""

SAME_TEXT = WEIGHTS[WORD] * UNIT * UNIT
"""What the words of two equal texts add to a score as a whole number."""

ONE = 8 * UNIT * UNIT
"""A score of 1 as a whole number."""


def asked(row: Mapping[int, int]) -> dict[int, int]:
    """A row as what it asks of others: its product with their rows is the score."""
    found = {}
    for column, value in row.items():
        kind = column % SPREAD
        found[column - kind + MIRROR[kind]] = WEIGHTS[kind] * value
    return found


def said(rarity: int, most: int, count: int) -> int:
    """How much it counts that a text says a name so often."""
    return round(UNIT * rarity * count / (most * (count + 1))) if most else 0
