"""How good related posts are, and what they cost: on collections with known links, and on made ones.

    python bench/related.py docs.jsonl.gz FOLDER ...       quality, beside simpler methods
    python bench/related.py --made 1000 --made 10000       made comparison articles, time and memory
    python bench/related.py --hard 10000                   those that are hardest to give lists to

A collection is JSON lines (`.jsonl`, `.jsonl.gz`, or a folder of them), each an object with `id`,
`title`, `text`, `tags`, `links` (ids) and perhaps `excerpt`. nDCG@6 and recall@6 are means over the
documents that have links; coverage is the share of documents that some list has, "most" the
largest number of lists with one document. CPU and memory are those of all processes, the memory
with the documents themselves.
"""

import argparse
import gzip
import itertools
import json
import math
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from measuring import memory
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from versus.related import Doc, rank_docs
from versus.related.docs import words
from versus.related.vectors import Rarity, Vector, scaled, text_vector
from versus.related.weights import WORDS

PLACES = 6

Lists: TypeAlias = Mapping[str, Sequence[str]]
"""For each document, by its id, the ids that it lists."""


@dataclass(frozen=True)
class Corpus:
    """Documents and the links between them that people made."""

    docs: tuple[Doc, ...]
    links: Mapping[str, frozenset[str]]


def read(path: Path) -> Corpus:
    """A file or a folder of files as a corpus; links to what is not there are left out."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    rows = [row for file in files if ".jsonl" in file.suffixes for row in _rows(file)]
    known = {row["id"] for row in rows}
    docs = (
        Doc(
            row["id"],
            row.get("title") or "",
            row.get("excerpt") or "",
            row.get("text") or "",
            tuple(row.get("tags") or ()),
        )
        for row in rows
    )
    links = {r["id"]: frozenset(r.get("links") or ()) & known - {r["id"]} for r in rows}
    return Corpus(tuple(docs), links)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opener: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def ours(docs: Sequence[Doc], limit: int = PLACES) -> Lists:
    """The related posts of Versus."""
    ranked = rank_docs(docs, limit=limit, jobs=os.cpu_count() or 1)
    return {doc.key: ranked.to(doc.key) for doc in docs}


def tags(docs: Sequence[Doc]) -> Lists:
    """An index of tags as Hugo's: the number of shared tags."""
    vectors = [dict.fromkeys(doc.tags, 1) for doc in docs]
    return _nearest(docs, vectors, vectors)


def _counts(doc: Doc) -> Counter[str]:
    """A document's words, each counted by the weight of the field that it stands in."""
    found = Counter(words(f"{doc.excerpt}\n{doc.text}"))
    for text, times in (
        (doc.title, WORDS["title"]),
        ("\n".join(doc.subjects), WORDS["subjects"]),
    ):
        for word in words(text):
            found[word] += times
    return found


def tfidf(docs: Sequence[Doc]) -> Lists:
    """The cosine of TF-IDF over title, excerpt and text, every word kept."""
    counts = list(map(_counts, docs))
    rarity = Rarity(counts)
    vectors = [text_vector(found, rarity) for found in counts]
    return _nearest(docs, vectors, vectors)


def bm25(docs: Sequence[Doc]) -> Lists:
    """The cosine of BM25's weights (k1 1.2, b 0.75)."""
    counts = list(map(_counts, docs))
    rarity = Rarity(counts)
    mean = sum(found.total() for found in counts) / (len(counts) or 1) or 1
    vectors = []
    for found in counts:
        norm = 1.2 * (0.25 + 0.75 * found.total() / mean)
        weights = {w: round(1000 * rarity.of[w] * 2.2 * c / (c + norm)) for w, c in found.items()}
        vectors.append(scaled({word: weight for word, weight in weights.items() if weight}))
    return _nearest(docs, vectors, vectors)


def _nearest(docs: Sequence[Doc], asks: Sequence[Vector], offers: Sequence[Vector]) -> Lists:
    """The exact nearest of each by the product of two vectors, the earlier one first of equals."""
    ids: dict[str, int] = {}
    left, right = _matrix(asks, ids), _matrix(offers, ids)
    left.resize((len(docs), len(ids)))
    right.resize((len(docs), len(ids)))
    right = right.T.tocsr()
    found = sp_matmul_topn(left, right, top_n=4 * PLACES)
    lists = {}
    for i, doc in enumerate(docs):
        row = found[[i]]
        if row.nnz == 4 * PLACES and np.sort(row.data)[-PLACES - 1] == row.data.min():
            row = left[[i]] @ right  # There may be more that are as good as these.
        best = sorted(zip((-row.data).tolist(), row.indices.tolist(), strict=True))
        lists[doc.key] = [docs[j].key for _score, j in best if j != i][:PLACES]
    return lists


