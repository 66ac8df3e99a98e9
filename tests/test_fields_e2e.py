"""What writers put into fields (tables, pictures, code), as a browser shows and prints it."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml
from browsing import needs_chromium, opened, served
from conftest import run
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e
needs_chromium()

WIDE = (
    "| " + " | ".join(f"Heading{i}" for i in range(10)) + " |\n"
    "|---" + "|---" * 9 + "|\n| " + " | ".join(f"configuration{i}" for i in range(10)) + " |"
)
INNER = "| x | y |\n|---|---|\n| one | two |\n| three | four |"
CODE = (
    "| Setting | Default | Meaning | Since |\n|---|---|---|---|\n"
    "| `org.apache.kafka.clients.buffer.memory` | `33554432` | "
    + "The bytes that records may take while they wait. " * 3
    + "| 0.8 |"
)
ARTICLES: dict[str, dict[str, Any]] = {
    "wide": {"introduction": f"Words.\n\n{WIDE}"},
    "inner": {
        "introduction": "Words.",
        "differences": {"criteria": [{"name": "Inside", "values": {"A": INNER, "B": "b"}}]},
    },
    "tall": {
        "image": {"src": "assets/tall.png", "alt": "A bar"},
        "introduction": "Words.\n\n![A bar](assets/tall.png)\n\nWords after it.",
    },
    "tiny": {"image": {"src": "assets/tiny.png", "alt": "A bar"}, "introduction": "Words."},
    "code": {
        "introduction": f"```python\nfor x in y: pass\n```\n\n{CODE}",
    },
    "ink": {
        "introduction": "Words.\n\n![An ellipse](assets/ink.png)\n\n<figure>"
        '<img src="assets/ink.png" alt="An ellipse"><figcaption>An ellipse</figcaption></figure>',
    },
    "nine": {
        "introduction": "Words.",
        "subjects": [{"name": name} for name in "ABCDEFGHI"],
        "differences": {"criteria": [{"name": "C", "values": dict.fromkeys("ABCDEFGHI", "d")}]},
    },
    "arabic": {"introduction": f'<div dir="rtl">\n\n{WIDE}\n\n</div>'},
}
"""The articles by their slugs, without what all of them have."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a publication with these articles."""
    root = tmp_path_factory.mktemp("fields")
    (root / "content/articles").mkdir(parents=True)
    settings = "title: T\nbase_url: https://t.example/\nlanguage: en\ntrust: true\n"
    (root / "content/site.yaml").write_text(settings)
    _pictures(root / "content/assets")
    for slug, fields in ARTICLES.items():
        subjects = [{"name": "A"}, {"name": "B"}]
        article = {"title": slug, "published": "2026-11-01", "subjects": subjects, **fields}
        path = root / f"content/articles/{slug}.yaml"
        path.write_text(yaml.safe_dump(article, sort_keys=False))
    result = run("build", "-f", "html", "-C", str(root))
    assert result.code == 0, result.stderr
    with served(root / "out/site") as url:
        yield url


def _pictures(folder: Path) -> None:
    folder.mkdir()
    Image.new("RGB", (80, 60), "teal").save(folder / "tiny.png")
    Image.new("RGB", (600, 1600), "teal").save(folder / "tall.png")
    drawing = Image.new("RGBA", (200, 100))
    ImageDraw.Draw(drawing).ellipse((20, 20, 180, 80), fill="black")
    drawing.save(folder / "ink.png")


@pytest.fixture
def at(browser: Browser, site: str) -> Iterator[Any]:
    """Opens an article at a width, in a colour scheme."""
    pages: list[Page] = []

    def at(slug: str, width: int = 1280, scheme: str = "light") -> Page:
        page, complaints, _asked = opened(browser, f"{site}{slug}/", width, scheme)
        assert complaints == []
        pages.append(page)
        return page

    yield at
    for page in pages:
        page.context.close()


def printed(page: Page) -> pypdfium2.PdfDocument:
    """The page, printed by the browser."""
    return pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True))


# Printed tables.


def test_a_wide_table_is_printed_whole(at: Any) -> None:
    document = printed(at("wide"))
    said = "".join(page.get_textpage().get_text_range() for page in document)
    assert "configuration9" in "".join(said.split())
    for page in document:
        text = page.get_textpage()
        rights = [text.get_charbox(i)[2] for i in range(text.count_chars())]
        assert max(rights) < page.get_width() - 30


# Pictures.


