"""Raw HTML in Markdown, for readers that show little of it or none: its words stay.

In: markdown-it's tokens and the tags that may stay. Out: tokens in which raw HTML has become what
Markdown says itself (links, pictures, code, emphasis, breaks; films and recordings are links),
folded texts are set off by tokens of their own, and all other tags are gone, but not what stood
between them.
"""

from collections.abc import Sequence

from markdown_it.token import Token

from versus.channels.tokens import emphasis, paragraph, word
from versus.markup.neighbours import BREAKS, settled
from versus.markup.rawhtml import Reader, called

OPEN, CLOSE = "details_open", "details_close"
"""Where a folded text opens, with its summary as content, and where it closes."""

MORE = "more"
"""Where the introduction ends: the template's comment `<!-- more -->`."""

_MUTE = frozenset({"script", "style", "template", "title", "head"})
_INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins",
        "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u",
        "var", "wbr", "br", "img",
    }
)  # fmt: skip
_MEDIA = frozenset({"audio", "video"})
_EMPHASIS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}


def degraded(
    tokens: Sequence[Token], html: frozenset[str], *, has_details: bool, has_more: bool
) -> list[Token]:
    """An article's tokens without raw HTML, but for the tags in lines that may stay."""
    found: list[Token] = []
    blocks = _Reader(html, has_details=has_details, has_more=has_more)
    for token in tokens:
        if token.type == "html_block":
            blocks.feed(token.content)
            found += blocks.taken()
            continue
        if token.children and any(child.type == "html_inline" for child in token.children):
            token.children = _line(token.children, html)
        found.append(token)
    return [*found, *blocks.ended()]


def _line(children: Sequence[Token], html: frozenset[str]) -> list[Token]:
    """A line's tokens, each raw tag as what it says, if it is closed in the line."""
    reader = _Reader(html, in_line=True)
    for child in children:
        if child.type == "html_inline":
            reader.feed(child.content)
        elif not reader.is_mute:
            reader.children.append(child)
    return reader.line()


