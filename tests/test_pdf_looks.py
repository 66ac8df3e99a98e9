"""Pages as they look, against pictures in `tests/golden` that people looked at.

`make golden` takes them anew; look at what changed before you commit them.
"""

import os
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from looks import DPI, difference
from PIL import Image
from printing import SITES, Printed, comparison, folder, printed

from versus.sources import Source, read

GOLDEN = Path(__file__).resolve().parent / "golden"


def paper(page: str) -> Printed:
    """The article of `sites/paper` on a paper."""
    publication = read(SITES / "paper")
    assert publication.site
    text = publication.site.text + f"pdf: {{page: {page}}}\n"
    return printed(replace(publication, site=Source(publication.site.path, text)))["ink-vs-pixels"]


def pictures(made: Printed) -> list[Image.Image]:
    """A picture of each page, in greys."""
    document = pypdfium2.PdfDocument(made.data)
    return [page.render(scale=DPI / 72).to_pil().convert("L") for page in document]


SAMPLES = {
    "a4": lambda: paper("A4"),
    "a5": lambda: paper("A5"),
    "letter": lambda: paper("letter"),
    "turned": lambda: printed(folder(comparison(8, rows=8)))["x"],
    "split": lambda: printed(folder(comparison(9, "Internationalization", "Yes"), "A5"))["x"],
    "arabic": lambda: printed(SITES / "arabic", "batch-vs-stream")["batch-vs-stream"],
    "chinese": lambda: printed(SITES / "chinese", "row-vs-column")["row-vs-column"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_pages_look_as_they_did_when_somebody_looked_at_them(name: str) -> None:
    found = pictures(SAMPLES[name]())
    if os.environ.get("GOLDEN") == "renew":
        for old in GOLDEN.glob(f"{name}-*.png"):
            old.unlink()
        for number, picture in enumerate(found, 1):
            picture.quantize(16).save(GOLDEN / f"{name}-{number}.png", optimize=True)
    kept = sorted(GOLDEN.glob(f"{name}-*.png"), key=lambda p: int(p.stem.rpartition("-")[2]))
    assert len(found) == len(kept), "the number of pages"
    for picture, path in zip(found, kept, strict=True):
        with Image.open(path) as golden:
            assert difference(golden, picture) is None, path.name


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return pictures(paper("A4"))[0]


def test_what_other_versions_of_a_font_may_change_is_let_pass(page: Image.Image) -> None:
    moved = Image.new("L", page.size, 255)
    moved.paste(page, (1, 1))
    assert difference(page, moved) is None, "half a millimetre"
    lighter = page.point(lambda grey: grey + 12 if grey < 200 else grey)
    darker = page.point(lambda grey: max(0, grey - 12) if grey < 200 else grey)
    assert difference(page, darker) is None, "letters a little heavier"
    assert difference(page, lighter) is None, "letters a little lighter"


def test_a_block_that_moved_is_seen(page: Image.Image) -> None:
    moved = page.copy()
    block = page.crop((20, 100, 300, 200))
    moved.paste(255, (20, 100, 300, 200))
    moved.paste(block, (20, 108))
    assert difference(page, moved)


def test_a_line_that_is_gone_is_seen(page: Image.Image) -> None:
    lacking = page.copy()
    top = next(
        y for y in range(40, page.height) if min(page.crop((20, y, 300, y + 1)).tobytes()) < 90
    )
    lacking.paste(255, (0, top - 2, page.width, top + 10))
    assert difference(page, lacking)


def test_a_ground_that_lost_its_colour_is_seen(page: Image.Image) -> None:
    assert difference(page, page.point(lambda grey: 255 if grey > 180 else grey))


def test_another_paper_is_seen(page: Image.Image) -> None:
    assert difference(page, pictures(paper("letter"))[0])
