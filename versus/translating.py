"""Overlays to translate in: a skeleton with every field of an article, kept up with the article.

In: an article's data, its overlay's data if there is one. Out: the overlay's new text, and what is
to do in it. The article's words stand as comments above what is to be translated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from versus.diagnostics import Fault, FieldPath, dotted
from versus.languages import own_name
from versus.overlays import (
    RECORD,
    SHAPE,
    Items,
    Leaf,
    Shape,
    digest,
    inside,
    leaves,
    merge,
    recorded,
)
from versus.yamltext import BREAK, Plain, quoted

_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
"""Characters that YAML has in quotes only, escaped (YAML 1.2, section 5.1)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An overlay's new text and the state of its fields, each by its dotted path."""

    text: str
    translated: tuple[str, ...]
    untranslated: tuple[str, ...]
    changed: tuple[str, ...]
    """Translated, but the article says something else since."""
    faults: tuple[Fault, ...] = ()
    """What of the overlay translates nothing, at the overlay's paths; it would be lost."""


def draft(base: Plain, overlay: Plain, name: str, language: str, *, accept: bool = False) -> Draft:
    """The overlay of an article, brought up to it.

    Translations stay as they are. A field that was translated from another text is shown with the
    present one, until `accept` says that all translations are right again.
    """
    merged = merge(base, overlay)
    then = recorded(overlay)
    written = {path: _at(overlay, at) for path, at in merged.origins.items()}
    now = dict(leaves(base))
    translated = [path for path in now if path in written]
    changed = [
        path
        for path in translated
        if not accept and then.get(dotted(path)) not in (None, digest(now[path]))
    ]
    writer = _Writer(written, frozenset(changed))
    record = {
        dotted(path): then[dotted(path)] if path in changed else digest(value)
        for path, value in now.items()
    }
    command = f"python build.py translate {name.removesuffix('.yaml')} {language}"
    lines = [
        f"# {own_name(language)}: a translation of {name}. What stays empty is as it is there.",
        f"# `{command}` brings this file up to it; comments of your own are not kept.",
        *writer.lines(SHAPE, base, (), 0),
        "",
        "# What the article said when each field was translated, so that changes are noticed.",
        f"{RECORD}:",
        *(f"  {quoted(path)}: {quoted(value)}" for path, value in record.items()),
    ]
    return Draft(
        "\n".join(lines) + "\n",
        tuple(map(dotted, translated)),
        tuple(dotted(path) for path in now if path not in written),
        tuple(map(dotted, changed)),
        tuple(merged.faults),
    )


def _at(data: Plain, path: FieldPath) -> Plain:
    for step in path:
        data = data[step]  # type: ignore[index]
    return data


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the tree of an overlay: the article's words as comments, translations as values."""

    written: dict[FieldPath, Plain]
    changed: frozenset[FieldPath]

    def lines(self, shape: Shape, base: Plain, path: FieldPath, depth: int) -> Iterator[str]:
        """The lines of one node of the article's data."""
        pad = "  " * depth
        for step, inner, value in inside(shape, base):
            head = f"{pad}-" if isinstance(step, int) else f"{pad}{quoted(str(step))}:"
            if isinstance(inner, Leaf):
                if not inner.is_optional or (*path, step) in self.written:
                    yield from self._leaf(head, pad, (*path, step), value)
                continue
            if depth == 0:
                yield ""
            yield head
            name = shape.key(value) if isinstance(shape, Items) and shape.key else None
            if name:
                yield f"{pad}  id: {quoted(name)}"
            yield from self.lines(inner, value, (*path, step), depth + 1)

    def _leaf(self, head: str, pad: str, path: FieldPath, value: Plain) -> Iterator[str]:
        translation = self.written.get(path)
        if translation is None:
            yield from _comment(value, pad)
            yield head
            return
        if path in self.changed:
            yield f"{pad}# Changed since it was translated. It says now:"
            yield from _comment(value, pad)
        yield from _valued(head, translation, pad)


def _comment(value: Plain, pad: str) -> Iterator[str]:
    """The article's words, as comments."""
    if isinstance(value, dict):
        for edition, text in value.items():
            yield f"{pad}# {edition}:"
            yield from _comment(text, f"{pad}#   ")
        return
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    mark = pad if pad.strip() else f"{pad}# "
    text = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text.strip("\n"))
    yield from (f"{mark}{line}".rstrip() for line in BREAK.split(text))


def _valued(head: str, value: Plain, pad: str) -> Iterator[str]:
    """A key with a text, a list of texts, or a text for each edition."""
    if isinstance(value, list):
        yield f"{head} [{', '.join(quoted(str(item)) for item in value)}]"
    elif isinstance(value, dict):
        yield head
        for key, text in value.items():
            yield from _valued(f"{pad}  {quoted(key)}:", text, f"{pad}  ")
    elif isinstance(value, str) and _is_block(value):
        yield f"{head} |" + ("" if value.endswith("\n") else "-")
        yield from (f"{pad}  {line}".rstrip() for line in value.rstrip("\n").split("\n"))
    else:
        yield f"{head} {quoted(str(value))}"


def _is_block(text: str) -> bool:
    """Whether a text can stand as a literal block (YAML 1.2, section 8.1.2) without a hint."""
    lines = text.removesuffix("\n").split("\n")
    neat = not any(line != line.rstrip() or BREAK.search(line) for line in lines)
    whole = bool(lines[0]) and lines[0] == lines[0].lstrip() and bool(lines[-1])
    return "\n" in text and neat and whole and not _CONTROLS.search(text)