def _matrix(vectors: Sequence[Vector], ids: dict[str, int]) -> csr_matrix:
    ends = np.cumsum([0, *map(len, vectors)])
    columns = [ids.setdefault(word, len(ids)) for vector in vectors for word in vector]
    values = np.array([value for vector in vectors for value in vector.values()], np.int64)
    return csr_matrix((values, np.array(columns, np.int32), ends), (len(vectors), len(ids)))


METHODS: Mapping[str, Callable[[Sequence[Doc]], Lists]] = {
    "tag index, as Hugo's": tags,
    "BM25": bm25,
    "TF-IDF": tfidf,
    "Versus": ours,
}


def ndcg(links: Mapping[str, frozenset[str]], lists: Lists) -> float:
    """Normalized discounted cumulative gain of the first six, the mean over linked documents."""
    gains = [1 / math.log2(place + 2) for place in range(PLACES)]
    return _mean(
        sum(g for g, key in zip(gains, lists[doc], strict=False) if key in wanted)
        / sum(gains[: len(wanted)])
        for doc, wanted in links.items()
        if wanted
    )


def recall(links: Mapping[str, frozenset[str]], lists: Lists) -> float:
    """The share of a document's links among the first six, the mean over linked documents."""
    return _mean(
        len(wanted.intersection(lists[doc][:PLACES])) / len(wanted)
        for doc, wanted in links.items()
        if wanted
    )


