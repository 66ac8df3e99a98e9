"""HTML that content brings: ordinary people's stays, and nothing runs, loads, covers or pretends."""

import re
from html import unescape

import pytest
from conftest import ARTICLE, SITE, Publication
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from versus.channels.dialect import Dialect
from versus.channels.rewriting import rewrite
from versus.markup import commonmark, html, markdown, pymarkdown, safety, trees

BANNED = {
    *["script", "style", "svg", "math", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "select", "textarea", "template", "noscript", "base", "meta", "link", "title", "xmp", "plaintext", "marquee", "dialog", "portal", "area", "map"]
}  # fmt: skip
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\-\t\n\r]*):", re.IGNORECASE)
SCHEMES = ("", "http", "https", "mailto", "tel")

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt/src=//evil.example/x.js>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img/src=`x`onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa&#x53;cript&colon;alert(1)">x</a>',
    '<a href="java&Tab;script&NewLine;:alert(1)">x</a>',
    '<a href=" &#1;javascript:alert(1)">x</a>',
    '<a href="java&#xAD;script:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<style>@import 'https://evil.example/x.css';</style>",
    '<div style="position:fixed;inset:0">x</div>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<base href="https://evil.example/">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<img name="cookie" src="https://e.example/x.png">',
    '<a id="content">x</a>',
    '<a id="documentElement">x</a>',
    '<p class="site-header">x</p>',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><a title='</title><img src=x onerror=alert(1)>'></title>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php system('id') ?>",
    "<b title='<!--'>x</b><b title='--><img src=x onerror=alert(1)>'>",
    "</div></section></main></body><h1>Mine</h1>",
    "</body><body onload=alert(1)><h1>Mine</h1></body><body>",
    "</body></html><!DOCTYPE html><html><head><title>x</title></head><body onload=alert(1)>",
    "<table><a href=javascript:alert(1)>x</a>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    '<a href="https://x.example/<!--&quot; onclick=alert(1) x=&quot;-->">x</a>',
    "<a xlink:href='javascript:alert(1)'>x</a>",
    "<details ontoggle=alert(1) open>x</details>",
    '<audio src="x" autoplay></audio>',
    "<pre>\n</pre >\n\n[x](javascript:alert(1))\n</pre>",
    "<textarea>\n\n[x](javascript:alert(1))\n</textarea>",
    "<\\<img src=x onerror=alert(1)>",
    "&lt;&lt;img src=x onerror=alert(1)>",
    '<foo><a href="https://x.example/">\n\\<img src=x onerror=alert(1)>',
    "<foo><div>\n\\<img src=x onerror=alert(1)>",
    "- <foo><b>\n  \\<img src=x onerror=alert(1)>",
    "<foo></b>\n\\<img src=x onerror=alert(1)>",
    "\\<<\\!--&lt;<\\?php system('id') ?>",
    "<form><pre>x",
    "<x><pre>",
    "<form><textarea>\n",
    "</div>\n[r]: javascript:alert(1)\n<p>\n\n[r]",
    "</div>\n[^1]: x\n<p>\n\n",
    "[r]<x></x>: javascript:alert(1)",
    "[here]<!-- -->(javascript:alert(1))",
    "[^1]<!-- -->: `<img src=x onerror=alert(1)>`",
    "`a`<x></x>`<img src=x onerror=alert(1)>`",
    "\n&nbsp;\n<b>\n\\<img src=x onerror=alert(1)>",
    "> a\u2028<div>\u2028\\<img src=x onerror=alert(1)>",
]
GLUE = [
    "\n\n",
    "\n",
    " ",
    "",
    "\\",
    "\\<",
    "&lt;",
    "> ",
    "- ",
    "`",
    "```\n",
    "    ",
    "[",
    "](",
    ")",
    "<",
    ">",
    '"',
    "&",
    "(",
    "]",
    ":",
    "*",
    "_",
    "!",
    "[^1]",
    "[r]",
    "<x>",
    "</x>",
    "<!-- -->",
    "<b>",
    "</b>",
    "<pre>",
    "</div>",
    "&nbsp;",
    "\u2028",
    "\n\n[^1]: ",
]

