"""The ranking of plain documents: what every collection may rely on, and how good it is at least."""

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from versus.related import Doc, rank_docs, reading
from versus.related.docs import words
from versus.related.lists import Lists
from versus.related.many import anew
from versus.related.plain import Few
from versus.related.ranking import FEW
from versus.related.vectors import Rarity, text_vector
from versus.related.weights import CAP

WORDS = ("log", "stream", "batch", "table", "queue", "cache", "index", "shard", "model", "graph")
PRODUCTS = ("Kafka", "Flink", "Spark", "Pulsar", "Redis", "C++", "Node.js")

SENTENCES = st.lists(st.sampled_from(WORDS + PRODUCTS), max_size=12).map(" ".join)
BODIES = st.tuples(
    SENTENCES,
    SENTENCES,
    st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    st.lists(st.sampled_from(PRODUCTS), max_size=3, unique=True).map(tuple),
    st.booleans(),
)
COLLECTIONS = st.lists(BODIES, max_size=24).map(
    lambda bodies: [
        Doc(f"d{i:02}", title, "", text, tags, subjects, is_ours=ours or i % 3 > 0)
        for i, (title, text, tags, subjects, ours) in enumerate(bodies)
    ]
)


def lists(docs: list[Doc], *, limit: int = 6, jobs: int = 1) -> dict[str, tuple[str, ...]]:
    ranking = rank_docs(docs, limit=limit, jobs=jobs)
    return {doc.key: ranking.to(doc.key) for doc in docs}


def by_key(docs: list[Doc]) -> Callable[[str], Doc]:
    return {doc.key: doc for doc in docs}.__getitem__


def versus(*names: str, key: str = "", text: str = "", day: int = 1) -> Doc:
    title = " vs ".join(names)
    published = datetime(2026, 1, day, tzinfo=UTC)
    return Doc(key or title, title, "", text, (), names, published)


def shelf(count: int, *, copies: int = 0, texts: int = 0, subject: str = "") -> list[Doc]:
    """Comparisons of made products: one in `copies` is the first one, or all are so many texts."""
    chance = random.Random(1)
    docs = []
    for i in range(count):
        one, other = chance.sample(range(count), 2)
        text = " ".join(chance.choices(WORDS, k=20))
        docs.append(versus(subject or f"Tool{one}", f"Tool{other}", key=f"{i:04}", text=text))
    if texts:
        return [replace(docs[i % texts], key=doc.key) for i, doc in enumerate(docs)]
    return [
        replace(docs[0], key=d.key) if copies and i % copies == 0 else d for i, d in enumerate(docs)
    ]


@given(COLLECTIONS, st.integers(0, 5))
def test_no_list_has_the_document_itself_or_a_post_twice_or_too_many(
    docs: list[Doc], limit: int
) -> None:
    found = lists(docs, limit=limit)
    for doc in docs:
        listed = found[doc.key]
        assert doc.key not in listed
        assert len(set(listed)) == len(listed)
        assert len(listed) == (min(limit, len(docs) - 1) if doc.is_ours else 0)


