"""Texts as vectors of words (TF-IDF), in whole numbers.

Whole numbers make sums exact in any order, so that pure Python and NumPy, one worker and ten, this
machine and another find the same scores to the last digit. Document frequencies count in steps of
an eighth of an octave, so that editing one article rarely changes the weight of a word in others.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

Vector: TypeAlias = dict[str, int]

UNIT = 1 << 13
"""The length of a vector: 1.0 as a whole number."""


@lru_cache(maxsize=1 << 16)
def _steps(count: int) -> int:
    """The logarithm of a number of documents in eighths of an octave."""
    return round(8 * math.log2(1 + count))


@lru_cache(maxsize=1 << 16)
def _times(count: int) -> int:
    """How much a word counts that stands there so often: 16 for once, and slowly more."""
    return 16 + round(16 * math.log(count))


class Rarity:
    """How rare a feature is among documents: 0 for one that all have."""

    def __init__(self, documents: Iterable[Iterable[str]]) -> None:
        frequency: Counter[str] = Counter()
        total = 0
        for features in documents:
            frequency.update(iter(features))  # A mapping would add its counts.
            total += 1
        self._most = _steps(total)
        self.of = {name: max(0, self._most - _steps(n)) for name, n in frequency.items()}
        """The rarity of each feature (IDF, in eighths of an octave)."""

    def share(self, feature: str) -> float:
        """The rarity of a feature between 0 and 1, which none has that stands in no document."""
        return self.of[feature] / self._most if self._most else 0.0


def text_vector(counts: Mapping[str, int], rarity: Rarity, terms: int | None = None) -> Vector:
    """A document's strongest words (all, without `terms`), the vector scaled to UNIT."""
    rare = rarity.of
    weighted = [(-_times(count) * rare[word], word) for word, count in counts.items()]
    if terms is not None and len(weighted) > terms:
        weighted.sort()
        del weighted[terms:]
    return scaled({word: -weight for weight, word in weighted if weight})


def set_vector(features: Iterable[str], rarity: Rarity) -> Vector:
    """Tags, subjects or criteria as a vector scaled to UNIT, the rare ones longer."""
    return scaled({name: weight for name in features if (weight := rarity.of[name])})


def scaled(vector: Mapping[str, int]) -> Vector:
    """A vector with the length UNIT. Square root, division and rounding are exact (IEEE 754)."""
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {name: round(value * UNIT / length) for name, value in vector.items()}


def dot(one: Vector, other: Vector) -> int:
    """The product of two vectors: UNIT squared for two that are the same text."""
    return sum([one[name] * other[name] for name in one.keys() & other.keys()])


def cosine(one: Vector, other: Vector) -> float:
    """How alike two texts are, between 0 and 1."""
    return dot(one, other) / (UNIT * UNIT)
