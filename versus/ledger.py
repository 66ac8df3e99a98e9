"""The ledger: which copy of which article stands where, as publishing wrote it down.

In: the text of `content/ledger.json`, a list of records of which each names at least its
`channel`, its `article` (the slug) and its `url`. Out: the URLs, or what is wrong with the file.
"""

import json
from collections.abc import Mapping
from typing import TypeAlias

from versus.diagnostics import Diagnostic, Severity
from versus.sources import Source

Copies: TypeAlias = Mapping[tuple[str, str], str]
"""URLs of copies by the channel's name and the article's slug."""


def copies(source: Source | None) -> tuple[Copies, list[Diagnostic]]:
    """The URLs of all copies that have one; a publication without a ledger has none."""
    if source is None:
        return {}, []
    try:
        records = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        return {}, [_fault(source, line, column, "not JSON")]
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return {}, [_fault(source, 1, 1, "not a list of records")]
    found = {}
    for record in records:
        values = [record.get(name) for name in ("channel", "article", "url")]
        channel, article, url = (v if isinstance(v, str) else "" for v in values)
        if channel and article and url.startswith(("http://", "https://")):
            found[channel, article] = url
    return found, []


def _fault(source: Source, line: int, column: int, message: str) -> Diagnostic:
    hint = "publishing writes this file: take it from the last commit, or remove it"
    return Diagnostic(source.path, line, column, Severity.ERROR, message, hint)
