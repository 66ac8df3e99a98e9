"""Copies for other blogs: what each kind of platform is given, and what `check` says before.

The numbers are those of the pitfalls that were measured on the real platforms.
"""

import io
import json
import re
from datetime import UTC, datetime
from typing import Any, get_args

import hostile
import pytest
import yaml
from conftest import ARTICLE, ROOT, SITE, Publication
from copies import linked, links, nodes, said
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from PIL import Image
from reading import assert_in_order, markdown_tree, squeezed, text
from test_parity import TROUBLE

from versus.channels import KINDS, astro, docusaurus, forem, hashnode, hugo, hypertext, jekyll
from versus.channels.dialect import Dialect
from versus.channels.fitting import fitted, tags
from versus.channels.kind import Tags
from versus.channels.media import Route
from versus.channels.rewriting import rewrite
from versus.markup import commonmark
from versus.model import Channel
from versus.pipeline import build
from versus.request import Request
from versus.writers import picture
from versus.writers.pdf.engine import no_door

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CANONICAL = "https://test.example/a/"


def with_channels(publication: Publication, channels: str) -> None:
    """Give the publication channels: lines below `channels:`, indented by two."""
    publication.write("content/site.yaml", f"{SITE}channels:\n{channels}")


def copied(publication: Publication, kind: str, article: str, settings: str = "") -> None:
    """Write the copies of an article `a` for a channel named `x` of a kind, in this process."""
    with_channels(publication, f"  x: {{kind: {kind}{settings}}}\n")
    publication.article("a", article)
    write(publication)


def write(publication: Publication, **asked: Any) -> None:
    """Write the copies for all channels, and no page unless it is asked for."""
    build(Request(publication.root, publication.out, NOW, **{"formats": (), **asked}))


def body(publication: Publication, kind: str, article: str, settings: str = "") -> str:
    """The text of an article's copy."""
    copied(publication, kind, article, settings)
    return publication.read(f"channels/x/{PATHS[kind]}")


def fields(publication: Publication) -> Any:
    """The fields for the platform's interface."""
    return json.loads(publication.read("channels/x/a.json"))


def head(source: str) -> dict[str, Any]:
    """A file's front matter."""
    found = yaml.safe_load(source.split("---\n")[1])
    assert isinstance(found, dict)
    return found


def having(**more: object) -> str:
    """An article with fields of its own."""
    return ARTICLE + "".join(f"{key}: {json.dumps(value)}\n" for key, value in more.items())


PATHS = {
    "forem": "a.md",
    "hashnode": "a.md",
    "hugo": "content/posts/a/index.md",
    "jekyll": "_posts/2026-11-01-a.md",
    "docusaurus": "blog/a/index.md",
    "astro": "src/content/blog/a.md",
    "wordpress": "a.html",
    "ghost": "a.html",
    "micropub": "a.html",
    "medium": "a/story.html",
    "newsletter": "a.html",
}

TABLE = {"criteria": [{"name": "License", "values": {"Kafka": "Apache 2.0", "Flink": "BSD|MIT"}}]}
NOTED = "One[^1] and one more[^b].\n\n[^1]: The first note.\n[^b]: The *second* note."
FOLDED = "<details>\n<summary>More of it</summary>\n\nInside *it*.\n\n</details>"


@pytest.fixture
def hostility(publication: Publication) -> Publication:
    """The hostile article as a copy of every kind."""
    publication.write("content/site.yaml", hostile.SITE)
    publication.write("content/assets/x.png", PNG)
    publication.article("hostile", hostile.ARTICLE)
    publication.article("other", hostile.OTHER)
    write(publication, formats=("html",))
    return publication


def _png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (16, 9), "white").save(target, "PNG")
    return target.getvalue()


PNG = _png()


# --- All kinds


def test_the_model_and_the_registry_know_the_same_kinds() -> None:
    assert set(get_args(Channel.model_fields["kind"].annotation)) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_copy_says_where_it_was_first_and_carries_the_canonical_url(
    publication: Publication, kind: str
) -> None:
    source = body(publication, kind, ARTICLE, ", utm: {utm_source: x}")
    assert re.search(rf"Originally published at.*{re.escape(CANONICAL)}(?!\?)", source)
    whole = "".join(
        data.decode() for path, data in publication.files().items() if path.startswith("channels/")
    )
    key = {
        "wordpress": '"canonical": "{}"', "forem": '"canonical_url": "{}"', "ghost": '"canonical_url": "{}"',
        "hashnode": '"originalArticleURL": "{}"', "hugo": "canonicalURL: {}\n", "jekyll": "canonical_url: {}\n",
        "docusaurus": '<link rel="canonical" href="{}" />', "astro": "canonicalURL: {}\n",
        "micropub": '<a href="{}">Test Journal</a>', "medium": '<link rel="canonical" href="{}">', "newsletter": '"canonical_url": "{}"',
    }[kind]  # fmt: skip
    assert key.format(CANONICAL) in whole


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_never_lost(publication: Publication, kind: str) -> None:
    source = body(publication, kind, having(differences=TABLE))
    for words in ("License", "Apache 2.0", "Kafka", "Flink"):
        assert words in source
    assert re.search(r"BSD(\\?\||&#124;)MIT", source)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "list" in KINDS[kind].tables])
def test_a_table_can_be_a_list_on_every_platform(publication: Publication, kind: str) -> None:
    field = "| In | A field |\n| --- | --- |\n| first | **second** |"
    source = body(publication, kind, having(differences=TABLE, conclusion=field), ", tables: list")
    assert "<table" not in source.partition('class="content"')[2] or kind != "newsletter"
    tree = html.document_fromstring(source) if "<li>" in source else markdown_tree(source)
    items = [" ".join(text(li).split()) for li in nodes(tree, "//li")]
    assert "License: Kafka: Apache 2.0; Flink: BSD|MIT" in items
    assert "first: A field: second" in items


@pytest.mark.parametrize("kind", KINDS)
def test_links_and_pictures_are_absolute(publication: Publication, kind: str) -> None:
    publication.write("content/assets/x.png", PNG)
    publication.article("b", ARTICLE.replace("Kafka vs Flink", "Another"))
    words = "[there](b.yaml), [below](b.yaml#verdict), [file](assets/x.png) ![shown](assets/x.png)"
    source = body(
        publication,
        kind,
        having(
            image={"src": "assets/x.png", "alt": "P"}, conclusion=words, verdict={"summary": "V"}
        ).replace("#verdict", "#introduction"),
    )
    assert "https://test.example/b/" in source
    assert "https://test.example/b/#introduction" in source
    assert "https://test.example/assets/x.png" in source
    assert not re.search(r"\]\((?!https?:|#)|(?:href|src)=\"(?!https?:|#)", source)


@pytest.mark.parametrize("kind", KINDS)
def test_links_back_carry_the_channels_parameters_and_no_other_link_does(
    publication: Publication, kind: str
) -> None:
    publication.write(
        "content/posts.yaml",
        "- {title: Post, url: post/}\n- {title: Away, url: 'https://away.example/'}\n",
    )
    publication.article("b", ARTICLE.replace("Kafka vs Flink", "Another"))
    words = "[there](b.yaml#introduction) and [out](https://out.example/?q=1)"
    source = body(publication, kind, having(conclusion=words), ", utm: {utm_source: x}")
    source = source.replace("&amp;", "&")
    assert "https://test.example/b/?utm_source=x" in source
    assert "https://test.example/b/?utm_source=x#introduction" in source
    assert "https://test.example/post/?utm_source=x" in source
    assert "out.example/?q=1&utm" not in source
    assert "away.example/?utm" not in source
    assert f"{CANONICAL}?" not in source


