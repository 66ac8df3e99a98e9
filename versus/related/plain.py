"""The rows of few documents and their nearest, in pure Python: NumPy takes longer to import.

`arrays` and `nearest` find the same for many, which property tests assert.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

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
from versus.related.keys import key_of, position_of, score_of
from versus.related.tokens import BREAK, Reading
from versus.related.vectors import Rarity, dot, scaled, terms, text_vector
from versus.related.weights import EACH_SIDE, POOL, SAME_POST, SCORE, UNIT, WORDS


class Few:
    """A small collection: what is related to what in it."""

    def __init__(self, reading: Reading) -> None:
        counts, named, self.on = _read(reading)
        self._rows = rows(reading, counts, named)
        self._asked = [asked(row) for row in self._rows]
        self._sides = [list(reading.sides[i]) for i in range(len(reading))]
        self._texts = [{c: v for c, v in row.items() if c % SPREAD == WORD} for row in self._rows]
        self._pools = [
            [key | self._is_copy(i, key) for key in pool]
            for i, pool in enumerate(nearest(self._asked, self._rows, POOL))
        ]
        copies = ((i, position_of(k)) for i, pool in enumerate(self._pools) for k in pool if k & 1)
        self.same = stars(copies)

    def near(self, i: int) -> list[int]:
        """The keys of others, best first: the nearest, and some on each side."""
        pool = self._pools[i]
        known = set(map(position_of, pool))
        found: set[int] = set()
        for side in short(self._sides[i], known, self.on):
            others = self.on[side] - known - {i}
            found.update(
                heapq.nsmallest(2 * EACH_SIDE, (key_of(self.score(i, j), j) for j in others))
            )
        return sorted((*pool, *found)) if found else pool

    def score(self, i: int, j: int) -> int:
        """How much two documents have in common."""
        return dot(self._asked[i], self._rows[j])

    def parts(self, i: int, j: int) -> dict[int, int]:
        """The score of two by what they have in common: columns of the second."""
        mine, theirs = self._asked[i], self._rows[j]
        return {c: mine[c] * theirs[c] for c in mine.keys() & theirs.keys()}

    def _is_copy(self, i: int, key: int) -> bool:
        if score_of(key) < SCORE["words"] * SAME_POST * ONE:
            return False
        return dot(self._texts[i], self._texts[position_of(key)]) >= SAME_POST * UNIT * UNIT


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
) -> list[list[int]]:
    """The keys of the best others of each."""
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
        found.append(heapq.nsmallest(count, (key_of(score, j) for j, score in scores.items())))
    return found


def rows(
    reading: Reading, counts: Sequence[Mapping[int, int]], named: Sequence[Mapping[int, int]]
) -> list[dict[int, int]]:
    """The row of each document."""
    rarity, names = Rarity(counts), Rarity(named)
    found = []
    for i, (words, inside) in enumerate(zip(counts, named, strict=True)):
        text = text_vector(words, rarity, terms(rarity.most), UNIT)
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
