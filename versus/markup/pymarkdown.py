"""Python-Markdown, the reader that renders fields, and where it departs from CommonMark.

In: a field's text. Out: its tree, and the place of the first block that the two read differently.
Where they differ the CommonMark reading is used, since that is what the field means by contract
and what the other blogs will show; the writer is warned, because other Python tools differ too.
"""

from functools import lru_cache

import markdown
from markdown.extensions.footnotes import FootnoteExtension

from versus.markup import commonmark, safety, trees


@lru_cache(maxsize=4096)
def rendered(text: str, *, trusted: bool = False) -> tuple[trees.Fragment, int | None]:
    """A field's tree, and the line (from 0) at which the readers part, if they do.

    Only a text with a `<` can bring HTML of its own, so only such a one is cleaned.
    """
    clean = safety.cleaned if not trusted and "<" in text else str
    ours = trees.fragment(clean(_python_markdown(text)))
    theirs = trees.fragment(clean(commonmark.to_html(text, trusted=trusted)))
    line = _first_difference(trees.events(ours), trees.events(theirs))
    if line is None:
        return ours, None
    if not trusted and commonmark.dropped(text):
        line = None  # What is left out of one reading may stand in the other: no news to tell.
    for tree in (theirs.body, *theirs.notes.values()):
        for element in tree.xpath(".//*[@data-line]"):
            del element.attrib["data-line"]
    return theirs, line


def _first_difference(
    mine: tuple[trees.Event, ...], reference: tuple[trees.Event, ...]
) -> int | None:
    """The line of what CommonMark reads where the two readings part."""
    for at, (ours, theirs) in enumerate(zip(mine, reference, strict=False)):
        if ours.what == theirs.what:
            continue
        if theirs.what.startswith("=") and ours.what.startswith(theirs.what):
            later = (event.line for event in reference[at:] if event.line > theirs.line)
            return next(later, theirs.line)
        return theirs.line
    return None


def _python_markdown(text: str) -> str:
    """Python-Markdown's HTML, its footnotes in the one shape that `trees` knows."""
    reader = markdown.Markdown(
        extensions=["tables", "fenced_code", FootnoteExtension(BACKLINK_TEXT="", SEPARATOR=":")],
        output_format="html",
    )
    source = trees.parse(reader.convert(text))
    for mark in source.xpath('.//sup[a[contains(@class, "footnote-ref")]]'):
        label = mark[0].get("href", "").removeprefix("#fn:")
        for child in list(mark):
            mark.remove(child)
        mark.attrib.pop("id", None)
        mark.set("data-note", label)
    for item in source.xpath('.//div[@class="footnote"]//li'):
        item.set("data-note", item.attrib.pop("id", "").removeprefix("fn:"))
        for back in item.xpath('.//a[contains(@class, "footnote-backref")]'):
            previous, parent = back.getprevious(), back.getparent()
            if previous is None and parent.text:
                parent.text = parent.text.rstrip("\xa0")
            elif previous is not None and previous.tail:
                previous.tail = previous.tail.rstrip("\xa0")
            parent.remove(back)
            if not len(parent) and not (parent.text or "").strip():
                parent.getparent().remove(parent)
        for rule in item.xpath("ancestor::div/hr"):
            rule.getparent().remove(rule)
    return trees.inner_html(source)
