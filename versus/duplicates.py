"""Articles that say the same thing, and so compete with each other in search.

In: articles. Out: pairs. Equal sets of subjects are a certain case; for others the vectors of the
related block tell (cosine 0.9 and more: measured in the project's notes on related posts, where
shared runs of words find two articles on one pair of subjects only if one is a copy).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from versus.library import Entry
from versus.related import doc_of
from versus.related.vectors import FINE, Rarity, Vector, dot, text_vector
from versus.related.weights import SAME_POST


def same_subjects(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Each article with the first one, in the order of files, that compares the same subjects.

    Neither the order of the subjects nor the case of their names counts: one owner for "A vs B"
    and "B vs A".
    """
    owners: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        names = (name.casefold() for name in entry.summary.subjects)
        owner = owners.setdefault(tuple(sorted(names)), entry)
        if owner is not entry:
            yield entry, owner


def same_words(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry, float]]:
    """Pairs of articles in other words that say the same, with the cosine of their vectors."""
    by_slug = {entry.slug: entry for entry in entries}
    counts = {slug: doc_of(entry).counts() for slug, entry in by_slug.items()}
    rarity = Rarity(counts.values())
    found = {slug: text_vector(words, rarity) for slug, words in counts.items()}
    for first, second, cosine in similar(found, SAME_POST):
        yield by_slug[second], by_slug[first], cosine


def similar(documents: Mapping[str, Vector], least: float) -> Iterator[tuple[str, str, float]]:
    """Every pair of vectors of the length FINE whose cosine is at least `least`, each pair once.

    Two such vectors share one of the heaviest words of either: what remains of a vector without
    them is shorter than `least`, and no product with it can be longer. So only vectors with those
    few words in common are compared, and the work grows with the number of documents.
    """
    postings: dict[str, list[str]] = defaultdict(list)
    longest = max((dot(vector, vector) for vector in documents.values()), default=0)
    for key, vector in documents.items():
        candidates: dict[str, None] = {}
        rest = dot(vector, vector)
        for word, value in sorted(vector.items(), key=lambda item: (-item[1], item[0])):
            if rest * longest < (least * FINE * FINE) ** 2:
                break
            candidates |= dict.fromkeys(postings[word])
            rest -= value * value
        for other in candidates:
            cosine = dot(vector, documents[other]) / (FINE * FINE)
            if cosine >= least:
                yield other, key, cosine
        for word in vector:
            postings[word].append(key)
