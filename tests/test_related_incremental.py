"""The ranking kept up is the ranking made anew, whatever changed in between."""

from collections.abc import Iterable, Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from versus.related import Doc, Ranked, Ranking, Reading, rank, reading

WORDS = ("log", "stream", "batch", "table", "queue", "cache", "index", "shard", "model", "graph")
PRODUCTS = ("Kafka", "Flink", "Spark", "Pulsar", "Redis", "C++", "Node.js")
SENTENCES = st.lists(st.sampled_from(WORDS + PRODUCTS), max_size=12).map(" ".join)

SHELVES = st.dictionaries(
    st.sampled_from([f"d{i:02}" for i in range(20)]),
    st.builds(
        Doc,
        st.just(""),
        SENTENCES,
        text=SENTENCES,
        tags=st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
        subjects=st.lists(st.sampled_from(PRODUCTS), max_size=3, unique=True).map(tuple),
    ),
    max_size=16,
)


def on(shelf: Mapping[str, Doc]) -> dict[str, Doc]:
    return {
        key: Doc(key, doc.title, doc.excerpt, doc.text, doc.tags, doc.subjects)
        for key, doc in shelf.items()
    }


def ranked(docs: Mapping[str, Doc], state: bytes | None = None) -> tuple[Ranked, list[str]]:
    asked: list[str] = []

    def read(keys: Sequence[str]) -> Iterable[Reading]:
        asked.extend(keys)
        return (reading([docs[key]]) for key in keys)

    digests = {key: repr(doc).encode() for key, doc in docs.items()}
    return rank(digests, read, state, limit=3), asked


@given(SHELVES, SHELVES)
def test_a_ranking_kept_up_is_the_one_made_anew(old: dict[str, Doc], new: dict[str, Doc]) -> None:
    docs = on({**old, **new})
    again, asked = ranked(docs, ranked(on(old))[0].state())
    anew = Ranking(docs.values(), limit=3)
    assert {key: again.to(key) for key in docs} == {key: anew.to(key) for key in docs}
    assert asked == sorted(key for key, doc in docs.items() if on(old).get(key) != doc)
