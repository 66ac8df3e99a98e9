"""What a page and its feeds tell machines: complete, by the rules, and nothing the page hides."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import ROOT, SITES, Publication, run
from lxml import etree, html

from versus.fields import one_line

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
NPM = ROOT / "tests/npm/node_modules"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The example publication and those in other languages."""
    found = []
    for root in (ROOT, SITES / "arabic", SITES / "chinese"):
        out = tmp_path_factory.mktemp("out")
        result = run("build", "-f", "html", "-C", str(root), "-o", str(out))
        assert result.code == 0, result.stderr
        found.append(out / "site")
    return tuple(found)


def articles(sites: tuple[Path, ...]) -> Iterator[tuple[Path, Any]]:
    """Every article's page, in every edition, parsed."""
    for site in sites:
        for path in sorted(site.rglob("index.html")):
            tree = html.document_fromstring(path.read_text(encoding="utf-8"))
            if tree.xpath("//main/article"):
                yield path, tree


def graph(tree: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The page's BlogPosting and BreadcrumbList."""
    (script,) = tree.xpath("//script[@type='application/ld+json']/text()")
    data = json.loads(script)
    assert data["@context"] == "https://schema.org"
    posting, crumbs = data["@graph"]
    return posting, crumbs


def words(node: Any) -> str:
    """An element's text on one line; no-break spaces inside stay."""
    return one_line(str(node.text_content()))


def meta(tree: Any, name: str) -> list[str]:
    return [m.get("content") for m in tree.xpath(f"//meta[@property='{name}' or @name='{name}']")]


def test_nothing_is_claimed_that_the_page_does_not_show(sites: tuple[Path, ...]) -> None:
    """Every name, date, tag, subject and source of the JSON-LD stands on the page for readers."""
    seen = 0
    for path, tree in articles(sites):
        posting, crumbs = graph(tree)
        body = words(tree.xpath("//body")[0])
        (heading,) = tree.xpath("//h1")
        assert posting["headline"] == words(heading)
        shown = [posting["author"]["name"], posting["publisher"]["name"]]
        shown += [thing["name"] for thing in posting["about"]]
        shown += posting.get("keywords", [])
        shown += [posting["articleSection"]] if "articleSection" in posting else []
        shown += [source["name"] for source in posting.get("citation", [])]
        for text in shown:
            assert one_line(text) in body, (path, text)
        links = {a.get("href") for a in tree.xpath("//body//a[@href]")}
        for url in [s["url"] for s in posting.get("citation", [])] + [posting["author"]["url"]]:
            assert url in links, (path, url)
        times = [t.get("datetime")[:10] for t in tree.xpath("//header//time")]
        assert posting["datePublished"][:10] == times[0]
        assert posting["dateModified"][:10] == times[-1]
        pictures = {i.get("src").rpartition("/")[2] for i in tree.xpath("//article//img")}
        assert posting["image"]["url"].rpartition("/")[2] in pictures | {"card.png"}
        way = [(words(a), a) for a in tree.xpath("//nav[@class='way']//a")]
        items = crumbs["itemListElement"]
        assert [item["name"] for item in items] == [*(name for name, _ in way), words(heading)]
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))
        (canonical,) = tree.xpath("//link[@rel='canonical']/@href")
        own = meta(tree, "og:url")[0]
        assert own == canonical == posting["url"] == items[-1]["item"]
        here = canonical if "brief" not in path.parts else canonical + "brief/"
        assert [urljoin(here, a.get("href")) for _, a in way] == [i["item"] for i in items[:-1]]
        seen += 1
    assert seen == 32


def test_the_card_and_open_graph_tell_the_same_as_the_page(sites: tuple[Path, ...]) -> None:
    for _path, tree in articles(sites):
        posting, _crumbs = graph(tree)
        single = {
            "og:type": "article",
            "og:title": posting["headline"],
            "twitter:title": posting["headline"],
            "og:description": posting["description"],
            "twitter:description": posting["description"],
            "description": posting["description"],
            "og:image": posting["image"]["url"],
            "twitter:image": posting["image"]["url"],
            "og:image:alt": posting["image"]["caption"],
            "og:image:type": "image/png",
            "og:site_name": posting["publisher"]["name"],
            "twitter:card": "summary_large_image",
            "article:author": posting["author"]["url"],
        }
        for name, value in single.items():
            assert meta(tree, name) == [value], name
        assert meta(tree, "og:image:alt") == meta(tree, "twitter:image:alt") != [""]
        assert meta(tree, "article:tag") == posting.get("keywords", [])
        assert meta(tree, "article:section") == meta(tree, "article:tag")[:1]
        (published,) = meta(tree, "article:published_time")
        assert posting["datePublished"].startswith(published[:10])


def test_what_search_engines_ask_for_is_there(sites: tuple[Path, ...]) -> None:
    """Google Search Central: "Article" (recommended) and "Breadcrumb" (required properties)."""
    for _path, tree in articles(sites):
        posting, crumbs = graph(tree)
        assert posting["@type"] == "BlogPosting"
        for name in ("headline", "image", "author", "datePublished", "dateModified"):
            assert posting[name], name
        assert posting["author"]["@type"] == "Person"
        for moment in (posting["datePublished"], posting["dateModified"]):
            assert datetime.fromisoformat(moment).tzinfo is not None
        assert posting["datePublished"] <= posting["dateModified"]
        for address in (posting["url"], posting["image"]["url"], posting["author"]["url"]):
            assert urlsplit(address).scheme == "https"
        assert crumbs["@type"] == "BreadcrumbList"
        assert len(crumbs["itemListElement"]) >= 2
        for item in crumbs["itemListElement"]:
            assert set(item) == {"@type", "position", "name", "item"}


