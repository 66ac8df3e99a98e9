"""The ranking kept up is the ranking made anew, whatever changed in between."""

import mmap
import random
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from versus import machine
from versus.related import Doc, Ranked, Reading, kept, rank, reading
from versus.related import ranking as flow

WORDS = ("log", "stream", "batch", "table", "queue", "cache", "index", "shard", "model", "graph")
PRODUCTS = ("Kafka", "Flink", "Spark", "Pulsar", "Redis", "C++", "Node.js", "Apache Kafka")
SENTENCES = st.lists(st.sampled_from(WORDS + PRODUCTS), max_size=12).map(" ".join)
KEYS = [f"d{i:02}" for i in range(24)]

DOCS = st.builds(
    Doc,
    st.just(""),
    SENTENCES,
    text=SENTENCES,
    tags=st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    subjects=st.lists(st.sampled_from(PRODUCTS), max_size=3, unique=True).map(tuple),
    published=st.none() | st.integers(1, 9).map(lambda day: datetime(2026, 1, day, tzinfo=UTC)),
    criteria=st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    pinned=st.just(()) | st.lists(st.sampled_from(KEYS), max_size=2).map(tuple),
    exclude=st.just(frozenset()) | st.frozensets(st.sampled_from(KEYS), max_size=2),
    limit=st.none() | st.integers(0, 4),
    is_ours=st.booleans() | st.just(True),
)
SHELVES = st.dictionaries(st.sampled_from(KEYS), DOCS, max_size=20)
"""Documents on a shelf, by the keys that `on` gives them."""


def on(shelf: Mapping[str, Doc]) -> dict[str, Doc]:
    return {key: replace(doc, key=key) for key, doc in shelf.items()}


def ranked(
    docs: Mapping[str, Doc], state: bytes | memoryview | None = None, *, include_newer: bool = True
) -> tuple[Ranked, list[str]]:
    """The documents ranked, and those of them that were read."""
    asked: list[str] = []

    def read(keys: Sequence[str]) -> Iterable[Reading]:
        asked.extend(keys)
        return (reading([docs[key]]) for key in keys)

    digests = {key: repr(doc).encode() for key, doc in docs.items()}
    return rank(digests, read, state, limit=3, include_newer=include_newer), asked


