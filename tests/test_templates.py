"""Templates: a publication replaces one partial; faults are told at the template's line."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from conftest import ARTICLE, SITE, Publication

TEXTS = ("-f", "html", "-f", "markdown")


def test_a_publication_overrides_one_partial(publication: Publication) -> None:
    publication.article("a", ARTICLE + "verdict: {summary: Kafka.}\n")
    publication.write("templates/html/verdict.html", '<p id="mine">{{ section.body }}</p>\n')
    publication.write("templates/markdown/byline.md", "By hand: {{ doc.author.name }}\n\n")
    publication.build(*TEXTS)
    page, file = publication.read("site/a/index.html"), publication.read("site/a/index.md")
    assert '<p id="mine"><p>Kafka.</p></p>' in page
    assert "<h1>Kafka vs Flink</h1>" in page
    assert "By hand: Tess Ter" in file
    assert "## Verdict" in file


def test_what_stands_around_an_article_may_tell_of_it(publication: Publication) -> None:
    """Parts that are alike on all pages are made for each page: a template may name the article."""
    for slug, name in (("a", "Kafka"), ("b", "Pulsar")):
        publication.article(slug, ARTICLE.replace("Kafka", name))
    around = "{{ doc.title }}, {{ _('Search') }}, {{ structured_data(doc)|digest }}"
    for partial in ("breadcrumb", "lead", "topics"):
        publication.write(f"templates/html/{partial}.html", f"<p>{partial} {around}</p>\n")
    publication.build(*TEXTS)
    for slug, name in (("a", "Kafka"), ("b", "Pulsar")):
        for page in (f"site/{slug}/index.html", f"site/{slug}/brief/index.html"):
            found = re.findall("<p>(.*?) (.*) vs Flink, Search, (.*?)</p>", publication.read(page))
            data = re.findall('ld.json">(.*?)</script>', publication.read(page))[0]
            digest = b64encode(sha256(data.encode()).digest()).decode()
            assert found == [(part, name, digest) for part in ("breadcrumb", "lead", "topics")]


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("one\n{{ doc.titel }}\n", 2, "undefined"),
        ("{{ nothing }}\n", 1, "'nothing' is undefined"),
        ("\n\n{% if %}\n", 3, "template: "),
        ("{{ 1 / 0 }}\n", 1, "ZeroDivisionError"),
        ('{% include "html/gone.html" %}\n', 1, "html/gone.html"),
        ("{{ doc.published|nofilter }}\n", 1, "nofilter"),
    ],
)
def test_a_fault_in_a_template_is_told_at_its_line(
    publication: Publication, source: str, line: int, said: str
) -> None:
    publication.article("a")
    publication.write("templates/html/byline.html", source)
    result = publication.run("build", *TEXTS)
    assert result.code == 1
    assert f"templates/html/byline.html:{line}:1: error: template" in result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not publication.out.exists()


@pytest.mark.parametrize(
    ("path", "formats"),
    [
        ("html/byline.html", TEXTS),
        ("html/article.html", TEXTS),
        ("markdown/article.md", TEXTS),
        ("assets/page.css", TEXTS),
        ("assets/pdf.css", ("-f", "pdf")),
    ],
)
def test_a_template_that_is_not_utf_8_is_told_at_its_line(
    publication: Publication, path: str, formats: tuple[str, ...]
) -> None:
    publication.article("a")
    publication.write(f"templates/{path}", "one\ntwo caf\xe9\n".encode("latin-1"))
    result = publication.run("build", *formats)
    assert result.code == 1
    assert f"templates/{path}:2:1: error: " in result.stderr
    assert "not UTF-8: byte 0xe9" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_template_that_takes_too_long_is_ended_once(publication: Publication) -> None:
    publication.write("content/site.yaml", SITE + "limits: {seconds: 1}\n")
    publication.article("a")
    endless = (
        "{% for one in range(10 ** 8) %}{% for two in range(10 ** 8) %}{% endfor %}{% endfor %}"
    )
    publication.write("templates/html/byline.html", endless)
    result = publication.run("build", "-f", "html", "-e", "full")
    assert result.code == 1
    said = "content/articles/a.yaml:1:1: error: html (full/en) takes more than 1 seconds"
    assert said in result.stderr
    assert "TooLongError" not in result.stderr


def test_content_is_never_evaluated_as_a_template(publication: Publication) -> None:
    text = ARTICLE.replace("Kafka vs Flink", "'{{ 7 * 7 }} vs {% raw %}'").replace(
        "Two tools", "{{ 7 * 7 }} tools"
    )
    publication.article(
        "a", text.replace("introduction: {{ 7 * 7 }}", "introduction: x {{ 7 * 7 }}")
    )
    publication.build(*TEXTS)
    for path in ("site/a/index.html", "site/a/index.md"):
        assert "49" not in publication.read(path)
        assert "{{ 7 * 7 }} vs {% raw %}" in publication.read(path)


def test_plain_texts_are_escaped_for_where_they_land(publication: Publication) -> None:
    name = "'<T> & \"*a|b*\" __x__'"
    text = ARTICLE.replace("title: Kafka vs Flink", f"title: {name}").replace(
        "name: Kafka", f"name: {name}\n    id: k"
    )
    text += (
        "differences:\n  criteria:\n    - {name: C, values: {k: {short: 'a|b <i>'}, Flink: x}}\n"
    )
    publication.article("a", text)
    publication.build(*TEXTS)
    page, file = publication.read("site/a/index.html"), publication.read("site/a/index.md")
    assert "<h1>&lt;T&gt; &amp; &#34;*a|b*&#34; __x__</h1>" in page
    assert '# \\<T> & "\\*a\\|b\\*" \\_\\_x\\_\\_' in file
    assert "| C | a\\|b \\<i> | x |" in file


def test_front_matter_is_serialised(publication: Publication) -> None:
    import yaml

    title = "A: \"b\" --- 'c' # d"
    publication.write("content/assets/x.png", b"\x89PNG\r\n\x1a\n")
    publication.article(
        "a",
        ARTICLE.replace("title: Kafka vs Flink", f"title: |\n  {title}")
        + "updated: 2026-11-02T10:00:00+02:00\ntags: ['yes', 'a: b', '---']\nimage: {src: assets/x.png, alt: X}\n",
    )
    publication.build(*TEXTS)
    head = publication.read("site/a/index.md").split("---\n")[1]
    data = yaml.safe_load(publication.read("site/a/index.md")[4:].partition("\n---\n")[0])
    assert head
    assert data["title"] == title
    assert data["tags"] == ["yes", "a: b", "---"]
    assert str(data["date"]) == "2026-11-01"
    assert list(data) == [
        "title",
        "description",
        "date",
        "updated",
        "author",
        "tags",
        "canonical_url",
        "image",
    ]
    assert data["image"] == "https://test.example/assets/x.png"


def test_the_feed_and_the_sitemap_are_well_formed_whatever_a_title_holds(
    publication: Publication,
) -> None:
    from lxml import etree

    publication.article("a", ARTICLE.replace("Kafka vs Flink", "'<x> & ]]> \"q\"'"))
    publication.build("-f", "html")
    atom = "{http://www.w3.org/2005/Atom}"
    feed = etree.fromstring(publication.read("site/feed.xml").encode())
    assert [e.text for e in feed.iter(f"{atom}title")] == ["Test Journal", '<x> & ]]> "q"']
    assert feed.find(f"{atom}updated") is not None
    sitemap = etree.fromstring(publication.read("site/sitemap.xml").encode())
    places = [e.text for e in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert places[0] == "https://test.example/"
    assert places[-1] == "https://test.example/a/"


def test_structured_data_says_what_the_page_shows_and_cannot_be_broken_out_of(
    publication: Publication,
) -> None:
    import json
    import re

    title = "</script><script>alert(1)</script> & Kafka"
    publication.article(
        "a", ARTICLE.replace("title: Kafka vs Flink", f"title: '{title}'") + "tags: [x]\n"
    )
    publication.build("-f", "html")
    page = publication.read("site/a/index.html")
    (source,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.DOTALL
    )
    posting, crumbs = json.loads(source)["@graph"]
    assert posting["headline"] == title
    assert posting["datePublished"] == posting["dateModified"] == "2026-11-01T00:00:00Z"
    assert [thing["name"] for thing in posting["about"]] == ["Kafka", "Flink"]
    assert posting["author"] == {"@type": "Person", "name": "Tess Ter"}
    assert [crumb["item"] for crumb in crumbs["itemListElement"]] == [
        "https://test.example/",
        "https://test.example/tags/x/",
        "https://test.example/a/",
    ]
    assert page.count("<script") == 1


def test_a_reader_in_a_hurry_sees_each_subject_and_why_to_choose_it(
    publication: Publication,
) -> None:
    text = ARTICLE.replace("- name: Kafka", "- name: Kafka\n    definition: A **log**. More.")
    text = text.replace("- name: Flink", "- name: Flink\n    definition: An engine.")
    publication.article(
        "a",
        text + "verdict: {choose: {Kafka: ['you *move* events', other], Flink: [you compute]}}\n",
    )
    publication.article("b", ARTICLE)
    publication.build("-f", "html")
    page = publication.read("site/a/index.html")
    for said in (
        "<dd>A log. More.</dd>",
        "<b>Choose it if</b> you move events",
        "<dd>An engine.</dd>",
        "you compute",
    ):
        assert said in page
    assert (
        page.index("Two tools for streams.")
        < page.index("At a glance")
        < page.index("The basics of")
    )
    assert "At a glance" not in publication.read("site/b/index.html")


def test_a_long_article_has_a_list_of_its_sections(publication: Publication) -> None:
    long = "".join(f"  - {{title: 'Part {n} <T>', body: Words.}}\n" for n in range(4))
    publication.article("a", ARTICLE + "sections:\n" + long)
    publication.article("b", ARTICLE.replace("Flink", "Pulsar"))
    publication.build("-f", "html")
    page = publication.read("site/a/index.html")
    for n in range(4):
        assert f'<li><a href="#part-{n}-t">Part {n} &lt;T&gt;</a></li>' in page
        assert f'<h2 id="part-{n}-t">' in page
    assert 'class="contents"' not in publication.read("site/b/index.html")


def test_pictures_have_their_size_so_that_the_page_does_not_jump(publication: Publication) -> None:
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "PNG")
    publication.write("content/assets/x.png", picture.getvalue())
    text = ARTICLE.replace("Two tools for streams.", "'See ![it](assets/x.png).'")
    publication.article("a", text + "image: {src: assets/x.png, alt: X}\n")
    publication.build("-f", "html")
    page = publication.read("site/a/index.html")
    assert (
        '<img alt="it" src="../assets/x.png" width="40" height="30" loading="lazy" decoding="async">'
        in page
    )
    assert (
        'class="lead-image" src="../assets/x.png" alt="X" width="40" height="30" fetchpriority="high"'
        in page
    )
    assert '<meta property="og:image:width" content="40">' in page
