"""The documents nearest to each of many: exact, and kept up when some of their rows change.

A row of keys (see `keys`) is the beginning of a document's list of all others, and its *bound* the
last key up to which nothing is missing.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from versus.related.arrays import Ints, Matrix, pieces, stretches
from versus.related.changes import Change
from versus.related.columns import MIRROR, SPREAD, WEIGHTS, WORD
from versus.related.keys import EMPTY, HIGHEST, LOW
from versus.related.weights import POOL, SAME_POST, UNIT

WIDTH = POOL + 16
"""How many keys are kept of each document: some to spare, for equals and for changes."""

_SHIFT = 17
"""By so many bits the score stands above the product of the words alone in one sum of both."""
_SAME = math.ceil(SAME_POST * UNIT * UNIT)
_ROWS = 4096
"""How many documents are compared with all others at a time."""
_CELLS = 1 << 22
"""How many scores are held at a time where they are held for all documents."""

_MIRROR = np.array(MIRROR, np.int32)
_WEIGHTS = np.array(WEIGHTS)


def keys_of(sums: Ints, positions: Ints) -> Ints:
    """The keys of documents by their sums. The lowest bit marks those that say the same."""
    is_same = (sums & (1 << _SHIFT) - 1) >= _SAME
    return (HIGHEST - (sums >> _SHIFT)) << 32 | positions << 1 | is_same


def positions_of(keys: Ints) -> Ints:
    """The positions in keys; beyond all positions for EMPTY."""
    return (keys & LOW) >> 1


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

    def drop(self, is_meant: NDArray[np.bool_]) -> None:
        """Take some documents out of all rows, which leaves gaps; the last one stands for none."""
        for some in pieces(len(self.keys), _ROWS):
            keys = self.keys[some]
            keys[_are(keys, is_meant)] = EMPTY

    def has_any(self, is_meant: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whose nearest are some of those documents; the last one stands for none."""
        some = pieces(len(self.keys), _ROWS)
        found = [_are(self.pool[rows], is_meant).any(axis=1) for rows in some]
        return np.concatenate([np.empty(0, np.bool_), *found])

    def moved(self, change: Change, size: int) -> "Near":
        """The same where documents are now, of so many; of gone ones nothing is left."""
        found = Near(np.full((size, WIDTH), EMPTY), np.full(size, EMPTY))
        places, docs = change.places, change.stayed
        for some in pieces(len(docs), _ROWS):
            found.keys[places[docs[some]]] = placed(self.keys[docs[some]], places)
        bounds = self.bounds[docs]
        at = positions_of(bounds)
        is_place = at < len(places)
        # What is nearer than one that is gone is nearer than the last one before it, too.
        last = np.maximum.accumulate(places)[at[is_place]]
        bounds[is_place] = (bounds[is_place] >> 32 << 32) + (last << 1 | 1)
        found.bounds[places[docs]] = bounds
        return found

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

    def add(self, rows: Ints, keys: Ints) -> None:
        """Put keys into rows, and close the gaps in those that have some."""
        has_gap = (self.keys[:, :-1] > self.keys[:, 1:]).any(axis=1)
        order = np.argsort(rows, kind="stable")
        rows, keys = rows[order], keys[order]
        docs = np.union1d(rows, np.flatnonzero(has_gap))
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