soup = st.lists(st.sampled_from(PAYLOADS) | st.sampled_from(GLUE), max_size=8).map("".join)


def page(text: str, *, trusted: bool = False) -> str:
    """A field as a page shows it."""
    notes = html.Notes()
    terms = html.Terms(trusted=trusted, taken=frozenset({"content"}))
    return str(
        html.render(text, level=2, ids=(), resolve=lambda h, i: h, notes=notes, terms=terms)
    ) + "".join(notes.texts)


def file(text: str) -> str:
    """A field as index.md and other blogs get it."""
    notes = html.Notes()
    body = markdown.render(text, level=2, resolve=lambda h, i: h, notes=notes)
    return "\n\n".join([body, *notes.texts])


def scheme_of(address: str) -> str:
    """The scheme that a browser finds in an address (WHATWG URL, section 4.4)."""
    found = SCHEME.match(address)
    return re.sub(r"\s", "", found[1]).lower() if found else ""


def harm(source: str) -> list[str]:
    """What a browser would run, load or be misled by in a piece of HTML."""
    tree = lxml_html.fragment_fromstring(source, create_parent="div")
    found = []
    for node in tree.iter():
        if not isinstance(node.tag, str):
            found.append(str(node))
        elif node.tag in BANNED:
            found.append(node.tag)
        for name, value in node.attrib.items() if isinstance(node.tag, str) else ():
            if name.startswith("on") or name in ("style", "srcset", "name", "formaction", "srcdoc"):
                found.append(name)
            if name in ("href", "src", "poster", "cite") and scheme_of(value) not in SCHEMES:
                found.append(f"{name}={value}")
            if name == "id" and value in ("content", "documentElement"):
                found.append(f"id={value}")
    return found


NEXT = "Another field: [r], `<img src=x onerror=alert(1)>`."


def reaches(text: str) -> str:
    """What of the next field another blog reads otherwise, because of what a field holds."""
    alone = "<p>" + commonmark.to_html(NEXT).partition(">")[2]
    read = re.sub(
        r' data-line="\d+"', "", commonmark.to_html(f"{file(text)}\n\n{NEXT}", trusted=True)
    )
    return "" if read.endswith(alone) and read.count(alone) == 1 else read


def links_of(text: str) -> set[str]:
    return {link.href for link in commonmark.links(text, trusted=True)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_harms_neither_pages_nor_other_blogs(payload: str) -> None:
    for text in (payload, f"Words {payload} words", f"> - {payload}", f"<div>{payload}</div>"):
        assert harm(re.sub(r'href="javascript:alert\(1\)"', "", page(text))) == []
        written = commonmark.to_html(file(text), trusted=True)
        assert [x for x in harm(written) if not x.startswith(("href=java", "id=content"))] == []


@given(soup)
@settings(max_examples=300)
def test_whatever_content_is_made_of_a_page_holds_nothing_harmful(text: str) -> None:
    # A link of Markdown is an error before anything is written: `references` judges all of them.
    known = {f"href={href}" for href in links_of(text)}
    assert set(harm(page(text))) <= known


@given(soup)
@settings(max_examples=300)
def test_a_markdown_file_brings_other_blogs_nothing_that_the_field_has_not_as_markdown(
    text: str,
) -> None:
    written = commonmark.to_html(file(text), trusted=True)
    known = {f"href={link.href}" for link in commonmark.links(text)}
    known |= {"id=content"}  # Only a page knows which ids are its own.
    assert set(harm(written)) <= known


@pytest.mark.parametrize(
    "text",
    [
        "<form><pre>x",
        "- <form><pre>x\n\n  y",
        "<x></x><form><pre>\n\n*x*",
        "<form><form><div><pre>\n*x*",
    ],
)
def test_an_element_that_nothing_closes_takes_in_no_more_than_its_block(text: str) -> None:
    assert reaches(text) == ""
    code = "\n\n`<img src=x onerror=alert(1)>` is code"
    assert harm(commonmark.to_html(file(text + code), trusted=True)) == []
    assert "onerror" in page(text + code)


@pytest.mark.parametrize(
    "text",
    ["</div>\n[r]: javascript:alert(1)\n<p>", "</div>\n[^1]: x\n<p>", "</b>\n[r]: <x:>\n</b>"],
)
def test_html_around_a_definition_does_not_hide_it(text: str) -> None:
    assert "href" not in commonmark.to_html(f"{file(text)}\n\nClick [r] now.", trusted=True)
    assert commonmark.parse(file(text), trusted=True)[1] == {}
    assert reaches(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "> a\u2028<div>\u2028\\<img src=x onerror=alert(1)>",
        "> `a\u2028<div>\u2028<img src=x onerror=alert(1)>`",
        "- > a\x85<div>\x85\\<img src=x onerror=alert(1)>",
        "a\n&nbsp;\n<b>\n\\<img src=x onerror=alert(1)>",
        "a\n<x></x>\n<b>\n\\<img src=x onerror=alert(1)>",
        "- a\n  &emsp;<x></x>\n  <b>\n  \\<img src=x onerror=alert(1)>",
    ],
)
def test_no_line_begins_a_block_that_the_field_has_not(text: str) -> None:
    assert harm(commonmark.to_html(file(text), trusted=True)) == []
    dialect = Dialect(keeps_html=True)
    assert (
        harm(
            commonmark.to_html(rewrite(file(text), dialect, as_list=False, notes=""), trusted=True)
        )
        == []
    )


