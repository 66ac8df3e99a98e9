"""Pictures on pages: smaller copies where they are worth it, and nothing lost on the way."""

import io
import json
import struct
from collections.abc import Callable

import pytest
from conftest import ARTICLE, Publication, empty_cache
from lxml import html
from PIL import Image, ImageDraw, ImageOps
from PIL.Image import Exif

from versus import scaling
from versus.pictures import Plan

HTML = ("-f", "html")
SHOWN = ARTICLE + "image: {src: assets/%s, alt: Something}\n"


def photo(width: int = 1600, height: int = 900, mode: str = "RGB") -> Image.Image:
    """A picture of many colours: a gradient in each channel, with noise that no drawing has."""
    noise = Image.effect_noise((width, height), 60)
    channels = [
        noise,
        Image.linear_gradient("L").resize((width, height)),
        Image.radial_gradient("L").resize((width, height)),
    ]
    return Image.merge("RGB", channels).convert(mode)


def drawing(width: int = 1600, height: int = 900) -> Image.Image:
    """A picture of few colours."""
    found = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(found)
    for n in range(40):
        draw.ellipse((n * 37, n * 19, n * 37 + 300, n * 19 + 200), outline="teal", width=3)
    return found


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def picture_of(publication: Publication, page: str = "site/a/index.html") -> dict[str, str]:
    """The attributes of the page's first picture."""
    found = next(html.document_fromstring(publication.read(page)).iter("img"))
    return {str(k): str(v) for k, v in found.attrib.items()}


def copies(publication: Publication) -> dict[str, bytes]:
    return {
        path.removeprefix("site/assets/versus/pictures/"): data
        for path, data in publication.files().items()
        if path.startswith("site/assets/versus/pictures/")
    }


def test_a_page_offers_smaller_copies_of_a_large_picture(publication: Publication) -> None:
    publication.write("content/assets/x y (1).jpg", saved(photo(), "JPEG", quality=92))
    publication.article("a", SHOWN % "'x y (1).jpg'".strip("'"))
    publication.build(*HTML)
    found = picture_of(publication)
    names = [f"x y (1).jpg-{width}.webp" for width in (480, 800, 1200)]
    assert list(copies(publication)) == sorted(names)
    offered = dict(part.split(" ") for part in found["srcset"].split(", "))
    assert list(offered.values()) == ["480w", "800w", "1200w", "1600w"]
    assert found["src"] in offered
    assert found["sizes"].startswith("(min-width")
    assert (found["width"], found["height"]) == ("1600", "900")
    assert found["fetchpriority"] == "high"
    assert "loading" not in found
    for width, name in zip((480, 800, 1200), names, strict=True):
        with Image.open(io.BytesIO(copies(publication)[name])) as copy:
            assert (copy.format, copy.size) == ("WEBP", (width, round(width * 9 / 16)))
    records = {r["path"]: r for r in json.loads(publication.read("manifest.json"))["files"]}
    assert records[f"site/assets/versus/pictures/{names[0]}"]["media_type"] == "image/webp"


def test_editions_and_other_folders_reach_the_same_copies(publication: Publication) -> None:
    publication.write("content/assets/deep/x.png", saved(photo(), "PNG"))
    publication.article("a", ARTICLE.replace("Two tools", "See ![A](assets/deep/x.png) two tools"))
    publication.build(*HTML)
    for page, up in (("site/a/index.html", "../"), ("site/a/brief/index.html", "../../")):
        found = picture_of(publication, page)
        assert found["srcset"].startswith(f"{up}assets/versus/pictures/deep/x.png-480.webp 480w")
        assert (found["loading"], found["decoding"]) == ("lazy", "async")


def test_feeds_markdown_and_the_file_itself_keep_the_picture(publication: Publication) -> None:
    data = saved(photo(), "PNG")
    publication.write("content/assets/x.png", data)
    publication.article("a", ARTICLE.replace("Two tools", "See ![A](assets/x.png) two tools"))
    publication.build("-f", "html", "-f", "markdown")
    assert (publication.out / "site/assets/x.png").read_bytes() == data
    for path in ("site/feed.xml", "site/rss.xml", "site/feed.json", "site/a/index.md"):
        assert "https://test.example/assets/x.png" in publication.read(path)
        assert "webp" not in publication.read(path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("small.png", lambda: saved(photo(400, 300), "PNG")),
        ("anim.gif", lambda: saved(drawing(), "GIF", save_all=True, append_images=[photo()])),
        ("anim.webp", lambda: saved(drawing(), "WEBP", save_all=True, append_images=[photo()])),
        ("deep.png", lambda: saved(Image.new("I;16", (1600, 900), 30_000), "PNG")),
        ("x.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='1600'/>"),
    ],
)
def test_what_would_gain_nothing_or_lose_something_gets_no_copies(
    publication: Publication, name: str, data: Callable[[], bytes]
) -> None:
    """Too small already, in motion, deeper than eight bits, no raster."""
    publication.write(f"content/assets/{name}", data())
    publication.article("a", SHOWN % name)
    assert publication.build(*HTML).stderr == ""
    assert copies(publication) == {}
    assert "srcset" not in picture_of(publication)


