"""Raw HTML inside Markdown: which addresses it names, and the same HTML with others."""

from collections.abc import Callable, Iterator
from html import escape
from html.parser import HTMLParser

_ADDRESSES = {"href": False, "src": True, "poster": True}


def addresses(html: str) -> Iterator[tuple[str, bool]]:
    """The addresses that a piece of HTML names, each with whether it is an image's or a media's."""
    reader = _Reader(None)
    reader.feed(html)
    reader.close()
    yield from reader.found


def with_addresses(html: str, resolve: Callable[[str, bool], str]) -> str:
    """The same HTML, each address replaced by what `resolve` makes of it; all else stays."""
    writer = _Reader(resolve)
    writer.feed(html)
    writer.close()
    return writer.text


class _Reader(HTMLParser):
    """Repeats HTML as it is written, but for the addresses in its start tags."""

    def __init__(self, resolve: Callable[[str, bool], str] | None) -> None:
        super().__init__(convert_charrefs=False)
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