class _Reader(Reader):
    """Collects tokens for tags and the texts between them."""

    def __init__(
        self,
        html: frozenset[str],
        *,
        in_line: bool = False,
        has_details: bool = False,
        has_more: bool = False,
    ) -> None:
        super().__init__(convert_charrefs=True)
        self.children: list[Token] = []
        self._html, self._in_line = html, in_line
        self._has_details, self._has_more = has_details, has_more
        self._blocks: list[Token] = []
        self._opened: list[tuple[str, int]] = []
        self._mute = self._depth = 0
        self._media: dict[str, str | None] | None = None
        self._summary: str | None = None
        self._code: str | None = None

    @property
    def is_mute(self) -> bool:
        """Whether what stands here is no text for readers."""
        return self._mute > 0

    def taken(self) -> list[Token]:
        """The blocks so far, and an empty reader."""
        self._flush()
        found, self._blocks = self._blocks, []
        return found

    def ended(self) -> list[Token]:
        """What closes the folded texts that nothing closed."""
        self.close()
        found = self.taken()
        return found + [Token(CLOSE, "", 0)] * (self._depth if self._has_details else 0)

    def line(self) -> list[Token]:
        """The line's tokens; a tag that nothing closed has only lost itself."""
        return self._finished()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Make of a tag what Markdown has for it."""
        values = dict(attrs)
        if tag in _MUTE:
            self._mute += 1
        elif self.is_mute:
            return
        elif tag == "img":
            self._image(values)
        elif tag in _MEDIA:
            self._media = values
            self._play(values.get("src"))
        elif tag == "source":
            self._play(values.get("src"))
        elif tag == "br":
            self.children.append(Token("hardbreak", "br", 0))
        elif tag == "pre" and not self._in_line:
            self._flush()
            self._code = ""
        elif tag in _INLINE:
            self._open(tag, values)
        elif not self._in_line:
            self._open_block(tag)

    def handle_endtag(self, tag: str) -> None:
        """End what the tag began."""
        if tag in _MUTE:
            self._mute = max(0, self._mute - 1)
        elif self.is_mute or tag in ("img", "br", "source"):
            return
        elif tag in _MEDIA:
            is_linked, self._media = self._media is None, None
            while is_linked and self.children and _is_blank(self.children[-1]):
                self.children.pop()
        elif tag == "pre" and self._code is not None:
            code = self._code.removeprefix("\n")
            self._blocks.append(Token("fence", "code", 0, content=code, markup="```"))
            self._code = None
        elif tag in _INLINE:
            self._close(tag)
        elif not self._in_line:
            self._close_block(tag)

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if self._code is not None:
            self._code += data
        elif self._summary is not None:
            self._summary += data
        elif not self.is_mute:
            text = " ".join(data.split())
            before = " " if data[:1].isspace() and self.children else ""
            after = " " if data[-1:].isspace() and text else ""
            if text or before:
                self.children.append(word(before + text + after))

    def handle_comment(self, data: str) -> None:
        """Keep the one comment that is the template's own."""
        if data.strip() == MORE and self._has_more and not self._in_line:
            self._flush()
            self._blocks.append(Token(MORE, "", 0))

    def _image(self, values: dict[str, str | None]) -> None:
        if values.get("src"):
            image = Token("image", "img", 0, children=[word(values.get("alt") or "")])
            image.attrs = {"src": values["src"] or "", "alt": ""}
            self.children.append(image)

    def _play(self, address: str | None) -> None:
        """Link to the first address of the film or the recording that is open."""
        if self._media is None or not address:
            return
        said: list[Token] = [word(called(self._media, address))]
        self._media = None
        depth = sum(child.nesting for child in self.children if child.tag == "a")
        if depth == 0 and not any(tag == "a" for tag, _at in self._opened):
            link = Token("link_open", "a", 1, attrs={"href": address})
            said = [link, *said, Token("link_close", "a", -1)]
        self.children += [*said, word(" ")]  # What else the element says may follow.

    def _open(self, tag: str, values: dict[str, str | None]) -> None:
        """Remember where a tag opened: whether it is closed shows later."""
        if self._code is not None or self._summary is not None:
            return
        token = Token("html_inline", "", 0, content=f"<{tag}>")
        token.meta = {"href": values.get("href")}
        self._opened.append((tag, len(self.children)))
        self.children.append(token)

    def _close(self, tag: str) -> None:
        index = next((i for i, (t, _) in reversed(list(enumerate(self._opened))) if t == tag), None)
        if index is None or self._code is not None or self._summary is not None:
            return
        at = self._opened[index][1]
        del self._opened[index:]
        opening, inside = self.children[at], _without_marks(self.children[at + 1 :])
        self.children[at:] = self._said(tag, opening, inside)

    def _said(self, tag: str, opening: Token, inside: list[Token]) -> list[Token]:
        """What an element says in Markdown, or with its own tag if that may stay."""
        href = opening.meta.get("href")
        if tag == "a" and href:
            link = Token("link_open", "a", 1, attrs={"href": href})
            return [link, *inside, Token("link_close", "a", -1)]
        if tag == "code" and inside and all(child.type == "text" for child in inside):
            return [Token("code_inline", "code", 0, content="".join(c.content for c in inside))]
        if tag in _EMPHASIS and inside:
            return emphasis(inside, _EMPHASIS[tag])
        if tag in self._html:
            closing = Token("html_inline", "", 0, content=f"</{tag}>", meta={"kept": True})
            opening.meta = {"kept": True}
            return [opening, *inside, closing]
        return inside

    def _open_block(self, tag: str) -> None:
        if tag == "summary":
            self._flush()
            self._summary = ""
        elif tag == "details":
            self._flush()
            self._depth += 1
            self._blocks += [Token(OPEN, "", 0, content="…")] if self._has_details else []
        elif tag in ("td", "th") and self.children:
            self.children.append(word("; "))
        elif tag == "li":
            self._flush()
            self.children.append(word("• "))
        elif tag == "hr":
            self._flush()
            self._blocks.append(Token("hr", "hr", 0, markup="***"))
        elif tag not in ("td", "th"):
            self._flush()

    def _close_block(self, tag: str) -> None:
        if tag == "summary" and self._summary is not None:
            text, self._summary = " ".join(self._summary.split()), None
            if self._blocks and self._blocks[-1].type == OPEN:
                self._blocks[-1].content = text or "…"
            elif text:
                self._blocks += paragraph(emphasis([word(text)], "strong"))
        elif tag == "details" and self._depth:
            self._flush()
            self._depth -= 1
            self._blocks += [Token(CLOSE, "", 0)] if self._has_details else []
        elif tag not in ("td", "th"):
            self._flush()

    def _flush(self) -> None:
        """End the paragraph."""
        found = self._finished()
        if any(child.type != "text" or child.content.strip() for child in found):
            self._blocks += paragraph(found)

    def _finished(self) -> list[Token]:
        found = settled(_without_marks(self.children))
        self.children, self._opened = [], []
        while found and (
            found[-1].type in BREAKS
            or (found[-1].type == "text" and not found[-1].content.strip(" "))
        ):
            found.pop()  # a break that nothing follows
        if found and found[0].type == "text":
            found[0].content = found[0].content.lstrip(" ")
        if found and found[-1].type == "text":
            found[-1].content = found[-1].content.rstrip(" ")
        return found


def _is_blank(token: Token) -> bool:
    return token.type == "text" and not token.content.strip()


def _without_marks(children: Sequence[Token]) -> list[Token]:
    """Tokens without the tags that were only remembered, and never closed."""
    return [c for c in children if c.type != "html_inline" or c.meta.get("kept")]
