"""What HTML of people's own a field may hold: one list, which every format goes through.

In: tokens of a field, or the HTML that it becomes. Out: the same without what could run, load,
cover or pretend. Tokens are rewritten tag by tag, so that index.md and other blogs get nothing
else either; the page's HTML then goes through nh3, which reads it as a browser does. Both ask
the same two functions, `allowed` and `kept`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Any

from markdown_it.token import Token

from versus.markup.neighbours import BREAKS, are_apart, joined
from versus.markup.rawhtml import Reader

_EVERYWHERE = frozenset({"lang", "dir", "title", "id", "align", "aria-label", "aria-hidden"})
_CELL = frozenset({"colspan", "rowspan", "headers", "scope", "abbr", "valign", "width", "height"})
_MEDIA = frozenset({"src", "width", "height", "controls", "loop", "muted", "preload", "poster"})

TAGS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "abbr", "article", "aside", "b", "bdi", "bdo", "big", "br", "caption", "center", "cite",
            "dd", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2",
            "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "i", "kbd", "mark", "p", "pre", "rp",
            "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub",
            "summary", "sup", "table", "tbody", "tfoot", "thead", "tr", "tt", "u", "var", "wbr",
        ),
        frozenset(),
    ),
    "a": frozenset({"href", "hreflang", "rel", "target", "download"}),
    "audio": _MEDIA - {"poster"},
    "blockquote": frozenset({"cite"}),
    "code": frozenset({"class"}),
    "col": frozenset({"span", "width"}),
    "colgroup": frozenset({"span", "width"}),
    "data": frozenset({"value"}),
    "del": frozenset({"cite", "datetime"}),
    "details": frozenset({"open"}),
    "img": frozenset({"src", "alt", "width", "height", "loading", "decoding"}),
    "ins": frozenset({"cite", "datetime"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "picture": frozenset(),
    "q": frozenset({"cite"}),
    "source": frozenset({"src", "type", "media"}),
    "td": _CELL,
    "th": _CELL,
    "time": frozenset({"datetime"}),
    "ul": frozenset({"type"}),
    "video": _MEDIA,
}  # fmt: skip
"""The elements that content may use, each with the attributes that it has besides those of all.

None of them changes how a browser reads what follows (as `svg`, `style` or `textarea` would), so
that tags written one by one mean the same wherever they land.
"""

MUTE = frozenset(
    {
        "applet", "embed", "frameset", "head", "iframe", "math", "noembed", "noframes", "noscript",
        "object", "plaintext", "script", "select", "style", "svg", "template", "textarea", "title",
        "xmp",
    }
)  # fmt: skip
"""The elements that go with everything inside: it is no text for readers."""

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_WEB = frozenset({"http", "https"})
_ADDRESSES = {"href": _SCHEMES, "src": _WEB, "poster": _WEB, "cite": _WEB}
_SCHEME = re.compile(r"([^/?#\[\]@]*?):")
_DEPTH = 50
"""How many elements may be open at once: more is no text, and what walks trees has an end."""

_UNSEEN = re.compile(
    r"[\s\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    r"\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]+"
)
_VOID = frozenset({"br", "col", "hr", "img", "source", "wbr"})
_CLOSED_BY_OTHERS = frozenset(
    {"colgroup", "dd", "dt", "li", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
"""What HTML lets one leave open (HTML, section 13.1.2.4)."""

_OPENS = re.compile(r"<([a-zA-Z][\w-]*)")
_MARKS = re.compile(r"[!#$%&*+\-=\[\]\\^_`{|}~]")
_ID = re.compile(r"[^\W\d_][\w-]*")
_CLOBBERS = frozenset(
    """
    attributes body children cookie currentScript defaultView doctype document documentElement
    domain firstChild forms frames getElementById getElementsByTagName head history images
    implementation innerHTML links localStorage location name navigator nodeName opener parent
    parentNode querySelector querySelectorAll referrer scripts self sessionStorage top window
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a column
)
_VALUES: dict[str, re.Pattern[str]] = {
    "align": re.compile("left|right|center|justify"),
    "aria-hidden": re.compile("true|false"),
    "dir": re.compile("ltr|rtl|auto"),
    "target": re.compile("_blank"),
    "rel": re.compile(r"((nofollow|noopener|noreferrer|ugc|sponsored|external|license)\s?)+"),
    "class": re.compile(r"language-[\w#+.-]+"),
    **dict.fromkeys(("lang", "hreflang"), re.compile("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")),
    **dict.fromkeys(("width", "height"), re.compile("[0-9]{1,5}")),
    **dict.fromkeys(("colspan", "rowspan", "span"), re.compile("[0-9]{1,3}")),
    **dict.fromkeys(("start", "li value"), re.compile("-?[0-9]{1,6}")),
}
"""What an attribute may say, of any element or of one. Who writes a copy need not expect other
numbers: tables of a million columns, pictures as wide as half of something."""

