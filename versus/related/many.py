"""A large collection, as arrays: what is related to what in it.

In: a reading. Out: what `plain.Few` is for a small one, and everything that `incremental` needs to
keep it up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from versus.related.arrays import (
    Ints,
    Matrix,
    Mentions,
    Names,
    Rarities,
    View,
    count_mentions,
    frequencies,
    matrix,
)  # fmt: skip
from versus.related.changes import Change
from versus.related.columns import asked
from versus.related.keys import EMPTY, LOW, key_of, position_of
from versus.related.nearest import WIDTH, Near, all_scores, by_product, mend, placed, positions_of
from versus.related.orders import PREFIX, Keys
from versus.related.plain import short, stars
from versus.related.tokens import Reading
from versus.related.vectors import dot
from versus.related.weights import EACH_SIDE


@dataclass
class Many:
    """A large collection: what is related to what in it."""

    reading: Reading
    frequency: Ints
    """How many documents have each feature."""
    mentions: Mentions
    rows: Matrix
    nearest: Near
    covers: Ints
    """Which document is on which side: pairs packed as one number."""
    more: dict[int, Keys] = field(default_factory=dict)
    """For documents whose nearest are short of posts on a side, the best on it beside them."""

    @cached_property
    def on(self) -> Mapping[int, set[int]]:
        """The documents on each subject, be it only by their titles."""
        found: dict[int, set[int]] = defaultdict(set)
        for pair in self.covers.tolist():
            found[pair & LOW].add(pair >> 32)
        return found

    @cached_property
    def same(self) -> Mapping[int, int]:
        """For each document that says the same as another the first one that says it."""
        pool = self.nearest.pool
        i, place = np.nonzero(pool & 1 & (pool != EMPTY))
        return stars(zip(i.tolist(), positions_of(pool[i, place]).tolist(), strict=True))

    def near(self, i: int) -> Keys:
        """The keys of others, best first: the nearest, and some on each side."""
        pool = [key for key in self.nearest.pool[i].tolist() if key != EMPTY]
        return sorted((*pool, *self.more[i])) if self.more.get(i) else pool

    def score(self, i: int, j: int) -> int:
        """How much two documents have in common."""
        return dot(asked(self._row(i)), self._row(j))

    def parts(self, i: int, j: int) -> dict[int, int]:
        """The score of two by what they have in common: columns of the second."""
        mine, theirs = asked(self._row(i)), self._row(j)
        return {c: mine[c] * theirs[c] for c in mine.keys() & theirs.keys()}

    def _row(self, i: int) -> dict[int, int]:
        _owner, columns, values = self.rows.entries(np.array([i]))
        return dict(zip(columns.tolist(), values.tolist(), strict=True))

    def look_at_sides(self, docs: Iterable[int]) -> None:
        """Find more for those of some documents whose nearest are short of posts on a side."""
        missing: dict[int, tuple[set[int], list[int]]] = {}
        for i in docs:
            self.more.pop(i, None)
            sides = self.reading.sides[i]
            if len(sides) < 2:
                continue
            known = set(map(position_of, self.near(i)))
            if lacking := short(sides, known, self.on):
                self.more[i] = []
                known.add(i)
                if posts := [side for side in lacking if not self.on[side] <= known]:
                    missing[i] = known, posts
        on = {
            side: np.fromiter(self.on[side], np.int64)
            for side in {side for _known, posts in missing.values() for side in posts}
        }
        for some, scores in all_scores(self.rows, np.array(list(missing), np.int64)):
            for i, row in zip(some.tolist(), scores, strict=True):
                known, posts = missing[i]
                best = (_best(row, on[side], known, 2 * EACH_SIDE) for side in posts)
                self.more[i] = sorted(set[int]().union(*best))

    def packed(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Values that JSON can hold, and arrays by their names."""
        arrays = {
            "frequency": self.frequency.astype(np.int32),
            "mentions.docs": self.mentions.docs,
            "mentions.names": self.mentions.names,
            "mentions.counts": self.mentions.counts,
            "rows.starts": self.rows.starts,
            "rows.columns": self.rows.columns,
            "rows.values": self.rows.values,
            "near.keys": self.nearest.keys,
            "near.bounds": self.nearest.bounds,
            "covers": self.covers,
        }
        return {"more": list(self.more.items())}, arrays

    @classmethod
    def unpacked(
        cls, reading: Reading, values: Mapping[str, Any], arrays: Mapping[str, Any]
    ) -> "Many":
        """The collection again."""
        found = {name: np.asarray(numbers) for name, numbers in arrays.items()}
        return cls(
            reading,
            found["frequency"].astype(np.int64),
            Mentions(*(found[f"mentions.{part}"] for part in ("docs", "names", "counts"))),
            Matrix(*(found[f"rows.{part}"] for part in ("starts", "columns", "values"))),
            Near(found["near.keys"].reshape(-1, WIDTH), found["near.bounds"]),
            found["covers"],
            dict(values["more"]),
        )


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The beginnings of the orders in which documents ask for posts."""

    keys: Ints
    whole: dict[int, Keys] = field(default_factory=dict)
    """Those orders that are wanted to the end."""

    @classmethod
    def empty(cls, size: int) -> "Beginnings":
        """Those of so many documents that ask for nothing yet."""
        return cls(np.full((size, PREFIX), EMPTY))

    def __getitem__(self, i: int) -> Keys:
        return self.whole[i] if i in self.whole else self.keys[i].tolist()

    def __setitem__(self, i: int, order: Keys) -> None:
        self.whole[i] = order

    def ask(self, docs: Iterable[int], order: Callable[[int], Keys]) -> "Beginnings":
        """The same with the orders of some documents made again."""
        for i in docs:
            keys = order(i)[:PREFIX]
            self.keys[i, : len(keys)], self.keys[i, len(keys) :] = keys, EMPTY
        return self

    def moved(self, change: Change, size: int) -> "Beginnings":
        """The same where documents are now."""
        found = self.empty(size)
        stayed = change.stayed
        found.keys[change.places[stayed]] = placed(self.keys[stayed], change.places)
        return found

    def packed(self) -> dict[str, Any]:
        """Arrays by their names."""
        return {"orders": self.keys}

    @classmethod
    def unpacked(cls, arrays: Mapping[str, Any]) -> "Beginnings":
        """The same again."""
        return cls(np.asarray(arrays["orders"]).reshape(-1, PREFIX))


def anew(reading: Reading, jobs: int) -> Many:
    """A collection from nothing."""
    view = View(reading)
    everything = np.arange(view.size)
    mentions = view.all_mentions(Names(reading, view.names.values), jobs)
    frequency = frequencies(view, everything, jobs)
    count_mentions(frequency, mentions)
    rows = matrix(view, everything, mentions, Rarities.among(frequency, view.size), jobs)
    nearest = by_product(rows, jobs)
    mend(nearest, rows)
    titled = view.covers(everything, Names(reading, view.sides.values))
    covers = np.union1d(titled, view.own_sides(everything))
    found = Many(reading, frequency, mentions, rows, nearest, covers)
    found.look_at_sides(everything.tolist())
    return found


def _best(scores: Ints, docs: Ints, known: set[int], count: int) -> list[int]:
    """The keys of so many of some documents, the best beside those that are known."""
    keys = key_of(scores[docs], docs)
    most = count + len(known)
    if len(keys) > most:
        keys = np.partition(keys, most - 1)[:most]
    keys.sort()
    return [key for key in keys.tolist() if position_of(key) not in known][:count]
