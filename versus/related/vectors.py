"""Texts as vectors of words (TF-IDF), in whole numbers.

Whole numbers make sums exact in any order, so that pure Python and NumPy, one worker and ten, this
machine and another find the same scores to the last digit. Document frequencies count in steps of
half an octave, so that editing one article rarely changes the weight of a word in others.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Generic, TypeAlias, TypeVar

from versus.related.weights import FEW_TERMS, LARGE, TERMS

Feature = TypeVar("Feature", bound=Hashable)
Vector: TypeAlias = dict[str, int]

FINE = 1 << 13
"""The length of a vector where it need not be coarse: 1.0 as a whole number."""


def steps(count: int) -> int:
    """The logarithm of a number of documents in half octaves, rounded down."""
    return ((1 + count) ** 2).bit_length() - 1


def terms(most: int) -> int:
    """How many of a text's words count, by the `most` of the rarities of its collection."""
    return TERMS if most < steps(LARGE) else FEW_TERMS


@lru_cache(maxsize=1 << 16)
def times(count: int) -> int:
    """How much a word counts that stands there so often: 16 for once, and slowly more."""
    return 16 + round(16 * math.log(count))


class Rarity(Generic[Feature]):
    """How rare a feature is among documents: 0 for one that all have."""

    def __init__(self, documents: Iterable[Iterable[Feature]]) -> None:
        frequency: Counter[Feature] = Counter()
        total = 0
        for features in documents:
            frequency.update(iter(features))  # A mapping would add its counts.
            total += 1
        self.most = steps(total)
        self.of = {name: max(0, self.most - steps(n)) for name, n in frequency.items()}
        """The rarity of each feature (IDF, in half octaves)."""


def text_vector(
    counts: Mapping[Feature, int],
    rarity: Rarity[Feature],
    count: int | None = None,
    length: int = FINE,
) -> dict[Feature, int]:
    """A document's strongest words, so many of them or else all, as a vector of a length."""
    rare = rarity.of
    weights = {word: times(often) * rare[word] for word, often in counts.items()}
    if count is not None and len(weights) > count:
        least = sorted(weights.values())[-count]
        weights = {word: weight for word, weight in weights.items() if weight >= least}
    return scaled(weights, length)


def scaled(vector: Mapping[Feature, int], length: int = FINE) -> dict[Feature, int]:
    """A vector with a length. Square root, division and rounding are exact (IEEE 754)."""
    own = math.sqrt(sum(value * value for value in vector.values()))
    found = ((name, round(value * length / own)) for name, value in vector.items() if value)
    return {name: value for name, value in found if value}


def dot(one: Mapping[Feature, int], other: Mapping[Feature, int]) -> int:
    """The product of two vectors: their length squared for two that are the same text."""
    return sum([one[name] * other[name] for name in one.keys() & other.keys()])
