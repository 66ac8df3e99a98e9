"""CommonMark's own examples: what passes through a field means what the specification says."""

import os
import re
from pathlib import Path

import pytest
from test_safety import harm

from versus.markup import commonmark, html, markdown, trees

pytestmark = pytest.mark.e2e

SPEC = Path(__file__).parent / "npm/node_modules/commonmark-spec/spec.txt"
if not SPEC.exists() and not os.environ.get("CI"):
    pytest.skip("needs CommonMark's examples: `make e2e` installs them", allow_module_level=True)

OTHERWISE = {
    173: "HTML that never ends is an error before it is written",
    642: "a line break inside a tag is a space",
}
"""Examples that a Markdown file does not say in the same way, and why."""


def examples() -> list[tuple[int, str, str]]:
    """The number of each example, its Markdown and its HTML."""
    text = SPEC.read_text(encoding="utf-8").replace("→", "\t")
    found = re.findall(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", text, re.MULTILINE | re.DOTALL)
    return [(number, source, want) for number, (source, want) in enumerate(found, 1)]


def met(source: str) -> list[str]:
    """What a reader of HTML meets; which level a heading has depends on what it stands below."""
    found = trees.events(trees.fragment(source or " "))
    return [re.sub(r"^(</?)h[1-6]", r"\1h", event.what) for event in found]


def file(text: str, *, trusted: bool) -> str:
    """A field as `index.md` has it."""
    return markdown.render(
        text, level=0, resolve=lambda h, i: h, notes=html.Notes(), trusted=trusted
    )


def test_fields_are_read_as_the_specification_says() -> None:
    assert len(examples()) == 652
    for number, source, want in examples():
        assert met(commonmark.to_html(source, trusted=True)) == met(want), number


def test_markdown_files_say_what_the_specification_says() -> None:
    wrong = set()
    for number, source, want in examples():
        written = commonmark.to_html(file(source, trusted=True), trusted=True)
        if met(written) != met(want):
            wrong.add(number)
    assert wrong == set(OTHERWISE)


def test_what_is_not_trusted_brings_no_example_s_harm() -> None:
    for number, source, _want in examples():
        known = {f"href={link.href}" for link in commonmark.links(source)}
        known |= {f"src={link.href}" for link in commonmark.links(source)}
        written = commonmark.to_html(file(source, trusted=False), trusted=True)
        page = html.render(source, level=2, ids=(), resolve=lambda h, i: h, notes=html.Notes())
        for text in (written, str(page)):
            assert set(harm(text)) <= known, number
