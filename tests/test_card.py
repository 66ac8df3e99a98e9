"""The social card: there when it is wanted, its texts inside, cheap when it was drawn before."""

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pypdfium2
import pytest
from conftest import ARTICLE, ROOT, Publication, empty_cache
from lxml import html
from PIL import Image

from versus.templating import Templates
from versus.writers import card

HTML = ("-f", "html")

LONG = (
    "How the storage engines of PostgreSQL, MySQL and SQLite lay rows out on disk, and what each "
    "of these old decisions means today for the teams who run them: a comparison in figures, from "
    "one to forty TB"
)
CARDS = {
    "two names that differ by case": ("MLOps vs mlops", ["MLOps", "mlops"], "en"),
    "one short word": ("Tabs", ["Tabs", "Spaces"], "en"),
    "a title of two hundred characters": (LONG, ["PostgreSQL", "MySQL", "SQLite"], "en"),
    "eight names of sixty characters": (
        LONG,
        [f"The international federation of rather long names, number {n:02}" for n in range(8)],
        "en",
    ),
    "ten names": ("Ten", list("ABCDEFGHIJ"), "en"),
    "words too long for a line": (
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
        ["Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "Spaces"],
        "de",
    ),
    "Arabic": (
        "ما الفرق بين قواعد البيانات العلائقية وقواعد بيانات المستندات؟",
        ["القواعد العلائقية", "قواعد المستندات"],
        "ar",
    ),
    "Chinese": ("批处理与流处理有什么区别？" * 6, ["批处理", "流处理"], "zh-Hans"),
    "Devanagari and emoji": ("पोस्टग्रेस या माईएसक्यूएल? 🐘🐬", ["पोस्टग्रेस 🐘", "माईएसक्यूएल 🐬"], "hi"),
}


def source(
    title: str, subjects: list[str], language: str, site: str = "Test Journal"
) -> tuple[str, str]:
    """A card's HTML and stylesheet."""
    templates = Templates(ROOT)
    doc = SimpleNamespace(
        title=title,
        subjects=tuple(subjects),
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        site=SimpleNamespace(title=site),
    )
    return templates.render("social/card.html", doc=doc), (
        templates.asset("card.css") or b""
    ).decode()


@pytest.mark.parametrize("case", ["one short word", "Arabic"])
@pytest.mark.parametrize("address", ["x.woff2", "https://away.example/x.woff2"])
def test_a_stylesheet_of_ones_own_may_name_what_is_not_fetched(case: str, address: str) -> None:
    sheet = f"@font-face {{ font-family: x; src: url({address}) }} p {{ font-family: x }}"
    picture = Image.open(io.BytesIO(card.encode(source(*CARDS[case])[0], sheet)))
    assert picture.size == (1200, 630)


@pytest.mark.parametrize("case", CARDS)
def test_every_character_stands_inside_its_part_of_the_card(case: str) -> None:
    """Measured on what is drawn: the boxes of characters, in points (0.75 for a pixel)."""
    title, subjects, language = CARDS[case]
    pdf = card.fitted(*source(title, subjects, language)).write_pdf()
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        height = page.get_height()
        text = page.get_textpage()
        said, places = "", []
        for i in range(text.count_chars()):
            character = text.get_text_range(i, 1)
            left, bottom, right, top = text.get_charbox(i)
            if character.strip() and right > left:
                said += character
                places.append(
                    (left / 0.75, (height - top) / 0.75, right / 0.75, (height - bottom) / 0.75)
                )
    assert len((document.raw and places) or places) == len(places) > 10
    for left, top, right, bottom in places:
        assert -1 <= left < right <= 1201
        assert 40 <= top < bottom <= 631
        assert bottom <= 384 or top >= 396, "no text over the edge between title and subjects"
    if language == "en":
        shown = subjects if len(subjects) <= 8 else [*subjects[:7], f"+{len(subjects) - 7}"]
        told = "".join(["Test Journal", title, *shown]).replace(" ", "")
        assert sorted(said.replace("\u00ad", "").replace("\u2010", "-").replace("-", "")) == sorted(
            told.replace("-", "")
        )


def test_words_are_broken_only_when_they_must() -> None:
    for title, broken in (
        ("Tabs vs spaces", False),
        ("Donaudampfschifffahrtsgesellschaft" * 3, True),
    ):
        document = card.fitted(*source(title, ["Tabs", "Spaces"], "en"))
        classes = {
            box.element.get("class")
            for box in document.pages[0]._page_box.descendants()
            if getattr(box, "element", None) is not None
        }
        assert ("title breaking" in classes) is broken


@pytest.mark.parametrize(("language", "word"), [("en", "comparisons "), ("ar", "مقارنات ")])
def test_a_long_name_of_a_site_ends_in_an_ellipsis_on_its_line(language: str, word: str) -> None:
    pdf = card.fitted(*source("A vs B", ["A", "B"], language, word * 20)).write_pdf()
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        text = page.get_textpage()
        name = text.get_text_bounded(bottom=page.get_height() - 80 * 0.75)
        lefts, _bottoms, rights, _tops = zip(
            *(text.get_charbox(i) for i in range(len(name.rstrip()))), strict=True
        )
    assert name.rstrip().endswith(("…", "..."))
    assert min(lefts) >= 64 * 0.75 - 1
    assert max(rights) <= 1136 * 0.75 + 1


def head(page: str) -> dict[str, str]:
    """The page's `meta` elements."""
    found = html.document_fromstring(page).xpath("//meta[@content]")
    return {m.get("property") or m.get("name") or "": m.get("content") or "" for m in found}  # type: ignore[union-attr]


def test_an_article_without_a_picture_has_a_card(publication: Publication) -> None:
    publication.article("a", ARTICLE)
    publication.build(*HTML)
    with Image.open(io.BytesIO((publication.out / "site/a/card.png").read_bytes())) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert (publication.out / "site/a/card.png").stat().st_size < 60_000
    for page in ("site/a/index.html", "site/a/brief/index.html"):
        meta = head(publication.read(page))
        assert meta["og:image"] == meta["twitter:image"] == "https://test.example/a/card.png"
        assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
        assert meta["og:image:type"] == "image/png"
        assert meta["og:image:alt"] == meta["twitter:image:alt"] == "Kafka vs Flink · Test Journal"
        assert meta["twitter:card"] == "summary_large_image"
    assert not (publication.out / "site/a/brief/card.png").exists()
    (record,) = [
        r
        for r in json.loads(publication.read("manifest.json"))["files"]
        if r["path"] == "site/a/card.png"
    ]
    assert (record["article"], record["variant"], record["media_type"]) == (
        "a",
        "full/en",
        "image/png",
    )


def test_an_article_with_a_picture_has_none(publication: Publication) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 20)).save(picture, "PNG")
    publication.write("content/assets/x.png", picture.getvalue())
    publication.article("a", ARTICLE + "image: {src: assets/x.png, alt: Black}\n")
    publication.build(*HTML)
    assert not (publication.out / "site/a/card.png").exists()
    meta = head(publication.read("site/a/index.html"))
    assert meta["og:image"] == "https://test.example/assets/x.png"
    assert meta["og:image:alt"] == "Black"


