"""Medium, which new users can only paste into or import from: a bundle for a person.

Sources: Medium's help pages (import a story, canonical links, tags, no tables); the HTML of
stories that Medium exports, whose two levels of headings are `h3` and `h4`.
"""

from collections.abc import Iterator, Mapping

from versus.channels import hypertext
from versus.channels.fields import text_file
from versus.channels.kind import Copy, File, Kind, Tags
from versus.channels.media import HtmlCopy

_TAGS = frozenset(
    {
        "a", "b", "blockquote", "br", "code", "em", "figcaption", "figure", "h3", "h4", "hr", "i",
        "img", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "ul",
    }
)  # fmt: skip
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt"}),
    "ol": frozenset({"start"}),
}


def _files(copy: Copy) -> Iterator[File]:
    """The story to paste, the words for its settings, what to do, and tables as pictures."""
    tree = hypertext.parse(copy.source)
    hypertext.plain_notes(tree)
    hypertext.unlisted_terms(tree)
    hypertext.unfolded(tree)
    for node in tree.iter("h2", "h3", "h4", "h5", "h6"):
        node.tag = "h3" if node.tag == "h2" else "h4"
    hypertext.keep(tree, _TAGS, _ATTRIBUTES)
    if copy.tables == "picture":
        yield from _pictures(tree, copy)
    else:
        hypertext.lists_for_tables(tree)
    body = hypertext.written(tree)
    page = copy.render("channels/medium.html", doc=copy.document, title=copy.title, body=body)
    yield text_file(f"{copy.slug}/story.html", page, "text/html")
    for name in ("sheet.txt", "checklist.txt"):
        words = copy.render(f"channels/medium-{name}", doc=copy.document, copy=copy)
        yield text_file(f"{copy.slug}/{name}", words)


def _pictures(tree: hypertext.Tree, copy: Copy) -> Iterator[File]:
    """Each table as a picture beside the story, its rows as the alternative text."""
    from versus.writers import picture

    doc, sheet, door = copy.document, copy.stylesheet("table.css"), copy.door()
    outermost = [x for x in tree.iter("table") if next(x.iterancestors("table"), None) is None]
    for number, table in enumerate(outermost, 1):
        name = f"table-{number}.png"
        data = picture.encode(hypertext.outer(table), sheet, door, doc.language, doc.direction)
        links = {a.get("href"): a for a in table.iter("a") if a.get("href")}
        rows = [" ".join(row.text_content().split()) for row in hypertext.list_of(table)]
        image = hypertext.element("img", {"src": name, "alt": ". ".join(rows)})
        hypertext.replace(table, image)
        if links:
            image.addnext(_line(list(links.values())))
        yield File(f"{copy.slug}/{name}", data, "image/png")


def _line(links: list[hypertext.Tree]) -> hypertext.Tree:
    """The links of a table in a line of their own, since a picture has none."""
    line = hypertext.element("p", {})
    for link in links:
        link.tail = " "
        line.append(link)
    return line


KIND = Kind(
    platform="Medium",
    medium=HtmlCopy,
    template="channels/article.html",
    files=_files,
    tables=("list", "picture"),
    tags=Tags(count=3, length=25),
    status="published",
)
