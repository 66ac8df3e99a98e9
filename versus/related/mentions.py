"""Who names whom: the titles and subjects of posts, found in the words of others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from versus.related.docs import Doc
from versus.related.weights import WORDS


def mentions(docs: Sequence[Doc], counts: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """For each document the names of others that stand in it, each with how often it does.

    A name in the title counts as a word there does. Names are looked for by their rarest word, so
    that a text meets only the few names that may stand in it.
    """
    names = dict.fromkeys(name for doc in docs for name in doc.names)
    words = {word for name in names for word in name.split(" ")}
    frequency = dict.fromkeys(words, 0)
    for found in counts:
        for word in found.keys() & words:
            frequency[word] += 1
    by_word: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_word[min(name.split(" "), key=lambda word: (frequency[word], word))].append(name)
    return [_named(doc, found, by_word) for doc, found in zip(docs, counts, strict=True)]


def _named(
    doc: Doc, counts: Mapping[str, int], by_word: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    found: dict[str, int] = {}
    title, rest = (f" {words} " for words in doc.phrases)
    for word in by_word.keys() & counts.keys():
        for name in by_word[word]:
            if name == word:
                found[name] = counts[word]
                continue
            phrase = f" {name} "
            if count := WORDS["title"] * title.count(phrase) + rest.count(phrase):
                found[name] = count
    return found