_OWN: dict[tuple[str, str], re.Pattern[str]] = {
    ("div", "class"): re.compile("footnote"),
    ("*", "data-line"): re.compile(r"\d{1,9}"),
    ("sup", "data-note"): re.compile(r".+", re.DOTALL),
    ("li", "data-note"): re.compile(r".+", re.DOTALL),
    ("td", "style"): re.compile(r"text-align: ?(left|right|center);?"),
    ("th", "style"): re.compile(r"text-align: ?(left|right|center);?"),
}
"""What the readers of Markdown write themselves, and nobody else may: `kept` does not know it."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was left out: how the source begins it, from which line (from 0), and what it was."""

    source: str
    line: int
    what: str


def allowed(tag: str, name: str) -> bool:
    """Whether an element of content may have an attribute."""
    return tag in TAGS and (name in _EVERYWHERE or name in TAGS[tag])


def kept(tag: str, name: str, value: str) -> bool:
    """Whether an attribute that is allowed may have this value."""
    if name in _ADDRESSES:
        return scheme(value) in {*_ADDRESSES[name], ""}
    if name == "id":
        return bool(_ID.fullmatch(value)) and value not in _CLOBBERS
    pattern = _VALUES.get(f"{tag} {name}") or _VALUES.get(name)
    return pattern is None or bool(pattern.fullmatch(value))


def scheme(address: str) -> str:
    """The scheme that the most lenient reader finds in an address; empty for a relative one.

    What cannot be seen does not hide it: browsers drop tabs and line breaks anywhere and control
    characters in front (WHATWG URL, section 4.4), and some readers more.
    """
    found = _SCHEME.match(_UNSEEN.sub("", unescape(address)))
    return found[1].lower() if found else ""


def cleaned(html: str) -> str:
    """A field's HTML without what content may not bring; what our own readers wrote stays."""
    return str(_cleaner().clean(html))


@lru_cache(maxsize=1)
def _cleaner() -> Any:
    import nh3

    own = {tag: {name for t, name in _OWN if t == tag} for tag, _name in _OWN}
    attributes = {tag: set(names) | own.get(tag, set()) for tag, names in TAGS.items()}
    attributes["*"] = set(_EVERYWHERE) | own["*"]
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(MUTE),
        attributes=attributes,
        attribute_filter=_judged,
        url_schemes=set(_SCHEMES),
        link_rel=None,
    )


def _judged(tag: str, name: str, value: str) -> str | None:
    own = _OWN.get((tag, name)) or _OWN.get(("*", name))
    if own is not None and own.fullmatch(value):
        return value
    return value if allowed(tag, name) and kept(tag, name, value) else None


def rewritten(
    tokens: Sequence[Token], stands: Callable[[str], bool]
) -> tuple[list[Token], tuple[Dropped, ...]]:
    """A field's tokens with nothing but allowed HTML, closed where it opens, and what was dropped.

    `stands` knows whether a text is one block of HTML to a reader of Markdown. One that no longer
    is (its tag was dropped, or it had blank lines) would have its words read as Markdown, or what
    follows as HTML: what such a block opens is closed in it, and if that is not enough, its marks
    are written as references.
    """
    writer = _Writer()
    found: list[Token] = []
    for token in tokens:
        if token.type == "footnote_block_open":
            found += _closing(writer, 0)
        if token.type == "html_block":
            depth = len(writer.open)
            content = writer.write(token.content, token.map[0] if token.map else 0)
            if content.strip() and not stands(content):
                content += _ends(writer, depth)
            found += _block(token, content, stands)
            continue
        if token.children and any(c.type in ("html_inline", "image") for c in token.children):
            token.children = _met(_line(writer, token))
        found.append(token)
    return [*found, *_closing(writer, 0)], tuple(writer.dropped)


def _block(token: Token, content: str, stands: Callable[[str], bool]) -> Iterator[Token]:
    if not content.strip():
        return
    if "<" not in content:
        text = Token("text", "", 0, content=" ".join(unescape(content).split()))
        yield Token("paragraph_open", "p", 1, map=token.map, block=True, level=token.level)
        yield Token("inline", "", 0, map=token.map, children=[text], content=text.content,
                    block=True, level=token.level + 1)  # fmt: skip
        yield Token("paragraph_close", "p", -1, block=True, level=token.level)
        return
    token.content = content if stands(content) else _inert(content)
    yield token


def _inert(content: str) -> str:
    """A block in which a reader of Markdown finds no Markdown, and no place to end it."""
    parts = re.split(r"(<[^>]*>|&#?\w+;)", content.strip("\n"))
    for index in range(0, len(parts), 2):
        parts[index] = _MARKS.sub(lambda mark: f"&#{ord(mark.group())};", parts[index])
    lines = "".join(parts).split("\n")
    return "<div>" + "\n".join(line if line.strip() else "&#32;" for line in lines) + "</div>\n"


def _line(writer: "_Writer", token: Token) -> Iterator[Token]:
    """The children of a line, a tag that is dropped an empty one; what opens in it closes in it."""
    line, depth = token.map[0] if token.map else 0, len(writer.open)
    children = token.children or []
    last = {tag[2:-1].strip().lower(): i for i, c in enumerate(children)
            if c.type == "html_inline" and (tag := c.content).startswith("</")}  # fmt: skip
    until = -1
    for index, child in enumerate(children):
        if index <= until:
            continue
        if child.type != "html_inline":
            yield child
            continue
        opened = _OPENS.match(child.content)
        child.content = writer.write(child.content, line)
        yield child
        if opened and (tag := opened[1].lower()) in MUTE:
            until = max(index, last.get(tag, -1))
            yield from _halves(children[index + 1 : until])
            yield child
    yield from _closing(writer, depth, inline=True)


