"""Descriptions that nobody wrote: the first sentences of a text, as many as fit."""

import pytest

from versus.excerpt import MAX_CHARACTERS, description, first_sentences
from versus.markup import commonmark
from versus.model import Article

REST = "is a question that teams ask late, and mostly after they have paid for the wrong answer once or even twice, which is a pity for them and for all who work with what they chose. Then they read."


@pytest.mark.parametrize(
    "beginning",
    ["Kafka vs. Flink", "A stream, e.g. one of orders,", "Something, i.e. this,", "Ein Strom, z. B. von Daten,",
     "Ein Strom, z.B. von Daten,", "What Dr. Codd asked", "What J. R. R. Tolkien asked", "Kafka (vs. Flink)", "Les flux, cf. Flink,"],
)  # fmt: skip
def test_a_description_ends_at_no_abbreviation(beginning: str) -> None:
    found = first_sentences(f"{beginning} {REST}")
    assert found.startswith(beginning)
    assert MAX_CHARACTERS * 0.8 < len(found) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A sentence that is long enough to stand for itself and says it all. " + "More " * 30, "A sentence that is long enough to stand for itself and says it all."),
        ("He said: “A sentence that is long enough to stand for itself.” " + "More " * 30, "He said: “A sentence that is long enough to stand for itself.”"),
        ("So there are two formats, and both have their fans at every firm (vs. etc.)! " + "More " * 30, "So there are two formats, and both have their fans at every firm (vs. etc.)!"),
        ("文は短い。" * 12 + "長" * 120, "文は短い。" * 12),
        ("Short. Also vs. this one.", "Short. Also vs. this one."),
    ],
)  # fmt: skip
def test_a_description_is_made_of_whole_sentences(text: str, found: str) -> None:
    assert first_sentences(text) == found


def test_a_short_first_sentence_is_no_description() -> None:
    text = "Two tools. " + "One of them stores events and moves them " * 6
    found = first_sentences(text, least=50)
    assert found.startswith("Two tools. One of them")
    assert found.endswith("…")
    assert len(found) > MAX_CHARACTERS // 2
    assert first_sentences(text) == "Two tools."
    article = {"title": "T", "subjects": [{"name": "A"}, {"name": "B"}], "introduction": text}
    assert description(Article.model_validate(article), "full") == found


def test_a_break_sets_words_apart() -> None:
    assert commonmark.paragraphs("Say yes.<br>Next.<BR />Last, `a<br>b` \\<br>.") == (
        "Say yes. Next. Last, a<br>b <br>."
    )