@given(COLLECTIONS, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(docs: list[Doc], chance: random.Random) -> None:
    shuffled = docs.copy()
    chance.shuffle(shuffled)
    assert lists(docs, limit=3) == lists(shuffled, limit=3)


@given(COLLECTIONS, st.integers(2, 6))
def test_every_article_is_in_a_list_where_there_are_places_for_all(
    docs: list[Doc], limit: int
) -> None:
    ours = [Doc(d.key, d.title, "", d.text, d.tags, d.subjects) for d in docs]
    found = lists(ours, limit=limit)
    if len(ours) > 1:
        assert {key for listed in found.values() for key in listed} == {d.key for d in ours}


@given(COLLECTIONS)
def test_pure_python_and_arrays_find_the_same(docs: list[Doc]) -> None:
    found = reading(sorted(docs, key=lambda doc: doc.key))
    few, many = Few(found), anew(found, jobs=1)
    assert {side: on for side, on in few.on.items() if on} == many.on
    assert few.same == many.same
    for i in range(len(docs)):
        assert few.near(i) == many.near(i)
        for j in range(i):
            assert few.parts(i, j) == many.parts(i, j)
            assert few.score(i, j) == many.score(j, i)


def test_a_word_that_an_eighth_of_a_large_collection_has_is_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    docs = [Doc(f"{i:02}", f"On {i}", text="rare" if i < 8 else "often") for i in range(64)]
    found = reading(docs)
    assert anew(found, jobs=1).score(62, 63)
    monkeypatch.setattr("versus.related.arrays.COMMON", 8)
    assert anew(found, jobs=1).score(0, 1)
    assert not anew(found, jobs=1).score(62, 63)


@pytest.mark.parametrize("words", [WORDS, WORDS[:2]], ids=["unlike", "alike"])
def test_a_large_collection_is_ranked_as_a_small_one(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    chance = random.Random(1)
    docs = [
        versus(
            *chance.sample(PRODUCTS, 2), key=f"{i:04}", text=" ".join(chance.choices(words, k=20))
        )
        for i in range(FEW + 50)
    ]
    by_arrays = lists(docs)
    assert lists(docs, jobs=2) == by_arrays
    monkeypatch.setattr("versus.related.ranking.FEW", len(docs))
    assert lists(docs) == by_arrays


def test_so_it_is_where_one_text_in_three_is_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    docs = shelf(FEW + 50, copies=3)
    by_arrays = lists(docs)
    monkeypatch.setattr("versus.related.ranking.FEW", len(docs))
    assert lists(docs) == by_arrays


HARD: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "every second text is a copy": ({"copies": 2}, {}, 6),
    "all are copies": ({"copies": 1}, {}, 6),
    "there are fewer texts than places in a list": ({"texts": 3}, {}, 6),
    "all pin the same": ({}, {"pinned": tuple(f"{i:04}" for i in range(6))}, 6),
    "all pin the same and have one place left": (
        {},
        {"pinned": tuple(f"{i:04}" for i in range(6))},
        7,
    ),
    "all are about one subject and list one post": (
        {"subject": "Kafka"},
        {},
        1,
    ),
    "nobody lists anything": ({}, {"limit": 0}, 6),
}
"""Collections in which many posts find no place at once: how they are made, their wishes, limits."""


@pytest.mark.parametrize("name", HARD)
def test_twice_the_posts_that_find_no_place_ask_about_twice_the_lists(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made, wishes, limit = HARD[name]
    asked = Counter[int]()

    def count(name: str) -> None:
        method = getattr(Lists, name)

        def counted(self: Lists, *arguments: Any, **options: Any) -> Any:
            asked[size] += 1
            return method(self, *arguments, **options)

        monkeypatch.setattr(Lists, name, counted)

    count("_victim")
    count("_suits")
    for size in (170, 340):
        lists([replace(doc, **wishes) for doc in shelf(size, **made)], limit=limit)
    assert asked[340] <= 3 * max(asked[170], 340)


@given(st.text("abA1+#_- é’\n.İß·") | st.text())
def test_words_are_found_the_same_by_the_short_way(text: str) -> None:
    assert words(text) == re.findall(r"[^\W_]+[+#]*", text.casefold())


def test_an_article_on_two_subjects_lists_posts_on_each_of_them() -> None:
    popular = [versus("Kafka", f"Tool{i}", text="log stream " * 5) for i in range(30)]
    rare = [versus("Flink", f"Engine{i}", text="batch table") for i in range(3)]
    article = versus("Kafka", "Flink", text="log stream " * 9)
    listed = lists([article, *popular, *rare])[article.key]
    assert sum("Kafka" in key for key in listed) >= 2
    assert sum("Flink" in key for key in listed) >= 2


def test_so_it_does_where_everyone_wants_the_same_posts_on_a_popular_subject() -> None:
    chance = random.Random(4)
    names = [f"Tool{i}" for i in range(40)]
    weights = [1 / (i + 1) for i in range(len(names))]
    pairs = {tuple(sorted(chance.choices(names, weights, k=2))) for _ in range(400)}
    docs = [versus(one, two) for one, two in sorted(pairs) if one != two]
    on = {name: {doc.key for doc in docs if name in doc.subjects} for name in names}
    found = lists(docs)
    for doc in docs:
        for name in doc.subjects:
            assert len(on[name].intersection(found[doc.key])) >= min(2, len(on[name]) - 1)
    assert max(Counter(key for listed in found.values() for key in listed).values()) <= 6 * CAP


def test_a_post_without_subjects_is_on_a_side_by_its_title() -> None:
    posts = [Doc(f"p{i}", f"Running Flink, part {i}", is_ours=False) for i in range(2)]
    others = [versus("Kafka", f"Tool{i}") for i in range(9)]
    article = versus("Kafka", "Flink")
    assert {"p0", "p1"} <= set(lists([article, *others, *posts])[article.key])


def test_nobody_stands_in_hundreds_of_lists() -> None:
    star = Doc("star", "Kafka", "", "log stream queue")
    fans = [Doc(f"f{i:03}", f"n{i}", "", f"Kafka w{i}") for i in range(60)]
    rest = [Doc(f"r{i:03}", f"m{i}", "", f"v{i // 9} u{i}") for i in range(140)]
    degrees = Counter(
        key for listed in lists([star, *fans, *rest], limit=3).values() for key in listed
    )
    assert degrees["star"] > 2 * CAP
    assert max(degrees.values()) <= 3 * CAP
    assert len(degrees) == 201


def test_an_article_that_is_like_no_other_gets_one_place() -> None:
    docs = [versus("Kafka", f"Tool{i}", text=f"log stream {WORDS[i]}") for i in range(10)]
    lonely = Doc("z", "Bread", "", "flour and water")
    found = lists([*docs, lonely], limit=2)
    hosts = [key for key, listed in found.items() if "z" in listed]
    assert len(hosts) == 1
    reasons = rank_docs([*docs, lonely], limit=2).why(hosts[0], by_key([*docs, lonely]))[-1].reasons
    assert reasons == ("nothing in common: it fills the list", "stands in no other list")


def test_of_two_posts_that_say_the_same_a_list_has_one() -> None:
    text = "log stream batch table queue cache"
    copies = [Doc(f"copy{i}", "Log stream batch", "", text) for i in range(2)]
    others = [Doc(f"o{w}", f"On {w}", "", f"{w} and o{w}") for w in WORDS]
    article = Doc("a", "Kafka at length", "", text + " and more")
    listed = lists([article, *copies, *others], limit=4)["a"]
    assert len({"copy0", "copy1"} & set(listed)) == 1


def test_a_shared_subject_outweighs_a_tag_and_a_name_outweighs_a_word() -> None:
    article = Doc("a", "Kafka vs Flink", "", "log stream", ("data",), ("Kafka", "Flink"))
    named = Doc("named", "Weekly notes", "", "We moved from Kafka", ())
    worded = Doc("worded", "Monthly notes", "", "We moved from that stream", ())
    tagged = Doc("tagged", "Other things", "", "nothing of it", ("data",))
    subject = Doc("subject", "Kafka vs Pulsar", "", "topics", (), ("Kafka", "Pulsar"))
    noise = [Doc(f"n{w}", w, "", w) for w in WORDS[3:]]
    listed = lists([article, named, worded, tagged, subject, *noise], limit=4)["a"]
    assert listed.index("subject") < listed.index("tagged")
    assert listed.index("named") < listed.index("worded")


def test_without_newer_ones_an_article_lists_older_ones_only() -> None:
    docs = [versus("Kafka", f"Tool{i}", day=i + 1) for i in range(12)]
    ranking = rank_docs(docs, limit=3, include_newer=False)
    for i, doc in enumerate(docs):
        listed = ranking.to(doc.key)
        assert len(listed) == min(3, i)
        assert all(int(key.rsplit("Tool", 1)[1]) < i for key in listed)


def test_pins_come_first_and_excluded_posts_never_even_to_fill_a_list() -> None:
    docs = [Doc(w, w, "", w, pinned=("table", "log"), exclude=frozenset({"log"})) for w in WORDS]
    for key, listed in lists(docs, limit=9).items():
        assert "log" not in listed
        assert listed[0] == ("table" if key != "table" else listed[0])
        assert len(listed) == (9 if key == "log" else 8)


def test_equally_good_posts_come_by_name() -> None:
    docs = [Doc(key, "One title", "", f"word{key}") for key in "cabd"]
    assert lists(docs)["b"] == ("a", "c", "d")


def test_reasons_say_what_two_articles_share() -> None:
    one = Doc("a", "Kafka vs Flink", "", "", ("streaming",), ("Kafka", "Flink"), criteria=("Cost",))
    two = Doc("b", "Kafka vs C++", "", "", ("streaming",), ("Kafka", "C++"), criteria=("Cost",))
    noise = [Doc(w, w, "", w) for w in WORDS]
    pick = rank_docs([one, two, *noise]).why("a", by_key([one, two, *noise]))[0]
    assert pick.key == "b"
    assert {"both compare Kafka", "shares 'streaming'", "both look at 'Cost'"} <= set(pick.reasons)
    assert pick.score == pytest.approx(sum(pick.parts.values()), abs=0.01)


def test_editing_one_text_leaves_the_vectors_of_most_others_as_they_were() -> None:
    chance = random.Random(2)
    counts = [Counter(chance.choices([f"w{i}" for i in range(300)], k=40)) for _ in range(400)]
    rarity = Rarity(counts)
    before = [text_vector(found, rarity, 64) for found in counts]
    counts[0] += Counter({"w1": 1, "new": 1})
    del counts[0][next(iter(counts[0]))]
    rarity = Rarity(counts)
    after = [text_vector(found, rarity, 64) for found in counts]
    assert sum(x == y for x, y in zip(before, after, strict=True)) > 300


SHELF = {
    "kafka-flink": ("Kafka vs Flink", "A log that stores events and an engine that computes on streams."),
    "kafka-pulsar": ("Kafka vs Pulsar", "Two logs for events: partitions, brokers and tiers of storage."),
    "flink-spark": ("Flink vs Spark", "Engines for streams and batches, with state and checkpoints."),
    "etl-elt": ("ETL vs ELT", "Transform before loading a warehouse, or after, in SQL."),
    "lake-warehouse": ("Data lake vs data warehouse", "Files in a lake, tables in a warehouse for SQL."),
    "dbt-sqlmesh": ("dbt vs SQLMesh", "SQL models that transform tables inside of a warehouse."),
    "docker-podman": ("Docker vs Podman", "Containers with a daemon, or without root and daemon."),
    "helm-kustomize": ("Helm vs Kustomize", "Charts or overlays to deploy containers on Kubernetes."),
    "k8s-nomad": ("Kubernetes vs Nomad", "Two schedulers for containers on a cluster of machines."),
}  # fmt: skip
"""A tiny shelf of three themes, three articles each."""


def test_each_theme_of_a_shelf_finds_itself() -> None:
    docs = [Doc(key, title, "", text) for key, (title, text) in SHELF.items()]
    found = lists(docs, limit=2)
    order = list(SHELF)
    hits = sum(
        order.index(other) // 3 == order.index(key) // 3
        for key, listed in found.items()
        for other in listed
    )
    assert hits >= 13, found  # By chance it would be 4 or 5.
