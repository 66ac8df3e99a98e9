"""The rows of few documents and their nearest, in pure Python: NumPy takes longer to import.

`arrays` and `nearest` find the same for many, which property tests assert.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from versus.related.columns import (
    CRITERION,
    ONE,
    OWN,
    SAID,
    SPREAD,
    SUBJECT,
    TAG,
    WORD,
    asked,
    said,
)  # fmt: skip
from versus.related.tokens import BREAK, Reading
from versus.related.vectors import Rarity, dot, scaled, text_vector
from versus.related.weights import EACH_SIDE, POOL, SAME_POST, SCORE, TERMS, UNIT, WORDS


class Few:
    """A small collection: what is related to what in it."""

    def __init__(self, reading: Reading) -> None:
        counts, named, self.on = _read(reading)
        self._rows = rows(reading, counts, named)
        self._asked = [asked(row) for row in self._rows]
        self._sides = [list(reading.sides[i]) for i in range(len(reading))]
        self._pools = nearest(self._asked, self._rows, POOL)
        self.same = stars(self._copies())

    def near(self, i: int) -> list[tuple[int, int]]:
        """Other documents with their scores, best first: the nearest, and some on each side."""
        pool = self._pools[i]
        more = short(self._sides[i], [j for j, _score in pool], self.on)
        if not more:
            return pool
        known = {i, *(j for j, _score in pool)}
        found: dict[int, int] = {}
        for side in more:
            others = ((-self.score(i, j), j) for j in self.on[side] if j not in known)
            found |= {j: -lost for lost, j in heapq.nsmallest(2 * EACH_SIDE, others)}
        return sorted((*pool, *found.items()), key=lambda item: (-item[1], item[0]))

    def score(self, i: int, j: int) -> int:
        """How much two documents have in common."""
        return dot(self._asked[i], self._rows[j])

    def parts(self, i: int, j: int) -> dict[int, int]:
        """The score of two by what they have in common: columns of the second."""
        mine, theirs = self._asked[i], self._rows[j]
        return {c: mine[c] * theirs[c] for c in mine.keys() & theirs.keys()}

    def _copies(self) -> Iterator[tuple[int, int]]:
        least = SAME_POST * UNIT * UNIT
        texts = [{c: v for c, v in row.items() if c % SPREAD == WORD} for row in self._rows]
        for i, pool in enumerate(self._pools):
            for j, score in pool:
                if score >= SCORE["words"] * SAME_POST * ONE and dot(texts[i], texts[j]) >= least:
                    yield i, j


def short(sides: Sequence[int], pool: Iterable[int], on: Mapping[int, set[int]]) -> list[int]:
    """The sides of a document on two or more that a pool has too few posts on."""
    if len(sides) < 2:
        return []
    return [side for side in sides if len(on[side].intersection(pool)) < 2 * EACH_SIDE]


def stars(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each document that says the same as another the first of those that say it.

    Each is compared with that first one, so that a chain of likenesses joins no strangers.
    """
    copies: dict[int, set[int]] = defaultdict(set)
    for i, j in pairs:
        copies[i].add(j)
        copies[j].add(i)
    first: dict[int, int] = {}
    for i in sorted(copies):
        first[i] = min((j for j in copies[i] if first.get(j) == j), default=i)
    return first


def nearest(
    asking: Sequence[Mapping[int, int]], rows: Sequence[Mapping[int, int]], count: int
) -> list[list[tuple[int, int]]]:
    """The best others of each, best first, the earlier one first of equals."""
    index: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for i, row in enumerate(rows):
        for column, value in row.items():
            index[column].append((i, value))
    found = []
    for i, row in enumerate(asking):
        scores: dict[int, int] = defaultdict(int)
        for column, value in row.items():
            for j, other in index.get(column, ()):
                scores[j] += value * other
        scores.pop(i, None)
        found.append(heapq.nsmallest(count, scores.items(), key=lambda item: (-item[1], item[0])))
    return found


def rows(
    reading: Reading, counts: Sequence[Mapping[int, int]], named: Sequence[Mapping[int, int]]
) -> list[dict[int, int]]:
    """The row of each document."""
    rarity, names = Rarity(counts), Rarity(named)
    found = []
    for i, (words, inside) in enumerate(zip(counts, named, strict=True)):
        text = text_vector(words, rarity, TERMS, UNIT)
        row = {word * SPREAD + WORD: value for word, value in text.items()}
        row |= {name * SPREAD + OWN: UNIT for name in reading.names[i]}
        for name, count in inside.items():
            if value := said(names.of[name], names.most, count):
                row[name * SPREAD + SAID] = value
        found.append(row)
    for kind, sets in (
        (SUBJECT, reading.sides),
        (CRITERION, reading.criteria),
        (TAG, reading.tags),
    ):
        members = [sets[i] for i in range(len(reading))]
        rare = Rarity(members)
        for row, own in zip(found, members, strict=True):
            vector = scaled({name: rare.of[name] for name in own}, UNIT)
            row |= {name * SPREAD + kind: value for name, value in vector.items()}
    return found


def _read(
    reading: Reading,
) -> tuple[list[Counter[int]], list[Counter[int]], dict[int, set[int]]]:
    """The words of each document, the names that it says, and which are on each subject."""
    spelled, number = list(reading.vocabulary), reading.vocabulary
    names = {tuple(number[w] for w in spelled[n].split(" ")): n for n in reading.names.values}
    lengths: dict[int, set[int]] = defaultdict(set)
    for name in names:
        lengths[name[0]].add(len(name))
    counts, named = [], []
    on: dict[int, set[int]] = {side: set() for side in reading.sides.values}
    for i in range(len(reading)):
        words: Counter[int] = Counter()
        inside: Counter[int] = Counter()
        tokens = tuple(reading.tokens[i])
        for place, token in enumerate(tokens):
            weight = _weight(place, reading.title_lengths[i], reading.head_lengths[i])
            if token != BREAK:
                words[token] += weight
            for length in lengths.get(token, ()):
                if found := names.get(tokens[place : place + length]):
                    inside[found] += weight
                    if place < reading.title_lengths[i] and found in on:
                        on[found].add(i)
        for side in reading.sides[i]:
            on[side].add(i)
        counts.append(words)
        named.append(inside)
    return counts, named, on


def _weight(place: int, title: int, head: int) -> int:
    """How often a word counts by its place."""
    return WORDS["title"] if place < title else WORDS["subjects"] if place < head else 1
