"""Publishing to real blogs: WordPress as an administrator and as an author, and Ghost.

Each test has an article of its own there, and looks at the blog as its editors and readers do.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import hostile
import httpx
import pytest
from browsing import launched, needs_chromium
from conftest import ROOT, Publication
from copies import nodes
from lxml import html
from playwright.sync_api import Browser
from servers.blog import Blog
from servers.publisher import Publisher
from test_channels_e2e import assert_says_what_the_page_says, straight
from test_parity import TROUBLE

pytestmark = pytest.mark.e2e

BASE = "https://test.example/"
UNTAGGED = re.compile(r"[?&](amp;)?ref=127\.0\.0\.1(?=[\"#])")
"""What Ghost adds to links that lead elsewhere, unless its owner turns that off."""
PICTURE = ROOT / "content/assets/mlops-vs-mlops.png"
SHAPES = ("mlops-vs-mlops", "airflow-vs-dagster-vs-prefect", "hostile", "troubled", "other")
ARTICLE = """\
title: {title}
published: {published}
tags: [{tags}]
subjects:
  - name: Kafka
  - name: Flink
introduction: {words}
"""


@pytest.fixture
def publisher(blog: Blog, tmp_path: Path) -> Publisher:
    """An empty publication with a channel to the blog, whose copies are public at once."""
    made = Publisher(Publication(tmp_path / "publication"), blog)
    made.channel()
    return made


def write(
    publisher: Publisher,
    slug: str,
    words: str = "Two tools for streams.",
    title: str = "Kafka vs Flink",
    published: str = "2026-11-01",
    tags: str = "streams",
    more: str = "",
) -> None:
    """Write an article."""
    text = ARTICLE.format(title=title, published=published, tags=tags, words=words)
    publisher.publication.article(slug, text + more)


def test_a_copy_is_a_draft_first_and_appears_when_the_channel_says_so(
    publisher: Publisher, blog: Blog
) -> None:
    write(publisher, "first-a-draft")
    publisher.channel("status: draft")
    assert publisher.publish(yes=False).actions == ["create"]
    assert not publisher.ledger(), "without --yes it only plans"
    assert publisher.publish().actions == ["create"]
    assert blog.post("first-a-draft").state == blog.words["draft"]
    assert blog.page("first-a-draft/").status_code == 404
    assert publisher.publish().actions == ["unchanged"]
    publisher.channel()
    step = publisher.publish().only()
    assert (step["action"], step["changes"]) == ("update", ["state"])
    assert blog.post("first-a-draft").state == blog.words["published"]
    assert "Two tools for streams." in httpx.get(step["url"]).text
    before = publisher.ledger_text()
    assert publisher.publish().actions == ["unchanged"]
    assert publisher.ledger_text() == before


def test_an_edit_here_changes_the_same_post(publisher: Publisher, blog: Blog) -> None:
    write(publisher, "edited-here")
    publisher.publish()
    number = blog.post("edited-here").id
    write(publisher, "edited-here", "Three tools.", "Kafka vs Flink, again", tags="streams, logs")
    step = publisher.publish().only()
    assert step["action"] == "update"
    assert {"title", "body", "tags"} <= set(step["changes"])
    post = blog.post("edited-here")
    assert post.id == number
    assert post.title == "Kafka vs Flink, again"
    assert "Three tools." in post.body
    assert set(post.tags) == {"streams", "logs"}
    write(publisher, "edited-here", "Three tools.", "Kafka vs Flink, again", tags="logs")
    publisher.publish()
    assert blog.post("edited-here").tags == ("logs",)


def test_an_edit_there_is_a_conflict_that_only_a_decision_resolves(
    publisher: Publisher, blog: Blog
) -> None:
    write(publisher, "edited-there")
    publisher.publish()
    post = blog.post("edited-there")
    blog.edit(post.id, body=post.body.replace("Two tools", "Two fine tools"))
    write(publisher, "edited-there", "Ours now.")
    step = publisher.publish(code=3).only()
    assert step["action"] == "conflict"
    assert "Two fine tools" in step["difference"]
    assert "Two fine tools" in blog.post("edited-there").body, "nothing is overwritten"
    publisher.publish("--theirs")
    assert publisher.publish().actions == ["unchanged"]
    assert "Two fine tools" in blog.post("edited-there").body
    blog.edit(post.id, title="Theirs")
    assert publisher.publish(code=3).only()["changes"] == ["title"]
    publisher.publish("--ours")
    post = blog.post("edited-there")
    assert post.title == "Kafka vs Flink"
    assert "Ours now." in post.body
    assert publisher.publish().actions == ["unchanged"]


def test_a_post_of_ours_is_found_though_the_ledger_is_lost_and_its_slug_was_changed(
    publisher: Publisher, blog: Blog
) -> None:
    write(publisher, "found-again")
    publisher.publish()
    number = blog.post("found-again").id
    blog.edit(number, slug="a-better-slug")
    publisher.forget()
    assert publisher.publish().actions == ["adopt"]
    assert publisher.ledger()["found-again"]["id"] == number
    write(publisher, "found-again", "New words.")
    publisher.publish()
    assert "New words." in blog.post("a-better-slug").body, "their slug stays"
    assert not [post for post in blog.posts() if post.slug.startswith("found-again")]


def test_a_post_that_somebody_wrote_before_is_adopted_by_its_slug_and_not_overwritten(
    publisher: Publisher, blog: Blog
) -> None:
    number = blog.write(title="By hand", slug="by-hand", body="<p>Theirs.</p>", state="draft")
    write(publisher, "by-hand")
    step = publisher.publish().only()
    assert step["action"] == "adopt"
    assert "Theirs." in blog.post("by-hand").body
    assert publisher.publish(code=3).actions == ["conflict"]
    publisher.publish("--ours")
    post = blog.post("by-hand")
    assert (post.id, post.title) == (number, "Kafka vs Flink")


def test_a_slug_that_another_article_has_is_told_and_nothing_is_left_behind(
    publisher: Publisher, blog: Blog
) -> None:
    write(publisher, "taken")
    publisher.publish()
    publisher.forget()
    publisher.channel(site="title: Another\nbase_url: https://another.example/\n")
    step = publisher.publish(code=3).only()
    assert "the slug 'taken' is taken" in step["failure"]
    assert [post.slug for post in blog.posts() if "taken" in post.slug] == ["taken"]
    assert not publisher.ledger()


@pytest.mark.parametrize(
    ("slug", "form"),
    [
        ("node.js-vs-deno.2", "node-js-vs-deno-2"),
        ("Kafka_vs_Flink", "kafka_vs_flink"),
        ("café-vs-thé", "cafe-vs-the"),
    ],
)
def test_a_slug_that_the_platform_writes_in_its_own_form_is_not_taken_for_anothers(
    publisher: Publisher, blog: Blog, slug: str, form: str
) -> None:
    write(publisher, slug)
    assert publisher.publish().actions == ["create"]
    assert publisher.publish().actions == ["unchanged"]
    assert publisher.ledger()[slug]["id"] == blog.post(form).id
    publisher.forget()
    publisher.channel(site="title: Another\nbase_url: https://another.example/\n")
    step = publisher.publish(code=3).only()
    assert "is taken" in step["failure"]
    assert not [post.slug for post in blog.posts() if post.slug.startswith(f"{form}-")]


def test_a_picture_is_uploaded_once_for_its_bytes(publisher: Publisher, blog: Blog) -> None:
    before = blog.pictures()
    publisher.publication.write("content/assets/drawing.png", PICTURE.read_bytes())
    image = "image: {src: assets/drawing.png, alt: A drawing}\n"
    for slug in ("with-a-picture", "with-the-same"):
        write(publisher, slug, "A drawing, ![it](assets/drawing.png)", more=image)
    publisher.settle()
    publisher.forget()
    assert publisher.publish().actions == ["adopt", "adopt"]
    publisher.settle()
    write(publisher, "with-a-picture", "Again, ![it](assets/drawing.png)", more=image)
    publisher.settle()
    new = sorted(set(blog.pictures()) - set(before))
    assert len(new) == 1, new
    assert "drawing-" in new[0]
    for slug in ("with-a-picture", "with-the-same"):
        page = blog.page(f"{slug}/").text
        sources = [img.get("src", "") for img in html.document_fromstring(page).iter("img")]
        assert any(new[0] in source for source in sources)
        assert "test.example/assets" not in page
    picture = httpx.get(next(s for s in sources if s.startswith(blog.url) and new[0] in s))
    assert picture.content == PICTURE.read_bytes()


def test_tags_have_their_exact_names(publisher: Publisher, blog: Blog) -> None:
    names = ["C++", "C#", "C", "R&D", "a <b> & 'c'"]
    write(publisher, "with-tags", tags=", ".join(f'"{name}"' for name in names))
    publisher.publish()
    assert sorted(blog.post("with-tags").tags) == sorted(names)
    assert publisher.publish().actions == ["unchanged"]
    write(publisher, "with-tags-too", tags='"C#", "C++", "R&D"')
    publisher.publish()
    assert sorted(blog.post("with-tags-too").tags) == ["C#", "C++", "R&D"]


def test_a_scheduled_article_is_scheduled_there(publisher: Publisher, blog: Blog) -> None:
    write(publisher, "scheduled", published="2036-03-01T10:00:00Z")
    assert publisher.publish().actions == [], "what is scheduled is left out unless asked for"
    publisher.publish("--future")
    post = blog.post("scheduled")
    assert post.state == blog.words["scheduled"]
    assert post.date.startswith("2036-03-01T10:00:00")
    assert blog.page("scheduled/").status_code == 404
    assert publisher.publish("--future").actions == ["unchanged"]
    write(publisher, "scheduled", published=f"{datetime.now(UTC):%Y-%m-%d}")
    assert publisher.publish().only()["action"] == "update"
    assert blog.post("scheduled").state == blog.words["published"]
    assert blog.page("scheduled/").status_code == 200


def test_a_post_that_was_removed_there_is_made_again_only_when_asked(
    publisher: Publisher, blog: Blog
) -> None:
    write(publisher, "removed")
    publisher.publish()
    number = blog.post("removed").id
    blog.remove(number)
    assert publisher.publish(code=3).actions == ["conflict"]
    assert not [post for post in blog.posts() if post.slug == "removed"]
    publisher.publish("--ours")
    assert blog.post("removed").id != number
    assert publisher.publish().actions == ["unchanged"]


def test_a_post_is_taken_down_only_when_asked(publisher: Publisher, blog: Blog) -> None:
    write(publisher, "stays")
    write(publisher, "goes")
    publisher.settle()
    (publisher.publication.root / "content/articles/goes.yaml").unlink()
    assert "orphan" in publisher.publish().actions
    assert blog.page("goes/").status_code == 200
    publisher.publish("--unpublish")
    assert blog.post("goes").state == blog.words["draft"]
    assert blog.page("goes/").status_code == 404
    assert blog.page("stays/").status_code == 200


def test_a_wrong_secret_is_told_with_what_to_do(publisher: Publisher, blog: Blog) -> None:
    write(publisher, "never-arrives")
    wrong = {
        name: value[:-4] + ("0000" if blog.kind == "ghost" else "xxxx")
        for name, value in blog.secrets.items()
    }
    step = replace(publisher, blog=replace(blog, secrets=wrong)).publish(code=3).only()
    assert "401" in step["failure"]
    assert step["hint"]
    assert not [post for post in blog.posts() if post.slug == "never-arrives"]


@pytest.fixture(scope="session")
def full(blog: Blog, tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Articles of all shapes, among them hostile ones, on the blog."""
    made = Publication(tmp_path_factory.mktemp("full") / "publication")
    shutil.copytree(ROOT / "content", made.root / "content", dirs_exist_ok=True)
    made.write("content/assets/x.png", PICTURE.read_bytes())
    made.article("hostile", hostile.ARTICLE)
    made.article("other", hostile.OTHER)
    made.article("troubled", hostile.troubled(TROUBLE))
    publisher = Publisher(made, blog)
    publisher.channel(site=hostile.SITE.partition("channels:")[0])
    made.build("-f", "html")
    publisher.settle(*SHAPES)
    return publisher


