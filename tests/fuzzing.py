"""What must hold for any bytes at all: run by tests on what was found, by `make fuzz` on more.

Each function takes bytes and raises AssertionError, or anything else that is no answer, where the
promise is broken.
"""

import re
from html import unescape
from urllib.parse import unquote

from test_safety import file, harm, links_of, page, reaches

from versus.checks import article_faults
from versus.diagnostics import has_errors
from versus.markup import commonmark
from versus.markup.escape import escape
from versus.model import Site
from versus.sources import Source
from versus.validate import article
from versus.yamltext import Positions, YamlError, decode, load

_ALIGNED = re.compile(r' style="text-align:(left|center|right)"')

SITE = Site.model_validate({"title": "T", "base_url": "https://t.example/"})


def loader(data: bytes) -> None:
    """Bytes become plain data whose places can be told, or faults at places that are there."""
    try:
        text = decode(data)
        found = load(text)
        places = Positions(text)
    except YamlError as error:
        assert error.faults
        assert all(fault.line >= 1 and fault.column >= 1 for fault in error.faults)
        return
    for path in ((), ("title",), ("subjects", 0, "name")):
        for offset in (0, 3, 10_000):
            line, column = places.within(path, offset)
            assert 1 <= line <= text.count("\n") + 2
            assert column >= 1
    list(article_faults(found, SITE))
    model, told = article(Source("content/articles/x.yaml", text), SITE)
    assert (model is None) == has_errors(told)


def escapes(data: bytes) -> None:
    """A plain text, escaped, is read as that text and nothing else, wherever it stands."""
    text = " ".join(re.sub(r"[^\t -~\xa0-\U0010ffff]", "", data.decode("utf-8", "ignore")).split())
    if not text:
        return
    for around in ("{}", "# {}", "- {}", "x {} y"):
        html = commonmark.to_html(around.format(escape(text)), trusted=True)
        said = unescape(re.sub(r"<[^>]*>", "", html)).split()
        assert said == around.removeprefix("# ").removeprefix("- ").format(text).split(), html


def fields(data: bytes) -> None:
    """A field of any text harms neither a page nor a Markdown file."""
    text = re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", data.decode("utf-8", "ignore")
    )
    if len(text) > 400 or not text.strip() or commonmark.is_too_deep(commonmark.parse(text)[0]):
        return
    # `references` judges what the text links to; the file may write some of it percent-encoded.
    links = {unquote(href) for href in links_of(text)}
    known = {f"href={href}" for href in links} | {f"src={href}" for href in links}
    assert set(map(unquote, harm(page(text)))) <= known
    # A reader writes the side to which a table's column is set as a style.
    written = _ALIGNED.sub("", commonmark.to_html(file(text), trusted=True))
    assert set(map(unquote, harm(written))) <= known | {"id=content", "id=documentElement"}
    assert reaches(text) == ""


TARGETS = {"loader": loader, "escapes": escapes, "fields": fields}