def _met(children: Iterable[Token]) -> list[Token]:
    """A line without its empty tags; where readers would make one mark of two, a tag stays."""
    found: list[Token] = []
    has_gap = False
    for child in children:
        if child.type in ("html_inline", "text") and not child.content:
            has_gap = has_gap or child.type == "html_inline"
            continue
        if has_gap and child.type in BREAKS and (not found or found[-1].type in BREAKS):
            continue  # a line of which nothing is left
        if has_gap and found and not are_apart(found[-1], child):
            found.append(Token("html_inline", "", 0, content="<span></span>"))
        has_gap = False
        found.append(child)
    while has_gap and found and found[-1].type in BREAKS:
        found.pop()
    return joined(found)


def _halves(tokens: Sequence[Token]) -> list[Token]:
    """Marks among tokens that open or close what closes or opens elsewhere."""
    open_: list[Token] = []
    found = []
    for token in tokens:
        if token.nesting > 0:
            open_.append(token)
        elif token.nesting < 0 and open_:
            open_.pop()
        elif token.nesting < 0:
            found.append(token)
    return [*found, *open_]


def _closing(writer: "_Writer", depth: int, *, inline: bool = False) -> Iterator[Token]:
    """What closes the elements that are still open, as deep as they were before."""
    content = _ends(writer, depth)
    if content:
        yield Token("html_inline" if inline else "html_block", "", 0, content=content)


def _ends(writer: "_Writer", depth: int) -> str:
    content = "".join(f"</{tag}>" for tag in reversed(writer.open[depth:]))
    del writer.open[depth:]
    return content


class _Writer(Reader):
    """Writes HTML anew, tag by tag: only what is allowed, only in one form."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.dropped: list[Dropped] = []
        self._loose: dict[str, int] = {}
        self._line = 0
        self._text = ""
        self._mute: list[str] = []

    def write(self, source: str, line: int) -> str:
        """A piece of HTML, with the line of the field (from 0) at which it stands."""
        self._line, self._text, self._mute = line, "", []
        self.feed(source)
        self.close()
        self.reset()
        return self._text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that is allowed, with the attributes that are."""
        if self._mute:
            if tag == self._mute[-1]:
                self._mute.append(tag)
            return
        if tag not in TAGS or len(self.open) >= _DEPTH:
            self._drop(f"<{tag}>" if tag not in TAGS else f"<{tag}>, {_DEPTH} elements deep")
            if tag in MUTE:
                self._mute.append(tag)
            return
        said = dict(reversed(attrs))  # Of an attribute that is written twice, the first counts.
        good = {
            n: v for n, v in reversed(said.items()) if allowed(tag, n) and kept(tag, n, v or "")
        }
        for name in [name for name in reversed(said) if name not in good]:
            self._drop(_attribute(tag, name, said[name] or ""))
        if tag in ("img", "source") and "src" not in good:
            if "src" not in said:
                self._drop(f"<{tag}>")
            return
        written = (n if v is None else f'{n}="{_value(v)}"' for n, v in good.items())
        self._text += f"<{' '.join([tag, *written])}>"
        if tag in _CLOSED_BY_OTHERS:
            self._loose[tag] = self._loose.get(tag, 0) + 1
        elif tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Browsers take no notice of the slash, but where an element never has an end."""
        self.handle_starttag(tag, attrs)
        if tag in MUTE and self._mute:
            self._mute.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close what is open, and what was opened inside it; other ends close nothing of ours."""
        if self._mute:
            if tag == self._mute[-1]:
                self._mute.pop()
        elif self._loose.get(tag):
            self._loose[tag] -= 1
            self._text += f"</{tag}>"
        elif tag in self.open:
            while True:
                inner = self.open.pop()
                self._text += f"</{inner}>"
                if inner == tag:
                    break

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._mute:
            self._text += data.replace("<", "&lt;").replace(">", "&gt;")

    def handle_entityref(self, name: str) -> None:
        """Keep a reference as it is written."""
        if not self._mute:
            self._text += f"&{name};"

    def handle_charref(self, name: str) -> None:
        """Keep a reference as it is written."""
        if not self._mute:
            self._text += f"&#{name};"

    def _drop(self, what: str) -> None:
        source = (self.get_starttag_text() or "").partition("&")[0]  # The rest is read anew.
        self.dropped.append(Dropped(source, self._line, what))


def _attribute(tag: str, name: str, value: str) -> str:
    found = scheme(value) if allowed(tag, name) and name in _ADDRESSES else ""
    return f"the {found}: address of <{tag}>" if found else f"{name} of <{tag}>"


def _value(value: str) -> str:
    """A value between quotation marks, on one line: Markdown's blocks end at blank ones."""
    return " ".join(escape(value).split("\n"))