def lists(found: Ranked, docs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {key: found.to(key) for key in docs}


@pytest.fixture(params=[1024, 2])
def arrays(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Collections of any size are ranked as large ones are, and kept up after any change.

    Few are near each, so that some are not, as in a large collection; and words that more than two
    documents have may be too common to count.
    """
    monkeypatch.setattr("versus.related.arrays.COMMON", request.param)
    monkeypatch.setattr(flow, "FEW", 0)
    monkeypatch.setattr("versus.related.incremental.MUCH", 0)
    for module in ("nearest", "many"):
        monkeypatch.setattr(f"versus.related.{module}.WIDTH", 5)
    monkeypatch.setattr("versus.related.nearest.POOL", 3)
    # What is done piece by piece, to hold less of it at once, takes many pieces.
    monkeypatch.setattr("versus.related.nearest._ROWS", 3)
    monkeypatch.setattr("versus.related.arrays._CHUNK", 3)
    monkeypatch.setattr("versus.related.arrays._TOKENS", 7)


@given(SHELVES, SHELVES, st.booleans())
def test_a_ranking_kept_up_is_the_one_made_anew(
    old: dict[str, Doc], new: dict[str, Doc], include_newer: bool
) -> None:
    before, docs = on(old), on({**old, **new})
    state = b"".join(ranked(before, include_newer=include_newer)[0].state())
    again, asked = ranked(docs, state, include_newer=include_newer)
    anew = ranked(docs, include_newer=include_newer)[0]
    assert lists(again, docs) == lists(anew, docs)
    assert asked == sorted(key for key, doc in docs.items() if before.get(key) != doc)


@pytest.mark.usefixtures("arrays")
@settings(deadline=None, max_examples=50)
@given(st.lists(SHELVES, min_size=2, max_size=4), st.booleans(), st.data())
def test_so_it_is_for_a_large_one_through_one_change_after_the_other(
    shelves: list[dict[str, Doc]], include_newer: bool, data: st.DataObject
) -> None:
    docs: dict[str, Doc] = {}
    state = None
    for shelf in shelves:
        gone = data.draw(st.sets(st.sampled_from(sorted(docs)))) if docs else set()
        docs = {key: doc for key, doc in docs.items() if key not in gone} | on(shelf)
        found = ranked(docs, state, include_newer=include_newer)[0]
        anew = ranked(docs, include_newer=include_newer)[0]
        assert lists(found, docs) == lists(anew, docs)
        state = b"".join(found.state())


def test_what_is_no_state_counts_as_none() -> None:
    docs = on({key: Doc("", f"On {key}", text=f"log {key}") for key in KEYS})
    state = b"".join(ranked(docs)[0].state())
    for other in (b"", b"x", b"12345678901234\n{}", state[:-8], state[:60], b"y" + state[1:]):
        found, asked = ranked(docs, other)
        assert asked == KEYS
        assert lists(found, docs) == lists(ranked(docs)[0], docs)
    assert ranked(docs, memoryview(state))[1] == []
    assert ranked(docs, state, include_newer=False)[1] == KEYS


def test_a_state_of_other_code_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Releases in the making share a version."""
    docs = on({key: Doc("", f"On {key}", text=f"log {key}") for key in KEYS})
    state = b"".join(ranked(docs)[0].state())
    shutil.copytree(machine.PACKAGE / "related", tmp_path / "related")
    monkeypatch.setattr(machine, "PACKAGE", tmp_path)
    try:
        for change, asked in ((b"", []), (b"# Another way to rank.\n", KEYS)):
            with (tmp_path / "related" / "lists.py").open("ab") as file:
                file.write(change)
            kept._ranked_by.cache_clear()
            assert ranked(docs, state)[1] == asked
    finally:
        kept._ranked_by.cache_clear()


def edited(docs: dict[str, Doc], chance: random.Random) -> dict[str, Doc]:
    """A collection in which one document is edited, removed, renamed, copied or retitled."""
    key, other = chance.sample(sorted(docs), 2)
    doc, found = docs[key], dict(docs)
    change = chance.choice(("text", "title", "remove", "rename", "copy", "subjects"))
    if change in ("remove", "rename"):
        del found[key]
    if change == "rename":
        found[f"{key}-"] = replace(doc, key=f"{key}-")
    elif change == "text":
        found[key] = replace(doc, text=doc.text[:20] + docs[other].text[20:])
    elif change == "title":
        found[key] = replace(doc, title=docs[other].title + " again")
    elif change == "copy":
        found[key] = replace(docs[other], key=key)
    elif change == "subjects":
        found[key] = replace(doc, subjects=docs[other].subjects)
    return found


@pytest.mark.usefixtures("arrays")
@pytest.mark.parametrize("seed", range(2))
def test_so_it_is_edit_by_edit(seed: int) -> None:
    chance = random.Random(seed)
    docs = {}
    for i in range(200):
        pair = tuple(f"Tool{n}" for n in chance.sample(range(40), 2)) if i % 2 else ()
        words = chance.sample([f"{word}{n}" for word in WORDS for n in range(8)], 6)
        docs[f"d{i:03}"] = Doc(f"d{i:03}", " vs ".join(pair), "", " ".join(words), (), pair)
    state = None
    for _ in range(8):
        found = ranked(docs, state)[0]
        assert lists(found, docs) == lists(ranked(docs)[0], docs)
        state, docs = b"".join(found.state()), edited(docs, chance)


@pytest.mark.usefixtures("arrays")
def test_a_state_may_be_a_mapped_file_which_is_held_only_where_it_is_used(tmp_path: Path) -> None:
    docs = on({key: Doc("", f"On {key}", text=f"log {key}") for key in KEYS})
    file = tmp_path / "state"
    file.write_bytes(b"".join(ranked(docs)[0].state()))
    docs["d03"] = replace(docs["d03"], text="stream d04")
    with file.open("rb") as opened:
        mapped = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    assert lists(ranked(docs, mapped)[0], docs) == lists(ranked(docs)[0], docs)


@pytest.mark.usefixtures("arrays")
def test_keeping_up_does_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    docs = on({key: Doc("", f"On {key}", text=f"log {key}") for key in KEYS})
    state = b"".join(ranked(docs)[0].state())
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)  # To import it is an error now.
    docs["d03"] = replace(docs["d03"], text="stream d04")
    found, asked = ranked(docs, state)
    assert asked == ["d03"]
    assert "d04" in found.to("d03")
    with pytest.raises(ImportError):
        ranked(docs)
