"""The rows of many documents, as arrays: what `plain` does for few.

In: a reading. Out: a `Matrix` with a row for each document, and what rows are made of: how many
documents have each feature, and which names each says.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from versus.related.columns import CRITERION, OWN, SAID, SPREAD, SUBJECT, TAG, WORD
from versus.related.tokens import BREAK, Reading, Rows
from versus.related.vectors import steps, terms, times
from versus.related.weights import COMMON, UNIT, WORDS

R = TypeVar("R")

Ints = NDArray[np.int64]

_CHUNK = 1024
"""How many documents are looked at at a time, which bounds what they need of memory."""
_TOKENS = 1 << 22
"""How many tokens are looked at at a time."""
_LOW = (1 << 32) - 1
_EIGHTH = 6
"""How rare a feature of an eighth of all documents is."""


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of any length: where each begins, the end of all, and the numbers."""

    starts: Ints
    values: NDArray[np.uint32]

    @classmethod
    def of(cls, rows: Rows) -> "Ragged":
        """The same rows as arrays."""
        starts = np.zeros(len(rows.ends) + 1, np.int64)
        starts[1:] = _array(rows.ends)
        return cls(starts, _array(rows.values))

    def of_rows(self, rows: Ints) -> tuple[Ints, NDArray[np.uint32]]:
        """The numbers of some rows, and for each which of the rows it is from."""
        at, owner = stretches(self.starts[rows], np.diff(self.starts)[rows])
        return owner, self.values[at]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A row of features for each document: columns in ascending order, with their values."""

    starts: Ints
    columns: NDArray[np.int32]
    values: NDArray[np.uint8]

    def entries(self, rows: Ints) -> tuple[Ints, NDArray[np.int32], NDArray[np.uint8]]:
        """The entries of some rows: which of the rows each is of, its column and its value."""
        at, owner = stretches(self.starts[rows], np.diff(self.starts)[rows])
        return owner, self.columns[at], self.values[at]

    def picked(self, rows: Ints, lengths: Ints) -> "Matrix":
        """Some rows, which are so long, one below the other."""
        starts = np.concatenate(([0], np.cumsum(lengths)))
        found = Matrix(starts, np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint8))
        for some in pieces(len(rows), _CHUNK):
            at, _owner = stretches(self.starts[rows[some]], lengths[some])
            to = slice(starts[some.start], starts[some.start] + len(at))
            found.columns[to], found.values[to] = self.columns[at], self.values[at]
        return found

    @classmethod
    def stacked(cls, parts: Sequence["Matrix"]) -> "Matrix":
        """Matrices one below the other."""
        ends = np.concatenate([[0], *(np.diff(part.starts) for part in parts)]).cumsum()
        columns = np.concatenate([np.empty(0, np.int32), *(part.columns for part in parts)])
        values = np.concatenate([np.empty(0, np.uint8), *(part.values for part in parts)])
        return cls(ends.astype(np.int64), columns, values)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which document says which name how often, in the order of documents and names."""

    docs: Ints
    names: Ints
    counts: Ints

    def of(self, docs: Ints) -> "Mentions":
        """Those of some documents (in ascending order), which are numbered from 0."""
        low, high = (np.searchsorted(self.docs, docs, side) for side in ("left", "right"))
        at, owner = stretches(low, high - low)
        return Mentions(owner, self.names[at], self.counts[at])


