"""Nothing in content reads a file that is not its own, asks the network, or takes the machine."""

import http.server
import json
import os
import socket
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from conftest import ARTICLE, SITE, Publication

from versus import assets, fetching, machine, pipeline, stamps, unchanged
from versus.diagnostics import Diagnostic
from versus.model import Site
from versus.pipeline import check
from versus.request import Request
from versus.writers.pdf import engine

SECRET = "the secret of this machine"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def checked(publication: Publication) -> tuple[Diagnostic, ...]:
    """What `check` finds, in this process."""
    return check(Request(publication.root, publication.out, NOW)).diagnostics


def told(publication: Publication) -> list[str]:
    """What `check` says, without hints and without where content lies."""
    lines = [str(diagnostic).splitlines()[0] for diagnostic in checked(publication)]
    return [line.removeprefix("content/") for line in lines]


def picture(pixels: tuple[int, int] = (1, 1)) -> bytes:
    """A PNG that says it has a size: the head is all that anybody may read of it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
        )

    size = b"".join(n.to_bytes(4, "big") for n in pixels)
    head = chunk(b"IHDR", size + b"\x08\x02\x00\x00\x00")
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 4)) + chunk(b"IEND", b"")
    )


def test_links_may_not_lead_out_of_the_content(publication: Publication, tmp_path: Path) -> None:
    secret = publication.write("secret.yaml", SECRET)
    (publication.root / ".git").mkdir()
    publication.write(".git/config", SECRET)
    publication.article("good")
    inside = publication.write("content/assets/a.txt", "fine")
    targets: dict[str, Path | str] = {
        "articles/a.yaml": secret,
        "posts.yaml": "/dev/zero",
        "ledger.json": "/etc/passwd",
        "assets/x.txt": "../../.git/config",
        "assets/gone.txt": "nowhere.txt",
        "assets/y.txt": inside,
    }
    for name, target in targets.items():
        (publication.root / "content" / name).symlink_to(target)
    assert told(publication) == [
        "articles/a.yaml:1:1: error: a link that leads out of content/",
        "assets/gone.txt:1:1: error: a link that leads to no file",
        "assets/x.txt:1:1: error: a link that leads out of content/",
        "ledger.json:1:1: error: a link that leads out of content/",
        "posts.yaml:1:1: error: a link that leads out of content/",
    ]
    assert SECRET not in publication.run("build").stderr
    publication.write("content/site.yaml", SITE + "trust: true\n")
    assert "assets/x.txt:1:1" not in "".join(told(publication))


def test_a_folder_of_articles_may_not_lead_out_either(publication: Publication) -> None:
    (publication.root / "content/articles").rmdir()
    (publication.root / "content/articles").symlink_to("/etc")
    assert told(publication) == ["articles:1:1: error: a link that leads out of content/"]


def test_what_is_no_file_is_not_waited_for(publication: Publication) -> None:
    os.mkfifo(publication.root / "content/articles/pipe.yaml")
    (publication.root / "content/articles/folder.yaml").mkdir()
    found = told(publication)
    assert any("articles/folder.yaml:1:1: error: cannot be read" in line for line in found)
    assert any("articles/pipe.yaml:1:1: error: cannot be read" in line for line in found)


@pytest.mark.parametrize(
    "src",
    [
        "../site.yaml", "assets/../site.yaml", "/etc/passwd", "file:///etc/passwd", "//host/share/x",
        "\\\\host\\share\\x.png", "assets\\x.png", "C:\\x.png", "assets/%2e%2e/site.yaml",
        "assets∕..∕site.yaml", "assets／..／site.yaml", "assets/x.png%00.yaml", "NUL", "assets/con",
        "https://e.example/x.png", "http://169.254.169.254/latest/", "data:image/png;base64,AA",
    ],
)  # fmt: skip
def test_a_picture_of_an_article_is_a_file_of_its_assets(
    publication: Publication, src: str
) -> None:
    publication.write("content/assets/x.png", picture())
    inside = json.dumps({"src": src, "alt": "x"})
    publication.article("a", ARTICLE + f"image: {inside}\n")
    assert any("a.yaml:7:" in line and "error" in line for line in told(publication))
    if not src.startswith(
        "http"
    ):  # A page may show a picture of the web; a build never asks for it.
        publication.article("a", ARTICLE.replace("Two tools", json.dumps(f"![x](<{src}>)")[1:-1]))
        assert any("a.yaml:6:" in line and "error" in line for line in told(publication))


@pytest.mark.parametrize(
    "slug", ["con", "NUL.txt", "com1", "lpt¹", "a/b", "..", "a∕b", "a\\b", "a:b"]
)
def test_a_slug_is_one_safe_name_on_every_system(publication: Publication, slug: str) -> None:
    publication.article("a", ARTICLE + f"slug: {json.dumps(slug)}\n")
    assert [line for line in told(publication) if "error: slug: " in line]


@pytest.mark.parametrize(
    "name", ["a\\b.txt", "a:b.txt", "aux.txt", "a∕b.txt", "a\u202egnp.exe", "dot.", "a|b"]
)
def test_an_asset_has_a_safe_name(publication: Publication, name: str) -> None:
    publication.write(f"content/assets/{name}", "x")
    assert "is not safe on every system" in told(publication)[0]


@pytest.mark.parametrize(
    "name", ["x.html", "x.HTM", "x.svgz", "x.js", "x.php.png", "x.xml", "deep/x.xhtml", "x.swf"]
)
def test_what_a_browser_or_a_server_would_run_is_no_asset(
    publication: Publication, name: str
) -> None:
    publication.write(f"content/assets/{name}", "<script>alert(1)</script>")
    assert "could run as a part of the site: content is not trusted" in told(publication)[0]
    publication.write("content/site.yaml", SITE + "trust: true\n")
    assert told(publication) == []


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("\n<g onload='alert(1)'/>", "onload"),
        ("<a href='javascript:alert(1)'><text>x</text></a>", "an address that leads out"),
        ("<image href='http://169.254.169.254/'/>", "an address that leads out"),
        ("<image xlink:href='file:///etc/passwd'/>", "an address that leads out"),
        ("<use href='other.svg#x'/>", "an address that leads out"),
        ("<style>@import 'https://evil.example/';</style>", "a style that loads something"),
        ("<rect fill='url(https://evil.example/#x)'/>", "fill that loads something"),
        ("<rect style='fill:u\\72l(//evil.example)'/>", "style that loads something"),
        ("<foreignObject><p/></foreignObject>", "<foreignObject>"),
        ("<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>", "<script>"),
        ("<set attributeName='href' to='javascript:alert(1)'/>", "an animation of href"),
        ("<?xml-stylesheet href='x.css'?>", "a processing instruction"),
    ],
)
def test_a_drawing_holds_nothing_but_the_drawing(
    publication: Publication, inside: str, what: str
) -> None:
    publication.write("content/assets/x.svg", SVG.format(inside))
    line = 1 + inside.count("\n")
    (said,) = told(publication)
    assert said.startswith(f"assets/x.svg:{line}:1: error: {what}")


def test_ordinary_drawings_are_let_in() -> None:
    for inside in (
        (
            "<title>T</title><defs><linearGradient id='g'><stop offset='0'/></linearGradient></defs>"
            "<style>.a { fill: url(#g) }</style><rect class='a' fill='url(#g)' style='stroke: red'/>"
            "<use xlink:href='#g'/><a href='https://e.example/'><text>x</text></a>"
            "<image href='data:image/png;base64,AA'/><animate attributeName='x' to='1'/>"
        ),
        "<metadata><x:RDF xmlns:x='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>",
    ):
        assert list(assets.svg_faults(SVG.format(inside).encode())) == []


def test_entities_of_a_drawing_are_not_resolved() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'
    outside = b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'
    for data in (bomb, outside):
        assert (1, "an entity") in list(assets.svg_faults(data))


# Bounds: each is told with its name, and only the site raises it.


@pytest.mark.parametrize(
    ("article", "limit", "message"),
    [
        ({"introduction": "x" * 50}, "text: 40", "a text of 50 characters, more than 40"),
        ({"subjects": [{"name": f"S{n}"} for n in range(5)]}, "subjects: 4", "5 subjects, more than 4"),
        (
            {"differences": {"criteria": [{"name": f"C{n}", "values": {"A": "x", "B": "y"}} for n in range(5)]}},
            "criteria: 4",
            "5 criteria, more than 4",
        ),
        ({"tags": ["t"] * 60}, "values: 50", "more than 50 values in one file"),
        ({"introduction": "x" * 400}, "file: 300", "bytes, more than 300"),
        ({"introduction": "[" * 6000}, "reading: 1", "checking this takes more than 1 seconds of computing"),
    ],
)  # fmt: skip
def test_a_bound_is_told_with_how_to_raise_it(
    publication: Publication, article: dict[str, object], limit: str, message: str
) -> None:
    data = {"title": "T", "subjects": [{"name": "A"}, {"name": "B"}], "introduction": "x"}
    publication.article("good", ARTICLE + "unknown: 1\n")
    publication.article("a", json.dumps(data | article))
    publication.write("content/site.yaml", SITE + f"limits: {{{limit}}}\n")
    said = "\n".join(map(str, checked(publication)))
    assert message in said
    assert f"limits: {{{limit.split(':', maxsplit=1)[0]}: " in said
    assert "good.yaml:7:1: error: unknown key 'unknown'" in said
    publication.write("content/site.yaml", SITE)
    if "reading" not in limit:
        assert message.split(",", maxsplit=1)[0] not in "\n".join(told(publication))


def test_aliases_count_as_what_they_stand_for(publication: Publication) -> None:
    publication.write("content/site.yaml", SITE + "limits: {file: 3000}\n")
    faq = "\n".join(["  - {question: Q?, answer: *a}"] * 20)
    publication.article("a", ARTICLE + f"conclusion: &a {'x' * 200}\nfaq:\n{faq}\n")
    assert "more than 3,000 characters, its aliases written out" in told(publication)[0]


def test_a_picture_of_too_many_pixels_is_never_decoded(publication: Publication) -> None:
    publication.write("content/assets/bomb.png", picture((60_000, 60_000)))
    publication.write("content/assets/big.png", picture((9_000, 9_000)))
    assert told(publication) == [
        "assets/big.png:1:1: error: a picture of 81,000,000 pixels, more than 80,000,000",
        "assets/bomb.png:1:1: error: a picture of 3,600,000,000 pixels, more than 80,000,000",
    ]


def test_a_file_of_too_many_bytes_is_no_asset(publication: Publication) -> None:
    publication.write("content/site.yaml", SITE + "limits: {asset: 10}\n")
    publication.write("content/assets/x.bin", b"x" * 11)
    assert told(publication) == ["assets/x.bin:1:1: error: a file of 11 bytes, more than 10"]


def test_a_ledger_that_nests_without_end_is_told(publication: Publication) -> None:
    publication.write("content/ledger.json", "[" * 50_000)
    assert told(publication) == ["ledger.json:1:1: error: not JSON"]


# The network, and WeasyPrint's one door.


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    assert not fetching.is_public(address)


def test_public_addresses_are_known() -> None:
    assert fetching.is_public("93.184.215.14")
    assert fetching.is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


class _Host(http.server.BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        data = picture() if self.path == "/picture.png" else b"bytes"
        self.wfile.write(data * (200 if self.path == "/large" else 1))

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A host on loopback whose address counts as public."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Host.asked.clear()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_named_host_is_asked_and_no_other(host: str) -> None:
    assert fetching.fetch(f"http://{host}/x.png", [host], 100) == (b"bytes", "image/png")
    for url in (
        f"http://other.example/{host}", f"http://{host}@other.example/", f"http://x@{host}/",
        f"ftp://{host}/", f"http://{host.replace('127.0.0.1', 'localhost')}/", "http:///x",
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"hosts|plain"):
            fetching.fetch(url, [host], 100)
    assert _Host.asked == ["/x.png"]


def test_a_redirect_is_judged_like_the_first_url(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetching.fetch(f"http://{host}/to?/y.png", [host], 100)[0] == b"bytes"
    for target in (
        "http://metadata.internal/",
        "file:///etc/passwd",
        f"http://{host}/to?/to?/to?/z",
    ):
        with pytest.raises(ValueError, match=r"hosts|plain|redirects"):
            fetching.fetch(f"http://{host}/to?{target}", [host], 100)
    monkeypatch.setattr(fetching, "is_public", lambda address: False)
    with pytest.raises(ValueError, match="no public address"):
        fetching.fetch(f"http://{host}/x.png", [host], 100)


def test_a_file_of_the_network_is_bounded(host: str) -> None:
    with pytest.raises(ValueError, match="more than 100 bytes"):
        fetching.fetch(f"http://{host}/large", [host], 100)


def site(**more: object) -> Site:
    return Site.model_validate({"title": "T", "base_url": "https://t.example/b/", **more})


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "https://e.example/x.png", "https://t.example/b/site.yaml",
        "https://t.example/b/assets/../site.yaml", "https://t.example/b/assets/%2e%2e/site.yaml",
        "https://t.example/b/assets//etc/passwd", "https://t.example/b/assets/link",
        "ftp://t.example/", "http://127.0.0.1/", "https://t.example/b/assets/x.eps",
    ],
)  # fmt: skip
def test_weasyprint_reads_assets_only(
    publication: Publication, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object, **_options: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    publication.write("content/assets/x.png", picture())
    publication.write("content/assets/x.eps", "%!PS-Adobe\n(%pipe%id) (r) file")
    (publication.root / "content/assets/link").symlink_to("/etc/passwd")
    door = engine.fetcher(site(), publication.root)
    assert door.fetch("https://t.example/b/assets/x.png").read() == picture()
    with pytest.raises((ValueError, OSError)):
        door.fetch(url)


def test_a_host_that_is_named_is_asked_for_pictures_of_pdfs(
    publication: Publication, host: str
) -> None:
    door = engine.fetcher(site(pdf={"hosts": [host]}), publication.root)
    assert door.fetch(f"http://{host}/x.png").read() == b"bytes"
    with pytest.raises(ValueError, match="not among the hosts"):
        door.fetch("http://e.example/x.png")


def test_a_picture_that_was_not_to_be_had_is_asked_for_again(
    publication: Publication, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(publication.root / "cache"))
    publication.write("content/site.yaml", f"{SITE}pdf: {{hosts: ['{host}']}}\n")
    publication.article("a", ARTICLE.replace("Two tools", f"See ![x](http://{host}/picture.png)"))
    request = Request(publication.root, publication.out, NOW, formats=("pdf",))

    def down(*_args: object) -> None:
        raise OSError("the network is down")

    with monkeypatch.context() as without:
        without.setattr(fetching, "fetch", down)
        without_picture = [d.message for d in pipeline.build(request).diagnostics]
    assert any("the network is down" in message for message in without_picture)
    for built in (pipeline.build(request), pipeline.build(request)):
        assert not any("no picture" in d.message for d in built.diagnostics)
    assert _Host.asked == ["/picture.png"] * 2  # Each edition once; then they are kept.


# Templates, front matter and feeds.


def test_content_is_never_read_as_a_template_and_breaks_out_of_nothing(
    publication: Publication,
) -> None:
    hostile = (
        "{{ 7*7 }}{% raw %}{{ cycler.__init__.__globals__ }}---\n</script>]]></title>"
        "\"'><script>alert(1)</script>\u2028: {a: &x [*x]} # !!python/object:os.system"
    )
    line = " ".join(hostile.split())
    data = {
        "title": line, "published": "2026-11-01", "tags": [line], "description": line,
        "author": {"name": line}, "subjects": [{"name": line, "id": "a"}, {"name": "B"}],
        "introduction": f"x {hostile}", "faq": [{"question": line, "answer": hostile}],
        "sources": {"s": {"title": line, "url": "https://s.example/"}},
    }  # fmt: skip
    publication.article("a", json.dumps(data))
    publication.build("-f", "html", "-f", "markdown")
    import xml.etree.ElementTree as ET

    import yaml

    head = publication.read("site/a/index.md").split("\n---\n")[0].removeprefix("---\n")
    assert yaml.safe_load(head)["title"] == line
    for feed in ("feed.xml", "rss.xml", "sitemap.xml"):
        ET.fromstring(publication.read(f"site/{feed}"))
    page = publication.read("site/a/index.html")
    assert "{{ 7*7 }}" in page
    assert "49" not in page.replace("49%", "")
    assert page.count("<script") == 1
    assert (
        json.loads(page.split('ld+json">')[1].split("</script>")[0])["@graph"][0]["headline"]
        == line
    )


# Links and pipes beside what is looked at before anything is read.


def test_links_between_folders_end_no_build(publication: Publication) -> None:
    publication.article("a")
    content = publication.root / "content"
    (content / "assets").mkdir()
    (content / "assets/loop").symlink_to("loop")
    (content / "assets/up").symlink_to("..")
    (content / "assets/system").symlink_to("/usr")
    result = publication.run("build", "-f", "markdown")
    assert result.code == 1
    assert "Traceback" not in result.stderr
    assert "content/assets/loop:1:1: error: a link that leads to no file" in result.stderr
    seen = unchanged.view(Request(publication.root, publication.out, NOW)).stamps
    assert {os.path.relpath(path, content) for path in seen} == {"articles/a.yaml", "site.yaml"}


def test_a_folder_of_articles_may_be_a_link(publication: Publication, tmp_path: Path) -> None:
    """Where the publication's owner trusts it to lead out; edits behind it are seen."""
    publication.article("a")
    publication.write("content/site.yaml", SITE + "trust: true\n")
    articles = publication.root / "content/articles"
    articles.rename(tmp_path / "elsewhere").joinpath("a.yaml").touch()
    articles.symlink_to(tmp_path / "elsewhere")
    publication.build("-f", "markdown")
    stamps.settle(stamps.now())
    assert "0 changed" in publication.build("-f", "markdown").stdout
    (tmp_path / "elsewhere/a.yaml").write_text(ARTICLE.replace("Two tools", "Three tools"))
    publication.build("-f", "markdown")
    assert "Three tools" in publication.read("site/a/index.md")


