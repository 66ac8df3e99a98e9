"""Raw HTML inside Markdown: which addresses it names, and the same HTML with others."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from html.entities import html5
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

_BARE = re.compile(
    r"<!--(?:.*?-->|.*)|<[!?][^>]*|<(script|style)\b(?:.*?</\1|.*)"
    r"|&(?P<name>#\d++|#[xX][0-9a-fA-F]++|[a-zA-Z][a-zA-Z0-9]*+)(?!;)(?P<equals>=?)",
    re.DOTALL | re.IGNORECASE,
)
"""A reference without its semicolon, and what holds none."""
_HEADING = re.compile(r"<h[1-6]\b", re.IGNORECASE)
_ADDRESSES = {"href": False, "src": True, "poster": True}


def addresses(html: str) -> Iterator[tuple[str, bool]]:
    """The addresses that a piece of HTML names, each with whether it is an image's or a media's."""
    reader = _Reader(None)
    reader.feed(html)
    reader.close()
    yield from reader.found


def headings(html: str) -> Iterator[tuple[int, str, str]]:
    """The headings that a piece of HTML opens: level, words and id."""
    if _HEADING.search(html) is None:
        return
    reader = _Headings()
    reader.feed(html)
    reader.close()
    for level, words, name in reader.found:
        yield level, " ".join(words.split()), name


def called(media: Mapping[str, str | None], address: str) -> str:
    """What a film or a recording is called, by its attributes, or else by its file's name."""
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    return media.get("title") or media.get("aria-label") or name or address


def with_addresses(html: str, resolve: Callable[[str, bool], str]) -> str:
    """The same HTML, each address replaced by what `resolve` makes of it; all else stays."""
    writer = _Reader(resolve)
    writer.feed(html)
    writer.close()
    return writer.text


class Reader(HTMLParser):
    """Reads HTML's tags as browsers do, whatever stands there."""

    def __init__(self, *, convert_charrefs: bool = False) -> None:
        super().__init__(convert_charrefs=convert_charrefs)

    def feed(self, data: str) -> None:
        """Read a piece of HTML, each reference with a semicolon and every other `&` as one.

        The library gives a semicolon to any name behind a `&`, and knows names in addresses
        (`?a=1&copy=2`) that browsers do not (HTML, section 13.2.5.73).
        """
        super().feed(_BARE.sub(_whole, data) if "&" in data else data)

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """To browsers a `<![` is a comment up to the next `>` (HTML, section 13.2.5.42).

        The library knows some sections, and gives up the whole text at any other.
        """
        return self.parse_bogus_comment(i)


def _whole(match: re.Match[str]) -> str:
    name = match["name"]
    if name is None:
        return match.group()
    is_known = name[0] == "#" or (name in html5 and not match["equals"])
    return f"&{name};{match['equals']}" if is_known else f"&amp;{name}{match['equals']}"


class _Headings(Reader):
    """Notes headings, and the words up to the next tag of a heading."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str, str]] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _HEADING.fullmatch(f"<{tag}"):
            self._is_inside = True
            self.found.append((int(tag[1]), "", dict(attrs).get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        if _HEADING.fullmatch(f"<{tag}"):
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            level, words, name = self.found[-1]
            self.found[-1] = (level, words + data, name)


class _Reader(Reader):
    """Repeats HTML as it is written, but for the addresses in its start tags."""

    def __init__(self, resolve: Callable[[str, bool], str] | None) -> None:
        super().__init__()
        self._resolve = resolve
        self.found: list[tuple[str, bool]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = [(value, _ADDRESSES[name]) for name, value in attrs if name in _ADDRESSES and value]
        self.found += named
        source = self.get_starttag_text() or ""
        if self._resolve is None or not named:
            self.text += source
            return
        parts = [tag]
        for name, value in attrs:
            if value is None:
                parts.append(name)
            elif name in _ADDRESSES:
                parts.append(f'{name}="{escape(self._resolve(value, _ADDRESSES[name]))}"')
            else:
                parts.append(f'{name}="{escape(value)}"')
        self.text += f"<{' '.join(parts)}{' /' if source.endswith('/>') else ''}>"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.text += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_entityref(self, name: str) -> None:
        self.text += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self.text += f"&#{name};"

    def handle_comment(self, data: str) -> None:
        self.text += f"<!--{data}-->"

    def handle_decl(self, decl: str) -> None:
        self.text += f"<!{decl}>"

    def handle_pi(self, data: str) -> None:
        self.text += f"<?{data}>"