def test_a_picture_taller_than_a_page_is_printed_on_one_page(at: Any) -> None:
    """The picture is the only thing in teal, and nothing is painted over it."""
    document = printed(at("tall"))
    with_teal = [
        page.render(scale=1).to_pil().convert("RGB") for page in document if _teal(page) > 100
    ]
    assert len(with_teal) == 2, "the lead image and the one in the text"
    said = "".join(page.get_textpage().get_text_range() for page in document)
    assert "Words after it." in said


def _teal(page: Any) -> int:
    picture = page.render(scale=1).to_pil().convert("RGB")
    return sum(n for n, colour in picture.getcolors(1 << 20) if colour == (0, 128, 128))


def test_a_lead_image_is_neither_taller_than_the_window_nor_enlarged(at: Any) -> None:
    tall = at("tall").locator(".lead-image").bounding_box()
    assert tall["height"] < 700
    tiny = at("tiny").locator(".lead-image").bounding_box()
    assert (tiny["width"], tiny["height"]) == pytest.approx((80, 60), abs=3)


# A table inside a comparison.


@pytest.mark.parametrize("width", [1280, 360])
def test_a_table_in_a_cell_of_the_comparison_looks_as_any_other(at: Any, width: int) -> None:
    page = at("inner", width)
    head = page.locator(".comparison table thead th >> nth=0")
    cell = page.locator(".comparison table td >> nth=0")
    assert head.bounding_box()["width"] > 20, "its head is there"
    style = cell.evaluate(
        "e => { const s = getComputedStyle(e); return [s.position, s.display, s.fontWeight] }"
    )
    assert style == ["static", "table-cell", "400"]
    assert cell.evaluate("e => getComputedStyle(e, '::before').content") == "none"


# Code in tables.


def test_code_in_a_table_is_whole(at: Any) -> None:
    height = at("code").locator("td code >> nth=0").bounding_box()["height"]
    assert height < 30, "one line"


def test_on_a_phone_sentences_in_a_table_have_room(at: Any) -> None:
    page = at("code", 360)
    widths = page.eval_on_selector_all("td", "cells => cells.map(c => c.offsetWidth)")
    assert min(widths) >= 100
    assert page.evaluate("document.documentElement.scrollWidth") == 360


# Dark.


def test_dark_ink_on_a_transparent_picture_is_seen_in_the_dark(at: Any) -> None:
    picture = at("ink", 1280, "dark").locator("p img").screenshot()
    assert grey(picture, 100, 50) < 30
    assert grey(picture, 4, 4) > 200


def grey(screenshot: bytes, x: int, y: int) -> int:
    """How light a place is; from the right or the foot where a number is negative."""
    picture = Image.open(io.BytesIO(screenshot)).convert("L")
    return picture.tobytes()[y % picture.height * picture.width + x % picture.width]


# Tables that scroll.


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("slug", "selector"), [("wide", "table"), ("nine", ".table-frame"), ("arabic", "table")]
)
def test_a_table_shows_on_which_side_it_goes_on(
    at: Any, slug: str, selector: str, scheme: str
) -> None:
    page = at(slug, 1024, scheme)
    first, last = (-4, 4) if slug == "arabic" else (4, -4)

    def shades() -> tuple[int, int]:
        """The greys beside both edges, where it begins and where it ends, below the head."""
        picture = page.locator(selector).first.screenshot()
        return grey(picture, first, -6), grey(picture, last, -6)

    begin, end = shades()
    page.locator(selector).first.evaluate(
        "e => e.scrollTo(e.scrollWidth * (getComputedStyle(e).direction == 'rtl' ? -1 : 1), 0)"
    )
    late_begin, late_end = shades()
    assert abs(end - late_end) > 15, "a shade where it goes on, none at its end"
    if slug != "nine":  # Its first column stays.
        assert abs(begin - late_begin) > 15, "none where it begins, then a shade"


# Small things.


def test_code_is_printed_in_the_colours_for_light_paper(at: Any) -> None:
    page = at("code", 1280, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    colour = page.evaluate("getComputedStyle(document.querySelector('pre .k')).color")
    assert colour == "rgb(134, 33, 122)"


def test_a_figure_is_as_wide_as_the_text(at: Any) -> None:
    page = at("ink")
    figure, text = (page.locator(x).first.bounding_box() for x in ("figure", ".introduction > p"))
    assert (figure["x"], figure["width"]) == (text["x"], text["width"])
    assert page.evaluate("getComputedStyle(document.querySelector('figcaption')).fontSize") < "17px"
