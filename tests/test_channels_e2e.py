"""Copies in the real thing: the engines of other blogs, and a mail in a browser.

Each copy, rendered by what its readers' blog renders with, says what the article's page says, and
links to the same places. The example publication and a hostile article go through all of them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import hostile
import pytest
from browsing import CHROMIUM, FLAGS, NPM
from conftest import ROOT, Publication
from copies import linked, links, nodes, said
from lxml import html
from playwright.sync_api import Browser, sync_playwright
from reading import assert_in_order, text
from test_parity import TROUBLE

from versus.channels import astro, forem
from versus.channels.rewriting import rewrite

pytestmark = pytest.mark.e2e

BASE = "https://test.example/"
CHANNELS = {
    "forem": "{kind: forem, status: published, utm: {utm_source: forem}}",
    "hugo": '{kind: hugo, url: "https://hugo.example/", permalink: "posts/{slug}/"}',
    "jekyll": '{kind: jekyll, url: "https://jekyll.example/", permalink: "{slug}.html"}',
    "docusaurus": "{kind: docusaurus}",
    "astro": "{kind: astro}",
    "newsletter": "{kind: newsletter}",
}


def needs(command: str) -> None:
    """Skip where a program is missing; CI has them all."""
    if shutil.which(command) is None and not os.environ.get("CI"):
        pytest.skip(f"needs {command}: `make e2e` installs it")


def needs_npm(package: str) -> None:
    """Skip where a package of npm is missing; CI has them all."""
    if not (NPM / package).exists() and not os.environ.get("CI"):
        pytest.skip(f"needs {package}: `make e2e` installs it into tests/npm")


def done(*command: str, cwd: Path, given: str | None = None, **env: str) -> tuple[str, str]:
    """What a program wrote to stdout and stderr; it must succeed."""
    found = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        env={**os.environ, **env},
    )
    assert found.returncode == 0, f"{' '.join(command)}\n{found.stdout}{found.stderr}"
    return found.stdout, found.stderr


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The example articles and the hostile one, as a page and as a copy for every engine."""
    made = Publication(tmp_path_factory.mktemp("copies") / "publication")
    shutil.copytree(ROOT / "content", made.root / "content", dirs_exist_ok=True)
    channels = "".join(f"  {name}: {settings}\n" for name, settings in CHANNELS.items())
    made.write(
        "content/site.yaml", hostile.SITE.partition("channels:")[0] + "channels:\n" + channels
    )
    picture = (ROOT / "content/assets/mlops-vs-mlops.png").read_bytes()
    made.write("content/assets/x.png", picture)
    made.article("hostile", hostile.ARTICLE)
    made.article("other", hostile.OTHER)
    made.article("troubled", hostile.troubled(TROUBLE))
    names = [option for name in CHANNELS for option in ("--channel", name)]
    made.build("-f", "html", *names)
    return made


def slugs(publication: Publication) -> list[str]:
    """The articles, without the files that translate them."""
    files = json.loads(publication.read("manifest.json"))["files"]
    return sorted({record["article"] for record in files if record["article"]})


def assert_says_what_the_page_says(
    publication: Publication,
    slug: str,
    rendered: str,
    *,
    own: Callable[[str], str] | None = None,
    words: Callable[[str], str] = lambda said: said,
) -> None:
    """A rendered copy has every word of the page, in order, and all its links.

    `own` gives the URL of an article's copy on the blog itself, where related posts lead.
    """
    page = publication.read(f"site/{slug}/index.html")
    tree = html.document_fromstring(rendered)
    assert_in_order([words(n) for n in said(page)], words(text(tree)), f"{slug}")
    found = linked(tree)
    for address in links(page, f"{BASE}{slug}/"):
        known = {address}
        inside = address.removeprefix(BASE).rstrip("/")
        if own and address.startswith(BASE) and inside in slugs(publication):
            known = {own(inside)}
        assert known & found, f"{slug} does not link to {known}"
    assert f"{BASE}{slug}/" in {unquote(a) for a in found}, "the canonical URL is linked to"
    assert "Originally published at" in text(tree)