@pytest.mark.parametrize(
    ("query", "tagged"),
    [
        ("", "?utm_source=x&utm_medium=a+%26"),
        ("?flag&x=&y=a%20b", "?flag&x=&y=a%20b&utm_source=x&utm_medium=a+%26"),
        ("?utm_source=me&a=1&utm%5fmedium=b", "?a=1&utm_source=x&utm_medium=a+%26"),
        ("?", "?utm_source=x&utm_medium=a+%26"),
    ],
)
def test_a_links_own_query_stays_as_it_is_written(query: str, tagged: str) -> None:
    channel = Channel(kind="hugo", utm={"utm_source": "x", "utm_medium": "a &"})
    url = "https://test.example/old"
    assert Route("x", channel, {}).tagged(f"{url}{query}#f") == f"{url}{tagged}#f"


@pytest.mark.parametrize("kind", KINDS)
def test_related_posts_lead_to_the_channels_own_copies_where_they_are_known(
    publication: Publication, kind: str
) -> None:
    publication.article("b", ARTICLE.replace("Kafka vs Flink", "Another"))
    publication.article("c", ARTICLE.replace("Kafka vs Flink", "Third"))
    ledger = [
        {"channel": "x", "article": "b", "url": "https://copies.example/b-1", "id": 7},
        {"channel": "y", "article": "c", "url": "https://copies.example/c"},
    ]
    publication.write("content/ledger.json", json.dumps(ledger))
    source = body(publication, kind, ARTICLE)
    assert "https://copies.example/b-1" in source
    assert "https://test.example/b/" not in source
    assert "https://test.example/c/" in source
    source = body(
        publication, kind, ARTICLE, ', url: "https://blog.example/", permalink: "{year}/{slug}"'
    )
    assert "https://copies.example/b-1" in source
    assert "https://blog.example/2026/c" in source


@pytest.mark.parametrize("kind", ["wordpress", "ghost", "hashnode", "medium", "newsletter"])
def test_a_copy_says_all_that_the_page_says_and_links_to_the_same_places(
    hostility: Publication, kind: str
) -> None:
    """The other kinds are read by their own engines, in the end-to-end suite."""
    page = hostility.read("site/hostile/index.html")
    if kind in ("medium", "newsletter"):
        # Rows of a list name what stands in them; they need no line of headings.
        page = re.sub(r"(?s)<thead>.*?</thead>", "", page)
    path = PATHS[kind].replace("a.", "hostile.").replace("a/", "hostile/")
    source = hostility.read(f"channels/{kind}/{path}")
    tree = markdown_tree(source) if path.endswith(".md") else html.document_fromstring(source)
    assert_in_order(said(page), text(tree), kind)
    assert links(page, "https://test.example/hostile/") <= linked(tree)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_inputs_give_the_same_copies(publication: Publication, kind: str) -> None:
    settings = ", tables: picture" if "picture" in KINDS[kind].tables else ""
    copied(publication, kind, having(differences=TABLE), settings)
    first = publication.files()
    write(publication, jobs=2)
    assert publication.files() == first


# --- Status


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("wordpress", {"draft": '"status": "draft"', "published": '"status": "publish"', "scheduled": '"status": "future"'}),
        ("ghost", {"draft": '"status": "draft"', "published": '"status": "published"', "scheduled": '"status": "scheduled"'}),
        ("forem", {"draft": '"published": false', "published": '"published": true', "scheduled": '"published": false'}),
        ("hashnode", {"draft": '"status": "draft"', "published": '"status": "published"', "scheduled": '"status": "scheduled"'}),
        ("micropub", {"draft": '"draft"', "published": '"published"\n    ]', "scheduled": '"draft"'}),
        ("hugo", {"draft": "draft: true", "published": "draft: false", "scheduled": "date: 2999-01-01"}),
        ("jekyll", {"draft": "layout: post", "published": "date: 2026-11-01", "scheduled": "date: 2999-01-01"}),
        ("docusaurus", {"draft": "draft: true", "published": "date: 2026-11-01", "scheduled": "draft: true"}),
        ("astro", {"draft": "draft: true", "published": "draft: false", "scheduled": "draft: true"}),
        ("medium", {"draft": "is a draft", "published": "[ ]", "scheduled": "before January 1, 2999"}),
        ("newsletter", {"draft": '"status": "draft"', "published": '"status": "published"', "scheduled": '"status": "scheduled"'}),
    ],
)  # fmt: skip
def test_drafts_and_scheduled_articles_are_told_in_the_platforms_words(
    publication: Publication, kind: str, said: dict[str, str]
) -> None:
    with_channels(
        publication,
        f"  x: {{kind: {kind}, status: published}}\n  y: {{kind: {kind}, status: draft}}\n",
    )
    publication.article("draft", ARTICLE.replace("published: 2026-11-01\n", ""))
    publication.article("published", ARTICLE.replace("Kafka vs", "The Kafka vs"))
    publication.article("scheduled", ARTICLE.replace("2026-11-01", "2999-01-01"))
    write(publication, drafts=True, future=True)
    for state, words in said.items():
        paths = [p for p in publication.files() if p.startswith("channels/x/") and state in p]
        assert paths, state
        assert words in "".join(publication.read(path) for path in paths), state
    paths = [p for p in publication.files() if p.startswith("channels/y/") and "published" in p]
    own = "published: false" if kind == "jekyll" else said["draft"]
    if kind != "medium":
        assert own in "".join(publication.read(path) for path in paths)


def test_drafts_are_not_copied_unless_asked_for(publication: Publication) -> None:
    with_channels(publication, "  x: {kind: hugo}\n")
    publication.article("a", ARTICLE.replace("published: 2026-11-01\n", ""))
    write(publication)
    assert not [path for path in publication.files() if path.startswith("channels/")]


def test_a_post_of_jekyll_without_a_date_is_a_draft(publication: Publication) -> None:
    with_channels(publication, "  x: {kind: jekyll}\n")
    publication.article("a", ARTICLE.replace("published: 2026-11-01\n", ""))
    write(publication, drafts=True)
    assert "date" not in head(publication.read("channels/x/_drafts/a.md"))


# --- WordPress


def test_wordpress_1_ids_of_notes_hold_no_colon_and_lead_to_each_other(
    publication: Publication,
) -> None:
    tree = html.document_fromstring(body(publication, "wordpress", having(conclusion=NOTED)))
    assert [a.get("href") for a in nodes(tree, "//sup/a")] == ["#fn-1", "#fn-2"]
    assert len(nodes(tree, "//li[@id='fn-1']")) == 1
    assert all(":" not in (node.get("id") or "") for node in nodes(tree, "//*[@id]"))


def test_wordpress_2_3_nothing_that_kses_takes_from_authors(hostility: Publication) -> None:
    source = hostility.read("channels/wordpress/hostile.html")
    tree = html.document_fromstring(source)
    for tag in [
        "script",
        "style",
        "srcset",
        "picture",
        "input",
        "iframe",
        "svg",
        "time",
        "section",
        "span",
        "div",
    ]:
        assert not nodes(tree, f"//{tag}"), tag
    assert not nodes(tree, "//*[starts-with(@src, 'data:')]")


def test_wordpress_2_scripts_go_with_their_text(publication: Publication) -> None:
    words = "<script>alert('x')</script>\n\nShown.\n\n<style>p {color: red}</style>"
    source = body(publication, "wordpress", having(conclusion=words))
    assert "alert" not in source
    assert "color" not in source
    assert "Shown." in source


def test_wordpress_4_no_bracket_is_left_for_a_shortcode(hostility: Publication) -> None:
    source = hostility.read("channels/wordpress/hostile.html")
    assert "[" not in source
    assert source.count("&#91;gallery]") >= 3


