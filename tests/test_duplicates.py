"""Two articles that say the same compete in search: `check` tells of them."""

from conftest import ARTICLE, Publication
from hypothesis import given
from hypothesis import strategies as st

from versus.related import Doc, rank_docs
from versus.related.weights import SAME_POST

TEXTS = (
    "an ordered log of records in partitions that consumers read at their own pace",
    "a graph of operators with keyed state, event time, checkpoints and late events",
    "a table of files with snapshots, schema evolution and hidden partitioning for readers",
)

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


def test_what_the_last_build_left_spares_reading_but_not_telling(publication: Publication) -> None:
    first = ARTICLE + LONG.format(a="Kafka", b="Flink")
    publication.article("a", first)
    for i in range(6):
        publication.article(f"other-{i}", ARTICLE.replace("Flink", f"Tool{i} of another kind"))
    publication.build("-f", "html")
    assert publication.run("check").stderr == ""
    copy = first.replace("- name: Flink", "- {name: Apache Flink, id: Flink}")
    publication.article("b", copy.replace("published: 2026-11-01\n", ""))
    assert (
        "b.yaml:1:1: warning: says the same as content/articles/a.yaml"
        in publication.run("check").stderr
    )
    publication.article("b", ARTICLE.replace("Flink", "Tool of another kind"))
    assert publication.run("check").stderr == ""


@given(st.lists(st.sampled_from(TEXTS), min_size=2, max_size=8))
def test_each_copy_of_a_text_is_told_once_with_the_first_one(texts: list[str]) -> None:
    docs = [Doc(f"d{i}", "A title", text=text) for i, text in enumerate(texts)]
    others = [Doc(f"e{i}", f"Thing {i}", text=f"word{i} term{i} note{i}") for i in range(9)]
    firsts = {text: f"d{texts.index(text)}" for text in texts}
    found = list(rank_docs([*docs, *others]).alike())
    assert [(one, other) for one, other, _cosine in found] == [
        (firsts[text], f"d{i}") for i, text in enumerate(texts) if firsts[text] != f"d{i}"
    ]
    assert all(SAME_POST <= cosine <= 1 for _one, _other, cosine in found)
