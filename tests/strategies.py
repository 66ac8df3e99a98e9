"""Whole publications for Hypothesis: articles as data, with words that trouble whoever reads them.

`articles()` gives what the model takes; `anything()` gives any plain data at all.
"""

from typing import Any

from hypothesis import strategies as st
from test_safety import PAYLOADS

NASTY = (
    "", " ", "null", "~", "yes", "3.10", "---", "...", "- x", "# x", ": ", "a: b", "'", '"', "\\",
    "{{ 7*7 }}", "{% x %}", "${x}", "%s", "<T>", "a|b", "C#", "C++", "*args", "__init__", "[x]",
    "](", "![", "`", "~~~", "```", "&amp;", "&#0;", "]]>", "</script>", "--", "\u2028", "\u202e",
    "\ufeff", "é", "e\u0301", "العربية", "漢字", "🙂", "\U0010ffff", "../..", "/etc/passwd", "NUL",
)  # fmt: skip

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])

words = st.lists(st.sampled_from(NASTY) | st.text(LETTERS, max_size=6), min_size=1, max_size=4).map(
    " ".join
)
lines = words.map(lambda text: " ".join(text.split())).filter(bool)
"""Plain texts of one line."""

MARKS = (
    "**", "*", "`", "\n\n", "\n", "- ", "1. ", "> ", "| a | b |\n|--|--|\n", "[^1]", "\n\n[^1]: ",
     "    ", "# ", "<b>", "</b>", "<br>", "<details>\n", "[a](https://e.example/)", "$$", "\\",
     "<x>", "</x>", "<!-- -->", "<form><pre>", "</div>\n[r]: javascript:alert(1)\n<p>\n\n", "[r]", "{", "[", "](u)",
)  # fmt: skip
proses = (
    st.lists(st.sampled_from(MARKS) | words | st.sampled_from(PAYLOADS), min_size=1, max_size=6)
    .map("".join)
    .filter(str.strip)
)
"""Markdown, well made or not."""

dates = st.dates().map(str) | st.just("2026-11-01T10:00:00+02:00")


@st.composite
def articles(draw: st.DrawFn, prose: st.SearchStrategy[str] = proses) -> dict[str, Any]:
    """An article as plain data: right in its shape, whatever its words are."""
    names = draw(st.lists(lines, min_size=2, max_size=4, unique=True))
    value = (
        st.none()
        | prose
        | st.fixed_dictionaries({"short": lines})
        | st.fixed_dictionaries({"text": prose, "sources": st.just(["s"])})
    )
    criterion = st.fixed_dictionaries(
        {"name": lines, "values": st.fixed_dictionaries(dict.fromkeys(names, value))}
    )
    found: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {
                "title": lines,
                "subjects": st.just([{"name": name} for name in names]),
                "introduction": prose,
            },
            optional={
                "published": dates,
                "description": lines,
                "tags": st.lists(lines, max_size=3),
                "author": st.fixed_dictionaries({"name": lines}),
                "differences": st.fixed_dictionaries(
                    {"criteria": st.lists(criterion, max_size=3)}, optional={"lead": prose}
                ),
                "sections": st.lists(
                    st.fixed_dictionaries({"title": lines, "body": prose}), max_size=2
                ),
                "verdict": st.fixed_dictionaries(
                    {"summary": prose, "choose": st.just({names[0]: ["it is there"]})}
                ),
                "faq": st.lists(
                    st.fixed_dictionaries({"question": lines, "answer": prose}), max_size=2
                ),
                "conclusion": prose,
            },
        )
    )
    found["sources"] = {"s": {"title": draw(lines), "url": "https://source.example/"}}
    return found


def anything() -> st.SearchStrategy[Any]:
    """Any plain data that YAML can hold, among it the keys of articles."""
    keys = words | st.sampled_from(
        ["title", "subjects", "name", "introduction", "values", "criteria", "differences", "only",
         "default", "image", "src", "related", "pinned", "sources", "slug", "tags", "published"]
    )  # fmt: skip
    return st.recursive(
        st.none() | words | st.just("2026-13-99"),
        lambda inside: st.lists(inside, max_size=4) | st.dictionaries(keys, inside, max_size=5),
        max_leaves=20,
    )
