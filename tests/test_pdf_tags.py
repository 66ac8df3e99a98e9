"""PDF/UA-1 as far as a program can see: the conditions of the Matterhorn Protocol 1.1.

No validator is to be had from PyPI, npm or Debian, so each condition is a function here, read off
the file by pikepdf, which shares no code with what wrote it. Numbers are the protocol's.
"""

import functools
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from printing import ROOT, SITES, Printed, comparison, elements, folder, print_one, printed, tag

LINKS = {
    "title": "A vs B", "published": "2026-11-01", "subjects": [{"name": "A"}, {"name": "B"}],
    "introduction": "A [link](https://a.example/) and ~~no~~ <del>gone</del>, see [the end](#conclusion), <a href='https://c.example/'><span lang='de'>das Wort</span></a>.\n\n"
    "![](assets/x.png) <span lang=\"fr\">déjà vu</span> <q>said</q> `code`\n\n> A quotation.\n\n"
    "| a [b](https://b.example/) | c |\n|---|---|\n| d | e |\n\n1. one\n\n    - two\n\n```python\nx = 1\n```\n",
    "differences": {"criteria": [{"name": "C", "lead": "Lead.", "values": {"A": {"text": "*x*", "sources": ["s"]}, "B": None}}]},
    "conclusion": "The *end*[^1].\n\n[^1]: A note with a [link](https://a.example/).",
    "sources": {"s": {"title": "Source", "url": "https://s.example/p"}},
}  # fmt: skip


def _links() -> Printed:
    without_picture = str(LINKS["introduction"]).replace("![](assets/x.png) ", "")
    return print_one({**LINKS, "introduction": without_picture})


SAMPLES: dict[str, Callable[[], Printed]] = {
    "the flagship": lambda: printed(ROOT, "mlops-vs-mlops")["mlops-vs-mlops"],
    "a table turned": lambda: printed(SITES / "stress", "eight-subjects")["eight-subjects"],
    "a table over pages": lambda: printed(SITES / "stress", "forty-criteria")["forty-criteria"],
    "a table split": lambda: print_one(comparison(8, "Internationalization", "Yes", rows=30), "A5"),
    "Arabic": lambda: printed(SITES / "arabic", "sql-vs-nosql")["sql-vs-nosql"],
    "Chinese": lambda: printed(SITES / "chinese", "batch-vs-stream")["batch-vs-stream"],
    "links of all kinds": _links,
    "an archive file": lambda: print_one(LINKS | {"introduction": "Words."}, standard="pdf/a-3a"),
}  # fmt: skip


@functools.cache
def sample(name: str) -> Printed:
    return SAMPLES[name]()


@pytest.fixture(params=SAMPLES)
def document(request: pytest.FixtureRequest) -> Iterator[pikepdf.Pdf]:
    with sample(request.param).open() as opened:
        yield opened


def contents(page: pikepdf.Page) -> Iterator[tuple[str, list[Any], list[str | int]]]:
    """The operators of a page with the marks around each: `Artifact`, or a number of content."""
    marks: list[str | int] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = instruction.operands, str(instruction.operator)
        if name in ("BMC", "BDC"):
            properties: Any = operands[1] if name == "BDC" else None
            number = properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None
            marks.append(str(operands[0])[1:] if number is None else int(number))
        yield name, list(operands), list(marks)
        if name == "EMC":
            marks.pop()
    assert not marks


PAINTING = {"Tj", "TJ", "'", '"', "f", "f*", "F", "S", "s", "B", "B*", "b", "b*", "Do", "sh", "EI"}