def _are(keys: Ints, is_meant: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = is_meant[np.minimum(positions_of(keys), len(is_meant) - 1)]
    return found


def asked(columns: NDArray[np.int32], values: NDArray[np.uint8]) -> tuple[NDArray[np.int32], Ints]:
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

    count, starts = len(rows.starts) - 1, rows.starts
    is_used = np.zeros((int(rows.columns.max(initial=0)) // SPREAD + 1) * SPREAD, np.bool_)
    is_used[rows.columns] = True
    numbers = np.cumsum(is_used, dtype=np.int32) - 1  # Columns without those that nobody has.
    shape = (count, int(numbers[-1]) + 1)
    entries = (rows.values.astype(np.int64), numbers[rows.columns], starts.astype(np.int32))
    offered = csr_matrix(entries, shape).T.tocsr()
    del entries
    near = Near(np.full((count, WIDTH), EMPTY), np.full(count, EMPTY))
    keep = min(WIDTH + 1, count)  # The document itself is among them.
    for start in range(0, count, _ROWS):
        ends = starts[start : start + _ROWS + 1] - starts[start]
        some = slice(starts[start], starts[start] + ends[-1])
        columns, values = asked(rows.columns[some], rows.values[some])
        is_met = is_used[columns]
        ends = np.concatenate(([0], np.cumsum(is_met)))[ends]
        asking = csr_matrix(
            (values[is_met], numbers[columns[is_met]], ends), (len(ends) - 1, shape[1])
        )
        best = sp_matmul_topn(asking, offered, top_n=keep, n_threads=_threads(jobs))
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


def all_sums(rows: Matrix, docs: Ints) -> Iterator[tuple[Ints, Ints]]:
    """The sums of some documents with all, for so many at a time as memory should hold."""
    if not len(docs):
        return
    count = len(rows.starts) - 1
    owner, own_columns, own_values = rows.entries(docs)
    mirrored, values = asked(own_columns, own_values)
    columns = mirrored.astype(np.int64)
    is_asked = np.zeros(int(max(columns.max(initial=0), rows.columns.max(initial=0))) + 2, np.bool_)
    is_asked[columns] = True
    offered = np.flatnonzero(is_asked[rows.columns])
    offering = np.searchsorted(rows.starts, offered, "right") - 1
    postings = rows.columns[offered].astype(np.int64) << 32 | offering << 8 | rows.values[offered]
    postings.sort()
    low = np.searchsorted(postings, columns << 32)
    lengths = np.searchsorted(postings, columns + 1 << 32) - low
    many = max(1, _CELLS // count)
    for start in range(0, len(docs), many):
        some = docs[start : start + many]
        first, last = np.searchsorted(owner, (start, start + many))
        at, which = stretches(low[first:last], lengths[first:last])
        found = postings[at]
        cells = (owner[first:last][which] - start) * count + (found >> 8 & 0xFFFFFF)
        weights = (found & 255) * values[first:last][which]
        sums = np.bincount(cells, weights, len(some) * count).astype(np.int64)
        sums = sums.reshape(len(some), count)
        sums[np.arange(len(some)), some] = 0
        yield some, sums


def all_scores(rows: Matrix, docs: Ints) -> Iterator[tuple[Ints, Ints]]:
    """The scores of some documents with all."""
    for some, sums in all_sums(rows, docs):
        yield some, sums >> _SHIFT


def mend(near: Near, rows: Matrix) -> None:
    """Make the lists of nearest whole that are too short.

    Equal rows have equal sums with all others, so the sums of one do for its copies, too.
    """
    alike: dict[bytes, list[int]] = {}
    for i in np.flatnonzero(near.is_torn()).tolist():
        own = slice(rows.starts[i], rows.starts[i + 1])
        row = rows.columns[own].tobytes() + rows.values[own].tobytes()
        alike.setdefault(row, []).append(i)
    firsts = {copies[0]: copies for copies in alike.values()}
    for some, sums in all_sums(rows, np.array(list(firsts), np.int64)):
        for first, row in zip(some.tolist(), sums, strict=True):
            for i in firsts[first]:
                row[first], row[i] = row[i], 0  # None is near to itself.
                near.put(i, row)
                row[i], row[first] = row[first], 0


def placed(keys: Ints, places: Ints) -> Ints:
    """Keys with positions as they are now; those of gone documents EMPTY."""
    shifts = np.append(places - np.arange(len(places)) << 1, 0)  # The last one is for EMPTY.
    is_gone = np.append(places < 0, True)
    at = np.minimum(positions_of(keys), len(places))
    return np.where(is_gone[at], EMPTY, keys + shifts[at])