def test_the_published_page_says_what_the_articles_page_says(full: Publisher) -> None:
    ledger = full.ledger()
    assert sorted(ledger) == sorted(SHAPES)
    for slug, record in ledger.items():
        page = httpx.get(record["url"], timeout=60)
        assert page.status_code == 200
        assert_says_what_the_page_says(
            full.publication,
            slug,
            UNTAGGED.sub("", page.text),
            own=lambda other: str(ledger[other]["url"]) if other in ledger else f"{BASE}{other}/",
            words=straight,
        )


def test_what_is_linked_to_inside_the_published_page_is_there(full: Publisher) -> None:
    for slug in ("mlops-vs-mlops", "airflow-vs-dagster-vs-prefect", "hostile"):
        page = html.document_fromstring(httpx.get(full.ledger()[slug]["url"], timeout=60).text)
        ids = {node.get("id") for node in page.iter() if node.get("id")}
        inside = {a.get("href", "") for a in page.iter("a")}
        inside = {href[1:] for href in inside if href.startswith("#") and href[1:2].isalnum()}
        assert inside
        assert inside - ids <= {"wp--skip-link--target"}, "themes may add a link of their own"


def test_the_published_page_keeps_what_other_ways_in_lose(full: Publisher) -> None:
    page = html.document_fromstring(httpx.get(full.ledger()["hostile"]["url"], timeout=60).text)
    for path in ("//details/summary", "//kbd", "//th[@scope='row']", "//li[@id='fn-1']"):
        assert nodes(page, path), path
    assert len(nodes(page, "//table")) == 2
    for node in nodes(page, "//p[starts-with(., 'Soft')]"):
        assert not nodes(node, "./br"), "a line break in the source is none on the page"
    heads = [link.get("href") for link in nodes(page, "//head/link[@rel='canonical']")]
    if full.blog.kind == "ghost":
        assert heads == ["https://test.example/hostile/"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    needs_chromium()
    with launched() as found:
        yield found


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_the_published_page_looks_right(full: Publisher, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.route(lambda url: not url.startswith(full.blog.url), lambda route: route.abort())
    for slug in ("mlops-vs-mlops", "hostile"):
        page = context.new_page()
        page.goto(full.ledger()[slug]["url"])
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{slug} reaches over a window of {width} by {wide - width}"
        headings = page.eval_on_selector_all(
            "table th", "cells => cells.map(cell => getComputedStyle(cell).textTransform)"
        )
        assert set(headings) == {"none"}, "MLOps and mlops differ by case only"
        columns = page.eval_on_selector_all(
            "table td", "cells => cells.map(cell => cell.getBoundingClientRect().width)"
        )
        assert min(columns) > 40, "no column is one letter wide"
        pictures = page.eval_on_selector_all(
            ".entry-content img, .gh-article-image img",
            "all => all.map(one => [one.naturalWidth, one.getBoundingClientRect().right])",
        )
        assert len(pictures) == 1, "the picture stands there once"
        assert all(natural and right <= width for natural, right in pictures)
    context.close()
