"""Which posts each list gets: a choice for each document, then a fair share of lists for each post.

In: documents, their text vectors and the nearest of each. Out: for each document the posts that it
lists, as positions. Each document asks for posts in an order of its own, in which the subjects
take turns and what is like an earlier one comes later; a post that too many ask for keeps those
that it suits best, and the others ask for their next one (the stable assignment of Gale and
Shapley, which does not depend on who asks first). Then short lists are filled, and posts that
nobody lists get one place.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from versus.related.docs import Doc
from versus.related.nearest import Nearest
from versus.related.vectors import UNIT, Vector, dot
from versus.related.weights import CAP, DIVERSITY, EACH_SIDE, SAME_POST, SCORE

_SAME = round(SAME_POST * UNIT * UNIT)
_PATIENCE = 64
"""How many of the posts with the fewest lists are looked at for one free place."""


@dataclass(slots=True)
class Chosen:
    """A document's list while it is made: posts by position, each with its score."""

    limit: int
    pinned: tuple[int, ...] = ()
    scores: dict[int, int] = field(default_factory=dict)
    """What is chosen, beside the pinned ones."""
    kept: set[int] = field(default_factory=set)
    """Posts that stand here because they stand nowhere else."""

    @property
    def all(self) -> tuple[int, ...]:
        """The pinned posts in their order, then the best; the earlier one first of equals."""
        return (*self.pinned, *sorted(self.scores, key=lambda j: (-self.scores[j], j)))

    @property
    def is_full(self) -> bool:
        """Whether no place is left."""
        return len(self.pinned) + len(self.scores) >= self.limit


class Lists:
    """Makes all lists of a collection. Documents are known by their position."""

    def __init__(
        self,
        docs: Sequence[Doc],
        texts: Sequence[Vector],
        covers: Sequence[frozenset[str]],
        pools: Sequence[Nearest],
        score: Callable[[int, int], int],
        *,
        limit: int,
        include_newer: bool,
    ) -> None:
        self._docs, self._texts, self._covers, self._pools = docs, texts, covers, pools
        self._score, self._include_newer = score, include_newer
        self._cap = CAP * max(limit, 1)
        positions = {doc.key: i for i, doc in enumerate(docs)}
        self._excluded = [
            {positions[key] for key in (doc.key, *doc.exclude) if key in positions} for doc in docs
        ]
        self._chosen = [self._empty(i, positions, limit) for i in range(len(docs))]
        self._places = [0] * len(docs)
        """In how many lists each post stands."""
        self._by_side: dict[str, list[int]] = defaultdict(list)
        for i, sides in enumerate(covers):
            for side in sides:
                self._by_side[side].append(i)

    def _empty(self, i: int, positions: dict[str, int], limit: int) -> Chosen:
        doc = self._docs[i]
        places = (limit if doc.limit is None else doc.limit) if doc.is_ours else 0
        pinned = (positions[key] for key in doc.pinned if key in positions)
        allowed = (j for j in pinned if j not in self._excluded[i])
        return Chosen(places, tuple(dict.fromkeys(allowed))[:places])

    def make(self) -> list[Chosen]:
        """Each document's list."""
        self._assign()
        for chosen in self._chosen:
            for j in chosen.all:
                self._places[j] += 1
        self._fill()
        self._repair()
        return self._chosen

    def _may_list(self, i: int, j: int) -> bool:
        return (
            j not in self._excluded[i]
            and j not in self._chosen[i].pinned
            and (self._include_newer or not self._is_newer(j, i))
        )

    def _is_newer(self, j: int, i: int) -> bool:
        mine, other = self._docs[i].published, self._docs[j].published
        return mine is not None and (other is None or other > mine)

    def _is_same(self, j: int, others: Sequence[int]) -> bool:
        return any(dot(self._texts[j], self._texts[other]) >= _SAME for other in others)

    def wanted(self, i: int) -> Iterator[tuple[int, int]]:
        """What a document asks for, in its order: posts with their scores.

        Each of its subjects has a turn, then the best of all, and so on. Of two posts that say the
        same the later one is not asked for.
        """
        left = [(j, score) for j, score in self._pools[i] if self._may_list(i, j)]
        sides = self._docs[i].sides if len(self._docs[i].sides) > 1 else ()
        left += self._more(i, sides, left)
        taken = list(self._chosen[i].pinned)
        likeness = dict.fromkeys((j for j, _score in left), (0, 0))
        while left:
            turns = sorted(sides, key=lambda side: sum(side in self._covers[j] for j in taken))
            for side in (*turns, None):
                choice = self._next(side, left, likeness, taken)
                if choice is not None:
                    left.remove(choice)
                    taken.append(choice[0])
                    yield choice

    def _more(
        self, i: int, sides: Sequence[str], left: Sequence[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Posts on a subject that the nearest are short of."""
        found: dict[int, None] = {}
        for side in sides:
            near = {j for j, _score in left if side in self._covers[j]}
            if len(near) < 2 * EACH_SIDE:
                own = (j for j in self._by_side[side] if j not in near and self._may_list(i, j))
                found |= dict.fromkeys(own)
        known = {j for j, _score in left}
        scored = ((j, self._score(i, j)) for j in found if j not in known)
        return sorted(scored, key=lambda item: (-item[1], item[0]))

    def _next(
        self,
        side: str | None,
        left: list[tuple[int, int]],
        likeness: dict[int, tuple[int, int]],
        taken: Sequence[int],
    ) -> tuple[int, int] | None:
        """The best post on a side by maximal marginal relevance; those that are doubles go."""
        best, most = None, 0
        doubles = []
        for choice in left:
            j, score = choice
            value = (100 - DIVERSITY) * score
            if best is not None and value <= most:
                break  # The rest has lower scores, and likeness only lowers a value.
            if side is not None and side not in self._covers[j]:
                continue
            alike, seen = likeness[j]
            if best is not None and value - _unlike(alike) <= most:
                continue  # Likeness only grows while a list does.
            for other in taken[seen:]:
                alike = max(alike, dot(self._texts[j], self._texts[other]))
            likeness[j] = (alike, len(taken))
            if alike >= _SAME:
                doubles.append(choice)
                continue
            value -= _unlike(alike)
            if best is None or value > most:
                best, most = choice, value
        for choice in doubles:
            left.remove(choice)
        return best

    def _assign(self) -> None:
        """Give out the places: each post to those that it suits best, up to its cap."""
        asking = {i: self.wanted(i) for i, c in enumerate(self._chosen) if not c.is_full}
        holders: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        waiting = deque(asking)
        while waiting:
            i = waiting.popleft()
            chosen = self._chosen[i]
            while not chosen.is_full:
                choice = next(asking[i], None)
                if choice is None:
                    break
                j, score = choice
                heapq.heappush(holders[j], (*self._merit(i, score), i))
                chosen.scores[j] = score
                if len(holders[j]) > self._cap:
                    loser = heapq.heappop(holders[j])[-1]
                    del self._chosen[loser].scores[j]
                    if loser != i:
                        waiting.append(loser)

    def _merit(self, i: int, score: int) -> tuple[int, int]:
        """Whom a post prefers: the one that it suits best, or else who comes first.

        Where old lists must not change for new articles, the older article goes first.
        """
        published = self._docs[i].published
        if self._include_newer or published is None:
            return (score if self._include_newer else -1 << 62), -i
        return -round(published.timestamp()), -i

    def _fill(self) -> None:
        """Fill what is short with the posts that stand in the fewest lists."""
        heap = [(count, j) for j, count in enumerate(self._places)]
        heapq.heapify(heap)
        for i, chosen in enumerate(self._chosen):
            while not chosen.is_full:
                j = self._least_listed(i, heap)
                if j is None:
                    break
                chosen.scores[j] = self._score(i, j)
                self._places[j] += 1
                heapq.heappush(heap, (self._places[j], j))

    def _least_listed(self, i: int, heap: list[tuple[int, int]]) -> int | None:
        passed, found, double = [], None, None
        listed = self._chosen[i].all
        while heap and found is None:
            count, j = heapq.heappop(heap)
            if count != self._places[j]:
                continue  # An older entry of this post.
            if j in listed or not self._may_list(i, j):
                passed.append((count, j))
            elif not self._is_same(j, listed):
                found = j
            else:
                passed.append((count, j))
                double = j if double is None else double
            if len(passed) > _PATIENCE and double is not None:
                break
        if found is None and double is not None:
            found = double
            passed = [item for item in passed if item[1] != double]
        for item in passed:
            heapq.heappush(heap, item)
        return found

    def _repair(self) -> None:
        """Give each of our posts that stands in no list one place, where it suits best."""
        orphans = [j for j, doc in enumerate(self._docs) if doc.is_ours and not self._places[j]]
        hosts: dict[int, dict[int, int]] = {j: {} for j in orphans}
        for i, pool in enumerate(self._pools):
            for j, score in pool:
                if j in hosts:
                    hosts[j][i] = score
        for j in orphans:
            near = hosts[j] | {i: self._score(i, j) for i, _score in self._pools[j]}
            order = sorted(near, key=lambda i: (-near[i], i))
            if not self._place(j, order):
                self._place(j, range(len(self._docs)))

    def _place(self, j: int, hosts: Sequence[int]) -> bool:
        for careful in (True, False):
            for i in hosts:
                chosen = self._chosen[i]
                if not self._docs[i].is_ours or not self._may_list(i, j):
                    continue
                victim = self._victim(i, j, careful=careful)
                if victim is not None:
                    del chosen.scores[victim]
                    self._places[victim] -= 1
                    chosen.scores[j] = self._score(i, j)
                    chosen.kept.add(j)
                    self._places[j] += 1
                    return True
        return False

    def _victim(self, i: int, j: int, *, careful: bool) -> int | None:
        """The weakest post of a list that stands elsewhere too and that its sides can spare."""
        chosen = self._chosen[i]
        if careful and chosen.kept:
            return None  # One is enough for a list.
        for victim in reversed(chosen.all[len(chosen.pinned) :]):
            if victim in chosen.kept or (self._docs[victim].is_ours and self._places[victim] < 2):
                continue
            rest = [other for other in chosen.all if other != victim]
            if careful and not self._balanced(i, victim, [*rest, j]):
                continue
            if not self._is_same(j, rest):
                return victim
        return None

    def _balanced(self, i: int, victim: int, after: Sequence[int]) -> bool:
        sides = self._docs[i].sides
        return all(
            side not in self._covers[victim]
            or sum(side in self._covers[other] for other in after) >= EACH_SIDE
            for side in sides
        )


def _unlike(alike: int) -> int:
    """What a choice loses for being like a post that is listed already."""
    return round(DIVERSITY * SCORE["words"] * alike)
