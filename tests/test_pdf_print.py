"""What a PDF gives to those who print it: contents with pages, numbered links, addresses in words."""

import re
from typing import Any
from xml.etree.ElementTree import fromstring

import pikepdf
import pypdfium2
import pytest
from printing import Printed, elements, print_one, tag
from reading import pdf_links, pdf_text

from versus.writers.pdf import contents
from versus.writers.pdf.links import number, short
from versus.writers.pdf.paper import PAPERS

ARTICLE: dict[str, Any] = {
    "title": "A vs B", "published": "2026-11-01", "subjects": [{"name": "A"}, {"name": "B"}],
    "introduction": "Words.",
}  # fmt: skip


def with_sections(*lengths: int) -> dict[str, Any]:
    sections = [{"title": f"Part {i}", "body": "word " * n} for i, n in enumerate(lengths, 1)]
    return {**ARTICLE, "sections": sections}


def listed(made: Printed) -> list[tuple[str, int]]:
    """The list of contents as it is printed."""
    before = pdf_text(made.data).partition("Words.")[0]
    return [
        (name, int(page)) for name, page in re.findall(r"^(Part \d+) (\d+)$", before, re.MULTILINE)
    ]


def where(made: Printed) -> list[tuple[str, int]]:
    """The pages on which headings really stand."""
    with made.open() as document:
        pages = {page.obj.objgen: i for i, page in enumerate(document.pages, 1)}
        heads = [e for e in elements(document) if tag(e) == "H2"]
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root[0].children]
        heads = heads[-len(titles) :]
        return [(t, pages[h.Pg.objgen]) for t, h in zip(titles, heads, strict=True)]


def test_contents_name_the_page_of_each_section() -> None:
    made = print_one(with_sections(900, 30, 700, 900))
    assert listed(made) == where(made)
    assert [name for name, _page in listed(made)] == ["Part 1", "Part 2", "Part 3", "Part 4"]
    assert len({page for _name, page in listed(made)}) > 2


def test_pages_of_two_figures_end_where_those_of_one_do() -> None:
    made = print_one(with_sections(4100, 20, 700), "A5")
    assert listed(made) == where(made)
    assert {len(str(page)) for _name, page in listed(made)} == {1, 2}
    text = pypdfium2.PdfDocument(made.data)[0].get_textpage()
    words = text.get_text_range()
    lines = [f"{name} {page}" for name, page in listed(made)]
    ends = [text.get_charbox(words.index(line) + len(line) - 1)[2] for line in lines]
    assert max(ends) - min(ends) < 2, "points: figures are drawn a little narrower than they are"


def test_contents_stand_in_files_of_more_than_four_pages_only() -> None:
    short_one, long_one = (
        print_one(with_sections(300, 300, 300)),
        print_one(with_sections(900, 900, 900)),
    )
    with short_one.open() as document:
        assert len(document.pages) <= 4
    with long_one.open() as document:
        assert len(document.pages) > 4
    assert not listed(short_one)
    assert listed(long_one)


class Pages:
    """A document of so many pages."""

    def __init__(self, count: int) -> None:
        self.pages = [None] * count


@pytest.mark.parametrize(("pages", "layouts", "kept"), [(2, 2, False), (5, 1, True)])
def test_a_long_guess_is_laid_out_again_only_where_it_was_wrong(
    pages: int, layouts: int, kept: bool
) -> None:
    tree = fromstring(f"<html><nav class='contents'/><p>{'word ' * 5000}</p></html>")
    calls = []

    def render() -> Pages:
        calls.append(tree.find("nav") is not None)
        return Pages(pages)

    contents.laid_out(tree, PAPERS["A4"], render)
    assert (len(calls), calls[-1]) == (layouts, kept)