def test_wordpress_4_nor_in_any_attribute(publication: Publication) -> None:
    said = '<p aria-label="[gallery]" lang="[audio]">x</p>'
    publication.write("content/site.yaml", SITE + "trust: true\nchannels: {x: {kind: wordpress}}\n")
    publication.article(
        "a", having(conclusion=said + '\n\n<a href="https://e.example/?a[]=b">y</a>')
    )
    write(publication)
    source = publication.read("channels/x/a.html")
    for words in ("gallery", "audio"):
        assert f'="&#91;{words}]"' in source
    assert re.search(r'href="https://e.example/\?a(\[\]|%5B%5D)=b"', source)


def test_wordpress_5_paragraphs_are_blocks_and_hold_no_line_break_to_be_made_visible(
    publication: Publication,
) -> None:
    source = body(publication, "wordpress", having(conclusion="Soft\nline."))
    assert "<!-- wp:paragraph -->\n<p>Soft\nline.</p>\n<!-- /wp:paragraph -->" in source
    outside = re.sub(r"<!-- wp:(\w+).*?-->.*?<!-- /wp:\1 -->", "", source, flags=re.DOTALL)
    assert outside.strip() == ""


def test_wordpress_6_dashes_and_crosses_stay_as_written(publication: Publication) -> None:
    source = body(
        publication, "wordpress", having(conclusion="A --flag, a --- b, 3x4 and `--flag 3x4`.")
    )
    assert "A &#45;&#45;flag, a &#45;&#45;&#45; b, 3&#120;4 and <code>--flag 3x4</code>." in source


def test_wordpress_8_tags_are_their_own_names(publication: Publication) -> None:
    copied(publication, "wordpress", having(tags=["C++", "C#", "C", "R&D"]))
    assert fields(publication)["tags"] == ["C++", "C#", "C", "R&D"]


def test_wordpress_has_the_fields_of_its_interface(publication: Publication) -> None:
    copied(publication, "wordpress", ARTICLE)
    found = fields(publication)
    assert found.pop("content") == publication.read("channels/x/a.html")
    assert found == {
        "title": "Kafka vs Flink", "slug": "a", "status": "draft", "date_gmt": "2026-11-01T00:00:00Z",
        "excerpt": "Two tools for streams.", "tags": [], "canonical": CANONICAL,
    }  # fmt: skip


# --- Forem


def test_forem_12_the_body_has_no_front_matter(publication: Publication) -> None:
    source = body(
        publication,
        "forem",
        having(introduction="---\n\nWords.").replace("introduction: Two tools for streams.\n", ""),
    )
    assert not source.startswith("---")
    assert "title:" not in source
    assert fields(publication)["article"]["body_markdown"] == source


def test_forem_13_paragraphs_are_unwrapped(publication: Publication) -> None:
    source = body(publication, "forem", having(conclusion="Soft\nline\nbreaks.\n\n- in an\n  item"))
    assert "Soft line breaks." in source
    assert "-   in an item" in source


def test_forem_14_liquid_is_shielded_wherever_it_stands(publication: Publication) -> None:
    words = "Text {{ a }} and {% b %}.\n\n~~~\n{{ c }}\n~~~\n\n    {{ d }}\n\n`{{ e }}` \\` ``{{ `f` }}``"
    source = body(publication, "forem", having(conclusion=words))
    shield = "{% raw %}{{% endraw %}"
    assert f"Text {shield}{{ a }}}} and {shield}% b %}}." in source
    assert "```\n{{ c }}\n```" in source
    assert "```\n{{ d }}\n```" in source
    assert "`{{ e }}` &#96;" in source
    assert f"<code>{shield}&#123; &#96;f&#96; &#125;&#125;</code>" in source
    assert "~~~" not in source


@pytest.mark.parametrize("end", ["{%endraw%}", "{%- endraw -%}", "{%  endraw %}", "{% endraw x %}"])
def test_forem_14_code_does_not_end_the_shield_around_it(
    publication: Publication, end: str
) -> None:
    words = f"`a {end} b`\n\n```\nc {end}\n```\n\n`{{% endraw %}}`"
    source = body(publication, "forem", having(conclusion=words))
    left = source.replace("{% raw %}{{% endraw %}", "")
    assert re.findall(r"\{%.*?%\}", left) == ["{% endraw %}"], "which Forem shields itself"
    assert "`{% endraw %}`" in left


def test_forem_14_a_fence_inside_a_fence_is_an_element(publication: Publication) -> None:
    source = body(
        publication, "forem", having(conclusion="````\n```js\nlet a = {{ b }};\n```\n````")
    )
    assert "<pre><code>&#96;&#96;&#96;js\n" in source
    assert "```" not in source


def test_forem_15_bars_in_cells_are_references_and_tables_stand_free(
    publication: Publication,
) -> None:
    words = "Before:\n\n| a | b |\n| - | - |\n| x\\|y | `p\\|q` |"
    source = body(publication, "forem", having(conclusion=words))
    assert "Before:\n\n| a | b |\n| --- | --- |\n| x&#124;y | <code>p&#124;q</code> |" in source


def test_forem_16_fences_name_their_language_only_and_lists_are_indented_by_four(
    publication: Publication,
) -> None:
    words = '```python title="x"\n1\n```\n\n- a\n    - b\n        - c'
    source = body(publication, "forem", having(conclusion=words))
    assert "```python\n1\n```" in source
    assert "-   a\n    -   b\n        -   c" in source


def test_forem_17_no_body_is_refused_for_what_it_tells_of(publication: Publication) -> None:
    words = 'Text src="data:x and data:text/html, here.\n\n`src="data:x"`\n\n```\nsrc="data:y"\n```'
    source = body(publication, "forem", having(conclusion=words))
    assert not re.search(r"(?i)src=[\"'](data|&)|data:text/html", source)


def test_forem_18_folded_text_has_its_own_tag(publication: Publication) -> None:
    source = body(publication, "forem", having(conclusion=FOLDED))
    assert "{% details More of it %}\n\nInside *it*.\n\n{% enddetails %}" in source


def test_forem_tags_are_letters_and_digits_and_four(publication: Publication) -> None:
    names = ["C++", "C#", "R&D", "machine-learning", "fifth"]
    copied(publication, "forem", having(tags=names))
    assert fields(publication)["article"]["tags"] == ["cpp", "csharp", "rd", "machinelearning"]
    result = publication.run("check")
    assert (
        "content/articles/a.yaml:7:48: warning: tags[4]: channel 'x': left out for Forem: "
        "it takes 4 tags\n  hint: map it in site.yaml" in result.stderr
    )


# --- Ghost


def test_ghost_21_24_the_document_is_one_card_of_html(publication: Publication) -> None:
    publication.write("content/assets/x.png", PNG)
    image = {"src": "assets/x.png", "alt": "A picture"}
    copied(
        publication,
        "ghost",
        having(conclusion=FOLDED + "\n\n" + NOTED, tags=["C++", "C#"], image=image),
    )
    post = fields(publication)["posts"][0]
    root = json.loads(post.pop("lexical"))["root"]
    (card,) = root["children"]
    assert card["type"] == "html"
    assert card["html"] + "\n" == publication.read("channels/x/a.html")
    assert "<details>\n<summary>More of it</summary>" in card["html"]
    assert 'href="#fn-1"' in card["html"]
    assert "A picture" not in card["html"]
    assert post["canonical_url"] == CANONICAL
    assert post["tags"] == [{"name": "C++"}, {"name": "C#"}]
    assert post["feature_image"] == "https://test.example/assets/x.png"
    assert post["feature_image_alt"] == "A picture"
    assert (post["status"], post["published_at"]) == ("draft", "2026-11-01T00:00:00Z")
    assert (post["title"], post["meta_title"]) == ("Kafka vs Flink", "Kafka vs Flink")


# --- Micropub