def test_a_site_may_want_no_cards_and_old_ones_go(publication: Publication) -> None:
    publication.article("a")
    publication.build(*HTML)
    publication.build("-f", "markdown")
    assert (publication.out / "site/a/card.png").exists()
    site = publication.root / "content/site.yaml"
    site.write_text(site.read_text() + "social: {card: false}\n")
    publication.build(*HTML)
    assert not (publication.out / "site/a/card.png").exists()
    assert "og:image" not in head(publication.read("site/a/index.html"))


def test_cards_are_pages_companions_and_nobody_elses(publication: Publication) -> None:
    publication.article("a")
    publication.build("-f", "markdown")
    assert not (publication.out / "site/a/card.png").exists()


def test_a_card_that_was_drawn_before_is_not_drawn_again(publication: Publication) -> None:
    """Neither where its file stands, nor where another machine built with the same cache."""
    publication.article("a")
    first = publication.build(*HTML)
    assert first.code == 0
    drawn = (publication.out / "site/a/card.png").read_bytes()
    program = (
        "import sys; from versus.cli import cli; from versus.writers import card;"
        "card._drawn = None; cli(sys.argv[1:], standalone_mode=False)"
    )
    for place in (publication.out, publication.root / "elsewhere"):
        words = ["build", *HTML, "-q", "-C", str(publication.root), "-o", str(place)]
        subprocess.run([sys.executable, "-c", program, *words], check=True, cwd=ROOT)
        assert (place / "site/a/card.png").read_bytes() == drawn


@pytest.mark.e2e
@pytest.mark.slow
def test_cards_are_the_same_whoever_draws_them(publication: Publication) -> None:
    for slug in ("a", "b", "c"):
        publication.article(slug, ARTICLE.replace("title: Kafka", f"title: {slug} Kafka"))
    drawn = []
    for jobs in ("1", "2"):
        env = empty_cache(publication.root / f"cache-{jobs}")
        result = publication.run("build", "-j", jobs, "-f", "html", "-f", "pdf", env=env)
        assert result.code == 0, result.stderr
        drawn.append({p: d for p, d in publication.files().items() if p.endswith(".png")})
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0].values())) == 3


def test_a_publication_brings_its_own_card(publication: Publication) -> None:
    publication.article("a")
    publication.write("templates/social/card.html", "<p data-fit='99 50 20'>{{ doc.title }}</p>")
    publication.write("templates/assets/card.css", "@page { size: 1200px 630px; background: red }")
    publication.build(*HTML)
    with Image.open(publication.out / "site/a/card.png") as picture:
        assert picture.convert("RGB").getpixel((5, 600)) == (255, 0, 0)
