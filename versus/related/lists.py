"""Which posts each list gets: a choice for each document, then a fair share of lists for each post.

In: what is near what, and in which order each document asks. Out: for each document the posts that
it lists, as positions. A post that too many ask for keeps those that it suits best, and the others
ask for their next one (the stable assignment of Gale and Shapley, which does not depend on who asks
first). Then short lists are filled, and posts that nobody lists get one place.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import isnan

from versus.related.keys import EMPTY, LOW, key_of, position_of
from versus.related.orders import PREFIX, Orders, Settings, Space, Wanted
from versus.related.tokens import Reading, Rows
from versus.related.weights import CAP, EACH_SIDE


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
        self._judged: set[int] = set()
        self._closed: set[int] = set()
        """Lists that give no place with care any more: they gave one, or their sides need all."""

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
        same = self._space.same
        texts, singles = set(same.values()), len(self._chosen) - len(same)

        def is_open(i: int) -> bool:
            """Whether there may be a post that says what no other one of a list says."""
            listed = (i, *self._pinned(i), *self._chosen[i])
            return not texts <= self._said(i) or singles > sum(j not in same for j in listed)

        for i in needy:
            for careful in (True, False):
                if careful and not is_open(i):
                    continue
                for _ in range(len(queue)):
                    if self._free[i] <= 0:
                        break
                    j = queue[0]
                    queue.rotate(-1)
                    if self._suits(i, j, careful=careful):
                        self._choose(i, j)
                        if careful and not is_open(i):
                            break

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
        same = self._space.same
        said = self._said(i)
        for _ in range(len(queue)):
            j = queue[0]
            queue.rotate(-1)
            if self._listed[j] >= self._cap or (j in same and same[j] in said):
                continue
            if self._suits(i, j, careful=False):  # What the list says was looked at just now.
                victim = self._victim(i, j, careful=True)
                if victim is None:
                    return
                self._swap(i, victim, j)
                said = self._said(i)
                count -= 1
                if not count:
                    return

    def _said(self, i: int) -> set[int]:
        """What a list says already, by the first post that says it."""
        same = self._space.same
        return {same[j] for j in (*self._pinned(i), *self._chosen[i]) if j in same}

    def _repair(self) -> None:
        """Give each of our posts that stands in no list one place, where it suits best."""
        own = [i for i, ours in enumerate(self._reading.ours) if ours]
        unlisted = [j for j in own if not self._listed[j]]
        givers = {i for i in own if next(self._spare(i), None) is not None}
        if not unlisted or not givers:
            return
        covered = self._covered(unlisted)

        @lru_cache(maxsize=64)
        def mates(sides: tuple[int, ...], _on: frozenset[int], _says: int | None) -> _Hosts:
            on = (self._space.on[side] for side in sides)
            return _Hosts(lambda: sorted((set[int]().union(*on) & givers) - self._closed))

        @lru_cache(maxsize=64)
        def everyone(_says: int | None) -> _Hosts:
            return _Hosts(lambda: own)

        for j in unlisted:
            near = [i for i in map(position_of, self._space.near(j)) if i in givers]
            says = self._space.same.get(j)
            some = mates(tuple(self._reading.sides[j]), covered[j], says)
            for hosts, careful in (
                (some.only(near), True),
                (some, True),
                (everyone(says).only(near), False),
                (everyone(says), False),
            ):
                if self._place(j, hosts, careful=careful):
                    break

    def _covered(self, docs: Iterable[int]) -> dict[int, frozenset[int]]:
        """On which sides some documents are, be it only by their titles."""
        found: dict[int, set[int]] = {j: set() for j in docs}
        for side, on in self._space.on.items():
            for j in found.keys() & on:
                found[j].add(side)
        return {j: frozenset(sides) for j, sides in found.items()}

    def _place(self, j: int, hosts: "_Hosts", *, careful: bool) -> bool:
        """Put a post into the first list that takes it."""
        for i in hosts:
            if not self._orders.allows(i, j):
                continue
            victim = self._victim(i, j, careful=careful)
            if victim is not None:
                self._swap(i, victim, j)
                self._kept.add((i, j))
                self._closed.add(i)
                return True
            hosts.refused.add(i)
            if careful and i not in self._judged:
                self._judged.add(i)
                if not any(self._balanced(i, post, None) for post in self._spare(i)):
                    self._closed.add(i)
        return False

    def _swap(self, i: int, victim: int, j: int) -> None:
        del self._chosen[i][victim]
        self._free[i] += 1
        self._listed[victim] -= 1
        self._choose(i, j)

    def _victim(self, i: int, j: int, *, careful: bool) -> int | None:
        """The weakest post of a list that it can spare for another one, and that its sides can."""
        chosen = self._chosen[i]
        if careful and i in self._closed:
            return None
        for victim in self._spare(i):
            if careful and not self._balanced(i, victim, j):
                continue
            if not self._says(j, (*self._pinned(i), *(post for post in chosen if post != victim))):
                return victim
        return None

    def _spare(self, i: int) -> Iterator[int]:
        """The posts of a list that stand elsewhere too, the weakest first."""
        for post in map(position_of, sorted(self._chosen[i].values(), reverse=True)):
            is_needed = self._reading.ours[post] and self._listed[post] < 2
            if not is_needed and (i, post) not in self._kept:
                yield post

    def _balanced(self, i: int, victim: int, j: int | None) -> bool:
        """Whether a list's sides can spare a post for another one; without one, for the best."""
        after = {*self._pinned(i), *self._chosen[i]} - {victim}
        sides = (self._space.on[side] for side in self._reading.sides[i])
        return all(
            victim not in on or len(on & after) + (j is None or j in on) >= EACH_SIDE
            for on in sides
        )


class _Hosts:
    """Lists that may take posts of one kind: posts on the same sides that say the same.

    What a list can spare only gets less, so one that refused a post refuses all of its kind. Those
    that did are not asked again: otherwise each of many copies would ask all.
    """

    def __init__(self, lists: Callable[[], Sequence[int]], refused: set[int] | None = None) -> None:
        self._make = lists
        self._start = 0
        self.refused = set[int]() if refused is None else refused

    def only(self, lists: Sequence[int]) -> "_Hosts":
        """Some of them, by what is known of all."""
        return _Hosts(lambda: lists, self.refused)

    def __iter__(self) -> Iterator[int]:
        lists, refused = self._lists, self.refused
        while self._start < len(lists) and lists[self._start] in refused:
            self._start += 1
        return (i for at in range(self._start, len(lists)) if (i := lists[at]) not in refused)

    @cached_property
    def _lists(self) -> Sequence[int]:
        return self._make()