def test_micropub_has_an_entry_whose_values_are_lists(publication: Publication) -> None:
    source = body(publication, "micropub", having(tags=["R&D", "C++"]), ", status: published")
    entry = fields(publication)
    assert entry["type"] == ["h-entry"]
    said = entry["properties"]
    assert all(isinstance(values, list) for values in said.values())
    assert said["name"] == ["Kafka vs Flink"]
    assert said["content"] == [{"html": source.strip()}], "a plain text would be escaped"
    assert said["category"] == ["R&D", "C++"]
    assert said["published"] == ["2026-11-01T00:00:00Z"]
    assert said["post-status"] == ["published"]


# --- Hashnode


def test_hashnode_has_the_input_of_its_interface(publication: Publication) -> None:
    source = body(publication, "hashnode", having(tags=["C++", "machine-learning"]))
    found = fields(publication)["input"]
    assert found["contentMarkdown"] == source
    assert found["tags"] == [
        {"name": "C++", "slug": "cpp"},
        {"name": "machine-learning", "slug": "machine-learning"},
    ]
    assert found["originalArticleURL"] == CANONICAL


def test_footnotes_become_numbered_notes_where_there_are_none(publication: Publication) -> None:
    source = body(publication, "hashnode", having(conclusion=NOTED))
    assert "One¹ and one more²." in source
    assert source.rstrip().endswith("## Notes\n\n1. The first note.\n\n2. The *second* note.")


def test_a_copy_speaks_the_language_of_its_article(publication: Publication) -> None:
    publication.write(
        "content/site.yaml", SITE + "language: de\nchannels:\n  x: {kind: hashnode}\n"
    )
    publication.article("a", having(conclusion=NOTED))
    write(publication)
    source = publication.read("channels/x/a.md")
    assert "## Anmerkungen\n\n1. The first note." in source
    assert "Zuerst erschienen bei" in source


# --- Blogs made from files


def test_hugo_25_there_is_no_raw_html_and_no_shortcode(hostility: Publication) -> None:
    source = hostility.read("channels/hugo/content/posts/hostile/index.md").split("---\n", 2)[2]
    tree = markdown_tree(source.replace("<!--more-->", ""))
    assert "omitted" not in source
    assert not re.search(r"(?m)^<(?!!--more)", source)
    assert nodes(tree, "//table")
    assert not re.search(r"\{\{[<%](?!/\*)", source)
    assert "`{{</* ref */>}}`" in source


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("{{< x >}}", "{{</* x */>}}"),
        ("{{% x %}}", "{{%/* x */%}}"),
        ("{{< a >}}b{{< /a >}}", "{{</* a */>}}b{{</* /a */>}}"),
        ("{{</* x */>}}", "{{</*/* x */*/>}}"),
        ("{{<", "{\u2060{<"),
        ("{{< a {{< b >}}", "{\u2060{< a {{</* b */>}}"),
        ("{{ .Title }}", "{{ .Title }}"),
    ],
)
def test_hugo_25_shortcodes_in_code_are_shown(code: str, written: str) -> None:
    assert hugo.without_shortcodes(code) == written


def test_jekyll_26_liquid_is_off(publication: Publication) -> None:
    source = body(publication, "jekyll", having(conclusion="`{% y %}` and {% z %}"))
    assert head(source)["render_with_liquid"] is False
    assert "`{% y %}` and \\{% z %}" in source


@pytest.mark.parametrize(
    "end", [r"\{#intro\}", "{#intro}", "`{#intro}`", "*{#intro}*", "{#a} b {#c}"]
)
def test_docusaurus_takes_no_end_of_a_heading_for_its_id(
    publication: Publication, end: str
) -> None:
    source = body(publication, "docusaurus", having(conclusion=f"## Words {end}\n\nHere {{#it}}."))
    rendered = markdown_tree(source)
    heading = next(h for h in rendered.iter("h2", "h3", "h4") if text(h).startswith("Words"))
    # As Docusaurus 3 looks for it, in the text of the heading's tree.
    assert not re.search(r"\s*\{#(?:.(?!\{#|\}))*.\}$", text(heading))
    assert text(heading).replace("\u2060", "") == re.sub(r"[\\`*]", "", f"Words {end}")
    assert "Here {#it}." in text(rendered)


def test_docusaurus_27_nothing_is_left_that_mdx_would_read(hostility: Publication) -> None:
    source = hostility.read("channels/docusaurus/blog/hostile/index.md").split("---\n", 2)[2]
    source = source.replace("\\`", "")
    prose = re.sub(r"(?s)(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", source)
    assert "<!--" not in prose
    assert not re.search(r"(?<!\\)\{(?!/\* truncate \*/)", prose)
    assert set(re.findall(r"<(/?\w+)", prose)) <= {
        "head", "/head", "link", "br", "kbd", "/kbd", "details", "/details", "summary", "/summary",
    }  # fmt: skip
    assert "&#105;mport x" in source
    assert "&#101;xport const" in source


def test_front_matter_is_what_each_engine_expects(publication: Publication) -> None:
    publication.write("content/assets/x.png", PNG)
    article = having(
        updated="2026-11-02", tags=["C#", "b: c"], image={"src": "assets/x.png", "alt": "A: b"},
        description='Says "this": and that.',
    )  # fmt: skip
    expected: dict[str, dict[str, Any]] = {
        "hugo": {"draft": False, "images": ["https://test.example/assets/x.png"], "slug": "a"},
        "jekyll": {
            "layout": "post",
            "image": {"path": "https://test.example/assets/x.png", "alt": "A: b"},
        },
        "docusaurus": {"authors": [{"name": "Tess Ter"}], "slug": "a"},
        "astro": {
            "draft": False,
            "image": {"url": "https://test.example/assets/x.png", "alt": "A: b"},
        },
    }
    for kind, wanted in expected.items():
        found = head(body(publication, kind, article))
        assert found["title"] == "Kafka vs Flink"
        assert found["description"] == 'Says "this": and that.'
        assert found["tags"] == ["C#", "b: c"]
        assert wanted.items() <= found.items()


def test_a_channel_may_say_where_its_files_are(publication: Publication) -> None:
    copied(publication, "hugo", ARTICLE, ', path: "content/blog/{year}/{slug}.md"')
    assert publication.read("channels/x/content/blog/2026/a.md").startswith("---\n")


# --- Films and recordings

FILM = '<video src="assets/x.mp4" title="How *it* works" controls></video>'
RECORDING = (
    '<audio controls>\n<source src="assets/a%20b.ogg">\n<source src="assets/x.mp4">\n'
    "Words for others\n</audio>"
)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"astro"}))
def test_films_and_recordings_are_links_where_they_are_not_shown(
    publication: Publication, kind: str
) -> None:
    for name in ("x.mp4", "a b.ogg"):
        publication.write(f"content/assets/{name}", "data")
    words = (
        f"{FILM}\n\nBefore {FILM} after, <a href='https://out.example/'>{FILM}</a>.\n\n{RECORDING}"
    )
    source = body(publication, kind, having(conclusion=words))
    assert not re.search("<(video|audio|source)|<p></p>", source)
    is_markdown = PATHS[kind].endswith(".md")
    rendered = markdown_tree(source) if is_markdown else html.document_fromstring(source)
    found = [(a.get("href"), text(a).strip()) for a in rendered.iter("a")]
    assert found.count(("https://test.example/assets/x.mp4", "How *it* works")) == 2
    assert ("https://test.example/assets/a%20b.ogg", "a b.ogg") in found
    assert ("https://out.example/", "How *it* works") in found
    said = " ".join(text(rendered).split())
    assert "Before How *it* works after, How *it* works." in said
    assert "a b.ogg Words for others" in said
    if kind == "newsletter":
        mail = publication.read("channels/x/a.txt")
        assert "How *it* works <https://test.example/assets/x.mp4>" in " ".join(mail.split())


