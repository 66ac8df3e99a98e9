"""Markdown fields: what is read, what is written, and where the two readers part."""

import re
from collections.abc import Iterable

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from versus.channels import docusaurus, hugo, jekyll
from versus.channels.dialect import Dialect
from versus.channels.rewriting import rewrite
from versus.fields import one_line
from versus.markup import commonmark, html, markdown, pymarkdown, simple, trees
from versus.markup import escape as escaping
from versus.markup.escape import escape


def absolute(href: str, is_image: bool) -> str:
    """A resolver for tests: relative addresses get a host."""
    return href if ":" in href or href.startswith("#") else f"https://x.example/{href}"


def to_html(text: str, level: int = 2, ids: Iterable[str] = ()) -> str:
    return html.render(text, level=level, ids=ids, resolve=absolute, notes=html.Notes())


def to_markdown(text: str, level: int = 2) -> str:
    return markdown.render(text, level=level, resolve=absolute, notes=html.Notes())


def github(text: str) -> str:
    """What GitHub's reader makes of a text."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return str(cmarkgfm.github_flavored_markdown_to_html(text, options=options))


def shape(source: str) -> list[str]:
    """A piece of HTML as tags and words, spacing aside."""
    return [event.what for event in trees.events(trees.fragment(source or "<p></p>"))]


SAMPLES = [
    "Plain words.", "*a* **b** `c`", "- a\n- b\n\n    - c\n\nafter", "1. a\n2. b", "> quoted\n\n***\n\nafter",
    "| a | b |\n|---|:-:|\n| 1 | `x` |", "```python\nx = 1 < 2\n```", "a\\\nb", "Two\nlines",
    "[l](https://u.example/ \"t\") ![i](https://u.example/p.png)", "<https://auto.example/>", "&copy; & &lt;", "snake_case and __init__",
    "a <b>raw</b> word", "<details><summary>S</summary>\n\ntext\n\n</details>", "[x]\n\n[x]: https://r.example/",
    "- a\n\n  para\n\n  ```\n  code\n  ```", "3. three\n4. four", "# One\n\n## Two", "C# and F#", "1\\. not a list",
    "a <\\<b>bold</b> c", "&lt;&lt;b>x", "x <<<i>y</i>", "\\\\&lt;&lt;b>", "&lt;&lt; a << b", "ends <\\<",
]  # fmt: skip


@pytest.mark.parametrize("text", SAMPLES)
def test_the_markdown_written_means_what_the_field_means(text: str) -> None:
    written = to_markdown(text, level=0)
    assert shape(github(written)) == shape(github(text))


@pytest.mark.parametrize("text", SAMPLES)
def test_html_says_what_commonmark_says(text: str) -> None:
    ours = shape(commonmark.to_html(text))
    assert [e.what for e in trees.events(pymarkdown.rendered(text)[0])] == ours


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=80
)


@settings(max_examples=500)
@given(WORDS)
def test_an_easy_field_needs_no_parser(text: str) -> None:
    """What the shortcut makes is what both readers make; so is what GitHub's makes.

    But for addresses that stand alone, which only GitHub makes links of.
    """
    if text.strip() and simple.read(text) is not None:
        assert shape(str(to_html(text))) == shape(commonmark.to_html(text))
        if not re.search(r"://|www\.|@", text, re.IGNORECASE):
            assert shape(str(to_html(text))) == shape(github(text.strip()))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Words\n- a\n- b", 1),
        ("- a\n  - b", 1),
        ("First.\n\nWords\n1. a", 3),
        ("1) one\n2) two", 0),
        ("one\n\n- a\n\n  ```\n  code\n  ```", 2),
        ("3. three", 0),
        ("hard\\\nbreak", 0),
    ],
)
def test_where_python_markdown_departs_from_commonmark_is_found(text: str, line: int) -> None:
    assert pymarkdown.rendered(text)[1] == line


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b\n\n    - c",
        "Words\n\n1. a\n2. b",
        "*a* **b** `c`",
        "| a |\n|---|\n| b |",
        "Note[^1].\n\n[^1]: N.",
    ],
)
def test_where_both_readers_agree_there_is_nothing_to_warn_of(text: str) -> None:
    assert pymarkdown.rendered(text)[1] is None


@pytest.mark.parametrize(
    ("levels", "base", "expected"),
    [
        ([1], 2, [3]),
        ([2, 3, 2], 2, [3, 4, 3]),
        ([2, 4, 3], 2, [3, 4, 4]),
        ([1, 2, 3, 4, 5, 6], 3, [4, 5, 6, 6, 6, 6]),
        ([3, 1], 2, [3, 3]),
    ],
)
def test_headings_nest_below_their_section(
    levels: list[int], base: int, expected: list[int]
) -> None:
    assert commonmark.nested(levels, base) == expected


@given(st.lists(st.integers(1, 6), max_size=12), st.integers(1, 5))
def test_nested_headings_never_skip_a_level(levels: list[int], base: int) -> None:
    before = base
    for level in commonmark.nested(levels, base):
        assert base < level <= min(before + 1, 6) or level == 6
        before = level


def test_a_fields_headings_get_their_ids_and_levels() -> None:
    rendered = to_html("## First\n\n### Second", level=3, ids=["first", "second"])
    assert rendered == '<h4 id="first">First</h4>\n<h5 id="second">Second</h5>'


def test_addresses_in_raw_html_are_resolved_too() -> None:
    text = 'See <a href="y.html">it</a>.\n\n<img src="assets/x.png" alt="">'
    assert 'href="https://x.example/y.html"' in to_html(text)
    assert 'src="https://x.example/assets/x.png"' in to_html(text)
    assert 'href="https://x.example/y.html"' in to_markdown(text)
    assert 'src="https://x.example/assets/x.png"' in to_markdown(text)


def test_a_note_inside_a_note_is_one_of_its_own() -> None:
    text = "One[^a] two[^b].\n\n[^a]: First.\n\n    [^b]: Second.\n\n    More of the first."
    notes = html.Notes()
    html.render(text, level=2, ids=(), resolve=absolute, notes=notes)
    assert notes.texts == ["<p>First.</p>\n<p>More of the first.</p>", "<p>Second.</p>"]
    notes = html.Notes()
    assert markdown.render(text, level=2, resolve=absolute, notes=notes) == "One[^1] two[^2]."
    assert notes.texts == ["First.\n\nMore of the first.", "Second."]
    assert to_markdown(">[^1]: >[^1]: ") == ">"


@pytest.mark.parametrize("code", ["1", "x1F", "0", "xD800", "xFFFE", "x110000"])
def test_a_reference_to_what_is_no_character_is_a_mark_for_that(code: str) -> None:
    """As CommonMark says for invalid references; in notes and raw HTML, whose trees are changed."""
    for text in (f"A &#{code}; B", f"<b>A &#{code}; B</b>"):
        assert "A \ufffd B" in to_html(text)
    notes = html.Notes()
    text = f"Word[^1].\n\n[^1]: A &#{code}; B."
    html.render(text, level=2, ids=(), resolve=absolute, notes=notes)
    assert notes.texts == ["<p>A \ufffd B.</p>"]
    assert pymarkdown.rendered(text)[1] is None


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("&#65;", "A"), ("&#x0000000041;", "A"), ("&#65", "A"), ("&#10;", "\n"), ("&#X1f600;", "😀"), ("&#x;", "&#x;"),
        ("\x01", "\ufffd"), ("&#" + "9" * 5000, "\ufffd"), ("&#xffff;", "\ufffd"),
    ],
)  # fmt: skip
def test_a_tree_holds_any_piece_of_html(reference: str, said: str) -> None:
    tree = trees.parse(f"<b title='{reference}'>{reference}</b>")
    assert (tree[0].text, tree[0].get("title")) == (said, said)
    tree[0].text += "."  # lxml takes no control characters from us, but reads them.


def test_notes_of_several_fields_are_numbered_through() -> None:
    notes = html.Notes()
    for text in ("One[^a].\n\n[^a]: First.", "Two[^a] and[^b].\n\n[^a]: Second.\n[^b]: Third."):
        last = html.render(text, level=2, ids=(), resolve=absolute, notes=notes)
    assert notes.texts == ["<p>First.</p>", "<p>Second.</p>", "<p>Third.</p>"]
    assert 'href="#fn-2"' in last
    assert 'id="fnref-3"' in last


def test_ids_of_notes_hold_no_colon() -> None:
    assert ":" not in to_html("x[^1]\n\n[^1]: y").replace("http:", "")


@pytest.mark.parametrize(
    "text", [r"The regex \[^1\] says", r"\\\[^1] and \[^1], `[^1]`", r"[x\[^1]](u)"]
)
def test_what_only_looks_like_a_note_is_none_in_a_document_with_notes(text: str) -> None:
    written = to_markdown(f"{text}\n\nNoted[^1].\n\n[^1]: The note.") + "\n\n[^1]: The note."
    assert github(written).count('class="footnote-ref"') == 1
    for dialect in (hugo.DIALECT, docusaurus.DIALECT, jekyll.DIALECT, Dialect(keeps_html=True)):
        copy = rewrite(written, dialect, as_list=False, notes="Notes")
        assert github(copy).count('class="footnote-ref"') == 1, copy


def test_an_open_fence_never_reaches_into_what_follows() -> None:
    written = to_markdown("```\nopen") + "\n\nAfter."
    assert "<p>After.</p>" in github(written)


def test_a_cell_holds_blocks_on_one_line() -> None:
    cell = markdown.inline(
        "First | one\n\n- a\n- b\n\n```\nx | y\n```", resolve=absolute, notes=html.Notes()
    )
    assert "\n" not in cell
    row = lxml_html.fragment_fromstring(github(f"| H |\n|---|\n| {cell} |"), create_parent="div")
    assert [td.text_content() for td in row.iter("td")] == ["First | one• a• bx | y"]


@settings(max_examples=1000)
@given(WORDS.filter(lambda text: bool(text.strip())))
def test_escaped_text_shows_just_that_text_wherever_it_stands(text: str) -> None:
    """In a paragraph, a heading, a list, a link, a cell: GitHub's reader shows the text itself."""
    expected = " ".join(text.split())
    places = {
        f"{escape(text)}": "//p", f"## {escape(text)}": "//h2", f"- {escape(text)}": "//li",
        f"[{escape(text)}](https://x.example/)": "//a", f"| {escape(text)} | b |\n|---|---|\n": "//th[1]",
        f"**{escape(text)}**\n": "//strong",
    }  # fmt: skip
    for source, where in places.items():
        tree = lxml_html.fragment_fromstring(github(source), create_parent="div")
        found = tree.xpath("." + where)
        assert found, source
        said = " ".join(found[0].text_content().split())
        assert said.removesuffix(": x").strip("*") == expected.strip("*"), source
        assert not found[0].xpath(".//em | .//code | .//del | .//img | .//input"), source


@settings(max_examples=1000)
@given(st.text(max_size=12) | st.text("aw.W:/ -+=>1٣#&_\n", max_size=8))
def test_plain_text_is_told_quickly_and_rightly(text: str) -> None:
    assert escape(text) == escaping._escaped(one_line(text))


def test_common_names_are_not_littered_with_escapes() -> None:
    for name in ("C++", "snake_case", "R&D", "Node.js", "a-b", "50%", "C#", "1.0", "A vs. B"):
        assert escape(name) == name
