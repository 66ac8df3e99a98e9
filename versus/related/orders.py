"""In which order each document asks for posts, so that its subjects take turns.

In: what is near what, and what writers wish. Out: for each document keys of posts, best first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Protocol, TypeAlias

from versus.related.keys import LOW, position_of
from versus.related.tokens import Reading

Keys: TypeAlias = Sequence[int]
"""Posts with their scores, by their keys."""

PREFIX = 16
"""So much of an order is kept; the rest is made again for the few who ask for it."""


class Wanted(Protocol):
    """The beginnings of the orders in which documents ask for posts."""

    def __getitem__(self, i: int) -> Keys: ...

    def __setitem__(self, i: int, order: Keys) -> None: ...


class Space(Protocol):
    """What is related to what in a collection."""

    @property
    def on(self) -> Mapping[int, set[int]]:
        """The documents on each subject, be it only by their titles."""

    @property
    def same(self) -> Mapping[int, int]:
        """For each document that says the same as another the first one that says it."""

    def near(self, i: int) -> Keys:
        """Other documents, best first: the nearest, and some on each of its subjects."""

    def score(self, i: int, j: int) -> int:
        """How much two documents have in common."""

    def parts(self, i: int, j: int) -> Mapping[int, int]:
        """The score of two by what they have in common: columns of the second."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a publication says of its lists."""

    limit: int = 6
    include_newer: bool = True


class Orders:
    """In which order each document asks for posts."""

    def __init__(self, reading: Reading, space: Space, settings: Settings) -> None:
        self._reading, self._space, self._settings = reading, space, settings
        positions = {key: i for i, key in enumerate(reading.keys)}
        self.pinned: dict[int, tuple[int, ...]] = {}
        self._excluded: dict[int, set[int]] = {}
        self.limits = {i: 0 for i, ours in enumerate(reading.ours) if not ours}
        """How many posts a document lists, where it is another number than the publication's."""
        for key, wishes in reading.wishes.items():
            i = positions[key]
            excluded = {positions[other] for other in wishes.exclude if other in positions}
            pins = (positions[pin] for pin in wishes.pinned if pin in positions and pin != key)
            allowed = dict.fromkeys(pin for pin in pins if pin not in excluded)
            self._excluded[i] = excluded
            if wishes.limit is not None:
                self.limits.setdefault(i, wishes.limit)
            self.pinned[i] = tuple(allowed)[: self.limits.get(i, settings.limit)]

    def allows(self, i: int, j: int) -> bool:
        """Whether a document may list a post, beside those that it pins."""
        return (
            i != j
            and j not in self._excluded.get(i, ())
            and j not in self.pinned.get(i, ())
            and (self._settings.include_newer or not self._is_newer(j, i))
        )

    def _is_newer(self, j: int, i: int) -> bool:
        mine, other = self._reading.dates[i], self._reading.dates[j]
        return not isnan(mine) and (isnan(other) or other > mine)

    def of(self, i: int) -> Keys:
        """What a document asks for.

        Every post has a place among the nearest, and one on each side that it is on; the best one
        counts. So the best of each side come first, then the second ones, and so on. Of posts that
        say the same only the nearest is asked for.
        """
        near, same = self._space.near(i), self._space.same
        if self._excluded or not self._settings.include_newer:
            near = [key for key in near if self.allows(i, position_of(key))]
        if same:
            near = _singles(near, same, self.pinned.get(i, ()))
        sides = self._reading.sides[i]
        if len(sides) < 2:
            return near
        queues = [self._space.on[side] for side in sides]
        places = [0] * len(queues)
        found = []
        for best, key in enumerate(near):
            place = best
            for k, queue in enumerate(queues):
                if (key & LOW) >> 1 in queue:
                    place = min(place, places[k])
                    places[k] += 1
            found.append((place, key))
        found.sort()
        return [key for _place, key in found]


def _singles(near: Keys, same: Mapping[int, int], taken: Iterable[int]) -> Keys:
    seen = {same[j] for j in taken if j in same}
    found = []
    for key in near:
        if (j := position_of(key)) in same:
            if same[j] in seen:
                continue
            seen.add(same[j])
        found.append(key)
    return found
