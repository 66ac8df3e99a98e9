"""Related posts: which other articles and posts belong below an article.

In: an article and its library. Out: candidates, best first. Similarity is TF-IDF over weighted
fields; ties are broken by slug or URL, so that the same content always gives the same list.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from versus.excerpt import description
from versus.library import Entry, Library
from versus.model import Article, Moment, default_text
from versus.outline import markdown_fields

WEIGHTS: Mapping[str, float] = {"title": 3.0, "subjects": 3.0, "tags": 2.0, "text": 1.0}
"""How much a word counts by the field it stands in."""

_WORD = re.compile(r"[^\W_]+(?:[+#]+|(?:['.-][^\W_]+)*)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that a related block may list; `key` is its slug or its URL."""

    key: str
    title: str
    excerpt: str
    published: Moment | None
    slug: str | None
    """The article's slug; None for a post from elsewhere."""


class Related:
    """Ranks a library's articles and posts for each other."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def to(self, entry: Entry) -> tuple[Candidate, ...]:
        """An article's related posts: the pinned ones in their order, then the most similar."""
        wishes, settings = entry.article.related, self._library.site.related
        limit = settings.limit if wishes.limit is None else wishes.limit
        excluded = {self._key(name) for name in wishes.exclude} | {entry.slug}
        pinned = [k for k in dict.fromkeys(map(self._key, wishes.pinned)) if k in self._candidates]
        ranked = (key for key, _score in self._ranked(entry.slug))
        chosen = dict.fromkeys(k for k in [*pinned, *ranked] if k not in excluded)
        return tuple(self._candidates[key] for key in list(chosen)[:limit])

    def _key(self, name: str) -> str:
        """A name that a writer gave to a post, as its key: a slug, or a whole URL."""
        slug = unicodedata.normalize("NFC", name)
        if slug in self._library.entries:
            return slug
        url = urljoin(self._library.site.base_url, name)
        return self._slugs_by_url.get(url, url)

    @cached_property
    def _slugs_by_url(self) -> dict[str, str]:
        return {self._library.url(entry.slug): entry.slug for entry in self._library.live}

    @cached_property
    def _candidates(self) -> dict[str, Candidate]:
        edition = self._library.site.edition_names[0]
        found = {}
        for entry in self._library.live:
            excerpt = description(entry.article, edition)
            found[entry.slug] = Candidate(
                entry.slug, entry.title, excerpt, entry.article.published, entry.slug
            )
        for post in self._library.posts:
            url = self._library.post_url(post)
            if url not in self._slugs_by_url:
                found[url] = Candidate(url, post.title, post.excerpt or "", post.published, None)
        return found

    @cached_property
    def _vectors(self) -> dict[str, dict[str, float]]:
        """Each candidate's words with their TF-IDF weights, scaled to length one."""
        counts = {entry.slug: words_of(entry.article) for entry in self._library.live}
        for post in self._library.posts:
            url = self._library.post_url(post)
            if url in self._candidates:
                fields = {
                    "title": post.title,
                    "tags": " ".join(post.tags),
                    "text": post.excerpt or "",
                }
                counts[url] = _weighted(fields.items())
        return vectors(counts)

    @cached_property
    def _postings(self) -> dict[str, list[tuple[str, float]]]:
        postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for key, vector in self._vectors.items():
            for word, value in vector.items():
                postings[word].append((key, value))
        return postings

    def _ranked(self, slug: str) -> list[tuple[str, float]]:
        """All candidates by cosine similarity, the name breaking ties."""
        scores: dict[str, float] = dict.fromkeys(self._candidates, 0.0)
        for word, value in self._vectors.get(slug, {}).items():
            for key, other in self._postings[word]:
                scores[key] += value * other
        return sorted(scores.items(), key=lambda item: (-round(item[1], 9), item[0]))


def vectors(documents: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Documents' words with their TF-IDF weights, each document scaled to length one."""
    frequency = Counter(word for words in documents.values() for word in words)
    total = len(documents)
    found = {}
    for key, words in documents.items():
        vector = {
            word: (1 + math.log(weight)) * math.log((1 + total) / (1 + frequency[word]))
            for word, weight in words.items()
        }
        length = math.sqrt(math.fsum(value * value for value in vector.values())) or 1.0
        found[key] = {word: value / length for word, value in vector.items() if value}
    return found


def words_of(article: Article) -> dict[str, float]:
    """An article's words with how much they count, by the fields that they stand in."""
    fields = [
        ("title", default_text(article.title)),
        ("subjects", " ".join(default_text(s.name) for s in article.subjects)),
        ("tags", " ".join(article.tags)),
        *(("text", text) for _path, text in markdown_fields(article, "default")),
    ]
    return _weighted(fields)


def _weighted(fields: Iterable[tuple[str, str]]) -> dict[str, float]:
    words: dict[str, float] = defaultdict(float)
    for name, text in fields:
        for word in _WORD.findall(text.casefold()):
            words[word] += WEIGHTS[name]
    return words
