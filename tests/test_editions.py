"""Editions: chosen sections, texts of their own, and one canonical URL."""

import pytest
from conftest import ARTICLE, Publication

RICH = (
    ARTICLE.replace(
        "introduction: Two tools for streams.",
        "introduction: {default: The long story., brief: The short story.}",
    )
    + """\
basics: Words on both.
differences:
  lead: The lead.
  criteria:
    - name: Focus
      values: {Kafka: {text: A durable log.}, Flink: {text: An engine.}}
    - {name: Only full, only: [full], values: {Kafka: one, Flink: two}}
sections: [{title: More, body: Further words., only: [full]}]
faq: [{question: Why?, answer: Because.}]
verdict: {summary: Both.}
conclusion: The end.
"""
)


def test_an_edition_has_its_sections_and_its_texts(publication: Publication) -> None:
    publication.article("a", RICH)
    publication.build("-f", "html", "-f", "markdown")
    full, brief = publication.read("site/a/index.md"), publication.read("site/a/brief/index.md")
    for said in (
        "The long story.",
        "Words on both.",
        "The lead.",
        "Only full",
        "Further words.",
        "Because.",
        "The end.",
    ):
        assert said in full
        assert said not in brief
    assert "The short story." in brief
    assert "Both." in brief


def test_a_brief_edition_shows_everything_in_its_table(publication: Publication) -> None:
    """What is told at length in the full edition is not lost where only the table is shown."""
    publication.article("a", RICH)
    publication.build("-f", "markdown")
    assert "| Focus | A durable log. | An engine. |" in publication.read("site/a/brief/index.md")
    assert "| Focus | A durable log. | An engine. |" in publication.read("site/a/index.md")


def test_other_editions_are_canonical_to_the_default_one(publication: Publication) -> None:
    publication.article("a", RICH)
    publication.build("-f", "html", "-f", "markdown")
    canonical = '<link rel="canonical" href="https://test.example/a/">'
    assert canonical in publication.read("site/a/index.html")
    assert canonical in publication.read("site/a/brief/index.html")
    assert "canonical_url: https://test.example/a/" in publication.read("site/a/brief/index.md")


def test_one_edition_alone_can_be_built(publication: Publication) -> None:
    publication.article("a", RICH)
    publication.build("-f", "html", "-e", "brief")
    assert (publication.out / "site/a/brief/index.html").exists()
    assert not (publication.out / "site/a/index.html").exists()


@pytest.mark.parametrize(
    ("table", "values", "has_table", "has_heading"),
    [
        ("auto", "{Kafka: a cell, Flink: a cell}", True, False),
        ("auto", "{Kafka: {text: told}, Flink: {text: told}}", False, True),
        ("auto", "{Kafka: {text: told, short: cell}, Flink: null}", True, True),
        ("auto", "{Kafka: {short: cell}, Flink: {short: cell}}", True, False),
        ("true", "{Kafka: {text: told}, Flink: {text: told}}", True, True),
        ("false", "{Kafka: a cell, Flink: a cell}", False, True),
        ("false", "{Kafka: {text: told, short: cell}, Flink: null}", False, True),
    ],
)
def test_the_table_is_shown_by_the_contracts_rule(
    publication: Publication, table: str, values: str, has_table: bool, has_heading: bool
) -> None:
    text = (
        f"differences:\n  table: {table}\n  criteria:\n    - name: Focus\n      values: {values}\n"
    )
    publication.article("a", ARTICLE + text)
    publication.build("-f", "html")
    page = publication.read("site/a/index.html")
    assert ('class="comparison"' in page) is has_table
    assert ('<h3 id="focus">Focus</h3>' in page) is has_heading


def test_what_does_not_apply_is_said_in_words(publication: Publication) -> None:
    text = "differences:\n  criteria:\n    - name: Focus\n      values: {Kafka: x, Flink: null}\n"
    publication.article("a", ARTICLE + text)
    publication.build("-f", "html", "-f", "markdown")
    assert "Not applicable" in publication.read("site/a/index.html")
    assert "| Focus | x | *Not applicable* |" in publication.read("site/a/index.md")


def test_subjects_that_differ_by_case_keep_their_own_anchors(publication: Publication) -> None:
    text = """\
title: MLOps vs mlops
published: 2026-11-01
subjects: [{name: MLOps, definition: One.}, {name: mlops, id: lower, definition: Two.}]
introduction: Words.
sections: [{title: mlops, body: "## mlops"}]
"""
    publication.article("mlops-vs-mlops", text)
    publication.build("-f", "html")
    page = publication.read("site/mlops-vs-mlops/index.html")
    for name, heading in (
        ("mlops", "MLOps"),
        ("mlops-2", "mlops"),
        ("mlops-3", "mlops"),
        ("mlops-4", "mlops"),
    ):
        assert f'id="{name}">{heading}<' in page


def test_an_edition_may_bear_the_name_of_a_values_field(publication: Publication) -> None:
    site = "title: T\nbase_url: https://test.example/\neditions:\n  full:\n  short: {sections: [table]}\n"
    publication.write("content/site.yaml", site)
    text = """\
differences:
  criteria:
    - {name: Focus, values: {Kafka: {default: In full, short: Briefly}, Flink: {short: Both}}}
"""
    publication.article("a", ARTICLE + text)
    publication.build("-f", "markdown")
    assert "| Focus | In full | Both |" in publication.read("site/a/index.md")
    assert "| Focus | Briefly | Both |" in publication.read("site/a/short/index.md")


def test_a_subjects_name_counts_as_it_is_shown(publication: Publication) -> None:
    text = ARTICLE.replace("name: Kafka", "name: >\n      Apache  Kafka")
    text += "verdict: {choose: {Apache Kafka: [you log.]}}\n"
    publication.article("a", text)
    publication.build("-f", "markdown")
    assert "you log." in publication.read("site/a/index.md")


def test_related_posts_bear_the_title_that_the_default_edition_shows(
    publication: Publication,
) -> None:
    publication.article("a")
    publication.article(
        "b", ARTICLE.replace("title: Kafka vs Flink", "title: {default: D, full: F}")
    )
    publication.build("-f", "markdown")
    assert "[F](https://test.example/b/)" in publication.read("site/a/index.md")