# --- Medium and newsletter


def test_medium_has_a_story_a_sheet_and_a_checklist(publication: Publication) -> None:
    source = body(publication, "medium", having(tags=["kafka"], conclusion=NOTED + "\n\n" + FOLDED))
    tree = html.document_fromstring(source)
    used = {node.tag for node in tree.iter() if isinstance(node.tag, str)}
    assert not used & {"table", "details", "dl", "sup", "h2", "section", "span", "script", "style"}
    assert "One¹ and one more²." in text(tree)
    assert "More of it" in text(tree)
    sheet = publication.read("channels/x/a/sheet.txt")
    assert "Title\nKafka vs Flink\n" in sheet
    assert "Subtitle\nTwo tools for streams.\n" in sheet
    assert "Tags\nkafka\n" in sheet
    assert CANONICAL in publication.read("channels/x/a/checklist.txt")


def test_what_is_plain_text_is_escaped_for_nothing(publication: Publication) -> None:
    title = 'what\'s "new" & <T> vs *a*'
    article = having(
        description="Q&A: <T>", tags=["R&D"], image={"src": "assets/x.png", "alt": 'The "T" & <T>'}
    ).replace("title: Kafka vs Flink", f"title: {json.dumps(title)}")
    publication.write("content/assets/x.png", PNG)
    publication.write("templates/site/robots.txt", "{{ doc.site.title }}\n")
    site = SITE.replace("Test Journal", "Q & A") + "channels: {x: {kind: medium}}\n"
    publication.write("content/site.yaml", site)
    publication.article("a", article)
    write(publication, formats=("html",))
    sheet = publication.read("channels/x/a/sheet.txt")
    for line in (title, "Q&A: <T>", "R&D", 'The "T" & <T>'):
        assert f"\n{line}\n" in sheet
    assert publication.read("channels/x/a/checklist.txt").startswith(f"{title}\n")
    assert publication.read("site/robots.txt") == "Q & A\n"