MET = [
    "Click [here]<!-- -->(javascript:alert(1))",
    "[^1]<!-- -->: x\n\na[^1]\n\n[^1]: the note",
    "a[^1]\n\n[^1]\\: x\n\n[^1]: the note",
    "[^1]<!-- -->(javascript:alert(1))\n\n[^1]: the note",
    "[r]<x></x>: javascript:alert(1)\n\n[r]",
    "[^1]<x></x> [<x></x>^1] [^<x></x>1] \\\\[^1]\n\n[^1]: the note",
    "`a`<x></x>`b` ``a` ``<x></x>`b`",
    "!<x></x>[a](https://e.example/)",
    "&<x></x>lt;img src=x onerror=alert(1)>",
    "**a.**<x></x>b a<x></x>**.b** _a_<x></x>b *<x></x> a* *a <x></x>* *a*<x></x>*b*",
    "*a <style>b*</style> c, **a.<style>b**</style>c",
    "<x></x>\na\n<x></x>\n&nbsp;<x></x>\nb\n<x></x>",
    "<x></x>- a\n<x></x># b\n<x></x>> c\n<x></x>---\n<x></x>```",
    "<x></x>| a |\n<x></x>|--|\n<x></x>| b |",
]


@pytest.mark.parametrize("text", MET)
def test_what_meets_when_a_tag_goes_makes_no_mark(text: str) -> None:
    notes = html.Notes()
    body = markdown.render(text, level=2, resolve=lambda h, i: h, notes=notes)
    defined = [f"[^{number}]: {note}" for number, note in enumerate(notes.texts, 1)]
    written = commonmark.to_html("\n\n".join([body, *defined]), trusted=True)
    assert heard(written) == heard(commonmark.to_html(text))


def heard(source: str) -> str:
    """What HTML says, apart from lines, places and what says nothing."""
    return "".join(re.sub(r' data-line="\d+"|</?span>', "", source).split())


@given(soup)
@settings(max_examples=300)
def test_a_field_reaches_into_no_other(text: str) -> None:
    assert reaches(text) == ""


@given(soup)
@settings(max_examples=300)
def test_what_is_written_once_is_not_changed_again(text: str) -> None:
    once = file(text)
    assert commonmark.dropped(once) == ()


MARKS = [*"#*_`~|>+-=[]()!\\&:.", "[^1]", "\n[^1]: ", "\n", "\n\n", "    ", "| a |\n|--:|\n", "1. "]