@pytest.mark.parametrize(("pages", "layouts", "kept"), [(2, 1, False), (5, 2, True)])
def test_a_short_guess_is_laid_out_again_only_where_it_was_wrong(
    pages: int, layouts: int, kept: bool
) -> None:
    tree = fromstring("<html><nav class='contents'/><p>word</p></html>")
    calls = []

    def render() -> Pages:
        calls.append(tree.find("nav") is not None)
        return Pages(pages)

    contents.laid_out(tree, PAPERS["A4"], render)
    assert (len(calls), calls[-1]) == (layouts, kept)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.example.com/", "www.example.com"),
        ("http://example.com/a_b/?c=d#e", "example.com/a_b/?c=d#e"),
        ("https://example.com/%D9%82%D8%A7", "example.com/قا"),
        ("https://example.com/a%20b", "example.com/a%20b"),
        ("https://example.com/%FF", "example.com/%FF"),
        ("https://example.com/100%25", "example.com/100%25"),
        ("mailto:a@example.com", "mailto:a@example.com"),
    ],
)
def test_addresses_are_short_and_can_still_be_typed(address: str, shown: str) -> None:
    assert short(address) == shown


def test_links_are_numbered_once_for_each_address_and_listed() -> None:
    text = (
        "[one](https://a.example/1), [two](https://b.example/2), [one again](https://a.example/1)"
    )
    made = print_one({**ARTICLE, "introduction": text})
    said = pdf_text(made.data)
    listing = said[said.index("Links\n") :]
    assert re.findall(r"[ab]\.example/\d", listing) == ["a.example/1", "b.example/2"]
    assert pdf_links(made.data).count("https://a.example/1") == 3, (
        "two in the text, one in the list"
    )


def test_a_link_that_is_its_address_needs_no_number() -> None:
    text = "<https://a.example/1> and [b.example/2](https://b.example/2) and [mail](mailto:c@c.example)"
    assert "Links" not in pdf_text(print_one({**ARTICLE, "introduction": text}).data)


def test_numbers_of_links_are_seen_and_neither_read_nor_copied() -> None:
    made = print_one({**ARTICLE, "introduction": "See [there](https://a.example/1), now."})
    assert "See there\u200b, now." in pdf_text(made.data).replace("\n", "")
    with made.open() as document:
        raw = document.pages[0].Contents.read_bytes()
    assert raw.count(b"/Artifact\n<</Type /Layout>>\nBDC /Span <</ActualText <FEFF200B>>> BDC") == 1


def test_a_link_inside_names_the_page_it_leads_to() -> None:
    tree = fromstring(
        "<html><body data-page='(page %)'><p><a href='#x'>there</a>.</p>"
        "<section class='links'><ol/></section></body></html>"
    )
    number(tree)
    mark = tree.find(".//span")
    assert mark is not None
    assert mark.attrib == {
        "class": "page-of",
        "data-to": "#x",
        "data-before": "(page ",
        "data-after": ")",
    }
    assert mark.tail == "."
    assert tree.find(".//section") is None, "there is nothing to list"


def test_a_publications_own_template_may_leave_the_list_out() -> None:
    tree = fromstring("<html><body><p><a href='https://a.example/'>there</a></p></body></html>")
    number(tree)
    assert tree.find(".//span") is None


def test_sources_and_related_posts_show_their_addresses() -> None:
    sources = {"s": {"title": "Source", "url": "https://www.s.example/p/"}}
    said = pdf_text(print_one({**ARTICLE, "sources": sources}).data)
    assert "Source\nwww.s.example/p\n" in said


def test_dates_and_names_stand_in_the_metadata() -> None:
    with print_one({**ARTICLE, "updated": "2026-11-05", "tags": ["x", "y"]}).open() as document:
        assert str(document.docinfo["/CreationDate"]).startswith("D:20261101")
        assert str(document.docinfo["/ModDate"]).startswith("D:20261105")
        assert str(document.docinfo["/Keywords"]) == "x, y"
        with document.open_metadata() as metadata:
            assert metadata["xmp:CreateDate"] == "2026-11-01"
            assert metadata["pdfuaid:part"] == "1"


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_the_sheet_is_as_large_as_its_paper(paper: str) -> None:
    with print_one(ARTICLE, paper).open() as document:
        width, height = (float(x) / 72 * 25.4 for x in document.pages[0].MediaBox[2:])
        assert (width, height) == pytest.approx(
            (PAPERS[paper].width, PAPERS[paper].height), abs=0.2
        )
        assert isinstance(document.pages[0].obj, pikepdf.Dictionary)