class View:
    """A reading as arrays."""

    def __init__(self, reading: Reading) -> None:
        self.size, self.numbers = len(reading), len(reading.vocabulary)
        self._tokens = Ragged.of(reading.tokens)
        self._titles = _array(reading.title_lengths).astype(np.int64)
        self._heads = _array(reading.head_lengths).astype(np.int64)
        self.names, self.sides = Ragged.of(reading.names), Ragged.of(reading.sides)
        self.criteria, self.tags = Ragged.of(reading.criteria), Ragged.of(reading.tags)

    def words(self, docs: Ints) -> tuple[Ints, Ints, Ints]:
        """The words of some documents: which of them has which word how often."""
        owner, tokens = self._tokens.of_rows(docs)
        keys = owner << 32 | tokens
        titles = self._head(docs, 0, self._titles[docs])
        others = self._head(docs, self._titles[docs], self._heads[docs])
        more = (np.repeat(titles, WORDS["title"] - 1), np.repeat(others, WORDS["subjects"] - 1))
        keys = np.concatenate((keys, *more))
        keys, counts = _counted(keys[keys & _LOW != BREAK])
        return keys >> 32, keys & _LOW, counts

    def _head(self, docs: Ints, start: Ints | int, end: Ints) -> Ints:
        at, owner = stretches(self._tokens.starts[docs] + start, end - start)
        return owner << 32 | self._tokens.values[at]

    def mentions(self, docs: Ints, names: "Names") -> Mentions:
        """Which of some documents says which of some names how often."""
        at, owner = stretches(self._tokens.starts[docs], np.diff(self._tokens.starts)[docs])
        places, found = names.find(self._tokens.values[at])
        owner, place = owner[places], at[places]
        inside = place - self._tokens.starts[docs][owner]
        title, head = self._titles[docs][owner], self._heads[docs][owner]
        fields = [inside < title, inside < head]
        weight = np.select(fields, [WORDS["title"], WORDS["subjects"]], 1)
        keys, which = np.unique(owner << 32 | found, return_inverse=True)
        counts = np.bincount(which, weight, len(keys)).astype(np.int64)
        return Mentions(keys >> 32, keys & _LOW, counts)

    def all_mentions(self, names: "Names", jobs: int = 1) -> Mentions:
        """Which document says which of some names how often."""
        made = by_chunks(
            lambda docs: (docs, self.mentions(docs, names)), np.arange(self.size), jobs
        )
        parts = list(made)
        return Mentions(
            np.concatenate([_NONE, *(docs[found.docs] for docs, found in parts)]),
            np.concatenate([_NONE, *(found.names for _docs, found in parts)]),
            np.concatenate([_NONE, *(found.counts for _docs, found in parts)]),
        )

    def covers(self, docs: Ints, sides: "Names") -> Ints:
        """Which of some documents has which side in its title: pairs packed as one number."""
        # With the BREAK behind each title.
        at, owner = stretches(self._tokens.starts[docs], self._titles[docs] + 1)
        places, found = sides.find(self._tokens.values[at])
        return docs[owner[places]] << 32 | found

    def own_sides(self, docs: Ints) -> Ints:
        """Which of some documents has which subject, as such pairs."""
        owner, own = self.sides.of_rows(docs)
        return docs[owner] << 32 | own

    def is_said(self, docs: Ints) -> NDArray[np.bool_]:
        """Which words some documents have."""
        found = np.zeros(self.numbers, np.bool_)
        found[self._tokens.of_rows(docs)[1]] = True
        return found

    def having(self, is_meant: NDArray[np.bool_]) -> Ints:
        """The documents that have any of the words that are meant."""
        values = self._tokens.values
        found = [_NONE]
        for some in pieces(len(values), _TOKENS):
            places = np.flatnonzero(is_meant[values[some]]) + some.start
            found.append(np.unique(np.searchsorted(self._tokens.starts, places, "right") - 1))
        return np.unique(np.concatenate(found))

    def sets(self) -> Iterator[tuple[int, Ragged]]:
        """The sets of names that documents have, by kind."""
        yield from ((SUBJECT, self.sides), (CRITERION, self.criteria), (TAG, self.tags))


