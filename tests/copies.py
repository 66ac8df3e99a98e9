"""What a copy must say, read off the article's page, and how a rendered copy is asked for it."""

from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from lxml import html
from reading import squeezed

_BLOCKS = (
    "p",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "dt",
    "dd",
    "td",
    "th",
    "pre",
    "summary",
    "blockquote",
)
CUT = "\ufffc"
_PAGE_ONLY = (
    '//header | //nav | //section[contains(@class, "glance")] | //p[@class="note-back"]'
    ' | //h2[@id="notes"] | //p[@class="byline"]'
)


def nodes(tree: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    """The elements that an XPath finds."""
    found = tree.xpath(path)
    assert isinstance(found, list)
    return [node for node in found if isinstance(node, html.HtmlElement)]


def _article(page: str) -> html.HtmlElement:
    tree = html.document_fromstring(page)
    for node in nodes(tree, _PAGE_ONLY):
        node.drop_tree()
    return next(tree.iter("article"))


def said(page: str) -> list[str]:
    """The words of a page's article, block by block, apart where a footnote is referred to.

    The title, the dates of bylines, the overview and the contents are the page's own.
    """
    found = []
    for node in _article(page).iter(*_BLOCKS):
        if any(child.tag in (*_BLOCKS, "ul", "ol") for child in node.iterdescendants()):
            continue
        for mark in nodes(node, './/sup[@class="note-ref"]'):
            mark.text = CUT
            for child in list(mark):
                mark.remove(child)
        found += [part for part in node.text_content().split(CUT) if squeezed(part)]
    return found


def links(page: str, base: str) -> set[str]:
    """Where the links of a page's article lead, but for those inside it."""
    tree = _article(page)
    found = {unquote(urljoin(base, a.get("href"))) for a in tree.iter("a") if a.get("href")}
    return {href for href in found if not href.startswith(base + "#")}


def bare(url: str) -> str:
    """A URL without its `utm` parameters, and unquoted."""
    parts = urlsplit(url)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if not k.startswith("utm_")])
    return unquote(urlunsplit(parts._replace(query=query)))


def linked(rendered: html.HtmlElement) -> set[str]:
    """Where the links of a rendered copy lead, `utm` taken off."""
    return {bare(a.get("href")) for a in rendered.iter("a") if a.get("href")}
