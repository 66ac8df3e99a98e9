"""HTML and Markdown as bytes: UTF-8, one line break at the end."""


def encode(source: str) -> bytes:
    """The bytes of a text file."""
    return (source.strip("\n") + "\n").encode()
