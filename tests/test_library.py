"""Links, pins and dates: every address is resolved before anything is rendered."""

import re
import unicodedata
import weakref
from datetime import UTC, datetime

import pytest
from conftest import ARTICLE, ROOT, Publication
from hypothesis import example, given, settings
from hypothesis import strategies as st

from versus.names import slugify
from versus.pipeline import check
from versus.request import Request

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "f8cf50000003010100c9fe92ef0000000049454e44ae426082"
)


def spelled_out(text: str) -> str:
    """What `slugify` says in its own words, letter by letter."""
    text = unicodedata.normalize("NFC", text).casefold()
    for pattern, word in ((r"(?<=\w)\+\+", "pp"), (r"(?<=\w)\+", "-plus"), (r"(?<=\w)#", "-sharp")):
        text = re.sub(pattern, word, text)
    text = re.sub("(?<=\\w)['\u2019](?=\\w)", "", text)
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else "-" for c in text)
    return re.sub("-+", "-", kept).strip("-")[:80].rstrip("-") or "section"


def test_a_name_fits_into_a_file_name_whatever_its_letters() -> None:
    letters = "𝗞" * 70  # Mathematical letters, which have no lower case: four bytes each.
    assert slugify(letters) == "𝗞" * 60
    assert slugify("あ" * 90) == "あ" * 80
    assert slugify("x" + letters) == "x" + "𝗞" * 59


@settings(max_examples=1000)
@given(st.text(max_size=12) | st.text("aZ9_+#'\u2019 -.éßİ٣\u212a\n", max_size=12))
@example("What's C++ to C#? It's F's'n's")
def test_names_for_addresses_are_as_they_are_spelled_out(text: str) -> None:
    assert slugify(text) == spelled_out(text)


def article(introduction: str, published: str = "2026-11-01") -> str:
    return ARTICLE.replace("Two tools for streams.", f"'{introduction}'").replace(
        "2026-11-01", published
    )


def test_a_link_to_another_articles_file_leads_to_it_in_every_format(
    publication: Publication,
) -> None:
    publication.article("a", article("See [B](b.yaml#verdict) and [C](b.yaml)."))
    publication.article("b", ARTICLE + "verdict: {summary: Kafka.}\n")
    publication.build("-f", "html", "-f", "markdown")
    page, file = publication.read("site/a/index.html"), publication.read("site/a/index.md")
    assert '<a href="../b/#verdict">B</a> and <a href="../b/">C</a>' in page
    assert "[B](https://test.example/b/#verdict) and [C](https://test.example/b/)" in file
    assert '<a href="../../b/#verdict">B</a>' in publication.read("site/a/brief/index.html")


