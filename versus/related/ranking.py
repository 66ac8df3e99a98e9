"""Ranks a collection of documents for each other, and keeps the ranking up.

The whole of it for a caller:

    digests = {key: digest, ...}               # of every document there is, in any order
    def read(keys): yield reading(docs)        # together exactly the documents asked for
    ranked = rank(digests, read, state, limit=6, include_newer=True, jobs=2)
    ranked.to(key)                             # the keys that a document lists, in their order
    state = b"".join(ranked.state())           # bytes for the next time

A digest stands for everything that a `Doc` holds (texts, title, tags, pins and all): equal digests
mean equal documents. `read` is asked only for documents whose digest the state does not know, for
all without a state, and at most once. What is no state of this version of the ranking and of these
settings counts as none. The lists are always those that a ranking from nothing gives: the same
documents give the same lists on any machine and with any number of workers.

`reading(docs)` turns any number of documents into what the ranking needs of them, in about as many
bytes as their texts. It is plain Python and can be pickled, so workers that hold texts make it,
and nobody has to hold all texts at once; `readings(keys, doc, jobs)` forks such workers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from versus.related.columns import SAME_TEXT, SPREAD, WORD
from versus.related.docs import Doc
from versus.related.kept import Kept, load, save
from versus.related.lists import Lists, Made
from versus.related.orders import PREFIX, Orders, Settings, Space
from versus.related.plain import Few
from versus.related.reasons import Pick, pick
from versus.related.store import Pieces
from versus.related.tokens import Reading, Rows, joined, readings

if TYPE_CHECKING:
    from versus.related.many import Beginnings, Many

FEW = 100
"""Up to so many documents pure Python is done before NumPy is imported."""


class Listed(NamedTuple):
    """The lists of a collection, and nothing of what they were made from."""

    keys: Sequence[str]
    positions: Mapping[str, int]
    lists: Rows

    def to(self, key: str) -> tuple[str, ...]:
        """The keys that a document lists, the pinned ones first."""
        return tuple([self.keys[j] for j in self.lists[self.positions[key]]])

    def row(self, key: str) -> bytes:
        """The same as bytes: equal for equal lists of one collection."""
        return self.lists[self.positions[key]].tobytes()


@dataclass(frozen=True, slots=True)
class Ranked:
    """The lists of a collection, and how they came about."""

    _reading: Reading
    _positions: Mapping[str, int]
    _made: Made
    _settings: Settings
    _space: Callable[[], Space]
    state: Callable[[], Pieces]
    """What spares the next ranking most of the work, as bytes."""

    def to(self, key: str) -> tuple[str, ...]:
        """The keys that a document lists, the pinned ones first."""
        return self.listed.to(key)

    @property
    def listed(self) -> Listed:
        """The lists alone."""
        return Listed(self._reading.keys, self._positions, self._made.lists)

    def alike(self) -> Iterator[tuple[str, str, float]]:
        """Each document that says the same as a first one: both keys, and how much (a cosine)."""
        space = self._space()
        for j, first in sorted(space.same.items()):
            if j != first:
                words = sum(v for c, v in space.parts(first, j).items() if c % SPREAD == WORD)
                cosine = min(1.0, words / SAME_TEXT)  # Rows are rounded.
                yield self._reading.keys[first], self._reading.keys[j], cosine

    def why(self, key: str, doc: Callable[[str], Doc]) -> tuple[Pick, ...]:
        """A document's list with scores and reasons, in the words of the documents."""
        i, keys = self._positions[key], self._reading.keys
        spelled = list(self._reading.vocabulary)
        space = self._space()
        pinned = Orders(self._reading, space, self._settings).pinned.get(i, ())
        return tuple(
            pick(
                (doc(key), doc(keys[j])),
                space.parts(i, j),
                spelled,
                is_pinned=j in pinned,
                is_kept=(i, j) in self._made.kept,
            )
            for j in self._made.lists[i]
        )


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
    return rank_on(load(state), digests, read, Settings(limit, include_newer), jobs)


def rank_on(
    kept: Kept | None,
    digests: Mapping[str, bytes],
    read: Callable[[Sequence[str]], Iterable[Reading]],
    settings: Settings,
    jobs: int,
) -> Ranked:
    """The same on a state that is loaded already."""
    keys = sorted(digests)
    written = {key: digests[key].hex() for key in keys}
    positions = {key: i for i, key in enumerate(keys)}
    if kept is not None and (kept.is_worn or not kept.is_of(settings)):
        kept = None
    if kept is not None and kept.digests == written:
        return Ranked(
            kept.reading, positions, kept.made, settings, kept.space, lambda: [kept.state]
        )
    asked = [key for key in keys if kept is None or kept.digests.get(key) != written[key]]
    known = Reading() if kept is None else kept.reading
    reading = known.updated(joined(read(asked) if asked else (), known.vocabulary), keys)
    if kept is not None:
        kept.let_go()
    words = len(reading.vocabulary) if kept is None else kept.words
    many = None if len(reading) <= FEW else _many(kept, reading, asked, settings, jobs)
    space: Space = many[0] if many else Few(reading)
    orders = Orders(reading, space, settings)
    wanted = many[1] if many else [orders.of(i)[:PREFIX] for i in range(len(reading))]
    made = Lists(reading, space, orders, wanted, settings).make()
    return Ranked(
        reading,
        positions,
        made,
        settings,
        lambda: space,
        lambda: save(reading, written, settings, made, words=words, many=many),
    )


def _many(
    kept: Kept | None, reading: Reading, asked: Sequence[str], settings: Settings, jobs: int
) -> "tuple[Many, Beginnings]":
    """A large collection and what its documents ask for, kept up where that is less work."""
    from versus.related.changes import Change
    from versus.related.incremental import kept_up
    from versus.related.many import Beginnings, anew

    if kept is not None and kept.is_large:
        change = Change.between(kept.reading.keys, reading.keys, asked)
        if found := kept_up(kept.many, reading, change):
            many, again = found
            orders = Orders(reading, many, settings)
            begun = kept.beginnings.moved(change, len(reading))
            kept.let_go()
            return many, begun.ask(again.tolist(), orders.of)
    many = anew(reading, jobs)
    orders = Orders(reading, many, settings)
    return many, Beginnings.empty(len(reading)).ask(range(len(reading)), orders.of)


def rank_docs(
    docs: Iterable[Doc], *, limit: int = 6, include_newer: bool = True, jobs: int = 1
) -> Ranked:
    """The lists of documents that are at hand."""
    by_key = {doc.key: doc for doc in docs}
    return rank(
        dict.fromkeys(by_key, b""),
        lambda keys: readings(keys, by_key.__getitem__, jobs),
        limit=limit,
        include_newer=include_newer,
        jobs=jobs,
    )
