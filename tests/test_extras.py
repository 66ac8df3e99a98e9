"""Comments, a newsletter's form and search: absent unless wanted, and what they say when wanted."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ARTICLE, ROOT, Publication
from lxml import html

HTML = ("-f", "html")
GISCUS = "{repo: example/journal, repo_id: R_kg, category: Talk & more, category_id: DIC_kw}"


def settings(publication: Publication, text: str) -> None:
    """Add to the site's settings."""
    path = publication.root / "content/site.yaml"
    path.write_text(path.read_text() + text)


def test_nothing_of_it_is_there_unless_it_is_wanted(publication: Publication) -> None:
    publication.article("a")
    publication.build(*HTML)
    page = publication.read("site/a/index.html")
    for word in ("giscus", "<form", "<iframe", "pagefind", "<details", 'href="../search/"'):
        assert word not in page
    assert not (publication.out / "site/a/comments").exists()
    assert not (publication.out / "site/search").exists()


def test_comments_wait_on_a_page_of_their_own(publication: Publication) -> None:
    publication.article("a")
    settings(publication, f"comments: {{giscus: {GISCUS}}}\n")
    publication.build(*HTML)
    for page, address in (
        ("a/index.html", "../a/comments/"),
        ("a/brief/index.html", "../../a/comments/"),
    ):
        tree = html.document_fromstring(publication.read(f"site/{page}"))
        (frame,) = tree.iter("iframe")
        assert frame.get("loading") == "lazy"
        assert frame.get("src") == address
        (around,) = frame.iterancestors("details")
        assert around.get("open") is None
        assert "giscus" not in publication.read(f"site/{page}")
    own = html.document_fromstring(publication.read("site/a/comments/index.html"))
    (script,) = own.iter("script")
    assert script.get("src") == "https://giscus.app/client.js"
    assert {k: script.get(f"data-{k}") for k in ("repo", "repo-id", "category", "category-id", "term")} == {
        "repo": "example/journal", "repo-id": "R_kg", "category": "Talk & more", "category-id": "DIC_kw", "term": "a",
    }  # fmt: skip
    source = publication.read("site/a/comments/index.html")
    assert '<meta name="robots" content="noindex">' in source
    assert "<noscript>" in source
    records = json.loads(publication.read("manifest.json"))["files"]
    (record,) = [r for r in records if r["path"] == "site/a/comments/index.html"]
    assert (record["article"], record["variant"]) == ("a", "full/en")
    assert not (publication.out / "site/a/brief/comments").exists()


def test_comments_that_are_turned_off_leave_nothing(publication: Publication) -> None:
    publication.article("a")
    before = (publication.root / "content/site.yaml").read_text()
    settings(publication, f"comments: {{giscus: {GISCUS}}}\n")
    publication.build(*HTML)
    publication.write("content/site.yaml", before)
    publication.build(*HTML)
    assert not (publication.out / "site/a/comments/index.html").exists()


def test_the_newsletters_form_is_plain_and_labelled(publication: Publication) -> None:
    publication.article("a", ARTICLE + "tags: [x]\n")
    settings(
        publication,
        "subscribe: {action: 'https://news.example.com/go', field: EMAIL, hidden: {u: '1&2'}, note: Twice a month.}\n",
    )
    publication.build(*HTML)
    for page in ("site/a/index.html", "site/index.html"):
        tree = html.document_fromstring(publication.read(page))
        (form,) = tree.iter("form")
        assert (form.get("action"), form.get("method")) == ("https://news.example.com/go", "post")
        fields = {f.get("name"): f for f in form.iter("input")}
        assert fields["u"].get("value") == "1&2"
        assert (fields["EMAIL"].get("type"), fields["EMAIL"].get("autocomplete")) == (
            "email",
            "email",
        )
        (label,) = form.iter("label")
        assert label.get("for") == fields["EMAIL"].get("id")
        assert "Twice a month." in publication.read(page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("comments: {giscus: {repo: journal, repo_id: R, category: C, category_id: D}}", "comments.giscus.repo: 'journal' is not a repository"),
        ("comments: {giscus: {repo: a/b}}", "comments.giscus: "),
        ("subscribe: {action: 'javascript:alert(1)'}", "subscribe.action: a URL with scheme 'javascript'"),
        ("social: {card: perhaps}", "social.card: true or false is needed"),
        ("search: on", "search: true or false is needed"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_at_its_place(
    publication: Publication, text: str, said: str
) -> None:
    publication.article("a")
    settings(publication, text + "\n")
    result = publication.run("check")
    assert result.code == 1
    assert "content/site.yaml:8:" in result.stderr
    assert said in result.stderr


@pytest.fixture
def searchable(publication: Publication) -> Publication:
    """Three articles and their index."""
    settings(publication, "search: true\n")
    for slug, word in (("a", "watermark"), ("b", "checkpoint"), ("c", "offset")):
        publication.article(slug, ARTICLE.replace("Two tools for streams", f"About the {word}"))
    return publication


def index(publication: Publication) -> dict[str, bytes]:
    return {p: d for p, d in publication.files().items() if p.startswith("site/pagefind/")}


@pytest.mark.slow
def test_the_index_knows_articles_and_no_listings(searchable: Publication) -> None:
    searchable.build(*HTML)
    entry = json.loads(searchable.read("site/pagefind/pagefind-entry.json"))
    assert entry["languages"]["en"]["page_count"] == 3
    assert '<a class="search-link" href="../search/">' in searchable.read("site/a/index.html")
    assert "data-pagefind-body" in searchable.read("site/a/index.html")
    assert "data-pagefind-body" not in searchable.read("site/a/brief/index.html")
    page = searchable.read("site/search/index.html")
    assert "<noscript>" in page
    assert "assets/versus/search.js" in page
    assert "PagefindUI" in searchable.read("site/assets/versus/search.js")
    paths = {r["path"] for r in json.loads(searchable.read("manifest.json"))["files"]}
    assert set(index(searchable)) <= paths


@pytest.mark.e2e
@pytest.mark.slow
def test_the_index_is_the_same_on_every_build(searchable: Publication) -> None:
    for tag in ("fr", "de"):
        searchable.write(f"content/articles/a.{tag}.yaml", f"title: In {tag}\n")
    searchable.build(*HTML, "-j", "1")
    before = index(searchable)
    table = json.loads(before["site/pagefind/pagefind-entry.json"])["languages"]
    assert list(table) == ["de", "en", "fr"]
    searchable.run("clean")
    searchable.build(*HTML, "-j", "2")
    assert index(searchable) == before


@pytest.mark.e2e
@pytest.mark.slow
def test_a_build_of_part_leaves_the_index_alone(searchable: Publication) -> None:
    searchable.build(*HTML)
    before = index(searchable)
    searchable.build(*HTML, "a")
    searchable.build(*HTML, "-e", "brief")
    searchable.build("-f", "markdown")
    assert index(searchable) == before
    path = searchable.root / "content/site.yaml"
    path.write_text(path.read_text().replace("search: true", "search: false"))
    searchable.build(*HTML, "a")
    assert index(searchable) == {}


def test_a_missing_package_is_told_with_the_way_to_get_it(searchable: Publication) -> None:
    program = (
        "import sys; sys.modules['pagefind'] = None; sys.modules['pagefind.index'] = None;"
        "from versus.cli import main; sys.argv[0] = 'build.py'; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "build", *HTML, "-C", str(searchable.root)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 1
    assert "content/site.yaml:1:1: error: search needs the package pagefind" in done.stderr
    assert "pip install 'versus-press[search]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not searchable.out.exists()
