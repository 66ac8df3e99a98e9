"""Markdown in another reader's words: a copy is rewritten on CommonMark's tokens.

In: a whole article in CommonMark with tables and footnotes, and the platform's `Dialect`. Out:
Markdown that the platform's reader shows with the same words. Tokens are written by mdformat;
what a dialect writes in its own way are renderers, and nothing is replaced in finished text.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from mdformat.renderer import MDRenderer, RenderContext, RenderTreeNode
from mdformat_footnote import plugin as footnotes
from mdformat_gfm import _tables_plugin as tables

from versus.channels import raw, tokens
from versus.channels.dialect import Dialect, Escape
from versus.markup import commonmark
from versus.markup.escape import escape
from versus.markup.markdown import Own, words
from versus.templating import destination

_BARE_ADDRESS = (re.compile(r"(?i)\b(?:https?|ftp)(?=://)|\bwww(?=\.)"), r"\g<0>\\")
"""What GFM and Redcarpet would link, though it is text and no link in CommonMark."""

_LANGUAGE = re.compile(r"[\w+#.-]+")
_SIMPLE_TITLE = re.compile(r"[^\\\"'`{}<>\[\]|&%]*")


def rewrite(source: str, dialect: Dialect, *, as_list: bool, notes: str) -> str:
    """An article in a dialect.

    `as_list` makes lists of its tables, as it must where the platform shows none; `notes` is the
    heading of its footnotes where the platform knows no footnotes.
    """
    found, env = commonmark.parse(source, trusted=True)  # Its fields went through `safety`.
    if not dialect.keeps_html:
        has_details, has_more = dialect.details is not None, dialect.more is not None
        found = raw.degraded(found, dialect.html, has_details=has_details, has_more=has_more)
    if as_list:
        found = tokens.tables_as_lists(found)
    if not dialect.footnotes:
        found = tokens.notes_as_list(found, notes)
    if not found:
        return ""
    return MDRenderer().render(found, _options(dialect), env, finalize=False).strip("\n") + "\n"


@cache
def _options(dialect: Dialect) -> dict[str, Any]:
    """mdformat's options with one plugin: the dialect."""
    renderers: dict[str, Any] = {
        **tables.RENDERERS,
        **footnotes.RENDERERS,
        "table": _table,
        "hr": Own.RENDERERS["hr"],
        "blockquote": Own.RENDERERS["blockquote"],
        "image": _image,
        "link": _link,
        "softbreak": lambda node, context: " ",
        "hardbreak": _hardbreak,
        "code_inline": _code_inline,
        "fence": _fence,
        "code_block": _fence,
        raw.OPEN: _details_open,
        raw.MORE: lambda node, context: dialect.more or "",
        raw.CLOSE: lambda node, context: dialect.details[1] if dialect.details else "",
    }
    if dialect.indent is not None:
        renderers |= {"bullet_list": _list, "ordered_list": _list}
    own = SimpleNamespace(
        RENDERERS=renderers, POSTPROCESSORS={"text": _escape, "paragraph": _start, "heading": _end}
    )
    shared = [SimpleNamespace(RENDERERS={}, POSTPROCESSORS=p.POSTPROCESSORS) for p in (tables, Own)]
    return {
        "mdformat": {"number": True},
        "codeformatters": {},
        "parser_extension": [*shared, own],
        "dialect": dialect,
    }


def _dialect(context: RenderContext) -> Dialect:
    found: Dialect = context.options["dialect"]
    return found


def _escape(text: str, node: RenderTreeNode, context: RenderContext) -> str:
    dialect = _dialect(context)
    return _replaced(text, (_BARE_ADDRESS, *dialect.escapes, *dialect.elements))


def _start(text: str, node: RenderTreeNode, context: RenderContext) -> str:
    return _replaced(text, _dialect(context).starts)


def _end(text: str, node: RenderTreeNode, context: RenderContext) -> str:
    """A `#` that ends a heading belongs to it (C#); not every reader knows its escape."""
    text = text[:-2] + "&#35;" if text.endswith("\\#") else text
    return _replaced(text, _dialect(context).headings)