@pytest.mark.e2e
def test_the_json_ld_is_valid_by_schema_orgs_vocabulary(
    sites: tuple[Path, ...], tmp_path: Path
) -> None:
    """Google's schema-dts holds the vocabulary as TypeScript; the compiler checks every page."""
    lines = [f'import type {{ Graph }} from "{NPM / "schema-dts/dist/schema"}";']
    graphs = [
        t.xpath("//script[@type='application/ld+json']/text()")[0] for _, t in articles(sites)
    ]
    lines += [f"export const page{n}: Graph = {data};" for n, data in enumerate(graphs)]

    def said(source: str) -> str:
        file = tmp_path / "pages.ts"
        file.write_text(source)
        options = [
            "--noEmit",
            "--strict",
            "--skipLibCheck",
            "--target",
            "es2022",
            "--module",
            "nodenext",
        ]
        command = ["node", str(NPM / "typescript/bin/tsc"), *options, str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    assert said("\n".join(lines)) == ""
    wrong = lines[1].replace('"headline"', '"headlime"')
    assert "headlime" in said("\n".join([lines[0], wrong])), "the check can fail"


def _texts(root: etree._Element, name: str) -> list[str]:
    return [e.text or "" for e in root.iter(name)]


def test_the_atom_feed_keeps_its_rules(sites: tuple[Path, ...]) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2: one id, title and updated each; ids differ; an author."""
    for site in sites:
        feed = etree.fromstring((site / "feed.xml").read_bytes())
        assert feed.tag == f"{ATOM}feed"
        for holder in (feed, *feed.findall(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                assert len(holder.findall(f"{ATOM}{name}")) == 1
                assert holder.findtext(f"{ATOM}{name}")
            assert holder.find(f"{ATOM}author/{ATOM}name") is not None
            relations = [link.get("rel") for link in holder.findall(f"{ATOM}link")]
            assert relations.count("alternate") == 1
            identity = str(holder.findtext(f"{ATOM}id"))
            assert urlsplit(identity).scheme == "https"
        assert [link.get("href") for link in feed.findall(f"{ATOM}link[@rel='self']")]
        ids = _texts(feed, f"{ATOM}id")
        assert len(ids) == len(set(ids))
        for moment in [*_texts(feed, f"{ATOM}updated"), *_texts(feed, f"{ATOM}published")]:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", moment)
        assert feed.findtext(f"{ATOM}updated") == max(_texts(feed, f"{ATOM}updated"))
        for content in feed.iter(f"{ATOM}content"):
            assert content.get("type") == "html"
            html.fragment_fromstring(content.text or "", create_parent="div")


def test_the_rss_feed_keeps_its_rules(sites: tuple[Path, ...]) -> None:
    """RSS 2.0 (RSS Advisory Board): required elements, RFC 822 dates, unique permanent links."""
    for site in sites:
        feed = etree.fromstring((site / "rss.xml").read_bytes())
        assert (feed.tag, feed.get("version")) == ("rss", "2.0")
        (channel,) = feed
        for name in ("title", "link", "description"):
            assert len(channel.findall(name)) == 1
            assert channel.findtext(name)
        assert parsedate_to_datetime(str(channel.findtext("lastBuildDate"))).tzinfo
        assert channel.find(f"{ATOM}link[@rel='self']") is not None
        items = channel.findall("item")
        guids = [str(item.findtext("guid")) for item in items]
        assert len(set(guids)) == len(guids) == len(items) > 0
        for item in items:
            assert item.findtext("title")
            assert item.findtext("link") == item.findtext("guid")
            assert parsedate_to_datetime(str(item.findtext("pubDate"))).tzinfo
            assert "<" in str(item.findtext(f"{CONTENT}encoded"))
            assert "<" not in str(item.findtext("description"))
        allowed = {"title", "link", "description", "language", "lastBuildDate", "item"}
        assert {e.tag for e in channel if not str(e.tag).startswith("{")} <= allowed


def test_the_json_feed_keeps_its_rules(sites: tuple[Path, ...]) -> None:
    """JSON Feed 1.1: required members, their types, unique ids, RFC 3339 dates."""
    top = {"version", "title", "home_page_url", "feed_url", "description", "language", "items"}
    own = {"id", "url", "title", "summary", "content_html", "date_published", "date_modified", "authors", "tags"}  # fmt: skip
    for site in sites:
        feed = json.loads((site / "feed.json").read_text())
        assert set(feed) <= top
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        ids = [item["id"] for item in feed["items"]]
        assert len(set(ids)) == len(ids) > 0
        for item in feed["items"]:
            assert set(item) <= own
            assert item["content_html"]
            assert isinstance(item.get("tags", []), list)
            assert all(set(author) <= {"name", "url"} for author in item.get("authors", []))
            for name in ("date_published", "date_modified"):
                if name in item:
                    assert datetime.fromisoformat(item[name]).tzinfo


def test_a_page_without_tags_or_author_claims_neither(publication: Publication) -> None:
    site = publication.root / "content/site.yaml"
    site.write_text(site.read_text().replace("author: {name: Tess Ter}\n", ""))
    publication.article("a")
    publication.build("-f", "html")
    tree = html.document_fromstring(publication.read("site/a/index.html"))
    posting, crumbs = graph(tree)
    assert not {"author", "keywords", "articleSection", "citation"} & set(posting)
    assert [i["name"] for i in crumbs["itemListElement"]] == ["Test Journal", "Kafka vs Flink"]
    assert meta(tree, "article:author") == meta(tree, "article:section") == []
