"""Readers of what a build wrote that share no code with what wrote it.

HTML is parsed by lxml, Markdown is rendered by GitHub's own cmark-gfm, PDF is read by Poppler.
"""

import io
import itertools
import re
import subprocess
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote, urljoin

import cmarkgfm
import pikepdf
from cmarkgfm.cmark import Options
from lxml import html

HYPHENS = re.compile("[\u00ad\u2010\ufffe\u0002-]")


def squeezed(text: str) -> str:
    """A text without spaces and hyphens, and without the forms that only differ in look.

    Line breaks put spaces and hyphens where they like; a PDF may hold ligatures.
    """
    text = unicodedata.normalize("NFKC", text)
    text = HYPHENS.sub("", "".join(text.split()))
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn"))


def html_tree(source: str) -> html.HtmlElement:
    """The article of a page, as a tree."""
    page = html.document_fromstring(source)
    found = list(page.iter("article"))
    assert len(found) == 1, "a page has one article"
    return found[0]


def markdown_tree(source: str) -> html.HtmlElement:
    """A Markdown file as GitHub renders it, without its front matter."""
    body = re.sub(r"\A---\n.*?\n---\n", "", source, count=1, flags=re.DOTALL)
    options = Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_UNSAFE
    rendered = cmarkgfm.github_flavored_markdown_to_html(body, options=options)
    return html.fragment_fromstring(rendered, create_parent="article")


def text(tree: html.HtmlElement) -> str:
    """All words of a tree."""
    return str(tree.text_content())


def pdf_text(data: bytes) -> str:
    """All words of a PDF in the order of its content, as Poppler reads them."""
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def links(tree: html.HtmlElement, base: str) -> list[str]:
    """Where the links of a tree lead, whole and unquoted; those inside the page are left out."""
    found = []
    for node in tree.iter("a"):
        address = urljoin(base, node.get("href", ""))
        if address.split("#")[0] != base or not node.get("href", "").startswith("#"):
            found.append(unquote(address))
    return found


def pdf_links(data: bytes) -> list[str]:
    """Where the links of a PDF lead, in the order of its pages."""
    found = []
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            actions = [note["/A"] for note in page.get("/Annots", []) if "/A" in note]
            found += [unquote(str(action["/URI"])) for action in actions if "/URI" in action]
    return found


def in_parts(needle: str) -> Sequence[str]:
    """A text's pieces in their order, or none where scripts of both directions are mixed.

    A PDF holds right-to-left words in the order in which they are seen.
    """
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in needle):
        return ()
    return (needle,)


def assert_in_order(needles: Sequence[str], haystack: str, where: str) -> None:
    """Every needle stands in the haystack, each behind the one before."""
    whole = squeezed(haystack)
    at = 0
    for needle in itertools.chain.from_iterable(map(in_parts, needles)):
        wanted = squeezed(needle)
        found = whole.find(wanted, at)
        if found < 0:
            elsewhere = " (it stands too early)" if wanted in whole else ""
            raise AssertionError(
                f"{where} lacks {needle!r}{elsewhere}; here: …{whole[at : at + 300]}"
            )
        at = found + len(wanted)
