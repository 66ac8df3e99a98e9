"""The PDF's structure: tagged, named, bookmarked, linked, its fonts inside, nothing fetched."""

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import ROOT, run
from reading import pdf_links, pdf_text


@pytest.fixture(scope="module")
def flagship(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pikepdf.Pdf]:
    out = tmp_path_factory.mktemp("out")
    result = run("mlops-vs-mlops", "--format", "pdf", "-e", "full", "-o", str(out))
    assert result.code == 0, result.stderr
    data = (out / "site/mlops-vs-mlops/mlops-vs-mlops.pdf").read_bytes()
    (out / "copy.pdf").write_bytes(data)
    with pikepdf.open(io.BytesIO(data)) as document:
        document.source = data  # type: ignore[attr-defined]
        yield document


def elements(node: Any, depth: int = 0) -> Iterator[Any]:
    """Every element of the structure tree."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child, depth + 1)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from elements(node["/K"], depth + 1)
    elif isinstance(node, pikepdf.Dictionary) and "/K" in node:
        yield from elements(node["/K"], depth + 1)


def test_it_is_tagged_and_says_its_title_author_and_language(flagship: pikepdf.Pdf) -> None:
    root = flagship.Root
    assert bool(root.MarkInfo.Marked) is True
    assert str(root.Lang) == "en"
    assert bool(root.ViewerPreferences.DisplayDocTitle) is True
    assert str(flagship.docinfo["/Title"]) == "What is the difference between MLOps vs mlops?"
    assert str(flagship.docinfo["/Author"]) == "Versus editors"
    with flagship.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_headings_are_tagged_in_order_and_none_is_skipped(flagship: pikepdf.Pdf) -> None:
    levels = [
        int(str(e.S)[2])
        for e in elements(flagship.Root.StructTreeRoot)
        if re.fullmatch(r"/H\d", str(e.S))
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_each_header_cell_says_what_it_heads(flagship: pikepdf.Pdf) -> None:
    tree = list(elements(flagship.Root.StructTreeRoot))
    assert sum(str(e.S) == "/TD" for e in tree) >= 14
    scopes = [str(e.A.Scope) for e in tree if str(e.S) == "/TH"]
    assert len(scopes) == sum(str(e.S) == "/TH" for e in tree)
    assert scopes[:3] == ["/Column"] * 3
    assert scopes.count("/Row") == 7, "one for each criterion, on whichever page it stands"


def test_pictures_have_alternative_text(flagship: pikepdf.Pdf) -> None:
    figures = [e for e in elements(flagship.Root.StructTreeRoot) if str(e.S) == "/Figure"]
    assert figures
    assert all(str(f.get("/Alt", "")) for f in figures)


def test_it_has_bookmarks_for_its_sections(flagship: pikepdf.Pdf) -> None:
    with flagship.open_outline() as outline:
        top = outline.root[0]
        assert top.title == "What is the difference between MLOps vs mlops?"
        assert "Verdict" in [child.title for child in top.children]


def test_every_font_is_embedded(flagship: pikepdf.Pdf) -> None:
    fonts = {}
    for page in flagship.pages:
        for font in page.Resources.get("/Font", pikepdf.Dictionary()).values():
            fonts[str(font.BaseFont)] = font.DescendantFonts[0].FontDescriptor
    assert any("Inter" in name for name in fonts)
    for descriptor in fonts.values():
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_links_can_be_clicked_and_lead_out_of_the_file(flagship: pikepdf.Pdf) -> None:
    links = pdf_links(flagship.source)  # type: ignore[attr-defined]
    assert "https://blog.example.com/mlops-vs-devops/" in links
    assert "https://blog.example.com/certified-finops-professional/" in links
    assert not [link for link in links if not link.startswith(("https:", "http:", "mailto:"))]


def test_pages_are_numbered_and_name_the_article(flagship: pikepdf.Pdf) -> None:
    text = pdf_text(flagship.source)  # type: ignore[attr-defined]
    total = len(flagship.pages)
    for number in range(1, total + 1):
        assert f"Page {number} of {total}" in text
    assert text.count("https://blog.example.com/mlops-vs-mlops/") >= total


def test_the_paper_is_the_sites(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "content", tmp_path / "content")
    site = tmp_path / "content/site.yaml"
    site.write_text(site.read_text().replace("page: A4", "page: letter"))
    result = run("-C", str(tmp_path), "parquet-vs-avro", "-f", "pdf", "-e", "brief")
    assert result.code == 0, result.stderr
    with pikepdf.open(tmp_path / "out/site/parquet-vs-avro/brief/parquet-vs-avro.pdf") as document:
        assert [round(float(x)) for x in document.pages[0].MediaBox] == [0, 0, 612, 792]


def test_nothing_is_fetched_from_anywhere(tmp_path: Path) -> None:
    """A picture on another host is not loaded: a build opens no connection."""
    import http.server
    import threading

    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "content/articles").mkdir(parents=True)
    site = "title: T\nbase_url: https://t.example/\ntrust: true\n"
    (tmp_path / "content/site.yaml").write_text(site)
    (tmp_path / "content/articles/a.yaml").write_text(
        "title: A vs B\npublished: 2026-11-01\nsubjects: [{name: A}, {name: B}]\n"
        f"introduction: |\n  ![x]({host}/a.png)\n\n  <img src='{host}/b.png' alt=''>\n\n  <img src='file:///etc/passwd' alt=''>\n"
    )
    broken = run("-C", str(tmp_path), "-f", "pdf")
    assert "bad URL scheme 'file'" in broken.stderr
    article = tmp_path / "content/articles/a.yaml"
    article.write_text(article.read_text().replace("<img src='file:///etc/passwd' alt=''>", "end"))
    result = run("-C", str(tmp_path), "-f", "pdf")
    server.shutdown()
    assert result.code == 0, result.stderr
    assert asked == []


@pytest.mark.e2e
def test_it_can_be_an_archive_file_by_setting(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "content", tmp_path / "content")
    site = tmp_path / "content/site.yaml"
    site.write_text(site.read_text().replace("standard: pdf/ua-1", "standard: pdf/a-3a"))
    result = run("-C", str(tmp_path), "parquet-vs-avro", "-f", "pdf", "-e", "brief")
    assert result.code == 0, result.stderr
    with pikepdf.open(tmp_path / "out/site/parquet-vs-avro/brief/parquet-vs-avro.pdf") as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert document.Root.OutputIntents
