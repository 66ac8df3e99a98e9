"""The easy part of Markdown: read without a parser, and to the letter what the parsers make."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.common.normalize_url import normalizeLink

from versus.markup import commonmark, html, markdown, pymarkdown, simple

MARKS = "ab *_`[]()<>&\\|~#\n-+=1.:!\"'é—中\u00a0\u3000\u200b٣^;{}@/%?$\u2028\x85"
"""What readers take for marks, or may be thought to."""

WORD = st.sampled_from(
    ["a", "Kafka", "C#", "R & D", "3.5", "snake_case", "don't", "—", "x=1", "(yes)", "“q”", "é",
     "中文", "end.", "why?", "$5", "2.", "10)", "a > b", "->", "x\u00a0y", "http://x.example/_a_"]
)  # fmt: skip
WORDS = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
CODE = st.sampled_from(["a", "a*b", "x_y", "[a]", "->", "~/x", "#", "-", "(x)", "**"]).map(
    "`{}`".format
)
HREF = st.sampled_from(
    [
        "x.yaml",
        "../x",
        "#top",
        "https://a.example/b_c?d=1",
        "HTTP://A.example:80/%20é",
        "a(b)",
        "//h",
    ]
)
INSIDE = st.one_of(WORDS, CODE, st.builds("{} {}".format, WORDS, CODE))
SPAN = st.one_of(
    WORDS, CODE, INSIDE.map("**{}**".format), INSIDE.map("*{}*".format),
    st.builds("[{}]({})".format, INSIDE, HREF),
    st.sampled_from(["_em_", "![i](x)", "[^1]", "<b>", "***x***", "**[a](x)**", "&amp;"]),
)  # fmt: skip
LINE = st.lists(SPAN, min_size=1, max_size=4).map(" ".join)
LINES = st.lists(LINE, min_size=1, max_size=3)
FENCE = st.builds(
    "```{}\n{}\n```".format,
    st.sampled_from(["", "python", "c++", "nolang"]),
    st.lists(
        st.sampled_from(
            ["a < 1", "\"a\" + 'b' > c", "  x", "", "&amp;", "``", "~~~", "[^1]: x", "é "]
        ),
        max_size=3,
    ).map("\n".join),
)
BLOCK = st.one_of(
    LINES.map("\n".join),
    LINES.map(lambda lines: "\n".join("- " + line for line in lines)),
    LINES.map(lambda lines: "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))),
    FENCE,
)
FIELD = st.lists(BLOCK, min_size=1, max_size=3).map("\n\n".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A field that is easy, or nearly."""
    text = draw(FIELD)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at] + draw(st.sampled_from(["", *MARKS])) + text[at + draw(st.integers(0, 1)) :]
        )
    return text


def made(text: str, resolve: Callable[[str, bool], str], language: str | None) -> dict[str, Any]:
    """All that is ever made from a field."""
    notes = html.Notes()
    return {
        "html": html.render(
            text, level=2, ids=(), resolve=resolve, notes=notes, terms=html.Terms(language)
        ),
        "markdown": markdown.render(text, level=2, resolve=resolve, notes=notes),
        "cell": markdown.inline(text, resolve=resolve, notes=notes),
        "notes": notes.texts,
        "links": [(link.href, link.is_image) for link in commonmark.links.__wrapped__(text)],
        "headings": commonmark.headings.__wrapped__(text),
        "paragraphs": commonmark.paragraphs(text),
    }  # fmt: skip


def compare(text: str) -> None:
    """What is made from an easy field is what the parsers make, and they agree with each other."""
    if not text.strip() or simple.read(text) is None:
        return
    for resolve in (
        lambda href, _is: href,
        lambda href, _is: f"https://x.example/é (1)/{href}?a&b",
    ):
        for language in (None, "ar"):
            found = made(text, resolve, language)
            with patch.object(simple, "read", lambda _text: None):
                assert found == made(text, resolve, language)
    assert pymarkdown.rendered(text)[1] is None


@settings(max_examples=60)
@given(st.one_of(mutated(), st.text(MARKS, max_size=25), st.text(max_size=40)))
@example("**a** b *c* `d` [e](f.yaml)")
@example("```python\nx = \"a\" < 'b' and 1 & 2 # \u00a0>\n```")
@example("1. one\n2. two\n\nwords\nand words\n\n- a\n- b\n\n```python\nx = 1\n```\n")
def test_an_easy_field_becomes_what_the_parsers_make_of_it(text: str) -> None:
    compare(text)


@pytest.mark.e2e
@settings(max_examples=1_000)
@given(st.one_of(mutated(), FIELD, st.text(MARKS, max_size=25), st.text(max_size=40)))
def test_many_more_easy_fields_become_what_the_parsers_make_of_them(text: str) -> None:
    compare(text)


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, a C# and R & D.", "**Bold**, *soft*, `a*b` and [a link](x.yaml#top).", "Two\nlines\n",
        "- **a**: one\n- two\n\nafter", "1. one\n2. two", "Words:\n\n```yaml\na: <b>\n```\n\nafter",
    ],
)  # fmt: skip
def test_what_most_fields_are_written_in_is_easy(text: str) -> None:
    assert simple.read(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "# A", "> a", "a\n===", "a | b", "<b>", "![i](x)", "[^1]", "[a]", "[a]: b", "&amp;", "a\\*b",
        "_em_", "*a b", "a*b*c", "***a***", "- a\n  - b", "- a\n\n- b", "- a\n\n1. b", "+ a", "3. a",
        "1) a", "1. a\n3. b", "    a", "a  \nb", "a\n- b", "2024. A year", "``a``", "~~a~~", "~~~\na\n~~~",
        "```\nopen", "```py x\na\n```", "a\n```\nb\n```", "[a](<b>)", '[a](b "c")', "a\tb", "a\x00b",
    ],
)  # fmt: skip
def test_any_doubt_goes_to_the_parsers(text: str) -> None:
    assert simple.read(text) is None


PART = st.text("aZ09_.~/-#:?%=&@é", max_size=8)


@settings(max_examples=500)
@given(
    st.one_of(
        PART,
        st.builds("https://{}/{}".format, PART, PART),
        st.builds("http://{}#{}".format, PART, PART),
    )
)
@example("https://a.example")
@example("../x.html#verdict")
def test_an_ordinary_address_is_normal_as_it_stands(address: str) -> None:
    assert html._normal(address) == normalizeLink(address)


def test_links_know_where_their_addresses_stand() -> None:
    text = "x.yaml is [this](x.yaml),\nand **that**\n\n- [y](y.yaml)"
    found = commonmark.links(text)
    assert [(link.href, text[: link.offset][-7:]) for link in found] == [
        ("x.yaml", "[this]("),
        ("y.yaml", "\n- [y]("),
    ]


@pytest.mark.parametrize(
    "part", ["**a", "*a*", "[a](", "`", "- a\n", "1. ", "a_", "& ", "```\n", "**`a`** "]
)
def test_hostile_repetition_is_read_in_one_pass(part: str) -> None:
    """A pattern that backtracks would not end here."""
    simple.read(part * 20_000)
    simple.read(part * 20_000 + "<")