def test_medium_can_have_its_tables_as_pictures_with_their_words(publication: Publication) -> None:
    source = body(publication, "medium", having(differences=TABLE), ", tables: picture")
    image = html.document_fromstring(source).find(".//img")
    assert image is not None
    assert image.get("src") == "table-1.png"
    assert image.get("alt") == "License: Kafka: Apache 2.0; Flink: BSD|MIT"
    shown = Image.open(io.BytesIO(publication.files()["channels/x/a/table-1.png"]))
    assert shown.width > 600
    colours = shown.convert("L").getcolors()
    assert colours
    assert len(colours) > 3, "there is text on it"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_every_column_of_a_table_is_on_its_picture(direction: str) -> None:
    """The first cell and the last have grounds of their own, and both are wide enough to read."""
    grounds = ["#f00", *["#fff"] * 5, "#00f"]
    cells = [f'<td style="background: {x}">spark.sql.shuffle.partitions</td>' for x in grounds]
    sheet = (ROOT / "templates/assets/table.css").read_text(encoding="utf-8")
    table = f"<table><tr>{''.join(cells)}</tr></table>"
    data = picture.encode(table, sheet, no_door(), "ar", direction)
    image = Image.open(io.BytesIO(data)).convert("RGB")
    row = [image.getpixel((x, image.height // 2)) for x in range(image.width)]
    first, last = ([x for x, at in enumerate(row) if at == c] for c in ((255, 0, 0), (0, 0, 255)))
    assert len(first) > 150 < len(last)
    assert (first[-1] < last[0]) == (direction == "ltr")


def test_a_table_in_a_cell_stands_on_the_picture_of_its_table(publication: Publication) -> None:
    with_channels(publication, "  x: {kind: medium, tables: picture}\ntrust: true\n")
    inner = "<table><tr><th>c</th></tr><tr><td>d</td></tr></table>"
    field = f"<table><tr><th>a</th></tr><tr><td>b {inner}</td></tr></table>"
    publication.article("a", having(conclusion=field))
    write(publication)
    assert "channels/x/a/table-1.png" in publication.files()
    assert "channels/x/a/table-2.png" not in publication.files()


@pytest.mark.parametrize("source", ["assets/x.png", "https://away.example/x.png"])
def test_a_pictures_table_shows_the_publications_own_pictures_and_fetches_none(
    publication: Publication, source: str
) -> None:
    target = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(target, "PNG")
    publication.write("content/assets/x.png", target.getvalue())
    values = {"Kafka": f"![logo]({source})", "Flink": "none"}
    table = {"criteria": [{"name": "Logo", "values": values}]}
    body(publication, "medium", having(differences=table), ", tables: picture")
    picture = Image.open(io.BytesIO(publication.files()["channels/x/a/table-1.png"]))
    colours = {colour for _count, colour in picture.convert("RGB").getcolors() or ()}
    assert ((255, 0, 0) in colours) == source.startswith("assets/")


def test_the_links_of_a_table_stand_below_its_picture(publication: Publication) -> None:
    field = "| a | b |\n| - | - |\n| [one](https://one.example/) | [1](https://two.example/) |"
    source = body(publication, "medium", having(conclusion=field), ", tables: picture")
    tree = html.document_fromstring(source)
    assert {"https://one.example/", "https://two.example/"} <= linked(tree)
    assert "one" in text(nodes(tree, "//img/following::p")[0])


def test_a_mail_is_small_and_has_its_styles_on_its_elements(publication: Publication) -> None:
    source = body(publication, "newsletter", having(differences=TABLE, conclusion=FOLDED))
    assert len(source.encode()) < 100_000
    tree = html.document_fromstring(source)
    table = nodes(tree, '//td[@class="content"]//table')[0]
    assert {"width": "100%", "border": "1", "cellpadding": "6"}.items() <= dict(
        table.attrib
    ).items()
    assert all("border" in (cell.get("style") or "") for cell in table.iter("td", "th"))
    assert not re.search(r"display:\s*(flex|grid)|var\(|<script|<link rel=\"stylesheet", source)
    assert "More of it" in source


def test_a_mail_takes_any_numbers_of_those_who_are_trusted(publication: Publication) -> None:
    publication.write(
        "content/site.yaml", SITE + "trust: true\nchannels: {x: {kind: newsletter}}\n"
    )
    numbers = (
        '<img src="https://e.example/x.png" width="50%" alt="">\n<ol start="a"><li>One</li></ol>'
    )
    publication.article("a", having(conclusion=numbers))
    write(publication)
    assert 'width="552"' in publication.read("channels/x/a.html")
    assert "1. One" in publication.read("channels/x/a.txt")


def test_a_mail_makes_a_list_of_a_table_that_is_too_wide(publication: Publication) -> None:
    names = ["A", "B", "C", "D"]
    article = json.dumps(
        {
            "title": "Many", "published": "2026-11-01", "subjects": [{"name": n} for n in names],
            "differences": {"criteria": [{"name": "License", "values": {n: f"is {n}" for n in names}}]},
        }
    )  # fmt: skip
    tree = html.document_fromstring(body(publication, "newsletter", article))
    assert not nodes(tree, '//td[@class="content"]//table')
    assert "License: A: is A; B: is B; C: is C; D: is D" in text(tree)


def test_a_wide_table_stays_in_a_mail_if_it_is_asked_for(publication: Publication) -> None:
    field = "| a | b | c | d | e |\n| - | - | - | - | - |\n| 1 | 2 | 3 | 4 | 5 |"
    source = body(publication, "newsletter", having(conclusion=field), ", tables: table")
    assert len(nodes(html.document_fromstring(source), '//td[@class="content"]//table')) == 1


def test_a_mail_has_a_plain_part_and_a_subject(publication: Publication) -> None:
    words = "A [link](https://x.example/).\n\n1. one\n2. two\n\n> quoted\n\n```\ncode  here\n```"
    copied(publication, "newsletter", having(differences=TABLE, conclusion=words))
    assert publication.read("channels/x/a.txt") == PLAIN
    assert fields(publication)["subject"] == "Kafka vs Flink"


PLAIN = """\
Kafka vs Flink
==============

Two tools for streams.

The key differences between Kafka and Flink
-------------------------------------------

- License: Kafka: Apache 2.0; Flink: BSD|MIT

Conclusion
----------

A link <https://x.example/>.

1. one
2. two

> quoted

    code  here

Originally published at Test Journal <https://test.example/a/>.
"""


# --- Tags, limits, settings


@pytest.mark.parametrize(
    ("written", "names", "rule", "made"),
    [
        (("C++", "C#", "C"), {}, Tags(alphanumeric=True), ["cpp", "csharp", "c"]),
        (("a", "A", "b"), {}, Tags(), ["a", None, "b"]),
        (("+++", "b"), {}, Tags(alphanumeric=True), [None, "b"]),
        (("a", "b"), {"a": "x-y", "b": "z"}, Tags(alphanumeric=True), [None, "z"]),
        (("abcdef",), {}, Tags(length=3), ["abc"]),
        (("a", "b", "c"), {}, Tags(count=2), ["a", "b", None]),
        (("a", "b"), {"a": "x-y", "b": None}, Tags(), ["x-y"]),
        (("東京",), {}, Tags(alphanumeric=True), ["東京"]),
    ],
)
def test_tags_are_made_valid(
    written: tuple[str, ...], names: dict[str, str | None], rule: Tags, made: list[str | None]
) -> None:
    found = list(tags(written, names, rule))
    assert [tag.made for tag in found] == made
    assert all(tag.why for tag in found if tag.made is None)


@given(
    st.lists(st.text("aB ", min_size=1, max_size=6).filter(str.strip), max_size=8).map(tuple),
    st.builds(Tags, count=st.integers(1, 4), length=st.integers(1, 3)),
)
def test_tags_that_were_cut_are_as_many_and_as_different_as_they_may_be(
    written: tuple[str, ...], rule: Tags
) -> None:
    made = [tag.made for tag in tags(written, {}, rule) if tag.made is not None]
    assert len({tag.casefold() for tag in made}) == len(made) <= (rule.count or 0)
    assert all(len(tag) <= (rule.length or 0) for tag in made)


@given(st.text(min_size=1), st.integers(2, 300))
def test_a_fitted_text_fits(words: str, limit: int) -> None:
    made = fitted(words, limit)
    assert len(made) <= limit
    assert made == words or made.endswith("…")


@pytest.mark.parametrize("published", ["", "published: 2999-01-01\n"], ids=["draft", "scheduled"])
def test_a_channel_may_wait_for_its_first_translation(
    publication: Publication, published: str
) -> None:
    with_channels(publication, "  x: {kind: hugo, language: fr}\n")
    publication.article("a", ARTICLE)
    publication.article("b", ARTICLE.replace("published: 2026-11-01\n", published))
    publication.article("b.fr", "title: Kafka ou Flink\n")
    result = publication.build("--channel", "x", "-f", "html", "-l", "fr")
    assert "language" not in result.stderr
    assert not [path for path in publication.files() if path.startswith("channels/")]
    publication.build("--channel", "x", "--drafts", "--future")
    assert [path for path in publication.files() if path.startswith("channels/")]


def test_a_channels_language_is_known_by_a_translation_that_is_wrong(
    publication: Publication,
) -> None:
    with_channels(publication, "  x: {kind: hugo, language: fr}\n")
    publication.article("a", ARTICLE)
    publication.article("a.fr", "titel: Kafka ou Flink\n")
    result = publication.run("check")
    assert result.code == 1
    assert "a.fr.yaml:1:1: error: unknown key 'titel'" in result.stderr
    assert "no language" not in result.stderr


def test_hashnode_gets_no_tag_whose_address_would_be_empty(publication: Publication) -> None:
    copied(publication, "hashnode", having(tags=["~", "C++", "=", "データ"]))
    made = fields(publication)["input"]["tags"]
    assert made == [{"name": "C++", "slug": "cpp"}, {"name": "データ", "slug": "データ"}]
    said = publication.run("check").stderr
    assert said.count("left out for Hashnode: it takes none without a letter or digit") == 2


def test_what_would_be_cut_is_told_by_check_at_its_place(publication: Publication) -> None:
    with_channels(publication, "  dev: {kind: forem}\n  g: {kind: ghost}\n")
    article = ARTICLE.replace("Kafka vs Flink", "Kafka vs Flink " + "again " * 25)
    publication.article("a", article + f"tags: [{'x' * 40}]\ndescription: {'long ' * 80}\n")
    result = publication.run("check")
    assert result.code == 0
    assert (
        "a.yaml:1:8: warning: title: channel 'dev': cut, since Forem takes 128 characters"
        in result.stderr
    )
    assert (
        "a.yaml:7:8: warning: tags[0]: channel 'dev': cut for Forem: it takes 30 characters"
        in result.stderr
    )
    assert (
        "a.yaml:8:14: warning: description: channel 'g': cut, since Ghost takes 300 characters"
        in result.stderr
    )
    write(publication)
    title = json.loads(publication.read("channels/dev/a.json"))["article"]["title"]
    assert len(title) <= 128
    assert title.endswith("…")


def test_a_slug_is_as_long_as_the_platform_counts_it(publication: Publication) -> None:
    with_channels(publication, "  w: {kind: wordpress}\n  g: {kind: ghost}\n")
    publication.article("a", ARTICLE + f"slug: {'比' * 30}\n")
    publication.article("b", ARTICLE + f"slug: {'é' * 100}\n")
    said = [line for line in publication.run("check").stderr.splitlines() if "channel" in line]
    message = "channel 'w': WordPress takes 200 characters as addresses write them"
    assert said == [f"content/articles/a.yaml:7:7: warning: slug: {message}"]


@pytest.mark.e2e
def test_a_copy_that_is_too_large_is_told_of(publication: Publication) -> None:
    with_channels(publication, "  news: {kind: newsletter}\n")
    words = "Many words. " * 5_000
    publication.article("a", having(basics=words, conclusion=words))
    result = publication.build("--channel", "news")
    assert (
        "content/articles/a.yaml:1:1: warning: channel 'news': channels/news/a.html has"
        in result.stderr
    )
    assert "newsletter takes 100" in result.stderr


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ("kind: hugo, edition: breif", "11:28: error: channels.x.edition: no edition 'breif'\n  hint: did you mean 'brief'?"),
        ("kind: hugo, language: xx", "11:29: error: channels.x.language: no language 'xx'"),
        ("kind: hugo, tables: picture", "11:27: error: channels.x.tables: Hugo has no way to show 'picture'\n  hint: choose table or list"),
        ("kind: medium, tables: table", "11:29: error: channels.x.tables: Medium has no way to show 'table'\n  hint: choose list or picture"),
        ("kind: hugo, permalink: 'a/{slug}'", "11:19: error: channels.x.permalink: a permalink needs the blog's address\n  hint: add `url:`"),
        ("kind: hugo, path: 'a/{slug}.txt'", "11:25: error: channels.x.path: not the path of a Markdown file"),
        ("kind: ghost, clone: blog", "11:20: error: channels.x.clone: Ghost has no `clone`"),
        ("kind: hugo, branch: b", "11:19: warning: channels.x.branch: `branch` without a clone"),
        ("kind: hugo, clone: b, author: Ed", "11:37: error: channels.x.author: 'Ed' is no name"),
        ("kind: forem, publication: '1'", "11:20: error: channels.x.publication: Forem has no"),
        ("kind: ghost, path: 'a/{slug}.md'", "11:20: error: channels.x.path: Ghost has no paths"),
        ("kind: hugo, path: '../{slug}.md'", "11:25: error: channels.x.path: not a pattern of paths"),
        ("kind: hugo, path: 'a/b.md'", "11:25: error: channels.x.path: not a pattern of paths"),
        ("kind: hugo, path: '{slag}/{slug}.md'", "11:25: error: channels.x.path: not a pattern of paths"),
        ("kind: hugo, tags: {kafak: k}", "11:26: warning: channels.x.tags.kafak: no article has the tag 'kafak'\n  hint: did you mean 'kafka'?"),
        ("kind: hugoo", "11:13: error: channels.x.kind: 'hugoo' is not one of"),
        ("kind: hugo, statuss: draft", "11:19: error: channels.x: unknown key 'statuss'\n  hint: did you mean 'status'?"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_at_its_place(
    publication: Publication, settings: str, fault: str
) -> None:
    publication.write(
        "content/site.yaml", SITE + "# One\n# Two\nchannels:\n  x: {" + settings + "}\n"
    )
    publication.article("a", ARTICLE + "tags: [kafka]\n")
    result = publication.run("check")
    assert f"content/site.yaml:{fault}" in result.stderr, result.stderr


def test_two_channels_do_not_read_one_secret(publication: Publication) -> None:
    with_channels(
        publication,
        "  dev-to: {kind: forem}\n  dev_to: {kind: ghost}\n"
        "  my-files: {kind: hugo}\n  my_files: {kind: hugo}\n",
    )
    publication.article("a")
    result = publication.run("check")
    assert result.code == 1
    (said,) = [line for line in result.stderr.splitlines() if "error" in line]
    message = "channels.dev_to: its secrets would be those of 'dev-to': VERSUS_DEV_TO_…"
    assert said == f"content/site.yaml:10:3: error: {message}"


def test_a_channels_name_is_a_folders(publication: Publication) -> None:
    with_channels(publication, "  ../x: {kind: hugo}\n")
    publication.article("a")
    assert "'../x' cannot be a name here" in publication.run("check").stderr


def test_a_broken_ledger_is_told_at_its_place(publication: Publication) -> None:
    publication.article("a")
    publication.write("content/ledger.json", '[\n  {"channel": }\n]')
    result = publication.run("check")
    assert result.code == 1
    assert "content/ledger.json:2:15: error: not JSON\n  hint: " in result.stderr
    publication.write("content/ledger.json", '{"a": 1}')
    assert "content/ledger.json:1:1: error: not a list" in publication.run("check").stderr


# --- Building


def channel_files(publication: Publication) -> set[str]:
    return {path for path in publication.files() if path.startswith("channels/")}


def test_a_build_writes_all_channels_and_one_of_a_format_none(publication: Publication) -> None:
    with_channels(publication, "  one: {kind: hugo}\n  two: {kind: hugo, edition: brief}\n")
    publication.article("a")
    publication.build("-f", "html")
    assert channel_files(publication) == set()
    publication.build("-f", "html", "--channel", "two")
    assert channel_files(publication) == {"channels/two/content/posts/a/index.md"}
    publication.build()
    both = {f"channels/{name}/content/posts/a/index.md" for name in ("one", "two")}
    assert channel_files(publication) == both
    publication.build("-f", "markdown")
    assert channel_files(publication) == both, "what was not asked for stays"
    records = json.loads(publication.read("manifest.json"))["files"]
    (record,) = [r for r in records if r["path"].startswith("channels/two/")]
    assert (record["article"], record["variant"], record["format"]) == (
        "a",
        "brief/en",
        "channel:two",
    )


@pytest.mark.e2e
def test_what_is_gone_takes_its_copies_with_it(publication: Publication) -> None:
    with_channels(publication, "  one: {kind: hugo}\n  two: {kind: hugo}\n")
    publication.article("a")
    publication.article("b")
    publication.build()
    assert len(channel_files(publication)) == 4
    with_channels(publication, "  one: {kind: hugo}\n")
    publication.build("-f", "html", "a")
    assert channel_files(publication) == {
        "channels/one/content/posts/a/index.md", "channels/one/content/posts/b/index.md"
    }  # fmt: skip
    (publication.root / "content/articles/b.yaml").unlink()
    publication.build("-f", "html")
    assert channel_files(publication) == {"channels/one/content/posts/a/index.md"}


def test_an_unknown_channel_is_a_wrong_call(publication: Publication) -> None:
    with_channels(publication, "  devto: {kind: forem}\n")
    publication.article("a")
    result = publication.run("build", "--channel", "devot")
    assert result.code == 2
    assert "no channel 'devot': did you mean 'devto'?" in result.stderr


def test_a_publication_may_replace_a_template_of_its_copies(publication: Publication) -> None:
    publication.write("templates/channels/article.md", "Mine: {{ doc.title }}\n")
    assert body(publication, "forem", ARTICLE) == "Mine: Kafka vs Flink\n"


def test_any_character_of_ascii_can_be_hidden_and_no_other_is() -> None:
    every = "".join(map(chr, range(0x21, 0x7F)))
    private = "\U000f0041\ue041\U00100041"
    tree = hypertext.parse("<p></p>")
    tree[0].text = private + every

    def protect(text: str, in_code: bool) -> str:
        return "".join(hypertext.hidden(c) if c.isascii() else c for c in text)

    references = "".join(f"&#{ord(c)};" for c in every)
    assert hypertext.written(tree, protect) == f"<p>{private}{references}</p>"


@pytest.mark.parametrize("kind", ["wordpress", "ghost", "micropub", "newsletter"])
def test_private_characters_of_a_text_stay(publication: Publication, kind: str) -> None:
    source = body(publication, kind, ARTICLE + "conclusion: An \U000f0041 icon.\n")
    assert "An \U000f0041 icon." in source


# --- Plain texts and lists


@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_a_text_for_mails_has_room_however_deep_it_stands(mark: str) -> None:
    tag = {"> ": "blockquote", "- ": "ul><li", "1. ": "ol><li"}[mark]
    source = f"<{tag}>" * 40 + "<h2>Deep words</h2><p>are there</p>"
    shown = hypertext.plain_text(hypertext.parse(source))
    assert "Deep words\n" in shown
    assert "----------\n" in shown
    assert "are there" in shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b\n"),
        ("<ol><li>a</li><ol><li>b</li></ol><li>c</li></ol>", "1. a\n   1. b\n2. c\n"),
        ("<ul>x<li>a</li>y<p>z</p><b>w</b></ul>", "x\n- a\ny\n  z\nw\n"),
    ],
)
def test_a_list_loses_nothing_that_stands_between_its_items(source: str, shown: str) -> None:
    assert hypertext.plain_text(hypertext.parse(source)) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<table><tr><th>a<th>b</table>", "- a: b\n"),
        ("<table><caption>c <b>d</b></caption><tr><th>a<tr><td>b</table>e", "c d\n\n- b\n\ne\n"),
        (
            "<table><tr><th>a<th>b<tr><td>c<td>d<table><tr><th>e<th>f<tr><td>g<td>h</table>i</table>",
            "- c: b: d\n  - g: f: h\n  i\n",
        ),
    ],
)
def test_a_table_that_becomes_a_list_loses_no_word(source: str, shown: str) -> None:
    tree = hypertext.parse(source)
    hypertext.lists_for_tables(tree)
    assert hypertext.plain_text(tree) == shown


