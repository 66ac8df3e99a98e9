"""Two articles that say the same compete in search: `check` tells of them."""

from conftest import ARTICLE, Publication
from hypothesis import given
from hypothesis import strategies as st

from versus.duplicates import similar
from versus.related.vectors import FINE, Vector, dot, scaled

LONG = """\
differences:
  criteria:
    - name: Model
      values:
        {a}: {{text: "{a} keeps an ordered log of records in partitions that consumers read at their own pace."}}
        {b}: {{text: "{b} runs a graph of operators with keyed state, event time and checkpoints."}}
    - name: Delivery
      values:
        {a}: {{text: "Producers may be idempotent and transactions span several partitions of a topic."}}
        {b}: {{text: "Snapshots of state and positions make results exactly once inside of the job."}}
verdict: {{summary: "Most teams take the log first and add the engine when results have to be computed continuously."}}
"""


def test_a_pair_of_subjects_has_one_owner_in_whatever_order(publication: Publication) -> None:
    publication.article("a-kafka-vs-flink")
    publication.article(
        "b-flink-vs-kafka",
        "title: Flink or kafka?\npublished: 2026-11-01\nsubjects: [{name: Flink}, {name: kafka}]\nintroduction: Other words.\n",
    )
    publication.article("c-kafka-vs-spark", ARTICLE.replace("Flink", "Spark"))
    result = publication.run("check")
    assert result.code == 0
    assert result.stderr.splitlines() == [
        "content/articles/b-flink-vs-kafka.yaml:3:1: warning: subjects: the same subjects as in content/articles/a-kafka-vs-flink.yaml: the two compete in search",
        "  hint: keep one article for each set of subjects, and merge what the other one adds",
    ]


def test_subjects_that_differ_in_case_only_are_a_pair_of_their_own(
    publication: Publication,
) -> None:
    for name, names in (("a", ("MLOps", "mlops")), ("b", ("MLOps", "DevOps"))):
        subjects = ", ".join(f"{{name: {n}}}" for n in names)
        publication.article(
            name,
            f"title: {name}\npublished: 2026-11-01\nsubjects: [{subjects}]\nintroduction: {name}.\n",
        )
    assert publication.run("check").stderr == ""


def test_the_same_text_under_other_names_is_told(publication: Publication) -> None:
    first = ARTICLE + LONG.format(a="Kafka", b="Flink")
    other = first.replace("- name: Flink", "- {name: Apache Flink, id: Flink}")
    publication.article("a", first)
    publication.article("b", other.replace("Most teams", "Many teams"))
    for i in range(6):
        publication.article(f"other-{i}", ARTICLE.replace("Flink", f"Tool{i} of another kind"))
    told = publication.run("check").stderr
    assert (
        "content/articles/b.yaml:1:1: warning: says the same as content/articles/a.yaml (similarity 0.9"
        in told
    )
    assert told.count("warning") == 1


def test_a_build_does_not_nag(publication: Publication) -> None:
    publication.article("a")
    publication.article("b")
    assert "compete" in publication.run("check").stderr
    assert publication.build("-f", "html").stderr == ""


VECTORS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.integers(1, 100), min_size=1, max_size=6
).map(scaled)


@given(st.lists(VECTORS, max_size=12), st.sampled_from([0.5, 0.8, 0.9, 0.99]))
def test_no_similar_pair_is_missed_and_none_invented(found: list[Vector], least: float) -> None:
    documents = {str(i): vector for i, vector in enumerate(found)}
    pairs = {frozenset((a, b)) for a, b, _ in similar(documents, least)}
    for i, one in documents.items():
        for j, two in documents.items():
            if i < j:
                is_similar = dot(one, two) / (FINE * FINE) >= least
                assert (frozenset((i, j)) in pairs) is is_similar