def test_an_image_is_an_asset_and_is_copied(publication: Publication) -> None:
    publication.write("content/assets/dir/x y.png", PNG)
    publication.article("a", article("See ![it](<assets/dir/x y.png>)."))
    publication.build("-f", "html", "-f", "markdown")
    assert 'src="../assets/dir/x%20y.png"' in publication.read("site/a/index.html")
    assert "https://test.example/assets/dir/x%20y.png" in publication.read("site/a/index.md")
    assert (publication.out / "site/assets/dir/x y.png").read_bytes() == PNG


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("(c.yaml)", "a link that leads nowhere: 'c.yaml'"),
        ("(somewhere/else)", "a link that leads nowhere: 'somewhere/else'"),
        ("(b.yaml#nope)", "no heading '#nope' in content/articles/b.yaml"),
        ("(assets/x.pdf)", "there is no file content/assets/x.pdf"),
        ("(../../../etc/passwd)", "a link that leads nowhere: '../../../etc/passwd'"),
        ("(//host/x)", "an address without a scheme"),
        ("(data:text/html,x)", "bad URL scheme 'data'"),
        ("(file:///etc/passwd)", "bad URL scheme 'file'"),
        ("(JavaScript:x)", "bad URL scheme 'javascript'"),
        ("(https://)", "a URL without a host"),
        ("()", "a link without an address"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(
    publication: Publication, link: str, message: str
) -> None:
    publication.article("a", article(f"See [it]{link}."))
    publication.article("b")
    result = publication.run("check")
    assert result.code == 1
    assert "content/articles/a.yaml:6:" in result.stderr
    assert message in result.stderr


@pytest.mark.parametrize(
    "link",
    [
        "(https://x.example/a?b=c#d)",
        "(mailto:a@b.example)",
        "(tel:+123)",
        "(/about/)",
        "(#introduction)",
        "(a.yaml)",
    ],
)
def test_good_links_are_not_complained_of(publication: Publication, link: str) -> None:
    publication.article("a", article(f"See [it]{link}."))
    assert publication.run("check", "--strict").stderr == ""


def test_a_published_article_may_not_link_to_a_draft(publication: Publication) -> None:
    publication.article("a", article("See [B](b.yaml)."))
    publication.article("b", ARTICLE.replace("published: 2026-11-01\n", ""))
    result = publication.run("check")
    assert "a link to 'b.yaml', which is not published\n  hint: it is a draft" in result.stderr
    assert publication.run("check", "--drafts").code == 0


def test_drafts_and_scheduled_articles_are_left_out_unless_asked_for(
    publication: Publication,
) -> None:
    publication.article("out")
    publication.article("draft", ARTICLE.replace("published: 2026-11-01\n", ""))
    publication.article("later", ARTICLE.replace("2026-11-01", "2026-12-24T18:00:00+01:00"))
    env = {"SOURCE_DATE_EPOCH": "1795478400"}  # 2026-11-24
    for options, expected in (
        ((), {"out"}),
        (("--drafts",), {"out", "draft"}),
        (("--future",), {"out", "later"}),
        (("--drafts", "--future"), {"out", "draft", "later"}),
    ):
        assert publication.run("build", "-f", "html", *options, env=env).code == 0
        built = {p.parent.name for p in publication.out.glob("site/*/index.html")}
        assert built == expected


def test_a_scheduled_article_is_out_once_its_time_has_come(publication: Publication) -> None:
    publication.article("later", ARTICLE.replace("2026-11-01", "2026-12-24T18:00:00+01:00"))
    for moment, is_out in (("1798131599", False), ("1798131600", True)):
        publication.run("build", "-f", "html", env={"SOURCE_DATE_EPOCH": moment})
        assert (publication.out / "site/later/index.html").exists() is is_out


def test_values_of_every_shape_are_checked_against_the_subjects(publication: Publication) -> None:
    publication.article(
        "a",
        ARTICLE
        + "differences:\n  criteria:\n    - name: F\n      values: {Kafka: {text: x, sources: [s]}, Flink: null}\n"
        + "sources: {s: {title: S, url: https://s.example/}}\n",
    )
    assert publication.run("check", "--strict").stderr == ""


def test_a_list_behind_a_paragraph_is_a_warning_with_its_place(publication: Publication) -> None:
    text = ARTICLE.replace(
        "introduction: Two tools for streams.", "introduction: |\n  Tools:\n  - Kafka\n  - Flink"
    )
    publication.article("a", text)
    result = publication.run("check")
    assert result.code == 0
    assert (
        "content/articles/a.yaml:8:3: warning: introduction: Python-Markdown reads this"
        in result.stderr
    )
    assert publication.run("check", "--strict").code == 1
    publication.build("-f", "html")
    assert "<li>Kafka</li>" in publication.read("site/a/index.html")


def test_what_is_only_a_warning_is_built_all_the_same(publication: Publication) -> None:
    publication.article("a", ARTICLE + "updated: 2025-01-01\nimage: {src: assets/x.png}\n")
    publication.write("content/assets/x.png", PNG)
    result = publication.build("-f", "html")
    assert "a.yaml:7:10: warning: updated: updated before it was published" in result.stderr
    assert "a.yaml:8:1: warning: image: the image has no alternative text" in result.stderr
    assert (publication.out / "site/a/index.html").exists()


def test_a_file_of_posts_may_hold_nothing_yet(publication: Publication) -> None:
    publication.article("a")
    publication.write("content/posts.yaml", "# - {title: ..., url: ...}\n")
    assert publication.run("check", "--strict").stderr == ""


def test_of_a_large_publication_only_the_last_articles_are_kept_whole(
    publication: Publication,
) -> None:
    for number in range(20):
        publication.article(f"a{number:02}", ARTICLE)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    library = check(Request(publication.root, publication.out, now)).library
    assert library is not None
    first, *others = library.entries.values()
    seen = weakref.ref(first.article)
    assert seen() is first.article
    for entry in others:
        assert entry.article.subjects
    assert seen() is None


def test_a_place_in_a_download_stays_in_its_address(publication: Publication) -> None:
    publication.write("content/assets/doc.pdf", b"%PDF-1.7")
    publication.article("a", article("See [it](assets/doc.pdf#page=3&zoom=100)."))
    publication.build("-f", "html", "-f", "markdown")
    page, file = publication.read("site/a/index.html"), publication.read("site/a/index.md")
    assert 'href="../assets/doc.pdf#page=3&amp;zoom=100"' in page
    assert "https://test.example/assets/doc.pdf#page=3&zoom=100" in file


def test_names_that_look_the_same_are_the_same(publication: Publication) -> None:
    """macOS keeps names decomposed; people type them composed."""
    composed, decomposed = "\u00fcber-vs-unter", "u\u0308ber-vs-unter"
    publication.article(decomposed, ARTICLE + "sections: [{title: \u00dcber, body: x}]\n")
    publication.article("a", article(f"See [it]({composed}.yaml#{decomposed[:5]})."))
    publication.build("-f", "html")
    assert 'href="../%C3%BCber-vs-unter/#%C3%BCber"' in publication.read("site/a/index.html")


def test_two_slugs_that_became_one_are_told_after_a_good_build(publication: Publication) -> None:
    for name in ("a", "x"):
        publication.article(name, ARTICLE.replace("Kafka", name))
    publication.build("-f", "markdown")
    publication.article("b", ARTICLE + "slug: x\n")
    for command in ("build", "check"):
        assert "the slug 'x' is taken" in publication.run(command).stderr


def test_an_article_may_be_pinned_by_its_own_url(publication: Publication) -> None:
    publication.article("a", ARTICLE + "related: {pinned: ['https://test.example/c/']}\n")
    for name in ("b", "c"):
        publication.article(name, ARTICLE.replace("Kafka", name).replace("Flink", name + "2"))
    publication.build("-f", "markdown")
    text = publication.read("site/a/index.md")
    assert text.index("c vs c2") < text.index("b vs b2")


@pytest.mark.parametrize("pin", ["http://[x", "/gone", "gone"])
def test_a_pin_that_names_no_post_is_told(publication: Publication, pin: str) -> None:
    publication.article("a", ARTICLE + f"related: {{pinned: ['{pin}']}}\n")
    assert f"there is no post '{pin}'" in publication.run("check").stderr


def test_no_pin_is_blamed_for_what_is_wrong_elsewhere(publication: Publication) -> None:
    """A post of a broken file, or an article that is wrong in itself under another slug."""
    publication.write("content/posts.yaml", "- {title: P, url: /p}\n- {title: Q}\n")
    publication.article("b", ARTICLE + "slug: other\nconclussion: x\n")
    publication.article("a", ARTICLE + "related: {pinned: [/p, other]}\n")
    told = publication.run("check").stderr
    assert "`url` is missing" in told
    assert "unknown key 'conclussion'" in told
    assert "there is no post" not in told


@pytest.mark.parametrize("image", ["http://[x", "ftp://x.example/y.png", "assets/gone.png"])
def test_a_posts_picture_that_is_none_is_told(publication: Publication, image: str) -> None:
    publication.write("content/posts.yaml", f"- {{title: P, url: /p, image: '{image}'}}\n")
    publication.article("a")
    result = publication.run("check")
    assert result.code == 1
    assert "content/posts.yaml:1:30: error: [0].image: " in result.stderr


def test_an_article_is_named_by_its_path_from_anywhere(publication: Publication) -> None:
    publication.article("a")
    publication.article("b")
    folder = publication.root / "content" / "articles"
    (folder / "a.fr.yaml").write_text("introduction: Deux outils.\n")
    for name, cwd in (
        ("b.yaml", folder),
        ("./b.yaml", folder),
        ("articles/b.yaml", folder.parent),
        (str(folder / "b.yaml"), ROOT),
        ("content/articles/b.yaml", ROOT),
        ("a.fr.yaml", folder),
    ):
        result = publication.run("build", "-f", "markdown", name, cwd=cwd)
        assert result.code == 0, result.stderr
        assert "for 1 article" in result.stdout
    result = publication.run("build", str(folder.parent.parent / "x/content/articles/b.yaml"))
    assert result.code == 2


def test_check_tells_all_that_concerns_the_articles_that_it_is_asked_for(
    publication: Publication,
) -> None:
    publication.article("a")
    publication.article("a.fr", "conclussion: x\n")
    publication.article("bar", ARTICLE + "slug: foo\nnonsense: x\n")
    result = publication.run("check", "a")
    assert result.code == 1
    assert "a.fr.yaml" in result.stderr
    assert "bar.yaml" not in result.stderr
    assert publication.run("check", "bar").code == 1
    assert publication.run("check", "nobody").code == 2
    publication.write("content/site.yaml", "title: T\nbase_url: nowhere\n")
    assert "content/site.yaml:2:11: error" in publication.run("check", "a").stderr


def test_a_wrong_setting_makes_no_other_ones_wrong(publication: Publication) -> None:
    site = "title: T\nbase_url: nowhere\nlanguage: de\neditions: {kurz: {}, lang: {}}\n"
    publication.write("content/site.yaml", site)
    publication.article("a", ARTICLE + "sections: [{title: x, body: y, only: [lang]}]\n")
    publication.article("a.en", "introduction: Two.\n")
    told = publication.run("check").stderr.splitlines()
    assert [line for line in told if "error" in line] == [
        "content/site.yaml:2:11: error: base_url: a URL with no scheme: http or https is needed"
    ]
    publication.write("content/site.yaml", "title: [\n")
    told = publication.run("check").stderr.splitlines()
    assert [line.partition(":")[0] for line in told if ": error: " in line] == ["content/site.yaml"]


def test_a_name_with_a_dot_may_be_an_articles_own(publication: Publication) -> None:
    publication.article("node", ARTICLE.replace("Kafka", "Node"))
    publication.article("node.js-vs-deno", ARTICLE.replace("Kafka", "Deno"))
    publication.build("-f", "markdown")
    assert "Deno" in publication.read("site/node.js-vs-deno/index.md")


def test_a_translation_has_no_translation(publication: Publication) -> None:
    publication.article("x")
    publication.article("x.fr", "introduction: Deux outils.\n")
    publication.article("x.fr.de", "][\n")
    result = publication.run("check")
    assert result.code == 1
    assert "content/articles/x.fr.de.yaml:1:1: error: not valid YAML" in result.stderr


def test_a_ledger_that_is_no_yaml_is_told_all_the_same(publication: Publication) -> None:
    publication.article("a")
    publication.write("content/ledger.json", '[{"channel": "x\\ud83d\\ude00"}]')
    result = publication.run("check")
    assert result.code == 1
    assert "content/ledger.json:1:1: error: " in result.stderr


@pytest.mark.parametrize("command", ["check", "status", "build"])
def test_a_file_where_a_folder_is_needed_ends_no_command_with_a_traceback(
    publication: Publication, command: str
) -> None:
    (publication.root / "content/articles").rmdir()
    publication.write("content/articles", "x")
    result = publication.run(command)
    assert result.code == 1
    assert "Traceback" not in result.stderr


def test_languages_have_folders_that_no_article_or_other_spelling_takes(
    publication: Publication,
) -> None:
    publication.article("fr")
    publication.article("a")
    publication.article("a.fr", "introduction: Deux outils.\n")
    publication.article("b", ARTICLE + "slug: FR\n")
    publication.article("c")
    publication.article("c.Fr", "introduction: Deux outils.\n")
    told = publication.run("check").stderr
    assert "a.fr.yaml" in told
    assert "fr.yaml:1:1: error: the slug 'fr' is the folder of a language" in told
    assert "b.yaml:7:7: error: slug: the slug 'FR' is the folder of a language" in told
    assert "c.Fr.yaml:1:1: error: the language 'Fr' is written 'fr' by" in told


def test_an_edition_takes_no_path_of_comments(publication: Publication) -> None:
    giscus = "{repo: a/b, repo_id: x, category: y, category_id: z}"
    site = "title: T\nbase_url: https://test.example/\neditions: {full: {}, comments: {}}\n"
    publication.write("content/site.yaml", f"{site}comments: {{giscus: {giscus}}}\n")
    publication.article("a")
    told = publication.run("check").stderr
    assert "content/site.yaml:3:22: error: editions.comments: the comments of an article" in told


def test_no_heading_takes_the_id_of_a_footnote(publication: Publication) -> None:
    text = ARTICLE.replace("Two tools for streams.", '"Two[^1].\\n\\n[^1]: A note."')
    text += "sections: [{title: fn-1, body: x}, {title: fnref 1, body: '<h3 id=\"fn-1\">y</h3>'}]\n"
    publication.article("a", text)
    publication.build("-f", "html")
    page = publication.read("site/a/index.html")
    found = re.findall(r' id="([^"]*)"', page)
    assert len(found) == len(set(found))
    assert {"fn-1", "fnref-1", "on-fn-1", "on-fnref-1", "on-fn-1-2"} <= set(found)


def test_a_day_without_an_hour_is_no_change_before_publication(publication: Publication) -> None:
    dates = "published: 2026-11-01T09:00:00Z\nupdated: 2026-11-01\n"
    publication.article("a", ARTICLE.replace("published: 2026-11-01\n", dates))
    publication.build("-f", "html")
    assert "<updated>2026-11-01T09:00:00Z</updated>" in publication.read("site/feed.xml")
    assert '"dateModified":"2026-11-01T09:00:00Z"' in publication.read("site/a/index.html").replace(
        '": "', '":"'
    ).replace("+00:00", "Z")


def test_a_post_without_an_address_is_told(publication: Publication) -> None:
    publication.write("content/posts.yaml", "- {title: P, url: ''}\n")
    assert "[0].url: the URL is empty" in publication.run("check").stderr


@pytest.mark.parametrize("folder", ["content", "content/assets", "templates/x"])
def test_no_build_writes_into_what_it_reads(publication: Publication, folder: str) -> None:
    publication.article("a")
    result = publication.run("build", "-o", str(publication.root / folder))
    assert result.code == 2
    assert "does not write into what it reads" in result.stderr
