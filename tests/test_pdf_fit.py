"""Nothing reaches over its page; what would is told; what is wide is turned, split or set dense."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import indent
from xml.etree.ElementTree import fromstring

import pypdfium2
import pytest
from conftest import SITE, Publication
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from printing import Printed, comparison, elements, folder, print_one, printed, tag
from reading import pdf_text, squeezed

from versus.writers.pdf.paper import PAPERS
from versus.writers.pdf.tables import arrange, choose

ARTICLE = {
    "title": "A vs B", "published": "2026-11-01", "subjects": [{"name": "A"}, {"name": "B"}],
    "introduction": "Words.",
}  # fmt: skip
LONG = "x" * 200


def boxes(made: Printed) -> Iterator[tuple[tuple[float, float, float, float], float, float]]:
    """The area of each visible character with the size of its page, as PDFium draws it."""
    document = pypdfium2.PdfDocument(made.data)
    for page in document:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            if text.get_text_range(index, 1).strip():
                yield text.get_charbox(index), page.get_width(), page.get_height()


def is_inside(made: Printed, margin: float = 20) -> bool:
    """Whether every character stands on its page, and off its edge."""
    return all(
        left >= margin and right <= width - margin and bottom >= margin and top <= height - margin
        for (left, bottom, right, top), width, height in boxes(made)
    )


NASTY = [
    LONG, f"`{LONG}`", f"**{LONG}**", f"[{LONG}](https://x.example/{LONG})", f"https://x.example/{LONG}",
    f"```\n{LONG * 3}\n```", f"    {LONG}", f"> {LONG}\n>\n> > {LONG}", f"- {LONG}\n\n    - {LONG}\n\n        1. {LONG}",
    "| " + " | ".join(f"Heading{i}" for i in range(14)) + " |\n" + "|---" * 14 + "|\n| " + " | ".join(["configuration"] * 14) + " |",
    f"| a | b |\n|---|---|\n| {LONG} | `{LONG}` |", f"## {LONG}", f"Note[^1].\n\n[^1]: {LONG}",
    "word " * 300, "| a | b |\n|---|---|\n| " + "word " * 800 + " | b |", "数据库" * 80, "قاعدةبيانات" * 20,
]  # fmt: skip


@pytest.mark.e2e
@pytest.mark.slow
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate])
@given(
    fields=st.lists(st.sampled_from(NASTY), min_size=4, max_size=4),
    page=st.sampled_from(["A4", "A5", "letter"]),
)
def test_whatever_a_field_holds_it_stands_on_its_page(fields: list[str], page: str) -> None:
    introduction, value, reason, answer = fields
    made = print_one(
        {
            **ARTICLE,
            "introduction": introduction,
            "differences": {
                "criteria": [
                    {"name": LONG, "values": {"A": value, "B": LONG}},
                    {"name": "Told", "values": {"A": {"text": value}, "B": {"text": reason}}},
                ]
            },
            "verdict": {"choose": {"A": [reason], "B": [LONG]}},
            "faq": [{"question": LONG, "answer": answer}],
            "sources": {"s": {"title": LONG, "url": f"https://s.example/{LONG}"}},
        },
        page,
    )
    assert made.warnings == []
    assert is_inside(made)


def test_all_of_the_nasty_content_is_there() -> None:
    made = print_one({**ARTICLE, "introduction": "\n\n".join(NASTY[:6])})
    assert squeezed(pdf_text(made.data)).count("x" * 200) >= 8


def test_what_reaches_over_its_page_is_told_with_element_words_and_amount() -> None:
    text = (
        '<p style="white-space: nowrap">Seven words that are on one line ' + "and on " * 30 + "</p>"
    )
    made = print_one({**ARTICLE, "introduction": text})
    assert not is_inside(made)
    [warning] = made.diagnostics
    found = re.fullmatch(
        r"page 1 of the PDF: <p> “Seven words that are on one line and on .*…” "
        r"reaches (\d+\.\d) mm over the right edge of its page",
        warning.message,
    )
    assert found
    right = max(box[2] for box, _width, _height in boxes(made))
    over = (right / 72 * 25.4) - (210 - 20)
    assert float(found[1]) == pytest.approx(over, abs=2)
    assert (warning.path, str(warning.severity)) == ("content/articles/x.yaml", "warning")


def test_a_warning_stands_at_the_words_it_is_about(publication: Publication) -> None:
    publication.write("content/site.yaml", SITE + "trust: true\n")
    publication.article(
        "a",
        "title: A vs B\npublished: 2026-11-01\nsubjects: [{name: A}, {name: B}]\n"
        "introduction: |\n  Words.\n\n"
        f"  <p style='white-space: nowrap'>Here {'and on ' * 30}</p>\n",
    )
    result = publication.run("build", "-f", "pdf", "-e", "full")
    assert result.code == 0
    assert result.stderr.startswith("content/articles/a.yaml:7:34: warning: page 1 of the PDF: <p>")
    strict = publication.run("build", "-f", "pdf", "-e", "full", "--strict")
    assert strict.code == 1, "--strict counts it as an error, as every warning"


def test_a_picture_that_is_too_wide_for_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "content/assets").mkdir(parents=True)
    Image.new("RGB", (400, 30), "teal").save(tmp_path / "content/assets/x.png")
    text = '<img src="assets/x.png" alt="A bar" style="max-width: none; width: 250mm">'
    made = printed(folder({**ARTICLE, "introduction": text}, root=tmp_path))["x"]
    assert made.warnings == [
        "page 1 of the PDF: <img> reaches 80.0 mm over the right edge of its page"
    ]


@pytest.mark.parametrize("size", [(6000, 100), (100, 6000), (3000, 3000)])
def test_pictures_are_fitted_to_the_page(size: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "content/assets").mkdir(parents=True)
    Image.new("RGB", size, "teal").save(tmp_path / "content/assets/x.png")
    row = {"name": "C", "values": {"A": "![bar](assets/x.png)", "B": "b"}}
    article = {
        **ARTICLE,
        "introduction": "![bar](assets/x.png)",
        "differences": {"criteria": [row]},
    }
    assert printed(folder(article, root=tmp_path))["x"].warnings == []


def with_picture(
    tmp_path: Path, size: tuple[int, int], page: str = "A4", **fields: object
) -> Printed:
    """An article that may show `assets/x.png`, a picture of a size."""
    (tmp_path / "content/assets").mkdir(parents=True)
    Image.new("RGB", size, (0, 128, 128)).save(tmp_path / "content/assets/x.png")
    return printed(folder({**ARTICLE, **fields}, page, root=tmp_path))["x"]


@pytest.mark.parametrize(("subjects", "page"), [(2, "A5"), (8, "A4")])
def test_a_tall_picture_in_a_cell_leaves_room_for_the_head(
    subjects: int, page: str, tmp_path: Path
) -> None:
    article = comparison(subjects, "![bar](assets/x.png)", rows=3)
    made = with_picture(tmp_path, (100, 6000), page, **article)
    assert made.warnings == []
    for sheet in pypdfium2.PdfDocument(made.data):
        words = sheet.get_textpage().get_text_range()
        assert ("Criterion 1" in words) <= ("PostgreSQL" in words)
    assert is_inside(made)


def teal(made: Printed) -> tuple[int, int, int, int]:
    """Where the first page shows the picture, in millimetres."""
    page: Image.Image = (
        pypdfium2.PdfDocument(made.data)[0].render(scale=25.4 / 72).to_pil().convert("RGB")
    )
    saturations = page.convert("HSV").split()[1]  # Nothing else is as saturated.
    found = saturations.point(lambda saturation: 255 * (saturation > 250)).getbbox()
    assert found
    return found


def test_a_small_lead_image_is_not_enlarged(tmp_path: Path) -> None:
    made = with_picture(tmp_path, (80, 60), image={"src": "assets/x.png", "alt": "A bar"})
    left, top, right, bottom = teal(made)
    assert right - left == pytest.approx(80 / 72 * 25.4, abs=2)
    assert bottom - top == pytest.approx(60 / 72 * 25.4, abs=2)


def test_a_figure_stands_where_the_text_does(tmp_path: Path) -> None:
    text = '<figure><img src="assets/x.png" alt="A bar"><figcaption>A bar</figcaption></figure>'
    made = with_picture(tmp_path, (80, 60), introduction=text)
    assert teal(made)[0] == pytest.approx(20, abs=1)


@pytest.mark.parametrize("letters", range(20, 60, 4))
def test_a_date_stays_with_what_is_said_of_it(letters: int) -> None:
    author = {"name": "A" * letters}
    said = pdf_text(print_one({**ARTICLE, "author": author, "updated": "2026-11-20"}).data)
    assert "Updated November 20, 2026" in said


# Wide comparisons.


def shape(made: Printed) -> tuple[list[str], int]:
    """Which way the pages lie, and in how many parts the comparison stands on them."""
    with made.open() as document:
        sizes = [[float(x) for x in page.MediaBox[2:]] for page in document.pages]
        text = pdf_text(made.data)
        return ["turned" if w > h else "upright" for w, h in sizes], text.count("Criterion 0")


@pytest.mark.parametrize("subjects", [2, 3, 4])
@pytest.mark.parametrize("page", ["A4", "A5", "letter"])
def test_few_subjects_stand_upright(subjects: int, page: str) -> None:
    pages, tables = shape(print_one(comparison(subjects), page))
    assert "turned" not in pages
    assert tables == 1


@pytest.mark.parametrize("page", ["A4", "letter"])
def test_eight_subjects_lie_on_a_turned_page_with_their_heading(page: str) -> None:
    made = print_one(comparison(8), page)
    pages, tables = shape(made)
    assert pages == ["upright", "turned"]
    assert tables == 1
    assert made.warnings == []
    with made.open() as document:
        heading = next(e for e in elements(document) if tag(e) == "H2")
        assert heading.Pg.objgen == document.pages[1].obj.objgen


def test_what_fits_no_page_is_split_and_says_each_value_once() -> None:
    cells = tuple(f"Internationalization {i}" for i in range(32))
    made = print_one(comparison(8, *cells), "A5")
    pages, tables = shape(made)
    assert "turned" not in pages
    assert tables == 2
    said = pdf_text(made.data)
    assert made.warnings == []
    for name in ("PostgreSQL", "TimescaleDB", "Criterion 3"):
        assert name in said


def test_the_pages_after_a_turned_one_are_upright_again() -> None:
    article = comparison(8)
    article["conclusion"] = "The end."
    assert shape(print_one(article))[0] == ["upright", "turned", "upright"]


WORDS = st.text("abcdefghij klmnop", min_size=0, max_size=60)


@given(
    cells=st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=3, max_size=14),
    paper=st.sampled_from(sorted(PAPERS)),
)
def test_more_columns_never_get_a_roomier_layout(cells: list[list[str]], paper: str) -> None:
    order = ["upright", "small", "turned", "turned small", None]

    def rank(columns: list[list[str]]) -> int:
        chosen = choose(columns, PAPERS[paper])
        return order.index(chosen.classes if chosen else None)

    ranks = [rank(cells[:n]) for n in range(3, len(cells) + 1)]
    assert ranks == sorted(ranks)


def test_words_are_hyphenated_as_their_language_does() -> None:
    word = "Donaudampfschifffahrtsgesellschaft "
    german = pdf_text(print_one({**ARTICLE, "introduction": word * 40}, language="de").data)
    ends = set(re.findall(r"(\w+)[-\u2010]\n", german))
    assert ends, "else nothing was hyphenated"
    parts = ["Do", "nau", "dampf", "schiff", "fahrts", "ge", "sell", "schaft"]
    assert ends <= {"".join(parts[:n]) for n in range(1, len(parts))}
    chinese = pdf_text(print_one({**ARTICLE, "introduction": word * 40}, language="zh").data)
    assert not re.findall(r"(\w+)[-\u2010]\n", chinese)


def test_only_a_very_long_word_of_a_heading_is_hyphenated() -> None:
    title = "Unterscheidung Donaudampfschifffahrtsgesellschaft Unterscheidung " * 2
    said = pdf_text(print_one({**ARTICLE, "title": title}, language="de").data)
    assert re.search(r"Donau\w*[-\u2010]\n\w*schaft", said)
    usual = "What is the most noticeable difference between both? " * 3
    assert not re.search(r"\w[-\u2010]\n", pdf_text(print_one({**ARTICLE, "title": usual}).data))


# Rows, heads and headings.


def test_a_table_says_its_head_again_on_each_page_and_tears_no_row() -> None:
    text = "Three lines of words, or even four, which is what the column makes of these words. " * 2
    made = print_one(comparison(3, text, rows=24))
    pages = pypdfium2.PdfDocument(made.data)
    said = [" ".join(page.get_textpage().get_text_range().split()) for page in pages]
    with_rows = [words for words in said if "Criterion " in words]
    assert len(with_rows) >= 3
    assert sum(words.count("Three lines") for words in said) == 24 * 3 * 2
    for words in with_rows:
        assert "PostgreSQL" in words
        assert words.count("Three lines") % 6 == 0, "all of a row stands on one page"


def test_a_row_taller_than_a_page_goes_on_over_pages() -> None:
    article = comparison(2, "word " * 1500, "short", rows=2)
    made = print_one(article)
    assert made.warnings == []
    assert is_inside(made)
    assert len(re.findall(r"\bword\b", pdf_text(made.data))) == 3000
    assert pdf_text(made.data).count("PostgreSQL ClickHouse") >= 3, "its head on each page"


@pytest.mark.slow
@settings(max_examples=4, phases=[Phase.explicit, Phase.generate])
@given(lengths=st.lists(st.integers(5, 400), min_size=6, max_size=14))
def test_no_heading_is_left_at_the_foot_of_a_page(lengths: list[int]) -> None:
    sections = [{"title": f"Heading {i}", "body": "word " * n} for i, n in enumerate(lengths)]
    made = print_one({**ARTICLE, "sections": sections})
    for page in pypdfium2.PdfDocument(made.data):
        lines = [x for x in page.get_textpage().get_text_range().splitlines() if x.strip()]
        body = [line for line in lines if not line.startswith(("https://", "Page "))]
        assert not re.match(r"Heading \d+$", body[-1].strip())


def test_no_paragraph_leaves_fewer_than_three_lines_on_a_page() -> None:
    paragraphs = [f"p{i:02} " * 140 for i in range(24)]
    made = print_one({**ARTICLE, "introduction": "\n\n".join(paragraphs)})
    torn = 0
    for page in pypdfium2.PdfDocument(made.data):
        words = page.get_textpage().get_text_range()
        for i in range(24):
            lines = len([line for line in words.splitlines() if line.startswith(f"p{i:02} ")])
            torn += 0 < words.count(f"p{i:02}") < 140
            assert lines == 0 or lines >= 3
    assert torn, "else nothing was tested"


# Tables of the writer's own.

SPANS = """\
<table>
<thead><tr><th colspan="2">Wide head</th><th>Head</th></tr></thead>
<tbody>
<tr><td rowspan="2">tall</td><td>b</td><td>c</td></tr>
<!-- between rows --><tr><!-- between cells --><td>d</td><td>e</td></tr>
<tr><td rowspan="0" colspan="x">alone</td></tr>
</tbody>
</table>
"""


def test_a_table_may_have_cells_that_span_others_and_rows_that_lack_some() -> None:
    made = print_one({**ARTICLE, "introduction": SPANS})
    assert made.warnings == []
    assert "Wide head Head tall b c d e alone" in " ".join(pdf_text(made.data).split())


SENTENCE = "A measured answer that names the trade-off and gives a figure where one exists. "
OPTIONS = (
    f"| Option | Meaning | Value |\n|---|---|--:|\n| `--std` | {SENTENCE * 2} | automatic |\n"
    "| `-j` | short | 3 |"
)


@pytest.mark.parametrize("page", ["A4", "A5"])
def test_a_table_breaks_no_short_word_however_long_its_other_cells_are(page: str) -> None:
    indented = indent(OPTIONS, "    ")
    made = print_one({**ARTICLE, "introduction": f"{OPTIONS}\n\n- Listed:\n\n{indented}"}, page)
    assert made.warnings == []
    words = pdf_text(made.data).split()
    for word in ("Option", "Meaning", "Value", "--std", "-j", "automatic"):
        assert words.count(word) >= 2, word


def laid(cells: Sequence[str], paper: str = "A4") -> tuple[str | None, list[float]]:
    """The class that a Markdown table of these cells below as many heads gets, and its shares."""
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    root = fromstring(f"<body><table><tbody><tr>{row}</tr></tbody></table></body>")
    arrange(root, PAPERS[paper])
    shares = [float(x.get("style", "")[len("width: ") : -1]) for x in root.iter("col")]
    return root[0].get("class"), shares


def test_a_table_is_dense_where_its_longest_words_do_not_fit_and_not_for_many_words() -> None:
    assert laid(["batch.size", "16384", "bytes", SENTENCE * 6]) == (None, [])
    assert laid(["word " * 40] * 8) == (None, [])
    assert laid(["configuration"] * 6) == ("dense", [])
    assert laid(["configuration"] * 14)[0] == "dense broken"
    assert laid(["数据库与流处理系统的比较与选择" * 9] * 3, "A5") == (None, [])


def test_columns_that_must_break_words_get_shares_by_what_they_hold() -> None:
    classes, shares = laid([LONG, "b", SENTENCE * 2])
    assert classes == "dense broken"
    assert sum(shares) == pytest.approx(100, abs=0.1)
    word, letter, sentences = shares
    assert letter < 10
    assert sentences < word
    made = print_one(
        {**ARTICLE, "introduction": f'<table class="x"><tr><td>{LONG}</td><td>b</td></tr></table>'}
    )
    assert made.warnings == []
    assert is_inside(made)


# Characters and pictures that are not there.


def test_a_character_that_no_font_has_is_told_with_its_font_and_place(
    publication: Publication,
) -> None:
    publication.article(
        "a",
        "title: A vs B\npublished: 2026-11-01\nsubjects: [{name: A}, {name: B}]\n"
        "introduction: |\n  Plain words.\n\n  And *these*: \U0010fff0 and `\U0010fff1`.\n",
    )
    result = publication.run("build", "-f", "pdf")
    assert result.code == 0
    lines = [line for line in result.stderr.splitlines() if not line.startswith("  hint")]
    assert [line.partition(" no font")[0] for line in lines] == [
        "content/articles/a.yaml:7:16: warning:",
        "content/articles/a.yaml:7:23: warning:",
    ], "once for each character, though both editions show it"
    assert "U+10FFF0 '\\U0010fff0': neither Inter nor" in lines[0]
    assert "U+10FFF1 '\\U0010fff1': neither JetBrains Mono nor" in lines[1]


def test_a_character_written_as_an_escape_is_found_too() -> None:
    article = (
        "title: A vs B\npublished: 2026-11-01\nsubjects: [{name: A}, {name: B}]\n"
        'introduction: "Before \\U0010FFF0 after"\n'
    )
    [warning] = print_one(article).diagnostics
    assert (warning.line, warning.column) == (4, 23)


def test_a_rare_script_is_told_and_a_common_one_is_not() -> None:
    kirat = print_one({**ARTICLE, "introduction": "\U00016d40\U00016d41"})
    assert any("U+16D40" in warning for warning in kirat.warnings)
    common = "Ελληνικά, русский, العربية, עברית, 中文, 日本語, 한국어, हिन्दी, ไทย, 🚀 👩‍💻 → ≤ ✓ ①"
    assert print_one({**ARTICLE, "introduction": common}).warnings == []


def test_a_picture_that_is_not_loaded_is_told() -> None:
    made = print_one({**ARTICLE, "introduction": "![A cat](https://c.example/cat.png)"})
    [warning] = made.diagnostics
    assert "no picture for https://c.example/cat.png" in warning.message
    assert warning.line == 6