def test_hugo_builds_the_copies_without_a_warning(publication: Publication, tmp_path: Path) -> None:
    shutil.copytree(publication.out / "channels/hugo", tmp_path, dirs_exist_ok=True)
    (tmp_path / "hugo.yaml").write_text(
        "baseURL: https://hugo.example/\ntitle: Hugo\ndisableKinds: [taxonomy, term, RSS, sitemap]\n"
    )
    for name, layout in {
        "single.html": '<!DOCTYPE html><html><head><title>{{ .Title }}</title><link rel="canonical"'
        ' href="{{ .Params.canonicalURL }}"></head><body>{{ .Content }}</body></html>',
        "list.html": "{{ range .Pages }}<p>{{ .Title }} {{ .Summary }}</p>{{ end }}",
        "home.html": "home",
    }.items():
        target = tmp_path / "layouts/_default" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(layout)
    hugo = str(Path(sys.executable).with_name("hugo"))
    out, err = done(hugo, "--panicOnWarning", "--printPathWarnings", cwd=tmp_path)
    assert "WARN" not in out + err
    for slug in slugs(publication):
        rendered = (tmp_path / f"public/posts/{slug}/index.html").read_text()
        assert f'rel="canonical" href="{BASE}{slug}/"' in rendered
        assert_says_what_the_page_says(
            publication,
            slug,
            rendered.replace("\u2060", ""),
            own=lambda other: f"https://hugo.example/posts/{other}/",
            words=straight,
        )


def straight(words: str) -> str:
    """A text with straight quotation marks; blogs may set curly ones."""
    return words.translate(str.maketrans("“”‘’", "\"\"''"))


def test_jekyll_builds_the_copies_without_a_warning(
    publication: Publication, tmp_path: Path
) -> None:
    needs("jekyll")
    shutil.copytree(publication.out / "channels/jekyll", tmp_path, dirs_exist_ok=True)
    (tmp_path / "_config.yml").write_text("permalink: /:title.html\nurl: https://jekyll.example\n")
    (tmp_path / "_layouts").mkdir()
    (tmp_path / "_layouts/post.html").write_text(
        '<!DOCTYPE html><html><head><title>{{ page.title | escape }}</title><link rel="canonical"'
        ' href="{{ page.canonical_url }}"></head><body>{{ content }}</body></html>'
    )
    out, err = done("jekyll", "build", "--strict_front_matter", cwd=tmp_path, LANG="C.UTF-8")
    assert not re.search("(?i)warn|error|deprecat", out + err), out + err
    for slug in slugs(publication):
        rendered = (tmp_path / f"_site/{slug}.html").read_text()
        assert f'rel="canonical" href="{BASE}{slug}/"' in rendered
        assert_says_what_the_page_says(
            publication,
            slug,
            rendered,
            own=lambda other: f"https://jekyll.example/{other}.html",
            words=straight,
        )


def test_mdx_compiles_the_copies_for_docusaurus(publication: Publication) -> None:
    needs_npm("@mdx-js/mdx")
    files = sorted((publication.out / "channels/docusaurus").rglob("*.md"))
    assert len(files) == len(slugs(publication))
    script = ROOT / "tests/npm/mdx.mjs"
    out, _err = done("node", str(script), *map(str, files), cwd=NPM.parent)
    for file, rendered in zip(files, json.loads(out), strict=True):
        slug = file.parent.name
        assert f'rel="canonical" href="{BASE}{slug}/"' in rendered
        assert_says_what_the_page_says(publication, slug, f"<body>{rendered}</body>")


def ruby(mode: str, source: str) -> str:
    return done("ruby", str(ROOT / "tests/forem/render.rb"), mode, cwd=ROOT, given=source)[0]


