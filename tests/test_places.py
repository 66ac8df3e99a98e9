"""From words of a built file back to where they were written."""

import pytest

from versus import places
from versus.places import Places
from versus.sources import Source
from versus.yamltext import load

ARTICLE = Source(
    "content/articles/a.yaml", "title: A vs B\nintroduction: |\n  Some *marked* words.\n  Other.\n"
)
OTHER = Source("content/articles/b.yaml", "title: Another title\n")


def at(words: str) -> tuple[str, int, int]:
    found = Places([ARTICLE, OTHER]).warning([ARTICLE], words, "message", "hint")
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a: "\\U0001F600"\n', "😀"),
        ("a: 'it''s'\n", "it's"),
        ("a: it's\n", "it's"),
        ('a: "on\\\n  e"\n', "one"),
        ("a: >\n  one\n  two\n", "one two"),
    ],
)
def test_words_are_found_however_yaml_writes_them(text: str, words: str) -> None:
    found = Places([]).warning([Source("x.yaml", "b: c\n" + text)], words, "", "")
    assert found.line > 1


def test_words_that_many_articles_lack_are_looked_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The site's author may be in a script that no font has: every PDF tells of it."""
    sources = [Source(f"{n}.yaml", f"a: {n}\nb: \\\n") for n in range(50)]
    read: list[str] = []

    def loaded(text: str, *most: int) -> object:
        read.append(text)
        return load(text, *most)

    monkeypatch.setattr(places, "load", loaded)
    where = Places(sources)
    for source in sources:
        assert where.warning([source], "𐎠", "", "").path == source.path
    assert len(read) <= 2 * len(sources)
    read.clear()
    plain = [Source(f"{n}.yaml", f"a: {n}\n") for n in range(50)]
    for source in plain:
        assert Places(plain).warning([source], "𐎠", "", "").path == source.path
    assert not read