def test_a_table_of_one_row_in_markdown_is_a_list_of_one_item() -> None:
    made = rewrite("| a | b | c |\n| - | - | - |\n", Dialect(), as_list=True, notes="")
    assert made == "- **a**: b; c\n"


# --- Rewriting

DIALECTS = {
    "forem": forem.DIALECT, "hashnode": hashnode.DIALECT, "hugo": hugo.DIALECT,
    "jekyll": jekyll.DIALECT, "docusaurus": docusaurus.DIALECT,
}  # fmt: skip

PIECES = st.sampled_from(
    [*TROUBLE, "`{{ x }}`", "**bold**", "*em*", "[link](https://x.example/)", "``a`b``", "~~~", "\n\n", "\n", "- ", "1. ",
     "> ", "# ", "    ", "| a | b |\n| - | - |\n| c | d |", "```\ncode {{ x }}\n```", "\\", "\\\n", "<kbd>k</kbd>", "<br>"]
)  # fmt: skip


@pytest.mark.parametrize("name", DIALECTS)
@settings(max_examples=150)
@given(pieces=st.lists(PIECES, min_size=1, max_size=8))
def test_a_reader_of_commonmark_reads_the_same_words_in_every_dialect(
    name: str, pieces: list[str]
) -> None:
    """All that a dialect writes in its own way are references, escapes and elements."""
    source = " ".join(pieces)
    made = rewrite(source, DIALECTS[name], as_list=False, notes="Notes")
    made = made.replace("{% raw %}{{% endraw %}", "{")
    made = made.replace("&#94;", "^")  # behind a bracket cmark-gfm 0.29 repeats it
    expected = rewrite(source, PLAIN_DIALECT, as_list=False, notes="Notes")
    assert read(made) == read(expected), made


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("<sup>[1]</sup>(https://e.example/)", "[1](https://e.example/)"),
        ("<u>\\[</u>x](https://e.example/)", "[x](https://e.example/)"),
        ("<div>[x]<u>(javascript:alert(1))</u></div>", "[x](javascript:alert(1))"),
        ("`a`<u>`b`</u>", "ab"),
        ("<span>{</span>{ name }} <u>{</u>% x %}", "{{name}}{%x%}"),
        ("<div>&lt;<u>script</u>></div>", "<script>"),
    ],
)
def test_what_meets_when_a_tag_goes_says_the_same(name: str, source: str, says: str) -> None:
    made = rewrite(source, DIALECTS[name], as_list=False, notes="Notes")
    if name == "forem":
        assert not re.search(r"(?<!raw %\})\{[{%](?! (end)?raw)", re.sub("<[^>]*>", "", made))
        made = made.replace("{% raw %}{{% endraw %}", "{")
    shown = commonmark.to_html(made, trusted=True)
    assert "href" not in shown
    assert squeezed(text(html.fragment_fromstring(shown, create_parent="div"))) == says


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("<b>Note: </b>text", "**Note:** text"),
        ("<em>b </em>c", "*b* c"),
        ("a<b> b</b>", "a **b**"),
        ("<b><i> a</i> </b>b", "***a*** b"),
        ("<b>a<br></b>b", "**a**\\\nb"),
        ("a<b>(x)</b>y", "a(x)y"),
        ("a<b>x</b>y, <b>(x)</b>.", "a**x**y, **(x)**."),
        ("**a.**<u>b</u> _a_<u>b</u>", "a.b *a*b"),
        ("<b>a</b><b>b</b> <b>a</b><i>b</i>", "**ab** **a**b"),
        ("<b><b>a</b></b> <i>a<b>b</b></i>", "**a** *a**b***"),
        ("a<b> </b>b <i></i>", "a b"),
        ("<div>a <b>x </b>y<i>(z)</i>w</div>", "a **x** y(z)w"),
        ("<b>*a</b>b*", "***a*b**"),
        ("[x <i>y </i>](https://e.example/)z", "[x *y* ](https://e.example/)z"),
        ("<b>&nbsp;a</b>", "&#160;**a**"),
    ],
)
def test_emphasis_of_raw_html_is_some_that_readers_find(source: str, written: str) -> None:
    assert rewrite(source, Dialect(), as_list=False, notes="Notes") == written + "\n"