def in_degrees(lists: Lists) -> Counter[str]:
    """In how many lists each document stands."""
    return Counter(key for listed in lists.values() for key in listed)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def made(count: int, words: int, seed: int = 5) -> tuple[Doc, ...]:
    """Comparison articles on pairs of products of a catalogue: the same for the same numbers.

    Twenty products make up a kind. A text is drawn from words of its two products, of their kind
    and of all kinds, the frequent ones more often.
    """
    draw = random.Random(seed)
    common = [_word(draw) for _ in range(2000)]
    kinds = []
    for _ in range(max(2, count // 80)):
        products = [
            _word(draw).title() + draw.choice(("DB", "Flow", " Cloud", "")) for _ in range(20)
        ]
        kinds.append((_word(draw), products, [_word(draw) for _ in range(60)]))
    own: dict[str, list[str]] = {}
    pairs = [(kind, pair) for kind in kinds for pair in itertools.combinations(kind[1], 2)]
    draw.shuffle(pairs)
    docs = []
    for i, ((kind, _all, jargon), (one, two)) in enumerate(pairs[:count]):
        for product in (one, two):
            own.setdefault(product, [_word(draw) for _ in range(12)])
        text: list[str] = []
        for name, share in ((one, own[one]), (two, own[two])):
            text += [name] * (words // 40) + draw.choices(share, k=words // 12)
        text += draw.choices(jargon, k=words // 5)
        text += (common[int(2000 * draw.random() ** 3)] for _ in range(words - len(text)))
        draw.shuffle(text)
        title = f"{one} vs {two}"
        docs.append(Doc(f"a{i:06}", title, "", " ".join(text), (kind,), subjects=(one, two)))
    return tuple(docs)


def _word(draw: random.Random) -> str:
    return "".join(
        draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(draw.randint(2, 4))
    )


def sharing(docs: Sequence[Doc], lists: Lists) -> tuple[float, float]:
    """The share of listed posts that share a subject, and of lists with two on each side.

    Only articles count where that is possible.
    """
    subjects = {doc.key: frozenset(doc.subjects) for doc in docs}
    holders = Counter(name for doc in docs for name in subjects[doc.key])
    shared, sided = [], []
    for doc in docs:
        listed = lists[doc.key]
        others = [holders[name] - 1 for name in subjects[doc.key]]
        if sum(others) >= PLACES:
            shared.append(sum(bool(subjects[doc.key] & subjects[k]) for k in listed) / PLACES)
        if min(others) >= 2:
            sides = (sum(name in subjects[k] for k in listed) for name in subjects[doc.key])
            sided.append(float(min(sides) >= 2))
    return _mean(shared), _mean(sided)


def _quality(path: Path) -> None:
    corpus = read(path)
    linked = sum(bool(wanted) for wanted in corpus.links.values())
    print(f"\n{path.name}: {len(corpus.docs):,} documents, {linked:,} with links")
    print(f"{'method':22} {'nDCG@6':>8} {'recall@6':>9} {'coverage':>9} {'most':>6} {'s':>7}")
    for name, method in METHODS.items():
        lists, seconds, _cpu_seconds = _timed(method, corpus.docs)
        degrees = in_degrees(lists)
        cover, most = len(degrees) / len(corpus.docs), max(degrees.values(), default=0)
        scores = f"{ndcg(corpus.links, lists):8.3f} {recall(corpus.links, lists):9.3f}"
        print(f"{name:22} {scores} {cover:9.3f} {most:6} {seconds:7.1f}", flush=True)


Hardship: TypeAlias = tuple[Callable[[Sequence[Doc]], list[Doc]], int]
"""What becomes of made articles, and how many posts each is to list."""


def _copies(of: int) -> Callable[[Sequence[Doc]], list[Doc]]:
    return lambda docs: [
        replace(docs[0], key=doc.key) if i % of == 0 else doc for i, doc in enumerate(docs)
    ]


def _on_one(docs: Sequence[Doc]) -> list[Doc]:
    return [
        replace(doc, subjects=("Kafka", doc.subjects[1]), title=f"Kafka vs {doc.subjects[1]}")
        for doc in docs
    ]


def _pinning(count: int) -> Callable[[Sequence[Doc]], list[Doc]]:
    return lambda docs: [replace(doc, pinned=tuple(d.key for d in docs[:count])) for doc in docs]


HARD: Mapping[str, Hardship] = {
    "as made": (list, PLACES),
    "as made, 1 a list": (list, 1),
    "nobody lists any": (list, 0),
    "all say the same": (_copies(1), PLACES),
    "half say the same": (_copies(2), PLACES),
    "three texts in all": (
        lambda docs: [replace(docs[i % 3], key=doc.key) for i, doc in enumerate(docs)],
        PLACES,
    ),
    "all on one subject": (_on_one, PLACES),
    "the same, 1 a list": (_on_one, 1),
    "the same five pinned": (_pinning(5), PLACES),
    "the same six pinned": (_pinning(6), PLACES),
}


def _measured(name: str, count: int, words: int) -> tuple[tuple[float, ...], float, float]:
    """One method on made articles, in a process of its own: its figures, and what it took."""
    docs = made(count, words)
    lists, wall, cpu = _timed(METHODS[name], docs)
    return (*sharing(docs, lists), *_spread(lists, len(docs))), wall, cpu


def _measured_hard(name: str, count: int, words: int) -> tuple[tuple[float, ...], float, float]:
    """A hard collection, in the same way."""
    make, limit = HARD[name]
    docs = make(made(count, words))
    lists, wall, cpu = _timed(partial(ours, limit=limit), docs)
    return (math.nan, math.nan, *_spread(lists, len(docs))), wall, cpu


def _timed(
    method: Callable[[Sequence[Doc]], Lists], docs: Sequence[Doc]
) -> tuple[Lists, float, float]:
    """What a method lists, and its seconds on the clock and of processors."""
    begun, cpu = time.perf_counter(), _cpu()
    lists = method(docs)
    return lists, time.perf_counter() - begun, _cpu() - cpu


def _spread(lists: Lists, count: int) -> tuple[float, float]:
    degrees = in_degrees(lists)
    return len(degrees) / count, max(degrees.values(), default=0)


def _cpu() -> float:
    """The seconds of processors that this process and the ended ones of its own took."""
    return sum(os.times()[:4])


def _memory(pid: int) -> float:
    """The megabytes of a process and all of its own; what they share counts once."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # It has ended, or this is not Linux.
        return 0
    return memory(pid) + sum(_memory(int(child)) for child in children)


Measure: TypeAlias = Callable[[str, int, int], tuple[tuple[float, ...], float, float]]


def _cost(measure: Measure, count: int, words: int, names: Iterable[str]) -> None:
    print(f"\n{count:,} made comparison articles of {words} words")
    heads = ("share", "sides", "coverage", "most", "s", "CPU s", "peak MB")
    print(f"{'method':22}" + "".join(f" {head:>9}" for head in heads))
    for name in names:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
            pid = executor.submit(os.getpid).result()
            found = executor.submit(measure, name, count, words)
            peak = 0.0
            while not found.done():
                peak = max(peak, _memory(pid))
                time.sleep(0.1)
        (shared, sided, cover, most), wall, cpu = found.result()
        quality = "".join(f" {'' if math.isnan(x) else f'{x:.3f}':>9}" for x in (shared, sided))
        print(
            f"{name:22}{quality} {cover:9.3f} {most:9.0f} {wall:9.1f} {cpu:9.1f} {peak:9.0f}",
            flush=True,
        )


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description="Measure related posts.")
    parser.add_argument("corpora", nargs="*", type=Path, metavar="FILE|FOLDER")
    parser.add_argument("--made", action="append", type=int, default=[], metavar="COUNT")
    parser.add_argument("--hard", action="append", type=int, default=[], metavar="COUNT")
    parser.add_argument("--words", type=int, default=300, help="of each made article")
    parser.add_argument("--only", choices=METHODS, help="one method instead of all")
    asked = parser.parse_args()
    if not (asked.corpora or asked.made or asked.hard):
        parser.error("name a collection, or --made COUNT")
    for path in asked.corpora:
        if not path.exists():
            parser.error(f"there is no {path}")
        _quality(path)
    for count in asked.made:
        _cost(_measured, count, asked.words, [asked.only] if asked.only else METHODS)
    for count in asked.hard:
        _cost(_measured_hard, count, asked.words, HARD)


if __name__ == "__main__":
    main()