def test_01_all_content_is_either_tagged_or_an_artifact(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        for operator, _operands, marks in contents(page):
            if operator in PAINTING:
                tagged = [mark for mark in marks if isinstance(mark, int)]
                assert len(tagged) + marks.count("Artifact") >= 1, (operator, marks)


def test_01_no_artifact_stands_in_tagged_content_nor_tagged_content_in_an_artifact(
    document: pikepdf.Pdf,
) -> None:
    for page in document.pages:
        for _operator, _operands, marks in contents(page):
            tagged = [mark for mark in marks if isinstance(mark, int)]
            assert len(tagged) + bool("Artifact" in marks) <= 1, marks


def numbers(element: Any) -> Iterator[tuple[int, Any]]:
    """The content of an element: each number with its page."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield kid, element.Pg
        elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
            yield int(kid.MCID), kid.Pg


def test_01_content_and_structure_know_each_other(document: pikepdf.Pdf) -> None:
    parents = document.Root.StructTreeRoot.ParentTree.Nums
    owners = {int(parents[i]): parents[i + 1] for i in range(0, len(parents), 2)}
    shown: set[tuple[int, int]] = set()
    for index, page in enumerate(document.pages):
        assert int(page.obj.StructParents) == index
        shown |= {
            (index, m) for _o, _p, marks in contents(page) for m in marks if isinstance(m, int)
        }
    indices = {page.obj.objgen: index for index, page in enumerate(document.pages)}
    owned: set[tuple[int, int]] = set()
    for element in elements(document):
        for number, page in numbers(element):
            index = indices[page.objgen]
            assert (index, number) not in owned, "content belongs to one element"
            owned.add((index, number))
            assert owners[index][number].objgen == element.objgen
    assert shown <= owned
    unowned = [n for i, page in owners.items() if isinstance(page, pikepdf.Array)
               for n, owner in enumerate(page) if owner is not None and (i, n) not in owned]  # fmt: skip
    assert not unowned
    for page in document.pages:
        for note in page.obj.get("/Annots", []):
            assert tag(owners[int(note.StructParent)]) == "Link"
            assert note.objgen in held(owners[int(note.StructParent)])


def held(link: Any) -> set[Any]:
    """The annotations of a link: one for each line that it stands on."""
    kids = [kid for kid in link.K if isinstance(kid, pikepdf.Dictionary)]
    return {kid.Obj.objgen for kid in kids if kid.get("/Type") == "/OBJR"}


STANDARD = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct",
    "Private", "P", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD",
    "THead", "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot",
    "Figure", "Formula", "Form",
}  # fmt: skip


def test_02_every_type_of_element_is_a_standard_one(document: pikepdf.Pdf) -> None:
    assert {tag(element) for element in elements(document)} <= STANDARD


def test_05_nothing_depends_on_scripts_or_forms(document: pikepdf.Pdf) -> None:
    assert "/AcroForm" not in document.Root
    assert "/OpenAction" not in document.Root
    assert "/JavaScript" not in document.Root.get("/Names", {})
    assert not document.is_encrypted


def test_06_07_the_title_is_in_the_metadata_and_shown(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as metadata:
        assert metadata["dc:title"] == str(document.docinfo["/Title"])
        assert "pdfuaid:part" in metadata or "pdfaid:part" in metadata
    assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
    assert bool(document.Root.MarkInfo.Marked)


KIDS = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"}, "TR": {"TH", "TD"},
    "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"},
    "TOC": {"TOCI", "TOC", "Caption"}, "TOCI": {"Lbl", "Reference", "P", "NonStruct", "TOC"},
}  # fmt: skip
PARENTS = {"TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"}, "TBody": {"Table"},
           "LI": {"L"}, "LBody": {"LI"}, "TOCI": {"TOC"}}  # fmt: skip


def test_09_tables_lists_and_contents_hold_what_they_may(document: pikepdf.Pdf) -> None:
    for element in elements(document):
        kids = [kid for kid in element.get("/K", []) if isinstance(kid, pikepdf.Dictionary)]
        names = [tag(kid) for kid in kids if "/S" in kid]
        if tag(element) in KIDS:
            assert set(names) <= KIDS[tag(element)], (tag(element), names)
        if tag(element) in ("THead", "Table", "L"):
            assert names, f"an empty {tag(element)}"
        if tag(element) == "Table":
            assert names.count("THead") <= 1
        if tag(element) in PARENTS:
            assert tag(element.P) in PARENTS[tag(element)]
        for kid in kids:
            if "/P" in kid:
                assert kid.P.objgen == element.objgen


def test_09_links_hold_their_annotation(document: pikepdf.Pdf) -> None:
    for element in elements(document):
        if tag(element) == "Link":
            assert held(element)


def test_11_the_language_is_told(document: pikepdf.Pdf) -> None:
    assert re.fullmatch(r"[a-z]{2}(-\w+)*", str(document.Root.Lang))


def test_13_figures_say_what_they_show_and_where_they_lie(document: pikepdf.Pdf) -> None:
    for element in elements(document):
        if tag(element) == "Figure":
            assert str(element.Alt)
            left, bottom, right, top = (float(x) for x in element.A.BBox)
            width, height = (float(x) for x in element.Pg.MediaBox[2:])
            assert 0 <= left < right <= width
            assert 0 <= bottom < top <= height


def test_14_headings_start_with_the_title_and_skip_no_level(document: pikepdf.Pdf) -> None:
    levels = [int(tag(e)[1]) for e in elements(document) if re.fullmatch(r"H\d", tag(e))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_15_headers_say_what_they_head_and_cells_by_which(document: pikepdf.Pdf) -> None:
    cells = [e for e in elements(document) if tag(e) in ("TH", "TD")]
    names = [str(cell.ID) for cell in cells if "/ID" in cell]
    assert len(names) == len(set(names))
    for cell in cells:
        if tag(cell) == "TH":
            assert str(cell.A.Scope) in ("/Row", "/Column")
        else:
            assert cell.A.Headers
            assert {str(name) for name in cell.A.Headers} <= set(names)
    if names:
        leaf = document.Root.StructTreeRoot.IDTree.Kids[0]
        assert [str(name) for name in leaf.Names[::2]] == sorted(names)


def test_28_annotations_are_links_described_and_in_the_order_of_the_structure(
    document: pikepdf.Pdf,
) -> None:
    links = [held(element) for element in elements(document) if tag(element) == "Link"]
    for page in document.pages:
        assert str(page.obj.Tabs) == "/S"
        for note in page.obj.get("/Annots", []):
            assert str(note.Subtype) == "/Link"
            assert str(note.Contents).strip()
            assert sum(note.objgen in link for link in links) == 1
            assert "/StructParent" in note


def test_10_31_fonts_are_inside_and_say_which_characters_they_show(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        for font in page.Resources.get("/Font", pikepdf.Dictionary()).values():
            assert "/ToUnicode" in font
            described = font.get("/DescendantFonts", [font])[0].get("/FontDescriptor")
            if described is not None:
                assert "/FontFile2" in described or "/FontFile3" in described


# What the protocol leaves to people: whether the structure says what the article says.


def text_of(document: pikepdf.Pdf, element: Any) -> int:
    """How many pieces of content stand below an element."""
    return len(list(numbers(element))) + sum(
        text_of(document, kid)
        for kid in element.get("/K", [])
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid
    )


def test_what_a_page_break_tore_apart_is_one_element() -> None:
    with sample("a table over pages").open() as document:
        names = [tag(e) for e in elements(document)]
        assert len(document.pages) >= 3
        assert names.count("Art") == 1
        assert names.count("Table") == names.count("THead") == names.count("TBody") == 1
        assert names.count("TR") == 41, "forty criteria and one head"


def test_a_table_split_in_parts_is_read_as_one() -> None:
    with sample("a table split").open() as document:
        [table] = [e for e in elements(document) if tag(e) == "Table"]
        head, body = table.K
        assert [len(row.K) for row in [*head.K, *body.K]] == [9] * 31
        for row in body.K:
            assert [tag(cell) for cell in row.K] == ["TH"] + ["TD"] * 8
            for column, cell in enumerate(row.K):
                if column:
                    named = [str(row.K[0].ID), str(head.K[0].K[column].ID)]
                    assert [str(name) for name in cell.A.Headers] == named


def test_running_titles_and_repeated_heads_are_artifacts() -> None:
    with sample("a table over pages").open() as document:
        for page in document.pages[1:]:
            kinds = [
                str(operands[1].get("/Type", ""))
                for operator, operands, _marks in contents(page)
                if operator == "BDC" and isinstance(operands[1], pikepdf.Dictionary)
            ]
            assert kinds.count("/Pagination") >= 3, "title, address and number of the page"


def test_words_of_another_language_name_it() -> None:
    with sample("links of all kinds").open() as document:
        assert [str(e.Lang) for e in elements(document) if "/Lang" in e] == ["de", "fr"]


def test_links_say_their_words_and_not_their_addresses() -> None:
    with sample("links of all kinds").open() as document:
        said = [
            str(note.Contents) for page in document.pages for note in page.obj.get("/Annots", [])
        ]
        assert "link" in said
        assert "the end" in said
        assert "Source 1" in said, "the accessible name of a reference to a source"


def test_contents_are_a_table_of_contents() -> None:
    with sample("the flagship").open() as document:
        names = [tag(e) for e in elements(document)]
        assert names.count("TOC") == 1
        assert names.count("TOCI") == 9


def test_terms_are_the_labels_of_what_is_said_of_them() -> None:
    with sample("links of all kinds").open() as document:
        items = [e for e in elements(document) if tag(e) == "LI"]
        kids = [[tag(kid) for kid in item.K] for item in items]
        assert ["Lbl", "LBody"] in kids


def test_a_picture_without_words_is_decoration(tmp_path: Path) -> None:
    (tmp_path / "content/assets").mkdir(parents=True)
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "content/assets/x.png")
    text = "![](assets/x.png)\n\n![A cat](assets/x.png)"
    found = printed(folder({**LINKS, "introduction": text}, root=tmp_path))["x"]
    with found.open() as document:
        figures = [e for e in elements(document) if tag(e) == "Figure"]
        assert [str(figure.Alt) for figure in figures] == ["A cat"]
        drawn = [marks for operator, _o, marks in contents(document.pages[0]) if operator == "Do"]
        assert ["Artifact" in marks for marks in drawn] == [True, False]
