"""From words of a built file back to where they were written."""

from versus import places
from versus.sources import Source

ARTICLE = Source(
    "content/articles/a.yaml", "title: A vs B\nintroduction: |\n  Some *marked* words.\n  Other.\n"
)
OTHER = Source("content/articles/b.yaml", "title: Another title\n")


def at(words: str) -> tuple[str, int, int]:
    found = places.warning([ARTICLE, OTHER], words, "message", "hint")
    return found.path, found.line, found.column


def test_words_are_found_where_they_stand() -> None:
    assert at("Other.") == ("content/articles/a.yaml", 4, 3)


def test_words_of_another_article_are_found_in_its_file() -> None:
    assert at("Another title") == ("content/articles/b.yaml", 1, 8)


def test_where_markdown_stands_between_words_their_beginning_is_found() -> None:
    assert at("Some marked words.") == ("content/articles/a.yaml", 3, 3)


def test_words_that_nobody_wrote_are_told_at_the_article() -> None:
    assert at("Contents") == ("content/articles/a.yaml", 1, 1)
    assert at("") == ("content/articles/a.yaml", 1, 1)


def test_keys_are_no_words_of_an_article() -> None:
    assert at("introduction") == ("content/articles/a.yaml", 1, 1)
