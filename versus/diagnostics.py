"""Diagnostics are values: what is wrong, exactly where, and what to do about it.

In: nothing. Out: the types that every stage returns its faults in, and their one rendering.
"""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from heapq import nlargest
from typing import TypeAlias

FieldPath: TypeAlias = tuple[str | int, ...]


class Severity(StrEnum):
    """How bad a diagnostic is: an error stops the build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a field, before anybody has looked up where the field stands.

    `path` leads to the field; `about` says what to point at: its `value`, or its `key`.
    `offset` is a character offset into the field's text, for faults inside Markdown.
    """

    path: FieldPath
    message: str
    hint: str = ""
    about: str = "value"
    severity: Severity = Severity.ERROR
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A fault at its place: file (relative to the publication), line and column (from 1)."""

    path: str
    line: int
    column: int
    severity: Severity
    message: str
    hint: str = ""

    def __str__(self) -> str:
        head = f"{self.path}:{self.line}:{self.column}: {self.severity}: {self.message}"
        return f"{head}\n  hint: {self.hint}" if self.hint else head

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Diagnostics are told in the order of their places."""
        return (self.path, self.line, self.column, self.severity, self.message)


def plain(diagnostic: Diagnostic) -> tuple[str, int, int, str, str, str]:
    """A diagnostic as a bare tuple, to be kept."""
    d = diagnostic
    return d.path, d.line, d.column, str(d.severity), d.message, d.hint


def of_plain(values: tuple[str, int, int, str, str, str]) -> Diagnostic:
    """A diagnostic again."""
    path, line, column, severity, message, hint = values
    return Diagnostic(path, line, column, Severity(severity), message, hint)


class VersusError(Exception):
    """A fault of the user's that ends the command: its diagnostics are all there is to say."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics), key=lambda d: d.sort_key))
        super().__init__("\n".join(map(str, self.diagnostics)))


_OBJECT = re.compile(r"\s*<[^<>]* at 0x[0-9a-f]+>")


def reason(error: BaseException) -> str:
    """Why a library failed, in its words, but for objects of this run: equal in every run."""
    words = _OBJECT.sub("", str(error)).strip()
    if not words and error.__cause__ is not None:
        return reason(error.__cause__)
    return words or type(error).__name__


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of these is an error, and so stops the build."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def dotted(path: FieldPath) -> str:
    """A field's path as people write it: `differences.criteria[2].values`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


_MANY = 16
"""Of more names than these, only so many are compared in full: those that look most alike."""
_COMMON = 500
"""What more names than these have in common tells none of them apart, and takes long to count."""


def did_you_mean(
    word: str, known: Iterable[str], *, but: str | None = None, else_list: bool = True
) -> str:
    """A hint that names the known word nearest to a mistaken one, or else lists those known.

    `but` is a known one that nobody can have meant.
    """
    names = known if isinstance(known, tuple) else tuple(dict.fromkeys(known))
    near = _nearest(word.casefold(), names, but)
    if near is not None:
        return f"did you mean {near!r}?"
    if else_list and names:
        return "known: " + ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return ""


@lru_cache(maxsize=64)
def _nearest(wanted: str, names: tuple[str, ...], but: str | None) -> str | None:
    folded, parts = _looks(names)
    near_by = _most_alike(wanted, parts) if len(folded) > _MANY else folded
    near_by = [name for name in near_by if folded[name] != but]
    near = difflib.get_close_matches(wanted, near_by, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


@lru_cache(maxsize=4)
def _looks(names: tuple[str, ...]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Names by what they are without regard to case, and of many these by their parts."""
    folded = {name.casefold(): name for name in names}
    parts: dict[str, list[str]] = defaultdict(list)
    for name in folded if len(folded) > _MANY else ():
        for part in _parts(name):
            parts[part].append(name)
    return folded, {part: having for part, having in parts.items() if len(having) <= _COMMON}


def _most_alike(wanted: str, parts: Mapping[str, Sequence[str]]) -> list[str]:
    """The names with the most parts in common, for their length (Dice)."""
    shared = Counter(name for part in sorted(_parts(wanted)) for name in parts.get(part, ()))
    alike = dict(shared.most_common(4 * _MANY))
    return nlargest(_MANY, alike, key=lambda name: alike[name] / (len(wanted) + len(name)))


def _parts(name: str) -> set[str]:
    """Every three letters of a name; its first and last ones count more."""
    padded = f"  {name} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def annotation(diagnostic: Diagnostic, path: str) -> str:
    """A diagnostic as a GitHub workflow command, so that it shows on the changed line.

    Source of the escapes: GitHub Docs, "Workflow commands for GitHub Actions"; the toolkit's
    command.ts escapes %, CR and LF in data, and also `:` and `,` in properties.
    """

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def prop(text: str) -> str:
        return data(text).replace(":", "%3A").replace(",", "%2C")

    text = diagnostic.message + (f"\nhint: {diagnostic.hint}" if diagnostic.hint else "")
    where = f"file={prop(path)},line={diagnostic.line},col={diagnostic.column}"
    return f"::{diagnostic.severity} {where}::{data(text)}"


class ClusterError(Exception):
    """Why a cluster cannot do it, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint
