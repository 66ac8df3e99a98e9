"""Publishing for real: processes killed, connections cut, blogs built by their own engines."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import blogs
import faults
import hostile
import httpx
import pytest
from conftest import ROOT, Publication
from press import Press, press
from test_channels_e2e import (
    BASE,
    assert_says_what_the_page_says,
    done,
    needs,
    ruby,
    sanitised,
    slugs,
    straight,
)
from test_publishing import CHANNELS
from test_publishing_faults import assert_right, settled
from test_publishing_git import AUTHOR
from test_publishing_git import run as in_clone

pytestmark = pytest.mark.e2e

NETWORK = [kind for kind in faults.KINDS if not kind.startswith("kill")]


@dataclass
class Figures:
    """What all these tests did to publishing, and what came of it."""

    injected: Counter[str] = field(default_factory=Counter)
    expected: int = 0
    lost: int = 0
    doubled: int = 0

    def count(self, blog: blogs.Blog, canonicals: tuple[str, ...]) -> None:
        """Compare what is there with what should be."""
        there = Counter(post["canonical"] for post in blog.posts())
        self.expected += len(canonicals)
        self.lost += sum(there[url] == 0 for url in canonicals)
        self.doubled += sum(max(count - 1, 0) for count in there.values())


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    """Counted over the module, and printed at its end."""
    made = Figures()
    yield made
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(made.injected.items()))
    print(
        f"\nfaults injected: {made.injected.total()} ({kinds}); posts expected: {made.expected},"
        f" lost: {made.lost}, doubled: {made.doubled}"
    )


def named(*articles: str) -> tuple[str, ...]:
    return tuple(f"{BASE}{slug}/" for slug in articles)


# --- A process killed at every step


def published(x: Press, url: str, victim: Callable[[int], None] = lambda pid: None) -> int:
    """Publish in a process of its own; its exit code."""
    process = subprocess.Popen(
        [
            sys.executable, str(ROOT / "build.py"), "publish", "--yes", "-C",
            str(x.publication.root),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **x.environment, "NO_PROXY": "*"},
    )  # fmt: skip
    victim(process.pid)
    process.communicate(timeout=120)
    return process.returncode


@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        ("forem", ("kill-before", "kill-after")),
        ("buttondown", ("kill-after",)),
        ("micropub", ("kill-after",)),
    ],
)
def test_a_process_killed_at_any_request_loses_and_doubles_nothing(
    publication: Publication, kind: str, ways: tuple[str, ...], figures: Figures
) -> None:
    make, settings = CHANNELS[kind]
    x = press(publication, make, settings)
    for slug in "ab":
        x.article(slug)
    number, ended = 0, False
    while not ended:
        number += 1
        for fault in ways:
            x.blog = make(blogs.Clock().now)
            (publication.root / "content/ledger.json").unlink(missing_ok=True)
            victims: list[int] = []
            bad = faults.Faults(faults.at(number, fault), lambda: victims[0])  # noqa: B023
            with blogs.served(x.blog) as there, faults.proxied(there, bad) as url:
                api = url + {"buttondown": "v1/", "micropub": "micropub"}.get(kind, "")
                x.settings(f'{settings}, api: "{api}"')
                code = published(x, url, victims.append)
                ended = not bad.injected
                assert code == (0 if ended else -9)
                assert published(x, url) == 0
            figures.injected.update(bad.injected)
            figures.count(x.blog, named("a", "b"))
            assert_right(x, ("a", "b"))
    assert number > 3


# --- A network that fails


@pytest.mark.parametrize("kind", ["forem", "micropub"])
@pytest.mark.parametrize("fault", NETWORK)
def test_a_network_that_fails_at_any_request_loses_and_doubles_nothing(
    publication: Publication, kind: str, fault: str, figures: Figures
) -> None:
    make, settings = CHANNELS[kind]
    x = press(publication, make, settings)
    x.transport = httpx.HTTPTransport()
    for slug in "ab":
        x.article(slug)
    number, ended = 0, False
    while not ended:
        number += 1
        x.blog = make(x.clock.now)
        (publication.root / "content/ledger.json").unlink(missing_ok=True)
        bad = faults.Faults(faults.at(number, fault), stall=0.2)
        with blogs.served(x.blog) as there, faults.proxied(there, bad) as url:
            api = url + {"buttondown": "v1/", "micropub": "micropub"}.get(kind, "")
            x.settings(f'{settings}, api: "{api}"')
            x.build()
            x.desk().carry_out()
            ended = not bad.injected
            bad.plan = lambda _number, _method, _path: None
            assert settled(x), f"{fault} at request {number}"
        figures.injected.update(bad.injected)
        figures.count(x.blog, named("a", "b"))
        assert_right(x, ("a", "b"))
    assert number > 3


def test_nothing_was_lost_and_nothing_doubled(figures: Figures) -> None:
    """The last of those that count."""
    assert figures.injected.total() > 50 or not figures.injected
    assert (figures.lost, figures.doubled) == (0, 0)


# --- What arrives, in the engines of the blogs


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The example articles and a hostile one, with a Forem and two clones."""
    made = Publication(tmp_path_factory.mktemp("published") / "publication")
    shutil.copytree(ROOT / "content", made.root / "content", dirs_exist_ok=True)
    (made.root / "content/ledger.json").unlink(missing_ok=True)
    made.write("content/site.yaml", hostile.SITE.partition("channels:")[0])
    made.write("content/assets/x.png", (ROOT / "content/assets/mlops-vs-mlops.png").read_bytes())
    made.article("hostile", hostile.ARTICLE)
    made.article("other", hostile.OTHER)
    made.build("-f", "html")
    return made


