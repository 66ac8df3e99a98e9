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

from versus.related.keys import EMPTY, LOW, key_of, position_of
from versus.related.tokens import Reading, Rows
from versus.related.weights import CAP, EACH_SIDE

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
        """The keys of what is chosen for each list beside its pinned posts."""
        self._free = [settings.limit] * len(reading)
        """How many places each list has left."""
        for i, limit in orders.limits.items():
            self._free[i] = limit
        for i, pinned in orders.pinned.items():
            self._free[i] -= len(pinned)
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
        self._balance()
        self._repair()
        lists = Rows()
        for i in range(len(self._chosen)):
            lists.append(self._list(i))
        return Made(lists, self._kept)

    def _list(self, i: int) -> tuple[int, ...]:
        best = [(key & LOW) >> 1 for key in sorted(self._chosen[i].values())]
        return (*self._pinned(i), *best)

    def _pinned(self, i: int) -> tuple[int, ...]:
        return self._orders.pinned.get(i, ())

    def _choose(self, i: int, j: int) -> None:
        self._chosen[i][j] = key_of(self._space.score(i, j), j)
        self._free[i] -= 1
        self._listed[j] += 1

    def _assign(self) -> None:
        """Give out the places: each post to those that it suits best, up to its cap.

        Everybody gets what comes first in its order. Posts that too many have then are taken from
        those that they suit least, who ask on one after the other.
        """
        holders: list[list[int]] = [[] for _ in self._chosen]
        asked = [self._take_first(i, holders) for i in range(len(self._chosen))]
        waiting = deque(i for i, free in enumerate(self._free) if free > 0)
        for j, held in enumerate(holders):
            if len(held) >= self._cap:
                waiting += self._take_away(j, held)
        while waiting:
            i = waiting.popleft()
            wanted = self._wanted[i]
            while self._free[i] > 0:
                if asked[i] == len(wanted) == PREFIX:
                    wanted = self._wanted[i] = self._orders.of(i)
                if asked[i] >= len(wanted) or wanted[asked[i]] == EMPTY:
                    break
                key = wanted[asked[i]]
                asked[i] += 1
                j = (key & LOW) >> 1
                merit = self._merit(i, key) << 32 | LOW - i
                self._chosen[i][j] = key
                self._free[i] -= 1
                if len(holders[j]) < self._cap:
                    holders[j].append(merit)
                    if len(holders[j]) == self._cap:
                        heapq.heapify(holders[j])
                    continue
                loser = LOW - (heapq.heappushpop(holders[j], merit) & LOW)
                del self._chosen[loser][j]
                self._free[loser] += 1
                if loser != i:
                    waiting.append(loser)

    def _take_first(self, i: int, holders: Sequence[list[int]]) -> int:
        """Fill a list with what it asks for first; how many posts these are."""
        wanted = self._wanted[i][: max(self._free[i], 0)]
        if wanted and wanted[-1] == EMPTY:
            wanted = wanted[: wanted.index(EMPTY)]
        for key in wanted:
            j = (key & LOW) >> 1
            self._chosen[i][j] = key
            holders[j].append(self._merit(i, key) << 32 | LOW - i)
        self._free[i] -= len(wanted)
        return len(wanted)

    def _take_away(self, j: int, held: list[int]) -> list[int]:
        """Leave a post to those that it suits best, as many as may have it; who loses it."""
        held.sort(reverse=True)
        losers = [LOW - (merit & LOW) for merit in held[self._cap :]]
        del held[self._cap :]
        heapq.heapify(held)
        for i in losers:
            del self._chosen[i][j]
            self._free[i] += 1
        return losers

    def _merit(self, i: int, key: int) -> int:
        """Whom a post prefers: the one that it suits best, or else who comes first.

        Where old lists must not change for new articles, the older article goes first.
        """
        if self._settings.include_newer:
            return ~(key >> 32)
        date = self._reading.dates[i]
        return -1 << 62 if isnan(date) else -round(date)

    def _fill(self) -> None:
        """Fill what is short with the posts that stand in the fewest lists, one after the other."""
        needy = [i for i, free in enumerate(self._free) if free > 0]
        if not needy:
            return
        queue = deque(sorted(range(len(self._chosen)), key=lambda j: (self._listed[j], j)))
        for i in needy:
            for careful in (True, False):
                for _ in range(len(queue)):
                    if self._free[i] <= 0:
                        break
                    j = queue[0]
                    queue.rotate(-1)
                    if self._suits(i, j, careful=careful):
                        self._choose(i, j)

    def _suits(self, i: int, j: int, *, careful: bool) -> bool:
        """Whether a post may come into a list; with care none that says what another one says."""
        if j in self._chosen[i] or not self._orders.allows(i, j):
            return False
        return not careful or not self._says(j, (*self._pinned(i), *self._chosen[i]))

    def _says(self, j: int, others: Iterable[int]) -> bool:
        """Whether a post says the same as one of others."""
        same = self._space.same
        return j in same and any(same.get(other) == same[j] for other in others)

    def _balance(self) -> None:
        """Give lists that are short of posts on a side those on it that stand in the fewest."""
        queues: dict[int, deque[int]] = {}
        for i, sides in enumerate(map(self._reading.sides.__getitem__, range(len(self._chosen)))):
            for side in sides if len(sides) > 1 else ():
                on = self._space.on[side]
                lacking = EACH_SIDE - len(on.intersection((*self._pinned(i), *self._chosen[i])))
                if lacking <= 0:
                    continue
                if side not in queues:
                    queues[side] = deque(sorted(on, key=lambda j: (self._listed[j], j)))
                self._add(i, queues[side], lacking)

    def _add(self, i: int, queue: deque[int], count: int) -> None:
        """Put so many of a queue into a list, in the place of what its sides can spare."""
        for _ in range(len(queue)):
            j = queue[0]
            queue.rotate(-1)
            if self._listed[j] < self._cap and self._suits(i, j, careful=True):
                victim = self._victim(i, j, careful=True)
                if victim is None:
                    return
                self._swap(i, victim, j)
                count -= 1
                if not count:
                    return

    def _repair(self) -> None:
        """Give each of our posts that stands in no list one place, where it suits best."""
        for j, ours in enumerate(self._reading.ours):
            if ours and not self._listed[j]:
                near = list(map(position_of, self._space.near(j)))
                sides = self._reading.sides[j]
                mates = sorted(set[int]().union(*(self._space.on[side] for side in sides)))
                everyone = range(len(self._chosen))
                ways = ((near, True), (mates, True), (near, False), (everyone, False))
                any(self._place(j, hosts, careful=careful) for hosts, careful in ways)

    def _place(self, j: int, hosts: Sequence[int], *, careful: bool) -> bool:
        for i in hosts:
            if self._reading.ours[i] and self._orders.allows(i, j):
                victim = self._victim(i, j, careful=careful)
                if victim is not None:
                    self._swap(i, victim, j)
                    self._kept.add((i, j))
                    return True
        return False

    def _swap(self, i: int, victim: int, j: int) -> None:
        del self._chosen[i][victim]
        self._free[i] += 1
        self._listed[victim] -= 1
        self._choose(i, j)

    def _victim(self, i: int, j: int, *, careful: bool) -> int | None:
        """The weakest post of a list that stands elsewhere too and that its sides can spare."""
        chosen = self._chosen[i]
        if careful and any((i, other) in self._kept for other in chosen):
            return None  # One is enough for a list.
        for victim in map(position_of, sorted(chosen.values(), reverse=True)):
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
