"""A new article to start from: commented, valid, a draft.

In: a title such as "Kafka vs RabbitMQ vs Pulsar". Out: the text of a content file.
"""

import re
from datetime import date

from versus.names import slugify
from versus.yamltext import quoted

_VERSUS = re.compile(r"\s+(?:vs\.?|versus|or|against)\s+", re.IGNORECASE)
_QUESTION = re.compile(
    r"^(?:what(?:'s| is) )?(?:the )?(?:differences? between|comparing)\s+",
    re.IGNORECASE,
)


def subjects(title: str) -> list[str]:
    """The names that a title compares, two at least; "A and B" counts in a question."""
    rest = title.strip().rstrip("?!. ")
    question = _QUESTION.sub("", rest)
    rest, colon, _tail = question.partition(": ")
    names = _VERSUS.split(rest if colon else question)
    if len(names) < 2 and question != title.strip().rstrip("?!. "):
        names = re.split(r",\s*|\s+and\s+", question)
    names = [name.strip() for name in names if name.strip()]
    return names if len(names) > 1 else ["First subject", "Second subject"]


def slug(title: str) -> str:
    """The slug, and so the file's name, of a title."""
    names = subjects(title)
    return slugify(" vs ".join(names)) if _VERSUS.search(title) else slugify(title)


def article(title: str, today: date) -> str:
    """The text of a new article on the subjects in a title."""
    names = subjects(title)
    ids = _ids(names)
    keys = [id_ or name for name, id_ in zip(names, ids, strict=True)]
    first, last = names[0], names[-1]
    lines = [
        "# An article of Versus. `python build.py schema` prints what may stand here; only",
        "# `title`, `subjects` and one of `introduction` and `differences` must.",
        f"title: {quoted(title)}",
        "# description: ...      # at most 160 characters; default: the introduction's start",
        f"# published: {today.isoformat()}   # without a date it is a draft: see --drafts",
        "# tags: [streaming, data]",
        "",
        "subjects:",
    ]
    for name, id_ in zip(names, ids, strict=True):
        lines.append(f"  - name: {quoted(name)}")
        if id_:
            lines.append(f"    id: {quoted(id_)}")
        lines.append(
            f"    definition: {quoted(f'What {_plain(name)} is, in two or three sentences.')}"
        )
    lines += [
        "",
        "# Markdown: CommonMark with tables, fenced code and footnotes.",
        "introduction: |",
        f"  Who has to decide between {_plain(first)} and {_plain(last)}, and what hangs on it.",
        "",
        "differences:",
        "  criteria:",
        "    # A text of its own for each subject, and `short` for its cell in the table.",
        "    - name: Purpose",
        "      values:",
    ]
    for key, name in zip(keys, names, strict=True):
        lines += [
            f"        {quoted(key)}:",
            f"          text: {quoted(f'What {_plain(name)} was made for.')}",
            f"          short: {quoted('In a few words')}",
        ]
    lines += [
        "    # Cells of the table only; `null` means that it does not apply.",
        "    - name: License",
        "      values:",
        *(f"        {quoted(key)}: Name of the license" for key in keys),
        "",
        "verdict:",
        "  summary: The decision, in one or two sentences.",
        "  choose:",
    ]
    for key in keys:
        lines += [
            f"    {quoted(key)}:",
            "      - a reason that a reader can check against their own case",
        ]
    lines += [
        "",
        "# faq:",
        "#   - question: ...",
        "#     answer: ...",
        "#",
        "# conclusion: ...",
        "#",
        "# sources:               # cite one in a value: `sources: [docs]`",
        f"#   docs: {{title: ..., url: https://example.com/, accessed: {today.isoformat()}}}",
    ]
    return "\n".join(lines) + "\n"


def _ids(names: list[str]) -> list[str | None]:
    """Ids where names alone would clash, or are hard to type as keys."""
    ids: list[str | None] = []
    seen: set[str] = set()
    for name in names:
        folded = name.casefold()
        if folded not in seen:
            ids.append(None)
            seen.add(folded)
            continue
        number = 2
        while f"{slugify(name)}-{number}" in seen:
            number += 1
        ids.append(f"{slugify(name)}-{number}")
        seen.add(f"{slugify(name)}-{number}")
    return ids


def _plain(name: str) -> str:
    """A name as it can stand in a Markdown field, for CommonMark and for Python-Markdown.

    The latter knows no backslash before some marks.
    """
    from versus.markup.escape import escape

    return re.sub(r"\\([\\<|~&:=])", lambda m: f"&#{ord(m[1])};", escape(name))