def test_transparency_stays(publication: Publication) -> None:
    picture = photo(1600, 900, "RGBA")
    picture.putalpha(Image.linear_gradient("L").resize((1600, 900)))
    publication.write("content/assets/x.png", saved(picture, "PNG"))
    publication.article("a", SHOWN % "x.png")
    publication.build(*HTML)
    with Image.open(io.BytesIO(copies(publication)["x.png-480.webp"])) as copy:
        alpha = copy.convert("RGBA").getchannel("A")
        assert alpha.getpixel((200, 2)) < 10 < 200 < alpha.getpixel((200, 267))  # type: ignore[operator]


def test_a_drawing_keeps_its_few_colours(publication: Publication) -> None:
    publication.write("content/assets/x.png", saved(drawing(), "PNG"))
    publication.article("a", SHOWN % "x.png")
    publication.build(*HTML)
    for data in copies(publication).values():
        with Image.open(io.BytesIO(data)) as copy:
            assert copy.convert("RGB").getcolors(64)
            assert copy.convert("RGB").getpixel((1, copy.height - 1)) == (255, 255, 255)


def test_a_picture_taken_sideways_stands_upright(publication: Publication) -> None:
    exif = Exif()
    exif[0x0112] = 6
    publication.write("content/assets/x.jpg", saved(photo(), "JPEG", exif=exif))
    publication.article("a", SHOWN % "x.jpg")
    publication.build(*HTML)
    found = picture_of(publication)
    assert (found["width"], found["height"]) == ("900", "1600")
    assert found["srcset"].endswith("x.jpg 900w")
    with Image.open(io.BytesIO(copies(publication)["x.jpg-480.webp"])) as copy:
        assert copy.size == (480, 853)


@pytest.mark.parametrize("length", [8, 2000])
def test_a_broken_picture_is_told_and_used_as_it_is(publication: Publication, length: int) -> None:
    publication.write("content/assets/x.png", saved(photo(), "PNG")[:length])
    publication.article("a", SHOWN % "x.png")
    said = publication.build(*HTML).stderr
    assert "content/assets/x.png:1:1: warning: the picture cannot be read: " in said
    assert "hint: it is used as it is" in said
    assert "Traceback" not in said
    assert picture_of(publication)["src"] == "../assets/x.png"


def test_a_writers_own_size_is_respected(publication: Publication) -> None:
    publication.write("content/assets/x.png", saved(photo(), "PNG"))
    raw = '<img src=\\"assets/x.png\\" alt=\\"A\\" width=\\"64\\">'
    publication.article("a", ARTICLE.replace("Two tools for streams.", f'"{raw}"'))
    publication.build(*HTML)
    found = picture_of(publication)
    assert found["width"] == "64"
    assert "srcset" not in found


@pytest.mark.e2e
@pytest.mark.slow
def test_copies_are_the_same_whoever_makes_them(publication: Publication) -> None:
    for n in range(9):
        publication.write(f"content/assets/{n}.png", saved(photo(500 + n), "PNG"))
        publication.article(f"a{n}", SHOWN % f"{n}.png")
    made = []
    for jobs in ("1", "3"):
        env = empty_cache(publication.root / f"cache-{jobs}")
        assert publication.run("build", *HTML, "-j", jobs, env=env).code == 0
        made.append(copies(publication))
    assert made[0] == made[1]
    assert len(made[0]) == 9


@pytest.mark.parametrize("error", [struct.error("unpack"), TypeError("bad operand"), EOFError()])
def test_whatever_pillow_raises_for_a_damaged_picture_is_told(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Some fields of Exif and of the format are looked at after the picture is there."""

    def broken(_picture: object) -> None:
        raise error

    publication.write("content/assets/x.jpg", saved(photo(), "JPEG"))
    monkeypatch.setattr(ImageOps, "exif_transpose", broken)
    scaled = scaling.scale([Plan("assets/x.jpg", (480,))], publication.root, 1)
    assert not scaled.artifacts
    assert scaled.diagnostics[0].message.startswith("the picture cannot be read: ")
    assert not scaled.diagnostics[0].message.endswith(": ")


def test_a_picture_that_is_none_is_told_alike_in_every_run_and_where_it_is_named(
    publication: Publication,
) -> None:
    publication.write("content/assets/x.png", "no picture")
    publication.article("a", SHOWN % "x.png")
    said = publication.build("-f", "html", "-f", "pdf").stderr
    assert "content/assets/x.png:1:1: warning: the picture cannot be read: " in said
    address = "https://test.example/assets/x.png"
    told = f"the PDF shows no picture for {address}: cannot identify image file"
    assert f"content/articles/a.yaml:7:14: warning: {told}" in said
    assert " at 0x" not in said
