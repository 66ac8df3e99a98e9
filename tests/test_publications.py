"""Whole publications of any words: told or built, and never a traceback."""

import json
import re
import shutil
import tempfile
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import SITE
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import anything, articles
from test_safety import harm

from versus.diagnostics import VersusError, has_errors
from versus.markup import commonmark
from versus.pipeline import build, check
from versus.request import Request

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CHANNELS = """\
channels:
  forem: {kind: forem}
  wordpress: {kind: wordpress}
  docusaurus: {kind: docusaurus}
  hugo: {kind: hugo}
  newsletter: {kind: newsletter}
"""


def request(folder: str, *sources: Any, site: str = SITE) -> Request:
    """A publication of articles, given as data or as text, in a folder."""
    root = Path(folder)
    shutil.rmtree(root / "content", ignore_errors=True)
    (root / "content/articles").mkdir(parents=True)
    (root / "content/site.yaml").write_text(site)
    for number, source in enumerate(sources):
        text = source if isinstance(source, str | bytes) else json.dumps(source, ensure_ascii=False)
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        (root / f"content/articles/a{number}.yaml").write_bytes(data)
    return Request(root, root / "out", NOW, drafts=True, future=True)


@given(anything() | st.binary(max_size=60) | st.text(max_size=60))
@settings(max_examples=150)
def test_any_file_is_told_what_is_wrong_with_it_and_hides_no_other(source: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wrong = {"title": "T", "subjects": [{"name": "A"}, {"name": "B"}], "foo": "x"}
        told = check(request(folder, source, wrong)).diagnostics
        assert any(d.path.endswith("a1.yaml") and "'foo'" in d.message for d in told)
        assert has_errors(d for d in told if d.path.endswith("a0.yaml"))


@pytest.mark.e2e
@given(articles())
@settings(max_examples=60)
def test_any_article_is_built_whole_and_harmless_or_told(article: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked = request(folder, article, site=SITE + "social: {card: false}\n" + CHANNELS)
        try:
            built = build(
                Request(
                    asked.root,
                    asked.out,
                    NOW,
                    formats=("html", "markdown"),
                    drafts=True,
                    future=True,
                )
            )
        except VersusError as error:
            assert all(d.line >= 1 and d.message for d in error.diagnostics)
            assert not (asked.out / "site").exists()
            return
        assert_harmless(asked.out, article)
        assert {a.format for a in built.artifacts} >= {"html", "markdown", "channel:forem"}


def assert_harmless(out: Path, article: dict[str, Any]) -> None:
    """Every file is whole in its own language, and holds nothing that content may not bring."""
    page = (out / "site/a0/index.html").read_text()
    assert harm("<article" + page.split("<article")[1].split("</article>")[0]) == []
    data = json.loads(page.split('ld+json">')[1].split("</script>")[0])
    assert data["@graph"][0]["headline"] == article["title"]
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    text = (out / "site/a0/index.md").read_text()
    head, body = text.removeprefix("---\n").split("\n---\n", 1)
    assert yaml.safe_load(head)["title"] == article["title"]
    assert set(harm(commonmark.to_html(body, trusted=True))) <= {"id=content"}
    for feed in ("feed.xml", "rss.xml", "sitemap.xml"):
        ET.fromstring((out / f"site/{feed}").read_text())
    for path in out.rglob("*.json"):
        json.loads(path.read_text())


@pytest.mark.e2e
@given(articles())
@settings(max_examples=25)
def test_any_article_becomes_a_pdf_or_is_told(article: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked = request(folder, article)
        pdf = Request(asked.root, asked.out, NOW, formats=("pdf",), drafts=True, future=True)
        try:
            build(pdf)
        except VersusError:
            return
        assert (asked.out / "site/a0/a0.pdf").read_bytes().startswith(b"%PDF-")