class Names:
    """Names to be found in tokens: a tree of words, with all nodes of a depth in one array.

    Where it is known which words are said, names that begin with others are left out.
    """

    def __init__(
        self,
        reading: Reading,
        names: NDArray[np.uint32],
        is_said: NDArray[np.bool_] | None = None,
    ) -> None:
        spelled, number = list(reading.vocabulary), reading.vocabulary
        words: list[int] = []
        ends, kept = [], []
        for name in np.unique(names).tolist():
            first, _space, rest = spelled[name].partition(" ")
            if is_said is None or is_said[number[first]]:
                words += [number[first], *(number[word] for word in rest.split(" ") if rest)]
                ends.append(len(words))
                kept.append(name)
        numbers = np.array(kept, np.int64)
        tokens, starts = np.array(words, np.int64), np.array([0, *ends], np.int64)
        first, length = starts[:-1], np.diff(starts)
        node = np.zeros(len(first), np.int64)
        self._size = len(spelled)
        self._levels: list[tuple[Ints, Ints]] = []
        while len(first):
            keys, node = np.unique(node << 32 | tokens[first], return_inverse=True)
            name = np.zeros(len(keys), np.int64)
            is_end = length == 1
            name[node[is_end]] = numbers[is_end]
            self._levels.append((keys, name))
            first, length, node = first[~is_end] + 1, length[~is_end] - 1, node[~is_end]
            numbers = numbers[~is_end]

    def find(self, tokens: NDArray[np.uint32]) -> tuple[Ints, Ints]:
        """Where which names begin, once for each occurrence."""
        places, names = [_NONE], [_NONE]
        for depth, (keys, name) in enumerate(self._levels):
            if depth == 0:
                table = np.full(self._size, -1, np.int32)
                table[keys] = np.arange(len(keys))
                nodes = table[tokens]
                at = np.flatnonzero(nodes >= 0)
                node = nodes[at].astype(np.int64)
            else:
                at, node = at[at + depth < len(tokens)], node[at + depth < len(tokens)]
                key = node << 32 | tokens[at + depth]
                node = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
                is_there = keys[node] == key
                at, node = at[is_there], node[is_there]
            is_end = name[node] > 0
            places.append(at[is_end])
            names.append(name[node[is_end]])
        return np.concatenate(places), np.concatenate(names)


def pieces(size: int, most: int) -> Iterator[slice]:
    """Places in pieces of so many, as memory should hold of what is made of them."""
    for start in range(0, size, most):
        yield slice(start, start + most)


def by_chunks(make: Callable[[Ints], R], docs: Ints, jobs: int) -> Iterator[R]:
    """What is made of documents, so many at a time as memory should hold at once, in their order.

    By threads, since NumPy lets others run while it sorts and counts.
    """
    chunks = [docs[some] for some in pieces(len(docs), _CHUNK)]
    if min(jobs, len(chunks)) < 2:
        yield from map(make, chunks)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as executor:
        yield from executor.map(make, chunks)


def frequencies(view: View, docs: Ints, jobs: int = 1) -> Ints:
    """How many of some documents have each feature; which names they say is not among them."""
    size = view.numbers * SPREAD

    def of_words(some: Ints) -> Ints:
        return np.bincount(view.words(some)[1] * SPREAD + WORD, minlength=size)

    found = sum(by_chunks(of_words, docs, jobs), np.zeros(size, np.int64))
    for kind, sets in view.sets():
        _owner, names = sets.of_rows(docs)
        found += np.bincount(names.astype(np.int64) * SPREAD + kind, minlength=size)
    return found


def count_mentions(frequency: Ints, mentions: Mentions) -> None:
    """Note how many documents say each name."""
    by_kind = frequency.reshape(-1, SPREAD)
    by_kind[:, SAID] = np.bincount(mentions.names, minlength=len(by_kind))


@dataclass(frozen=True, slots=True)
class Rarities:
    """How rare each feature is, by column, and what the rarest is."""

    of: NDArray[np.int8]
    most: int

    @classmethod
    def among(cls, frequency: Ints, size: int) -> "Rarities":
        """The rarities in a collection of so many documents."""
        most = steps(size)
        first = [math.isqrt((1 << step) - 1) for step in range(1, most + 1)]
        table = np.searchsorted(first, np.arange(size + 1), "right")  # The same as `steps`.
        rare = np.maximum(0, most - table[frequency]).astype(np.int8)
        words = rare[WORD::SPREAD]
        words[words < min(most - steps(COMMON), _EIGHTH)] = 0
        return cls(rare, most)


