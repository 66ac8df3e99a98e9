"""The ranking kept up: the lists of a collection of which little has changed since the last time.

The whole of it for a caller:

    digests = {key: digest, ...}               # of every document there is, in any order
    def read(keys): yield reading(docs)        # together exactly the documents asked for
    ranked = rank(digests, read, state, limit=6, include_newer=True, jobs=2)
    ranked.to(key)                             # the keys that a document lists, in their order
    state = ranked.state()                     # bytes for the next time

A digest stands for everything that a `Doc` holds (texts, title, tags, pins and all): equal digests
mean equal documents. `read` is asked only for documents whose digest the state does not know, for
all without a state, and at most once. What is no state of this version of the ranking and of these
settings counts as none. The lists are always those that a ranking from nothing gives.

`reading(docs)` turns any number of documents into what the ranking needs of them, in about as many
bytes as their texts. It is plain Python and can be pickled, so workers that hold texts make it,
and nobody has to hold all texts at once.
"""

import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from versus.related.docs import Doc
from versus.related.ranking import Ranking


@dataclass(frozen=True, slots=True)
class Reading:
    """What the ranking needs of some documents."""

    docs: tuple[Doc, ...]


def reading(docs: Iterable[Doc]) -> Reading:
    """Read documents, in this or any other process."""
    return Reading(tuple(docs))


class Ranked:
    """The lists of a collection."""

    def __init__(self, ranking: Ranking, known: bytes) -> None:
        self._ranking, self._known = ranking, known

    def to(self, key: str) -> tuple[str, ...]:
        """The keys that a document lists, the pinned ones first."""
        return self._ranking.to(key)

    def state(self) -> bytes:
        """What spares the next ranking most of the work."""
        return self._known


def rank(
    digests: Mapping[str, bytes],
    read: Callable[[Sequence[str]], Iterable[Reading]],
    state: bytes | memoryview | None = None,
    *,
    limit: int = 6,
    include_newer: bool = True,
    jobs: int = 1,
) -> Ranked:
    """The lists of all documents, most of the work spared where the state knows them."""
    known: dict[str, tuple[bytes, Doc]] = pickle.loads(state) if state else {}  # noqa: S301
    kept = {key: known[key] for key in digests if key in known and known[key][0] == digests[key]}
    asked = sorted(digests.keys() - kept.keys())
    if asked:
        for found in read(asked):
            kept |= {doc.key: (digests[doc.key], doc) for doc in found.docs}
    docs = [doc for _digest, doc in kept.values()]
    ranking = Ranking(docs, limit=limit, include_newer=include_newer, jobs=jobs)
    return Ranked(ranking, pickle.dumps(kept, 5))
