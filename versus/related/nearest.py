"""The documents nearest to each of many: exact, and kept up when some of their rows change.

What is near a document are *keys*: numbers that sort as a list does, by falling score and then by
position. So a row of keys is the beginning of a document's list of all others, and its *bound* the
last key up to which nothing is missing.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from versus.related.arrays import Ints, Matrix, stretches
from versus.related.columns import MIRROR, SPREAD, WEIGHTS, WORD
from versus.related.weights import POOL, SAME_POST, UNIT

WIDTH = POOL + 16
"""How many keys are kept of each document: some to spare, for equals and for changes."""

EMPTY = np.iinfo(np.int64).max
"""No key, and the bound of a row that lacks nothing."""

_HIGHEST = (1 << 31) - 1
_LOW = (1 << 32) - 1
_SHIFT = 17
"""By so many bits the score stands above the product of the words alone in one sum of both."""
_SAME = math.ceil(SAME_POST * UNIT * UNIT)
_ROWS = 4096
"""How many documents are compared with all others at a time."""
_CELLS = 1 << 22
"""How many scores are held at a time where they are held for all documents."""

_MIRROR = np.array(MIRROR)
_WEIGHTS = np.array(WEIGHTS)


def keys_of(sums: Ints, positions: Ints) -> Ints:
    """The keys of documents by their sums. The lowest bit marks those that say the same."""
    is_same = (sums & (1 << _SHIFT) - 1) >= _SAME
    return (_HIGHEST - (sums >> _SHIFT)) << 32 | positions << 1 | is_same


def key_of(score: int, position: int) -> int:
    """The key of one document."""
    return (_HIGHEST - score) << 32 | position << 1


def scored(keys: Iterable[int]) -> list[tuple[int, int]]:
    """Keys as positions and scores."""
    return [((key & _LOW) >> 1, _HIGHEST - (key >> 32)) for key in keys if key != EMPTY]


def positions_of(keys: Ints) -> Ints:
    """The positions in keys; beyond all positions for EMPTY."""
    return (keys & _LOW) >> 1


@dataclass(slots=True)
class Near:
    """The nearest of each document."""

    keys: Ints
    """A row of WIDTH keys for each document, EMPTY where there are no more."""
    bounds: Ints

    @property
    def pool(self) -> Ints:
        """The keys of the nearest alone."""
        return self.keys[:, :POOL]

    def is_torn(self) -> NDArray[np.bool_]:
        """Which documents' rows are too short to be sure of the POOL best."""
        is_torn: NDArray[np.bool_] = (self.pool[:, -1] == EMPTY) & (self.bounds != EMPTY)
        return is_torn

    def put(self, i: int, sums: Ints) -> None:
        """Make a row from the sums with all."""
        others = np.flatnonzero(sums)
        keys = keys_of(sums[others], others)
        bound = EMPTY
        if len(keys) > WIDTH:
            keys = np.partition(keys, WIDTH - 1)[:WIDTH]
            bound = int(keys.max())
        keys.sort()
        self.keys[i, : len(keys)], self.keys[i, len(keys) :] = keys, EMPTY
        self.bounds[i] = bound

    def add(self, rows: Ints, keys: Ints, sparse: Ints) -> None:
        """Put keys into rows, and close the gaps in those that have some."""
        order = np.argsort(rows, kind="stable")
        rows, keys = rows[order], keys[order]
        docs = np.union1d(rows, sparse)
        which = np.searchsorted(docs, rows)
        counts = np.bincount(which, minlength=len(docs))
        width = int(counts.max()) if len(docs) else 0
        block = np.full((len(docs), width), EMPTY)
        block[which, np.arange(len(rows)) - (np.cumsum(counts) - counts)[which]] = keys
        block = np.concatenate((self.keys[docs], block), axis=1)
        block.sort(axis=1)
        self.keys[docs] = block[:, :WIDTH]
        if width:
            is_over = block[:, WIDTH] != EMPTY
            over = docs[is_over]
            self.bounds[over] = np.minimum(self.bounds[over], block[is_over, WIDTH - 1])


