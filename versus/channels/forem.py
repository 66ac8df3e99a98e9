"""Forem, the software of dev.to.

Sources: Forem's `app/services/markdown_processor/parser.rb` and `app/models/article.rb` for what
it does with a body; the project's syndication reference, facts 12 to 20, for what was measured
with Redcarpet 3.5.1 and Liquid 5.4.
"""

import re
from collections.abc import Iterator

from versus.channels.dialect import Dialect, backticks, fence, html_code
from versus.channels.fields import cover, json_file, markdown, text_file
from versus.channels.kind import Copy, File, Kind, Limits, Tags
from versus.channels.media import MarkdownCopy

_SHIELDED = "{% raw %}{{% endraw %}"
"""A brace that Liquid does not read. It runs on the HTML, where references are resolved already,
so that `&#123;` would not help; only code between backticks is shielded by Forem itself."""

_OPENS_LIQUID = re.compile(r"\{(?=[{%])")
REFUSED = re.compile(r"src=[\"'](?:data|&)|data:text/html", re.IGNORECASE)
"""Bodies with this anywhere are refused, though it be code."""

_ENDS_SHIELD = re.compile(r"(?!\{% endraw %\})\{%-?\s*endraw")
"""What ends Forem's own shield around code; it only knows `{% endraw %}` as it is written here."""


def _code(code: str, in_cell: bool) -> str:
    """Between single backticks; a bar in a cell splits it, and other backticks confuse Forem."""
    if "`" in code or _is_unsafe(code) or (in_cell and "|" in code):
        return _shielded(html_code(code), code)
    return backticks(code, in_cell)


def _fence(code: str, language: str) -> str:
    """Between three backticks, whatever the code; with three inside, Forem loses count."""
    if "```" in code or _is_unsafe(code):
        return f"<pre>{_shielded(html_code(code.rstrip()), code)}</pre>"
    return fence(code, language)


def _is_unsafe(code: str) -> bool:
    return bool(REFUSED.search(code) or _ENDS_SHIELD.search(code))


def _shielded(html: str, code: str) -> str:
    """Code as an element: Liquid reads it after its references are resolved."""
    return re.sub(r"&#123;(?=&#(?:123|37);)", _SHIELDED, html) if "{" in code else html


DIALECT = Dialect(
    escapes=(
        (_OPENS_LIQUID, _SHIELDED),
        (re.compile(r"\\`"), "&#96;"),  # a stray backtick shifts what Forem takes for code
        (re.compile(r"\|"), "&#124;"),  # `\|` in a cell splits it
        (re.compile(r"\^"), "&#94;"),  # the option `superscript`
        (re.compile(r"(?i)(?<=src=)[\"'](?=data|&)"), "&#34;"),
        (re.compile("(?i)(?<=data):(?=text/html)"), "&#58;"),
    ),
    html=frozenset({"br", "kbd", "mark", "small", "sub", "sup", "ins", "del", "cite", "q"}),
    details=("{% details {summary} %}", "{% enddetails %}"),
    code=_code,
    fence=_fence,
    indent=4,  # two spaces are no third level
)


def _files(copy: Copy) -> Iterator[File]:
    """The body without front matter, which would override the fields, and the fields of the API.

    A copy that is to appear later is a draft until then: the API takes no date in the future.
    """
    body = markdown(copy, DIALECT)
    yield text_file(f"{copy.slug}.md", body, "text/markdown")
    article = {
        "title": copy.title,
        "published": copy.state == "published",
        "description": copy.description,
        "tags": list(copy.tags),
        "canonical_url": copy.document.canonical,
        "main_image": cover(copy),
        "body_markdown": body,
    }
    yield json_file(
        f"{copy.slug}.json", {"article": {k: v for k, v in article.items() if v is not None}}
    )


KIND = Kind(
    platform="Forem",
    medium=MarkdownCopy,
    template="channels/article.md",
    files=_files,
    tags=Tags(count=4, length=30, alphanumeric=True),
    limits=Limits(title=128, bytes=800 * 1024),
    shows_cover=True,
)
