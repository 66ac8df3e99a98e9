"""Ranks a collection of documents for each other, and says why.

In: documents, in any order. Out: for each document its list, every post of it with its score, what
makes up the score, and the reasons in words. The same documents give the same lists on any machine
and with any number of workers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from versus.languages import join_names
from versus.related.docs import Doc, name_of
from versus.related.features import Features, features, parts
from versus.related.lists import Chosen, Lists
from versus.related.nearest import nearest
from versus.related.vectors import dot
from versus.related.weights import POOL

_WORDS_TOLD = 3
"""How many of the words that two texts share a reason names."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A post of a list, and how it came there."""

    key: str
    score: float
    parts: Mapping[str, float]
    """What each kind of likeness adds to the score."""
    reasons: tuple[str, ...]
    """The same in words, the strongest first."""
    pinned: bool = False


class Ranking:
    """The lists of all documents of a collection, made when the first one is asked for."""

    def __init__(
        self, docs: Iterable[Doc], *, limit: int = 6, include_newer: bool = True, jobs: int = 1
    ) -> None:
        self._docs = sorted(docs, key=lambda doc: doc.key)
        self._positions = {doc.key: i for i, doc in enumerate(self._docs)}
        self._limit, self._include_newer, self._jobs = limit, include_newer, jobs

    def to(self, key: str) -> tuple[str, ...]:
        """The keys that a document lists, the pinned ones first."""
        return tuple(self._docs[j].key for j in self._lists[self._positions[key]].all)

    def why(self, key: str) -> tuple[Pick, ...]:
        """A document's list with scores and reasons."""
        i = self._positions[key]
        chosen = self._lists[i]
        return tuple(self._pick(i, j, chosen) for j in chosen.all)

    @cached_property
    def _features(self) -> Features:
        return features(self._docs)

    @cached_property
    def _lists(self) -> list[Chosen]:
        known = self._features
        return Lists(
            self._docs,
            known.texts,
            known.covers,
            nearest(known.asks, known.offers, POOL, self._jobs),
            lambda i, j: dot(known.asks[i], known.offers[j]),
            limit=self._limit,
            include_newer=self._include_newer,
        ).make()

    def _pick(self, i: int, j: int, chosen: Chosen) -> Pick:
        found = parts(self._features.asks[i], self._features.offers[j])
        sums = {kind: round(sum(values.values()), 3) for kind, values in found.items()}
        kinds = sorted(found, key=lambda kind: (-sums[kind], kind))
        reasons = [_reason(kind, found[kind], self._docs[i], self._docs[j]) for kind in kinds]
        if not found and j not in chosen.pinned:
            reasons.append("nothing in common: it fills the list")
        if j in chosen.kept:
            reasons.append("stands in no other list")
        if j in chosen.pinned:
            reasons.insert(0, "pinned")
        total = round(sum(sum(values.values()) for values in found.values()), 3)
        return Pick(
            self._docs[j].key,
            total,
            {kind: sums[kind] for kind in kinds},
            tuple(reasons),
            j in chosen.pinned,
        )


def _reason(kind: str, values: Mapping[str, float], mine: Doc, other: Doc) -> str:
    """A part of a score in words; names are told as one of the two writes them."""
    written = {
        name_of(text): text
        for doc in (mine, other)
        for text in (*doc.tags, *doc.criteria, *doc.subjects, doc.title)
    }
    names = [written.get(name, name) for name in sorted(values, key=lambda n: (-values[n], n))]
    quoted = [f"'{name}'" for name in names]
    if kind == "words":
        return "words in common: " + ", ".join(names[:_WORDS_TOLD])
    said = {
        "names": ("this article names", names),
        "named": ("that post names", names),
        "subjects": ("both compare", names),
        "criteria": ("both look at", quoted),
        "tags": ("shares", quoted),
    }
    verb, listed = said[kind]
    return f"{verb} {join_names(listed, 'en')}"
