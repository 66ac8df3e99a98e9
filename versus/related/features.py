"""What documents ask of each other and offer to each other, as vectors whose product is the score.

A feature is a word, or a name, subject, criterion or tag behind a mark that no word begins with.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from versus.related.docs import Doc, name_of
from versus.related.mentions import mentions
from versus.related.vectors import UNIT, Rarity, Vector, set_vector, text_vector
from versus.related.weights import SCORE, TERMS

MARKS = {"@": "names", "&": "named", "=": "subjects", "%": "criteria", "#": "tags"}
"""The kinds of features by their mark; what has none is a word."""


@dataclass(frozen=True, slots=True)
class Features:
    """A collection as vectors, one of each sort for each document."""

    texts: list[Vector]
    """The words alone, which tell how alike two texts are."""
    asks: list[Vector]
    offers: list[Vector]
    covers: list[frozenset[str]]
    """The subjects that each document is about, be it only by its title."""


def features(docs: Sequence[Doc]) -> Features:
    """The vectors of a collection."""
    counts = [doc.counts() for doc in docs]
    rarity = Rarity(counts)
    texts = [text_vector(found, rarity, TERMS) for found in counts]
    named = mentions(docs, counts)
    del counts
    asks = [_weighted("words", text, "") for text in texts]
    offers = [dict(text) for text in texts]
    names = Rarity(named)
    for i, (doc, found) in enumerate(zip(docs, named, strict=True)):
        said = {n: round(UNIT * names.share(n) * c / (c + 1)) for n, c in found.items()}
        own = dict.fromkeys(doc.names, UNIT)
        asks[i] |= _weighted("names", said, "@") | _weighted("named", own, "&")
        offers[i] |= _marked(own, "@") | _marked(said, "&")
    for mark, of in _SETS.items():
        found_sets = [sorted(set(map(name_of, of(doc))) - {""}) for doc in docs]
        rare = Rarity(found_sets)
        for i, found_set in enumerate(found_sets):
            vector = set_vector(found_set, rare)
            asks[i] |= _weighted(MARKS[mark], vector, mark)
            offers[i] |= _marked(vector, mark)
    return Features(texts, asks, offers, _covers(docs, named))


_SETS: dict[str, Callable[[Doc], Iterable[str]]] = {
    "=": lambda doc: doc.subjects,
    "%": lambda doc: doc.criteria,
    "#": lambda doc: doc.tags,
}


def _weighted(kind: str, vector: Vector, mark: str) -> Vector:
    weight = SCORE[kind]
    return {mark + name: round(weight * value) for name, value in vector.items()}


def _marked(vector: Vector, mark: str) -> Vector:
    return {mark + name: value for name, value in vector.items()}


def parts(asks: Vector, offers: Vector) -> dict[str, dict[str, float]]:
    """A score by kind and feature: what of it each word, name, subject, criterion and tag adds."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for feature, value in asks.items():
        if feature in offers and value * offers[feature]:
            kind = MARKS.get(feature[0], "words")
            name = feature[1:] if kind != "words" else feature
            found[kind][name] = value * offers[feature] / (UNIT * UNIT)
    return dict(found)


def _covers(docs: Sequence[Doc], named: Sequence[dict[str, int]]) -> list[frozenset[str]]:
    subjects = {side for doc in docs for side in doc.sides}
    found = []
    for doc, inside in zip(docs, named, strict=True):
        title = f" {name_of(doc.title)} "
        headline = {name for name in inside.keys() & subjects if f" {name} " in title}
        found.append(frozenset(headline.union(doc.sides)))
    return found
