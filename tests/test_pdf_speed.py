"""What makes PDFs quick changes none of their bytes."""

import gc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pydyf
import pytest
import yaml
from printing import folder, printed

from versus.sources import Publication, Source
from versus.writers.pdf import engine, packing, shapes

WORDS = {
    "latin": "Some _words_, `code` and [a link](https://a.example/), twice as long. " * 12,
    "arabic": "قاعدة بيانات و **Kafka** معا. " * 12,
    "chinese": "数据库与 *Kafka* 一起。 " * 12,
}
"""Scripts that need fonts of their own, and lines that are broken and hyphenated."""


def publication() -> Publication:
    """An article in each script, with what all of them have."""
    articles = []
    for name, words in WORDS.items():
        article = {
            "title": f"{name} vs B", "published": "2026-11-01", "introduction": words,
            "subjects": [{"name": name}, {"name": "B"}],
            "differences": {"criteria": [{"name": "C", "values": {name: words[:90], "B": "`b`"}}]},
            "related": {"limit": 0},
        }  # fmt: skip
        text = yaml.safe_dump(article, allow_unicode=True)
        articles.append(Source(f"content/articles/{name}.yaml", text))
    return replace(folder("title: x"), articles=tuple(articles))


@pytest.mark.e2e
def test_bytes_do_not_depend_on_what_the_worker_printed_before() -> None:
    together = printed(publication())
    for name in WORDS:
        assert together[name].data == printed(publication(), name)[name].data


@pytest.mark.parametrize("rule", ["", "p { text-align: justify } h1 { letter-spacing: 1mm }"])
def test_shapes_that_are_kept_draw_what_shapes_made_anew_would(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    style = engine.style
    monkeypatch.setattr(
        engine, "style", lambda paper, css, *rest: style(paper, f"{css}\n{rule}", *rest)
    )
    kept = printed(publication())

    @contextmanager
    def nothing() -> Iterator[None]:
        yield

    monkeypatch.setattr(shapes, "kept", nothing)
    assert {k: v.data for k, v in printed(publication()).items()} == {
        k: v.data for k, v in kept.items()
    }


def test_streams_are_packed_once_and_say_the_same() -> None:
    pdf: Any = pydyf.PDF()
    pdf.add_object(pydyf.Stream([b"BT", b"one stream\nendstream"], {"K": 1}, compress=True))
    pdf.add_object(pydyf.Stream([b"as it is"], {"Filter": "/DCTDecode"}))
    packing.pack(pdf)
    packing.pack(pdf)
    packed, other = pdf.objects[-2:]
    assert zlib.decompress(packed.stream[0]) == b"BT\none stream\nendstream"
    assert (packed.extra, packed.compress) == ({"K": 1, "Filter": "/FlateDecode"}, False)
    assert (other.stream, other.extra) == ([b"as it is"], {"Filter": "/DCTDecode"})


@pytest.mark.parametrize("is_on", [True, False])
def test_garbage_is_looked_for_afterwards_as_before(is_on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if is_on else gc.disable)()
        with engine.collecting_later():
            assert not gc.isenabled()
        assert gc.isenabled() == is_on
    finally:
        (gc.enable if was_on else gc.disable)()
