"""Which posts each list gets: a choice for each document, then a fair share of lists for each post.

In: what is near what. Out: for each document the posts that it lists, as positions. Each document
asks for posts in an order of its own, in which its subjects take turns. A post that too many ask
for keeps those that it suits best, and the others ask for their next one (the stable assignment of
Gale and Shapley, which does not depend on who asks first). Then short lists are filled, and posts
that nobody lists get one place.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import isnan
from typing import Protocol, TypeAlias

from versus.related.tokens import Reading, Rows
from versus.related.weights import CAP, EACH_SIDE

Scored: TypeAlias = list[tuple[int, int]]
"""Documents, as their position and score."""


PREFIX = 16
"""So much of an order is kept; the rest is made again for the few who ask for it."""


class Wanted(Protocol):
    """The beginnings of the orders in which documents ask for posts."""

    def __getitem__(self, i: int) -> Scored: ...

    def __setitem__(self, i: int, order: Scored) -> None: ...


class Space(Protocol):
    """What is related to what in a collection."""

    @property
    def on(self) -> Mapping[int, set[int]]:
        """The documents on each subject, be it only by their titles."""

    @property
    def same(self) -> Mapping[int, int]:
        """For each document that says the same as another the first one that says it."""

    def near(self, i: int) -> Scored:
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
        self._limits: dict[int, int] = {}
        for key, wishes in reading.wishes.items():
            i = positions[key]
            excluded = {positions[other] for other in wishes.exclude if other in positions}
            pins = (positions[pin] for pin in wishes.pinned if pin in positions and pin != key)
            allowed = dict.fromkeys(pin for pin in pins if pin not in excluded)
            self._excluded[i] = excluded
            if wishes.limit is not None:
                self._limits[i] = wishes.limit
            self.pinned[i] = tuple(allowed)[: self.limit(i)]

    def limit(self, i: int) -> int:
        """How many posts a document lists."""
        return self._limits.get(i, self._settings.limit) if self._reading.ours[i] else 0

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

    def of(self, i: int) -> Scored:
        """What a document asks for.

        Every post has a place among the nearest, and one on each side that it is on; the best one
        counts. So the best of each side come first, then the second ones, and so on. Of posts that
        say the same only the nearest is asked for.
        """
        near, same = self._space.near(i), self._space.same
        if self._limits or self._excluded or not self._settings.include_newer:
            near = [item for item in near if self.allows(i, item[0])]
        if same:
            near = _singles(near, same, self.pinned.get(i, ()))
        sides = self._reading.sides[i]
        if len(sides) < 2:
            return near
        queues = [self._space.on[side] for side in sides]
        places = [0] * len(queues)
        found = []
        for best, (j, score) in enumerate(near):
            place = best
            for k, queue in enumerate(queues):
                if j in queue:
                    place = min(place, places[k])
                    places[k] += 1
            found.append((place, -score, j))
        found.sort()
        return [(j, -lost) for _place, lost, j in found]


def _singles(near: Scored, same: Mapping[int, int], taken: Iterable[int]) -> Scored:
    seen = {same[j] for j in taken if j in same}
    found = []
    for j, score in near:
        if j in same:
            if same[j] in seen:
                continue
            seen.add(same[j])
        found.append((j, score))
    return found


@dataclass(frozen=True, slots=True)
class Made:
    """All lists of a collection."""

    lists: Rows
    """For each document the posts that it lists."""
    kept: Set[tuple[int, int]]
    """Documents with a post that they list because nobody else does."""


class Lists:
    """Makes all lists of a collection."""

    def __init__(
        self,
        reading: Reading,
        space: Space,
        orders: Orders,
        wanted: Wanted,
        settings: Settings,
    ) -> None:
        self._reading, self._space, self._orders = reading, space, orders
        self._wanted, self._settings = wanted, settings
        self._cap = CAP * max(settings.limit, 1)
        self._chosen: list[dict[int, int]] = [{} for _ in reading.keys]
        """What is chosen for each list beside its pinned posts, with the scores."""
        self._listed = [0] * len(reading)
        """In how many lists each post stands."""
        self._kept: set[tuple[int, int]] = set()

    def make(self) -> Made:
        """Each document's list: the pinned posts in their order, then the best."""
        self._assign()
        for i, chosen in enumerate(self._chosen):
            for j in (*self._pinned(i), *chosen):
                self._listed[j] += 1
        self._fill()
        self._repair()
        lists = Rows()
        for i in range(len(self._chosen)):
            lists.append(self._list(i))
        return Made(lists, self._kept)

    def _list(self, i: int) -> tuple[int, ...]:
        chosen = self._chosen[i]
        return (*self._pinned(i), *sorted(chosen, key=lambda j: (-chosen[j], j)))

    def _pinned(self, i: int) -> tuple[int, ...]:
        return self._orders.pinned.get(i, ())

    def _free(self, i: int) -> int:
        return self._orders.limit(i) - len(self._pinned(i)) - len(self._chosen[i])

    def _assign(self) -> None:
        """Give out the places: each post to those that it suits best, up to its cap."""
        holders: list[list[tuple[int, int, int]]] = [[] for _ in self._chosen]
        asked = [0] * len(self._chosen)
        waiting = deque(range(len(self._chosen)))
        while waiting:
            i = waiting.popleft()
            chosen, wanted, free = self._chosen[i], self._wanted[i], self._free(i)
            while free > 0:
                if asked[i] == len(wanted) == PREFIX:
                    wanted = self._wanted[i] = self._orders.of(i)
                if asked[i] >= len(wanted):
                    break
                j, score = wanted[asked[i]]
                asked[i] += 1
                heapq.heappush(holders[j], (*self._merit(i, score), i))
                chosen[j] = score
                free -= 1
                if len(holders[j]) > self._cap:
                    loser = heapq.heappop(holders[j])[-1]
                    del self._chosen[loser][j]
                    if loser == i:
                        free += 1
                    else:
                        waiting.append(loser)

    def _merit(self, i: int, score: int) -> tuple[int, int]:
        """Whom a post prefers: the one that it suits best, or else who comes first.

        Where old lists must not change for new articles, the older article goes first.
        """
        if self._settings.include_newer:
            return score, -i
        date = self._reading.dates[i]
        return (-1 << 62 if isnan(date) else -round(date)), -i

    def _fill(self) -> None:
        """Fill what is short with the posts that stand in the fewest lists, one after the other."""
        needy = [i for i in range(len(self._chosen)) if self._free(i) > 0]
        if not needy:
            return
        rank = sorted(range(len(self._chosen)), key=lambda j: (self._listed[j], j))
        queue = deque(rank)
        for i in needy:
            for careful in (True, False):
                for _ in range(len(queue)):
                    if self._free(i) <= 0:
                        break
                    j = queue[0]
                    queue.rotate(-1)
                    if self._suits(i, j, careful=careful):
                        self._chosen[i][j] = self._space.score(i, j)
                        self._listed[j] += 1

    def _suits(self, i: int, j: int, *, careful: bool) -> bool:
        """Whether a post may come into a list; with care none that says what another one says."""
        if j in self._chosen[i] or not self._orders.allows(i, j):
            return False
        return not careful or not self._says(j, (*self._pinned(i), *self._chosen[i]))

    def _says(self, j: int, others: Iterable[int]) -> bool:
        """Whether a post says the same as one of others."""
        same = self._space.same
        return j in same and any(same.get(other) == same[j] for other in others)

    def _repair(self) -> None:
        """Give each of our posts that stands in no list one place, where it suits best."""
        for j, ours in enumerate(self._reading.ours):
            if ours and not self._listed[j]:
                near = [i for i, _score in self._space.near(j)]
                if not self._place(j, near):
                    self._place(j, range(len(self._chosen)))

    def _place(self, j: int, hosts: Sequence[int]) -> bool:
        for careful in (True, False):
            for i in hosts:
                if not self._reading.ours[i] or not self._orders.allows(i, j):
                    continue
                victim = self._victim(i, j, careful=careful)
                if victim is not None:
                    del self._chosen[i][victim]
                    self._listed[victim] -= 1
                    self._chosen[i][j] = self._space.score(i, j)
                    self._listed[j] += 1
                    self._kept.add((i, j))
                    return True
        return False

    def _victim(self, i: int, j: int, *, careful: bool) -> int | None:
        """The weakest post of a list that stands elsewhere too and that its sides can spare."""
        chosen = self._chosen[i]
        if careful and any((i, other) in self._kept for other in chosen):
            return None  # One is enough for a list.
        for victim in sorted(chosen, key=lambda k: (chosen[k], -k)):
            is_needed = self._reading.ours[victim] and self._listed[victim] < 2
            if is_needed or (i, victim) in self._kept:
                continue
            rest = [other for other in self._list(i) if other != victim]
            if careful and not self._balanced(i, victim, [*rest, j]):
                continue
            if not self._says(j, rest):
                return victim
        return None

    def _balanced(self, i: int, victim: int, after: Sequence[int]) -> bool:
        sides = (self._space.on[side] for side in self._reading.sides[i])
        return all(victim not in on or len(on.intersection(after)) >= EACH_SIDE for on in sides)