def test_templates_may_link_in_circles_and_hold_pipes(publication: Publication) -> None:
    folder = publication.root / "templates/html"
    folder.mkdir(parents=True)
    (folder / "up").symlink_to("..")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    publication.write("templates/html/x.html", "x")
    (folder / "linked").symlink_to(publication.write("more/y.html", "y").parent)
    found = [os.path.relpath(path, folder) for path, _status in machine.files([folder])]
    assert found == ["linked/y.html", "x.html"]
    assert machine.contents(folder)


# Names that are not UTF-8, which a file system may hold all the same.

CAFE = os.fsdecode(b"caf\xe9")


def test_a_name_that_is_no_text_is_told(publication: Publication, tmp_path: Path) -> None:
    publication.article("a")
    publication.article(CAFE, ARTICLE + "slug: cafe\n")
    for path in (f"content/assets/{CAFE}.txt", f"templates/locale/{CAFE}.po"):
        publication.write(path, "")
    report = tmp_path / "report.json"
    for result in (
        publication.run("build", "-f", "markdown", "--report", str(report)),
        publication.run("check", "--report", str(report), env={"GITHUB_ACTIONS": "true"}),
    ):
        assert result.code == 1
        assert result.stderr.count("is not safe on every system") == 3
        assert len(json.loads(report.read_text())["diagnostics"]) == 3
    result = publication.run("new", f"{CAFE} vs b")
    assert (result.code, "remove it" in result.stderr) == (2, True)


def test_a_machine_and_a_publication_may_have_any_names(
    publication: Publication, tmp_path: Path
) -> None:
    (tmp_path / ".fonts" / CAFE).mkdir(parents=True)
    publication.article("a")
    publication.write(f"templates/html/{CAFE}.html", "")
    publication.write("templates/html/article.html", "Own words")
    publication.root = publication.root.rename(tmp_path / CAFE)
    result = publication.run("build", "-f", "html", "-j", "1", env={"HOME": str(tmp_path)})
    assert (result.code, result.stderr) == (0, "")