def asked(columns: NDArray[np.int32], values: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """The entries of rows as what they ask of others: columns and values.

    The product with another row is the score, shifted, and the product of the words alone.
    """
    kinds = columns % SPREAD
    weighed = values * _WEIGHTS[kinds]
    return columns - kinds + _MIRROR[kinds], (weighed << _SHIFT) + values * (kinds == WORD)


def by_product(rows: Matrix, jobs: int) -> Near:
    """The nearest of all, with sparse_dot_topn, which keeps only the best while it multiplies."""
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    count = len(rows.starts) - 1
    columns, values = asked(rows.columns, rows.values)
    used, compact = np.unique(rows.columns, return_inverse=True)
    at = np.minimum(np.searchsorted(used, columns), len(used) - 1)
    is_met = used[at] == columns
    ends = np.concatenate(([0], np.cumsum(is_met)))[rows.starts].astype(np.int32)
    asking = csr_matrix((values[is_met], at[is_met].astype(np.int32), ends), (count, len(used)))
    offered = csr_matrix(
        (rows.values.astype(np.int64), compact.astype(np.int32), rows.starts.astype(np.int32)),
        (count, len(used)),
    )
    offered = offered.T.tocsr()
    del columns, values, compact, at, is_met
    near = Near(np.full((count, WIDTH), EMPTY), np.full(count, EMPTY))
    keep = min(WIDTH + 1, count)  # The document itself is among them.
    for start in range(0, count, _ROWS):
        best = sp_matmul_topn(
            asking[start : start + _ROWS], offered, top_n=keep, n_threads=_threads(jobs)
        )
        lengths = np.diff(best.indptr)
        block = np.full((len(lengths), keep), EMPTY)
        at, owner = stretches(np.arange(len(lengths)) * keep, lengths)
        block.flat[at] = keys_of(best.data, best.indices.astype(np.int64))
        block.flat[at[best.indices == owner + start]] = EMPTY
        block.sort(axis=1)
        full = np.flatnonzero((lengths == keep) & (keep < count))
        if len(full):
            # Of those that are as good as the last one some may have been left out.
            last = np.where(block[full, -1] == EMPTY, block[full, -2], block[full, -1])
            bound = (last >> 32 << 32) - 1
            near.bounds[start + full] = bound
            block[full] = np.where(block[full] > bound[:, None], EMPTY, block[full])
        wide = min(WIDTH, keep)
        near.keys[start : start + len(lengths), :wide] = block[:, :wide]
    return near


def _threads(jobs: int) -> int | None:
    from sparse_dot_topn import _has_openmp_support

    return jobs if jobs > 1 and _has_openmp_support else None


class Index:
    """Which documents have each feature: all scores of a few documents, without SciPy."""

    def __init__(self, rows: Matrix) -> None:
        self._rows, self._count = rows, len(rows.starts) - 1
        owner = np.repeat(np.arange(self._count), np.diff(rows.starts))
        self._postings = rows.columns.astype(np.int64) << 32 | owner << 8 | rows.values
        self._postings.sort()

    def sums(self, docs: Ints) -> Iterator[tuple[Ints, Ints]]:
        """The sums of documents with all, for so many at a time as memory should hold."""
        many = max(1, _CELLS // max(1, self._count))
        for start in range(0, len(docs), many):
            some = docs[start : start + many]
            owner, theirs, counts = self._rows.entries(some)
            columns, values = asked(theirs, counts)
            low = np.searchsorted(self._postings, columns << 32)
            high = np.searchsorted(self._postings, columns + 1 << 32)
            at, which = stretches(low, high - low)
            found = self._postings[at]
            cells = owner[which] * self._count + (found >> 8 & 0xFFFFFF)
            sums = np.bincount(cells, (found & 255) * values[which], len(some) * self._count)
            sums = sums.astype(np.int64).reshape(len(some), self._count)
            sums[np.arange(len(some)), some] = 0
            yield some, sums

    def scores(self, docs: Ints) -> Iterator[tuple[Ints, Ints]]:
        """The scores of documents with all."""
        for some, sums in self.sums(docs):
            yield some, sums >> _SHIFT


def mend(near: Near, index: Index) -> None:
    """Make the rows whole that are too short."""
    for some, sums in index.sums(np.flatnonzero(near.is_torn())):
        for i, row in zip(some.tolist(), sums, strict=True):
            near.put(i, row)


def moved(near: Near, places: Ints, docs: Ints) -> tuple[Ints, Ints]:
    """The keys and bounds of some documents, with positions as they are now; gone ones EMPTY."""
    keys, bounds = placed(near.keys[docs], places), near.bounds[docs]
    at = positions_of(bounds)
    is_place = at < len(places)
    # What is nearer than one that is gone is nearer than the last one before it, too.
    last = np.maximum.accumulate(places)[at[is_place]]
    bounds[is_place] = (bounds[is_place] >> 32 << 32) + (last << 1 | 1)
    return keys, bounds


def placed(keys: Ints, places: Ints) -> Ints:
    """Keys with positions as they are now; those of gone documents EMPTY."""
    at = positions_of(keys)
    to = places[np.minimum(at, len(places) - 1)]
    return np.where((keys == EMPTY) | (to < 0), EMPTY, keys + (to - at << 1))