@given(
    st.lists(st.sampled_from(MARKS) | st.text("ab <é&;".replace("<", ""), max_size=4)).map("".join)
)
@example("```python\nx\n```\n\n| a |\n|--:|\n| b |\n\nc[^1]\n\n[^1]: d")
def test_a_text_without_an_angle_bracket_need_not_be_cleaned(text: str) -> None:
    """The shortcut of `pymarkdown.rendered`: for such texts cleaning changes nothing."""
    for source in (pymarkdown._python_markdown(text), commonmark.to_html(text)):
        before, after = trees.parse(source), trees.parse(safety.cleaned(source))
        for tree in (before, after):
            for node in tree.iter("a", "img"):
                node.attrib.pop("href", None), node.attrib.pop("src", None)
        assert said(after) == said(before)


def said(tree: trees.Tree) -> str:
    return re.sub(r"\s*(</?(thead|tbody)>)?\s*", "", trees.inner_html(tree))


@given(st.text(max_size=80))
@settings(max_examples=50)
def test_a_text_without_html_is_parsed_the_same_trusted_or_not(text: str) -> None:
    tokens = commonmark.parse(text, trusted=True)[0]
    if not any("html" in t.type for token in tokens for t in (token, *(token.children or ()))):
        assert commonmark.parse(text)[0] == tokens