def matrix(view: View, docs: Ints, mentions: Mentions, rarities: Rarities, jobs: int = 1) -> Matrix:
    """The rows of some documents; which names all documents say is given."""

    def rows(some: Ints) -> Matrix:
        return _matrix(view, some, mentions.of(some), rarities)

    return Matrix.stacked(list(by_chunks(rows, docs, jobs)))


def _matrix(view: View, docs: Ints, mentions: Mentions, rarities: Rarities) -> Matrix:
    owner, words, counts = view.words(docs)
    rare = rarities.of[words * SPREAD + WORD].astype(np.int64)
    entries = [_text(owner, words, _times(counts) * rare, terms(rarities.most))]
    owner, own = view.names.of_rows(docs)
    entries.append(_packed(owner, own, OWN, np.full(len(own), UNIT)))
    entries.append(_said(mentions, rarities))
    for kind, sets in view.sets():
        owner, names = sets.of_rows(docs)
        weights = rarities.of[names.astype(np.int64) * SPREAD + kind].astype(np.int64)
        entries.append(_packed(owner, names, kind, _scaled(owner, weights)))
    packed = np.concatenate(entries)
    packed.sort()
    owners = packed >> 40
    return Matrix(
        np.searchsorted(owners, np.arange(len(docs) + 1)).astype(np.int64),
        (packed >> 8 & _LOW).astype(np.int32),
        (packed & 255).astype(np.uint8),
    )


def _text(owner: Ints, words: Ints, weights: Ints, count: int) -> Ints:
    """So many of the strongest words of each document and those as strong as the last of them."""
    keys = owner << 32 | _LOW - weights
    keys.sort()
    starts = np.searchsorted(keys, np.arange(int(owner[-1]) + 2 if len(owner) else 1) << 32)
    last = starts[:-1] + count - 1
    is_long = last < starts[1:]
    least = np.zeros(len(last), np.int64)
    least[is_long] = _LOW - (keys[last[is_long]] & _LOW)
    is_kept = weights >= least[owner]
    owner, words, weights = owner[is_kept], words[is_kept], weights[is_kept]
    return _packed(owner, words, WORD, _scaled(owner, weights))


def _said(mentions: Mentions, rarities: Rarities) -> Ints:
    rare = rarities.of[mentions.names * SPREAD + SAID].astype(np.int64)
    if not rarities.most:
        return _NONE
    counts = mentions.counts
    values = np.rint(UNIT * rare * counts / (rarities.most * (counts + 1))).astype(np.int64)
    return _packed(mentions.docs, mentions.names, SAID, values)


def _scaled(owner: Ints, weights: Ints) -> Ints:
    """The weights of vectors, each scaled to the length UNIT."""
    lengths = np.sqrt(np.bincount(owner, weights * weights))
    lengths[lengths == 0] = 1
    return np.rint(weights * UNIT / lengths[owner]).astype(np.int64)


def _packed(owner: Ints, numbers: Ints | NDArray[np.uint32], kind: int, values: Ints) -> Ints:
    """Entries as numbers that sort by row and column: 23 bits, 32 bits, 8 bits for the value."""
    is_there = values > 0
    columns = numbers[is_there].astype(np.int64) * SPREAD + kind
    return owner[is_there] << 40 | columns << 8 | values[is_there]


def _times(counts: Ints) -> Ints:
    known = np.unique(counts)
    found = np.array([times(count) for count in known.tolist()], np.int64)
    return found[np.searchsorted(known, counts)]


def _counted(keys: Ints) -> tuple[Ints, Ints]:
    """Each key once, in ascending order, and how often it is there."""
    keys.sort()
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], np.diff(first, append=len(keys))


def stretches(starts: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """The places in stretches of an array, one behind the other, and which stretch each is in."""
    owner = np.repeat(np.arange(len(starts)), lengths)
    begun = np.cumsum(lengths) - lengths
    return np.arange(len(owner)) + (starts - begun)[owner], owner


def _array(numbers: Any) -> NDArray[np.uint32]:
    return np.frombuffer(numbers, np.uint32) if len(numbers) else np.empty(0, np.uint32)


_NONE = np.empty(0, np.int64)