def _replaced(text: str, escapes: Sequence[Escape]) -> str:
    for pattern, replacement in escapes:
        text = pattern.sub(replacement, text)
    return text


def _in_cell(node: RenderTreeNode) -> bool:
    return _is_inside(node, ("th", "td"))


def _is_inside(node: RenderTreeNode, types: Collection[str]) -> bool:
    parent = node.parent
    return parent is not None and (parent.type in types or _is_inside(parent, types))


def _link(node: RenderTreeNode, context: RenderContext) -> str:
    """Always with its text: an autolink is a tag to MDX, and its text may need escapes."""
    text = "".join(child.render(context) for child in node.children)
    return f"[{text}]({destination(str(node.attrs['href']))}{_title(node)})"


def _image(node: RenderTreeNode, context: RenderContext) -> str:
    said = "".join(words(child) for child in node.children)
    alt = _replaced(escape(said), _dialect(context).escapes)
    return f"![{alt}]({destination(str(node.attrs['src']))}{_title(node)})"


def _title(node: RenderTreeNode) -> str:
    """A link's title, where every reader reads it alike; it only shows under the pointer."""
    title = str(node.attrs.get("title") or "")
    return f' "{title}"' if title and _SIMPLE_TITLE.fullmatch(title) else ""


def _hardbreak(node: RenderTreeNode, context: RenderContext) -> str:
    if "br" in _dialect(context).html:
        return "<br />"
    return " " if _is_inside(node, ("th", "td", "heading")) else "\\\n"


def _code_inline(node: RenderTreeNode, context: RenderContext) -> str:
    return _dialect(context).code(node.content, _in_cell(node))


def _fence(node: RenderTreeNode, context: RenderContext) -> str:
    """Only the language is kept of what stands behind a fence: other words mean nothing there."""
    language = node.info.split(maxsplit=1)[0] if node.info.strip() else ""
    return _dialect(context).fence(node.content, language if _LANGUAGE.fullmatch(language) else "")


def _details_open(node: RenderTreeNode, context: RenderContext) -> str:
    opening = _dialect(context).details
    if opening is None:
        return ""
    # Liquid reads its tags when references are resolved: its end may not stand inside.
    summary = node.content.replace("%}", "%\u2060}") if "{%" in opening[0] else node.content
    return opening[0].replace("{summary}", numeric_marks(summary))


def numeric_marks(text: str) -> str:
    """A text in which neither HTML nor Liquid nor JSX finds anything to read."""
    return re.sub(r"[<>&{}%`*_|\[\]\\^~$]", lambda m: f"&#{ord(m.group())};", text)


_RULES = {"left": ":--", "right": "--:", "center": ":-:"}


def _table(node: RenderTreeNode, context: RenderContext) -> str:
    """A table without padding; Redcarpet wants three marks in each cell of the rule."""
    rows = [row for part in node.children for row in part.children]
    lines = [[cell.render(context) for cell in row.children] for row in rows]
    styles = [str(cell.attrs.get("style", "")) for cell in rows[0].children]
    lines.insert(1, [_RULES.get(style.removeprefix("text-align:"), "---") for style in styles])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(node: RenderTreeNode, context: RenderContext) -> str:
    """A list whose content is indented by a fixed width, its markers followed by spaces."""
    width = _dialect(context).indent or 0
    is_tight = all(
        grandchild.hidden
        for child in node.children
        for grandchild in child.children
        if grandchild.type == "paragraph"
    )
    first = int(str(node.attrs.get("start", 1)))
    items = []
    for number, child in enumerate(node.children, first):
        marker = "-" if node.type == "bullet_list" else f"{number}."
        lines = child.render(context).split("\n")
        head = marker.ljust(width - 1) + " " + lines[0]
        items.append("\n".join([head, *(" " * width + line if line else "" for line in lines[1:])]))
    return ("\n" if is_tight else "\n\n").join(items)