ORDINARY = [
    "<details open>\n<summary>More &amp; more</summary>\n\nInside, *Markdown*.\n\n</details>",
    "Press <kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O, x<sup>2</sup>, one<br>two.",
    'An <abbr title="Hypertext">HTML</abbr> <mark>page</mark>, <q cite="https://q.example/">so</q>.',
    '<table>\n<tr><th colspan="2" scope="col">Two</th></tr>\n<tr><td rowspan="2">a</td><td>b</td></tr>\n</table>',
    '<h3 id="own-place">Mine</h3>\n\nWords.',
    '<figure>\n<img src="https://e.example/x.png" alt="X" width="10" height="20">\n<figcaption>A picture</figcaption>\n</figure>',
    '<dl>\n<dt>Term</dt>\n<dd>Said</dd>\n</dl>',
    '<ol start="3" reversed>\n<li value="7">x</li>\n</ol>',
    '<p align="center">Middle</p>',
    '<a href="https://e.example/?a=1&amp;b=2" title="T" target="_blank" rel="noopener">x</a>',
    '<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>',
    '<span lang="fr" dir="ltr">mot</span> <time datetime="2026-11-01">then</time>',
    '<del cite="https://e.example/">a</del> <ins datetime="2026-11-01">b</ins> <s>c</s> <u>d</u>',
    '<video src="https://e.example/x.mp4" controls width="10"></video>',
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_html_stays_as_it_is(text: str) -> None:
    assert commonmark.dropped(text) == ()
    assert trees.events(trees.fragment(page(text))) == trees.events(
        trees.fragment(page(text, trusted=True))
    )
    assert file(text) == text


@pytest.mark.parametrize(
    ("text", "shows", "written"),
    [
        ("<p>R&D in B&B&#8364 &copy 2026 &copy; A & B</p>", "R&D in B&B€ © 2026 © A & B", "<p>R&amp;D in B&amp;B&#8364; &copy; 2026 &copy; A & B</p>"),
        ("<p>?a=1&lang=en&amp;b</p>", "?a=1&lang=en&b", "<p>?a=1&amp;lang=en&amp;b</p>"),
        ("<p>ends with R&D", "ends with R&D", "<p>ends with R&amp;D"),
        ('<p><a href="?a=1&lang=en&copy=2">R&D</a></p>', "R&D", '<p><a href="?a=1&amp;lang=en&amp;copy=2">R&amp;D</a></p>'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("trusted", [False, True])
def test_an_ampersand_without_a_semicolon_stays_one(
    text: str, shows: str, written: str, trusted: bool
) -> None:
    assert "".join(trees.parse(page(text, trusted=trusted)).itertext()).strip() == shows
    body = markdown.render(
        text, level=2, resolve=lambda h, i: h, notes=html.Notes(), trusted=trusted
    )
    assert body == written
    assert [link.href for link in commonmark.links(text, trusted=trusted)] == [
        unescape(href) for href in re.findall('href="(.*?)"', written)
    ]


def test_scripts_of_those_who_are_trusted_keep_their_ampersands() -> None:
    text = '<script>if (a&&b&c) x("&copy")</script>\n\n<!-- R&D -->'
    body = markdown.render(text, level=2, resolve=lambda h, i: h, notes=html.Notes(), trusted=True)
    assert body == text


def test_what_is_dropped_is_told_at_its_place_and_kept_where_the_site_trusts(
    publication: Publication,
) -> None:
    publication.article(
        "a",
        ARTICLE.replace(
            "introduction: Two tools for streams.",
            'introduction: |\n  Two <b onclick="x()">tools</b>.\n\n  <script>\n  run()\n  </script>\n\n'
            '  <p>One <a href="java&#10;script:x()">link</a></p>',
        ),
    )
    told = publication.run("check").stderr
    hint = "  hint: `trust: true` in content/site.yaml keeps it; then whoever writes content can run scripts\n"
    assert told == "".join(
        f"content/articles/a.yaml:{place}: warning: introduction: dropped {what}: content is not trusted\n{hint}"
        for place, what in (
            ("7:7", "onclick of <b>"),
            ("9:3", "<script>"),
            ("13:10", "the javascript: address of <a>"),
        )
    )
    publication.build("-f", "html", "-f", "markdown")
    for path in ("site/a/index.html", "site/a/index.md", "site/feed.xml"):
        assert "run()" not in publication.read(path)
        assert "onclick" not in publication.read(path)
    publication.write("content/site.yaml", SITE + "trust: true\n")
    publication.article("a", ARTICLE + "conclusion: |\n  <script>\n  run()\n  </script>\n")
    assert publication.run("build", "-f", "html", "-f", "markdown", "--strict").code == 0
    for path in ("site/a/index.html", "site/a/index.md"):
        assert "run()" in publication.read(path)


@pytest.mark.parametrize(
    ("tag", "name", "good", "bad"),
    [
        ("img", "width", ["1", "99999"], ["50%", "1e9", "-1", "100000", "٣", " 5", ""]),
        ("td", "colspan", ["2", "999"], ["1000", "-1", "a"]),
        ("ol", "start", ["-3", "7"], ["a", "1234567", "--1"]),
        ("li", "value", ["7"], ["x", "7.5"]),
        ("data", "value", ["UPC:022014640201"], []),
        ("col", "span", ["3"], ["1e3"]),
        ("span", "lang", ["de", "zh-Hant-TW", "de-1996"], ["[audio]", "a b", ""]),
        ("a", "hreflang", ["fr"], ["[gallery]"]),
    ],
)
def test_numbers_and_languages_are_some(
    tag: str, name: str, good: list[str], bad: list[str]
) -> None:
    assert safety.allowed(tag, name)
    assert [value for value in [*good, *bad] if safety.kept(tag, name, value)] == good


def test_ids_of_content_do_not_take_those_of_the_page(publication: Publication) -> None:
    publication.article(
        "a",
        ARTICLE
        + 'conclusion: |\n  <p id="related">x</p>\n  <p id="fn-1">x</p>\n  <p id="mine">x</p>\n'
        + '\n  <h3 id="introduction">One</h3>\n\n  ### Two\n\n  [there](#two) and [here](#Own)\n'
        + '\n  <h3 id="Own">Three</h3>\n',
    )
    publication.build("-f", "html")
    text = publication.read("site/a/index.html")
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert {"mine", "two", "Own"} <= set(ids)
    assert re.search(r'<h3 id="two">Two', text)


@pytest.mark.parametrize(
    "text", ["a <style>b", "</style> a <style>b *c*", "a <style>*b", "*a <style>b"]
)
def test_words_behind_an_element_that_never_ends_stand_once(text: str) -> None:
    assert file(text).count("b") == 1
    assert page(text).count("b") == 1


@pytest.mark.parametrize("text", ["a <style>*b</style> c* d", "*a <style>b*</style> c"])
def test_emphasis_half_inside_of_what_is_dropped_stays_whole(text: str) -> None:
    assert "c" in file(text)
    assert "b" not in file(text)
    assert page(text).count("<em>") == page(text).count("</em>") == 1