def sanitised(source: str) -> str:
    """HTML as Forem cleans it: parsed, some tags and attributes taken out, written again."""
    tree = html.fragment_fromstring(source, create_parent="div")
    for node in list(
        tree.iter("details", "summary", "div", "section", "figure", "iframe", "input")
    ):
        if node is not tree:
            node.drop_tag()
    for node in tree.iter():
        for name in {"class", "style", "width", "scope"} & set(node.attrib):
            del node.attrib[name]
    return "".join(html.tostring(child, encoding="unicode") for child in tree)


def test_redcarpet_and_liquid_render_the_copies_for_forem(publication: Publication) -> None:
    needs("ruby")
    for slug in slugs(publication):
        body = publication.read(f"channels/forem/{slug}.md")
        rendered = ruby("second", sanitised(ruby("first", body)))
        assert_says_what_the_page_says(publication, slug, f"<body>{rendered}</body>")
        assert "utm_source=forem" in rendered
        if slug == "hostile":
            tree = html.document_fromstring(rendered)
            assert tree.find(".//ul//ul//ul//li") is not None, "lists are nested"
            assert tree.find(".//details/summary") is not None, "folded text folds"


@pytest.mark.parametrize("spaces", ["", " ", "  ", "- "])
def test_liquid_reads_no_tag_in_code_for_forem(spaces: str) -> None:
    needs("ruby")
    code = f"{{%{spaces}endraw{spaces[::-1]}%}}"
    source = f"Say `{code} {{{{ x }}}}`.\n\n```\n{code}\n{{{{ y }}}}\n```\n"
    copy = rewrite(source, forem.DIALECT, as_list=False, notes="")
    rendered = html.fromstring(ruby("second", sanitised(ruby("first", copy))))
    codes = [text(node).strip() for node in nodes(rendered, "//code")]
    assert codes == [f"{code} {{{{ x }}}}", f"{code}\n{{{{ y }}}}"]


TYPESET = r"Run --verbose, a -- b, x---y, --, a...b, ...., '' and \`\`."


def test_astro_builds_the_copies(publication: Publication, tmp_path: Path) -> None:
    """Its content collection checks the front matter by a schema."""
    needs_npm("astro")
    shutil.copytree(ROOT / "tests/astro", tmp_path, dirs_exist_ok=True)
    shutil.copytree(publication.out / "channels/astro", tmp_path, dirs_exist_ok=True)
    (copy,) = (publication.out / "channels/astro").rglob("hostile.md")
    head = copy.read_text().partition("\n---\n")[0]
    words = rewrite(TYPESET, astro.DIALECT, as_list=False, notes="")
    (tmp_path / "src/content/blog/typeset.md").write_text(f"{head}\n---\n{words}")
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}')
    (tmp_path / "node_modules").symlink_to(NPM)
    command = ("node", str(NPM / "astro/astro.js"), "build")
    out, err = done(*command, cwd=tmp_path, ASTRO_TELEMETRY_DISABLED="1")
    assert not re.search("(?i)warn|error", out + err), out + err
    for slug in slugs(publication):
        rendered = (tmp_path / f"dist/{slug}/index.html").read_text()
        assert f'rel="canonical" href="{BASE}{slug}/"' in rendered
        assert_says_what_the_page_says(publication, slug, rendered, words=straight)
    rendered = text(html.document_fromstring((tmp_path / "dist/typeset/index.html").read_text()))
    assert TYPESET.replace("\\", "") in rendered


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 600])
def test_a_mail_fits_its_window_and_shows_its_table(
    publication: Publication, browser: Browser, width: int
) -> None:
    for slug in slugs(publication):
        source = publication.read(f"channels/newsletter/{slug}.html")
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.route("**/*", lambda route: route.abort())
        page.set_content(source)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, slug
        for table in page.locator("td.content table").all():
            box = table.bounding_box()
            assert box, "the table is shown"
            assert box["width"] <= width
        assert page.evaluate(
            "Array.from(document.querySelectorAll('td.content p')).every("
            "p => parseFloat(getComputedStyle(p).fontSize) >= 12)"
        )
        assert_says_what_the_page_says(publication, slug, source)
        page.close()
