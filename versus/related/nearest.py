"""The documents nearest to each: exact, by an inverted index or by a sparse product.

In: for each document two vectors, what it asks for and what it offers. Out: for each document the
others with the highest product of its asking and their offering. Products are whole numbers, so
both ways give the same, which a property test asserts.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from versus.related.vectors import Vector

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Nearest: TypeAlias = list[tuple[int, int]]
"""Other documents, as their position and score; best first, the earlier one first of equals."""

FEW = 400
"""Up to so many documents pure Python is done before SciPy is imported."""

_ROWS = 4096
"""How many documents are compared with all others at a time."""


def nearest(
    asks: Sequence[Vector], offers: Sequence[Vector], count: int, jobs: int
) -> list[Nearest]:
    """The `count` best others of each document, without those that share nothing with it."""
    if len(asks) <= FEW:
        return by_index(asks, offers, count)
    return by_product(asks, offers, count, jobs)


def by_index(asks: Sequence[Vector], offers: Sequence[Vector], count: int) -> list[Nearest]:
    """With an index from each feature to the documents that offer it."""
    index: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for i, vector in enumerate(offers):
        for feature, value in vector.items():
            index[feature].append((i, value))
    found = []
    for i, vector in enumerate(asks):
        scores: dict[int, int] = defaultdict(int)
        for feature, value in vector.items():
            for j, other in index.get(feature, ()):
                scores[j] += value * other
        scores.pop(i, None)
        found.append(_best(scores.items(), count))
    return found


def _best(scores: Any, count: int) -> Nearest:
    positive = ((j, score) for j, score in scores if score > 0)
    return heapq.nsmallest(count, positive, key=lambda item: (-item[1], item[0]))


def by_product(
    asks: Sequence[Vector], offers: Sequence[Vector], count: int, jobs: int
) -> list[Nearest]:
    """With sparse_dot_topn, which keeps only the best of each row while it multiplies."""
    from sparse_dot_topn import sp_matmul_topn

    ids: dict[str, int] = {}
    left, right = _matrix(asks, ids), _matrix(offers, ids)
    left.resize((len(asks), len(ids)))
    right.resize((len(offers), len(ids)))
    right = right.T.tocsr()
    keep = min(count + 2, len(offers))  # The document itself is among them, and one to spare.
    found: list[Nearest] = []
    for start in range(0, len(asks), _ROWS):
        rows = left[start : start + _ROWS]
        best = sp_matmul_topn(rows, right, top_n=keep, sort=True, n_threads=_threads(jobs))
        for i, (columns, values) in enumerate(_rows(best)):
            row = columns, values
            if len(values) == keep and _is_torn(values, columns, start + i, count):
                whole = (rows[[i]] @ right).tocsr()
                row = whole.indices, whole.data
            scores = zip(*(numbers.tolist() for numbers in row), strict=True)
            found.append(_best([item for item in scores if item[0] != start + i], count))
    return found


def _is_torn(values: Any, columns: Any, own: int, count: int) -> bool:
    """Whether documents that are as good as the last one kept may have been left out."""
    others = values[columns != own]
    return len(others) >= count and bool(others[count - 1] == values.min())


def _threads(jobs: int) -> int | None:
    from sparse_dot_topn import _has_openmp_support

    return jobs if jobs > 1 and _has_openmp_support else None


def _matrix(vectors: Sequence[Vector], ids: dict[str, int]) -> "csr_matrix":
    import numpy as np
    from scipy.sparse import csr_matrix

    ends = np.zeros(len(vectors) + 1, dtype=np.int32)
    np.cumsum([len(vector) for vector in vectors], out=ends[1:])
    features = chain.from_iterable(vectors)
    columns = np.fromiter((ids.setdefault(f, len(ids)) for f in features), np.int32, int(ends[-1]))
    values = chain.from_iterable(vector.values() for vector in vectors)
    data = np.fromiter(values, np.int32, int(ends[-1]))
    return csr_matrix((data, columns, ends), shape=(len(vectors), len(ids)))


def _rows(matrix: Any) -> Iterator[tuple[Any, Any]]:
    for start, end in zip(matrix.indptr, matrix.indptr[1:], strict=False):
        yield matrix.indices[start:end], matrix.data[start:end]