@pytest.mark.parametrize("source", ["## First<br>second", "First\\\nsecond\n---"])
def test_a_break_in_a_heading_is_a_space_where_there_are_no_tags(source: str) -> None:
    assert rewrite(source, Dialect(), as_list=False, notes="Notes") == "## First second\n"
    marked = source.replace("First", "**First").replace("second", "second**")
    assert rewrite(marked, Dialect(), as_list=False, notes="Notes") == "## **First second**\n"


RAW = st.sampled_from(
    ["<b>", "</b>", "<i>", "</i>", "*", "**", "_", " ", "a", "b.", "(c", "\n", "<br>", "<u>", "</u>", "`x`",
     "\\*", "[", "](u)", "<a href=u>", "</a>", "<code>", "</code>", "é", "→"]
)  # fmt: skip


@given(st.lists(RAW, max_size=12).map("".join))
def test_no_mark_of_raw_html_is_shown(source: str) -> None:
    def words(made: str) -> str:
        shown = commonmark.to_html(made, trusted=True)
        return "".join(html.fragment_fromstring(shown, create_parent="div").text_content().split())

    assert words(rewrite(source, Dialect(), as_list=False, notes="Notes")) == words(source)


@settings(max_examples=150)
@given(st.lists(PIECES, min_size=1, max_size=8).map(" ".join))
def test_a_reader_of_commonmark_reads_the_same_words_in_astros_dialect(source: str) -> None:
    made = rewrite(source, astro.DIALECT, as_list=False, notes="Notes")
    kept = rewrite(source, Dialect(keeps_html=True), as_list=False, notes="Notes")
    assert read(made) == read(kept), made


def test_astro_sets_no_mark_anew(publication: Publication) -> None:
    words = "Use --verbose, ... and ''. ![a -- b](assets/x.png) `--x` [--y](https://y.example/)"
    publication.write("content/assets/x.png", PNG)
    source = body(publication, "astro", having(conclusion=words))
    kept = source.replace("<span></span>", "")
    assert "Use --verbose, ... and ''." in kept
    assert "![a -- b]" in source
    assert "`--x` [-<span></span>-y]" in source
    assert not re.search(r"(?<![-`])--(?=verbose|y)|\.\.\.|''", source.partition("\n---\n")[2])


PLAIN_DIALECT = Dialect(html=frozenset({"br", "kbd"}))


def read(source: str) -> str:
    """The words that GitHub shows of a piece of Markdown, spaces and disguises aside."""
    return squeezed(text(markdown_tree("\n" + source))).replace("\u2060", "")


@settings(max_examples=300)
@given(st.lists(PIECES, min_size=1, max_size=8).map(" ".join))
def test_rewriting_loses_no_word_of_plain_commonmark(source: str) -> None:
    kept = Dialect(keeps_html=True)
    made = rewrite(source, kept, as_list=False, notes="Notes")
    assert rewrite(made, kept, as_list=False, notes="Notes") == made, "what is rewritten stays"


@pytest.mark.parametrize("kind", ["newsletter", "wordpress", "ghost"])
def test_a_copy_says_which_parts_are_not_translated(publication: Publication, kind: str) -> None:
    with_channels(publication, f"  x: {{kind: {kind}, language: ar}}\n")
    publication.article("a", ARTICLE + "faq: [{question: Both?, answer: Yes.}]\n")
    publication.article("a.ar", "title: كافكا وفلينك\nintroduction: أداتان.\n")
    publication.build("-f", "markdown", "--channel", "x")
    (path,) = (p for p in sorted(channel_files(publication)) if p.endswith(".html"))
    tree = html.fragment_fromstring(publication.read(path), create_parent=True)
    foreign = {n.text_content().strip() for n in tree.xpath('.//*[@lang="en" and @dir="ltr"]')}
    assert {"Both?", "Yes."} <= foreign
    assert "أداتان." not in foreign
