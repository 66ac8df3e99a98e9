"""HTML, Markdown and stylesheets as bytes: UTF-8, one line break at the end."""

import re

_SPARED = re.compile(
    r"(?P<kept>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?:\s*/\*(?!!).*?\*/)+\s*|\n\s+", re.DOTALL
)
"""What readers of a stylesheet can do without, and texts, which hold none of it."""


def encode(source: str) -> bytes:
    """The bytes of a text file."""
    return (source.strip("\n") + "\n").encode()


def stylesheet(source: str) -> bytes:
    """The bytes of a stylesheet, without comments (but those that begin `/*!`) and indents."""
    return encode(_SPARED.sub(lambda match: match["kept"] or "\n", source))