def with_channel(example: Publication, settings: str) -> Press:
    """The example, with one channel and an empty ledger."""
    site = hostile.SITE.partition("channels:")[0]
    x = press(example, blogs.Forem, "kind: forem")
    example.write("content/site.yaml", f"{site}channels:\n  x: {{{settings}}}\n")
    (example.root / "content/ledger.json").unlink(missing_ok=True)
    return x


def test_what_forem_is_sent_says_in_redcarpet_what_the_page_says(example: Publication) -> None:
    needs("ruby")
    x = with_channel(example, "kind: forem, status: published")
    outcomes = x.publish()
    assert not [outcome.failure for outcome in outcomes if outcome.failed]
    assert isinstance(x.blog, blogs.Forem)
    assert len(x.blog.articles) == len(outcomes) == len(slugs(example))
    by_url = {a["canonical_url"]: a["body_markdown"] for a in x.blog.articles.values()}
    for slug in slugs(example):
        body = by_url[f"{BASE}{slug}/"]
        rendered = ruby("second", sanitised(ruby("first", body)))
        assert_says_what_the_page_says(example, slug, f"<body>{rendered}</body>")


def blog(folder: Path, files: dict[str, str]) -> Path:
    """A blog in a clone, with files of its own."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    in_clone(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    in_clone(folder, "add", ".")
    in_clone(folder, "commit", "--quiet", "-m", "Begin")
    return folder


LAYOUT = (
    '<!DOCTYPE html><html><head><title>{{ %s }}</title><link rel="canonical" href="{{ %s }}">'
    "</head><body>{{ %s }}</body></html>"
)


def test_a_hugo_blog_gets_the_copies_as_commits_and_builds_them(
    example: Publication, tmp_path: Path
) -> None:
    clone = blog(
        tmp_path / "blog",
        {
            "hugo.yaml": "baseURL: https://hugo.example/\ntitle: Hugo\n"
            "disableKinds: [taxonomy, term, RSS, sitemap]\n",
            ".gitignore": "public/\nresources/\n.hugo_build.lock\n",
            "layouts/_default/single.html": LAYOUT % (".Title", ".Params.canonicalURL", ".Content"),
            "layouts/_default/list.html": "{{ range .Pages }}<p>{{ .Title }}</p>{{ end }}",
            "layouts/_default/home.html": "home",
        },
    )
    x = with_channel(
        example,
        f'kind: hugo, clone: "{clone}", url: "https://hugo.example/",'
        f' permalink: "posts/{{slug}}/", {AUTHOR}',
    )
    assert not [outcome.failure for outcome in x.publish() if outcome.failed]
    assert in_clone(clone, "status", "--porcelain") == ""
    assert int(in_clone(clone, "rev-list", "--count", "HEAD")) == 1 + len(slugs(example))
    hugo = str(Path(sys.executable).with_name("hugo"))
    out, err = done(hugo, "--panicOnWarning", "--printPathWarnings", cwd=clone)
    assert "WARN" not in out + err
    for slug in slugs(example):
        rendered = (clone / f"public/posts/{slug}/index.html").read_text()
        assert f'rel="canonical" href="{BASE}{slug}/"' in rendered
        assert_says_what_the_page_says(
            example,
            slug,
            rendered.replace("\u2060", ""),
            own=lambda other: f"https://hugo.example/posts/{other}/",
            words=straight,
        )
    assert set(x.actions().values()) == {"unchanged"}


def test_a_jekyll_blog_gets_the_copies_as_commits_and_builds_them(
    example: Publication, tmp_path: Path
) -> None:
    needs("jekyll")
    clone = blog(
        tmp_path / "blog",
        {
            "_config.yml": "permalink: /:title.html\nurl: https://jekyll.example\n",
            ".gitignore": "_site/\n.jekyll-cache/\n",
            "_layouts/post.html": LAYOUT % ("page.title | escape", "page.canonical_url", "content"),
        },
    )
    x = with_channel(
        example,
        f'kind: jekyll, clone: "{clone}", url: "https://jekyll.example/",'
        f' permalink: "{{slug}}.html", {AUTHOR}',
    )
    assert not [outcome.failure for outcome in x.publish() if outcome.failed]
    assert in_clone(clone, "status", "--porcelain") == ""
    out, err = done("jekyll", "build", "--strict_front_matter", cwd=clone, LANG="C.UTF-8")
    assert not re.search("(?i)warn|error|deprecat", out + err), out + err
    for slug in slugs(example):
        rendered = (clone / f"_site/{slug}.html").read_text()
        assert f'rel="canonical" href="{BASE}{slug}/"' in rendered
        assert_says_what_the_page_says(
            example,
            slug,
            rendered,
            own=lambda other: f"https://jekyll.example/{other}.html",
            words=straight,
        )
    assert set(x.actions().values()) == {"unchanged"}
