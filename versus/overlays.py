"""Translations as overlays: which fields of an article they may translate, and how they join it.

In: the plain data of an article and of its overlay (`kafka-vs-flink.fr.yaml`). Out: the article in
the overlay's language, with what the overlay leaves out as the base says it, and the place that
each translated field came from.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from versus.checks import subject_id
from versus.diagnostics import Fault, FieldPath, did_you_mean
from versus.model import Article, value_shape
from versus.sources import Source
from versus.yamltext import Plain

T = TypeVar("T", dict[str, Any], list[Any])

RECORD = "base"
"""The overlay's own key: what each field of the base said when it was translated."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that is translated whole, all its editions with it."""

    is_free: bool = False
    """Whether a translation may have it where the base leaves it out."""
    is_optional: bool = False
    """Whether it mostly stays as it is, as addresses do, so that nobody need be told."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with these translatable keys."""

    keys: "Mapping[str, Shape]"


@dataclass(frozen=True, slots=True)
class Items:
    """A list, its items matched by position, or by the id that `key` finds in them."""

    item: "Shape"
    key: Callable[[Plain], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """A mapping whose keys are the writer's: ids of subjects, keys of sources."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class ValueOf:
    """A value of the comparison: a text, or a mapping with `text` and `short`."""


Shape: TypeAlias = Leaf | Fields | Items | Keyed | ValueOf

_TEXT = Leaf()
_MOSTLY_SAME = Leaf(is_optional=True)
_VALUE = Fields({"text": _TEXT, "short": _TEXT})

SHAPE = Fields(
    {
        "title": _TEXT,
        "description": Leaf(is_free=True),
        "tags": _MOSTLY_SAME,
        "image": Fields({"src": _MOSTLY_SAME, "alt": Leaf(is_free=True)}),
        "subjects": Items(Fields({"name": _TEXT, "definition": _TEXT}), subject_id),
        "introduction": _TEXT,
        "basics": _TEXT,
        "differences": Fields(
            {
                "lead": _TEXT,
                "criteria": Items(
                    Fields({"name": _TEXT, "lead": _TEXT, "values": Keyed(ValueOf())})
                ),
            }
        ),
        "sections": Items(Fields({"title": _TEXT, "body": _TEXT})),
        "verdict": Fields({"summary": _TEXT, "choose": Keyed(Items(_TEXT))}),
        "faq": Items(Fields({"question": _TEXT, "answer": _TEXT})),
        "conclusion": _TEXT,
        "sources": Keyed(Fields({"title": _TEXT, "url": _MOSTLY_SAME})),
    }
)
"""What of an article is translated. All else (dates, ids, which sections) is the article's own."""


@dataclass(slots=True)
class Merged:
    """An article's data in the overlay's language, and where its translated fields stand."""

    data: Plain
    origins: dict[FieldPath, FieldPath] = field(default_factory=dict)
    """The path in the overlay of each translated field, by its path in the article."""
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Translation:
    """An article in another language, its overlay joined to what the base says."""

    source: Source
    article: Article
    origins: Mapping[FieldPath, FieldPath]
    missing: Mapping[FieldPath, str]
    """The fields that the overlay leaves out, each with its dotted path, in the base's order."""
    wanted: int
    """How many fields there are to translate."""
    outdated: tuple[FieldPath, ...]
    """The fields, by their paths in the overlay, whose base changed since they were translated."""

    @property
    def language(self) -> str:
        """The BCP 47 tag of the language."""
        return self.source.language

    def own(self, faults: Iterable[Fault]) -> Iterator[Fault]:
        """Those of some faults in the merged article that are the overlay's, at its paths."""
        return own(self.origins, faults)


def own(origins: Mapping[FieldPath, FieldPath], faults: Iterable[Fault]) -> Iterator[Fault]:
    """Those of some faults in a merged article that are the overlay's, at its paths."""
    for fault in faults:
        for length in range(len(fault.path), -1, -1):
            found = origins.get(fault.path[:length])
            if found is not None:
                yield replace(fault, path=found + fault.path[length:])
                break


def merge(base: Plain, overlay: Plain) -> Merged:
    """An article's data with the translated fields of an overlay in it.

    Faults tell, by paths in the overlay, what translates nothing of the base. A base that is wrong
    in itself is taken as far as it goes; its own faults are told elsewhere.
    """
    merged = Merged(base)
    merged.data = _merge(SHAPE, base, {} if overlay is None else overlay, (), (), merged)
    return merged


def leaves(base: Plain) -> Iterator[tuple[FieldPath, Plain]]:
    """Every field of an article that is to be translated, with its path, in the file's order."""
    yield from _leaves(SHAPE, base, ())


def recorded(overlay: Plain) -> Mapping[str, str]:
    """What an overlay says of its base: a digest for each field, by its dotted path."""
    found = overlay.get(RECORD) if isinstance(overlay, dict) else None
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def digest(value: Plain) -> str:
    """A field's digest: 12 hexadecimal digits of SHA-256 tell changes of a text apart."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _merge(
    shape: Shape, base: Plain, over: Plain, path: FieldPath, at: FieldPath, merged: Merged
) -> Plain:
    if over is None:
        return base
    match shape:
        case Leaf():
            return _leaf(shape, base, over, path, at, merged)
        case Fields():
            return _fields(shape, base, over, path, at, merged)
        case Items():
            return _items(shape, base, over, path, at, merged)
        case Keyed():
            return _keyed(shape, base, over, path, at, merged)
        case ValueOf():
            return _value(base, over, path, at, merged)


def _leaf(
    shape: Leaf, base: Plain, over: Plain, path: FieldPath, at: FieldPath, merged: Merged
) -> Plain:
    if base is None and not shape.is_free:
        merged.faults.append(_nothing_to_translate(at))
        return base
    merged.origins[path] = at
    return over


def _fields(
    shape: Fields, base: Plain, over: Plain, path: FieldPath, at: FieldPath, merged: Merged
) -> Plain:
    both = _both(dict, base, over, at, merged)
    if both is None:
        return base
    base, over = both
    found = dict(base)
    for key, value in over.items():
        if key in shape.keys:
            inner = shape.keys[key]
            found[key] = _merge(inner, base.get(key), value, (*path, key), (*at, key), merged)
        elif value is not None and value != base.get(key) and (at or key != RECORD):
            merged.faults.append(_not_translated(shape, key, (*at, key), base))
    return {key: value for key, value in found.items() if value is not None or key in base}


def _both(
    kind: type[T], base: Plain, over: Plain, at: FieldPath, merged: Merged
) -> tuple[T, T] | None:
    """Base and overlay where both are of a kind; tells what is wrong with the overlay."""
    needed = {
        dict: "a mapping is needed (`key: value` lines)",
        list: "a list is needed (`- item` lines)",
    }
    if not isinstance(over, kind):
        merged.faults.append(Fault(at, needed[kind], _LIKE_BASE))
        return None
    if base is None and over:
        merged.faults.append(_nothing_to_translate(at))
    return (base, over) if isinstance(base, kind) else None


def _items(
    shape: Items, base: Plain, over: Plain, path: FieldPath, at: FieldPath, merged: Merged
) -> Plain:
    both = _both(list, base, over, at, merged)
    if both is None:
        return base
    base, over = both
    found = list(base)
    if shape.key is not None:
        # Values name a subject by the base's id, whatever its name is in this language.
        keys = [shape.key(item) for item in base]
        found = [
            {**item, "id": key} if isinstance(item, dict) and key else item
            for item, key in zip(base, keys, strict=True)
        ]
    taken: dict[int, int] = {}
    for index, value in enumerate(over):
        where = _place(shape, base, value, index)
        if where is None:
            merged.faults.append(
                Fault((*at, index), "the article has no such item", _LIKE_BASE, "key")
            )
            continue
        if where in taken:
            message = f"item {taken[where] + 1} translates the same one"
            merged.faults.append(Fault((*at, index), message, _LIKE_BASE, "key"))
            continue
        taken[where] = index
        found[where] = _merge(shape.item, found[where], value, (*path, where), (*at, index), merged)
    return found


def _place(shape: Items, base: list[Plain], value: Plain, index: int) -> int | None:
    """The item of the base that an item of the overlay translates."""
    wanted = value.get("id") if isinstance(value, dict) and shape.key else None
    if wanted is not None and shape.key is not None:
        return next((i for i, item in enumerate(base) if shape.key(item) == wanted), None)
    return index if index < len(base) else None


def _keyed(
    shape: Keyed, base: Plain, over: Plain, path: FieldPath, at: FieldPath, merged: Merged
) -> Plain:
    both = _both(dict, base, over, at, merged)
    if both is None:
        return base
    base, over = both
    found = dict(base)
    for key, value in over.items():
        if key not in base:
            hint = did_you_mean(key, base)
            merged.faults.append(Fault((*at, key), f"the article has no {key!r} here", hint, "key"))
            continue
        found[key] = _merge(shape.item, base[key], value, (*path, key), (*at, key), merged)
    return found


def _value(base: Plain, over: Plain, path: FieldPath, at: FieldPath, merged: Merged) -> Plain:
    if base is None:
        hint = "say there that it applies, or leave it out here"
        merged.faults.append(Fault(at, "the article says that it does not apply", hint))
        return base
    if value_shape(base) == "value" and isinstance(base, dict):
        if value_shape(over) != "value":
            names = [name for name in ("text", "short") if base.get(name) is not None]
            if len(names) != 1:
                hint = "write `text:` and `short:` below it, as the article does"
                merged.faults.append(Fault(at, "the value has a `text` and a `short`", hint))
                return base
            merged.origins[*path, names[0]] = at
            return {**base, names[0]: over}
        return _fields(_VALUE, base, over, path, at, merged)
    if value_shape(over) == "value":
        hint = "write the text itself, as the article does"
        merged.faults.append(Fault(at, "the value is a text and no mapping", hint))
        return base
    return _leaf(_TEXT, base, over, path, at, merged)


_LIKE_BASE = "a translation has the shape of its article; `translate` writes it"


def _nothing_to_translate(at: FieldPath) -> Fault:
    hint = "add it to the article first, or remove it here"
    return Fault(at, "the article has nothing here to translate", hint, "key")


def _not_translated(shape: Fields, key: str, at: FieldPath, base: Mapping[str, Plain]) -> Fault:
    if key in base or (len(at) == 1 and key in Article.model_fields):
        hint = "remove it here: it holds for every language; change it in the article"
        return Fault(at, f"`{key}` is not translated", hint, "key")
    return Fault(at, f"unknown key {key!r}", did_you_mean(key, shape.keys), "key")


def inside(shape: Shape, data: Plain) -> Iterator[tuple[str | int, Shape, Plain]]:
    """The translatable parts of data of a shape: the step to each, its own shape, and its data.

    Nothing, where the data is of another shape: that is told elsewhere.
    """
    parts: Iterable[tuple[str | int, Shape, Plain]] = ()
    match shape:
        case Fields(keys) if isinstance(data, dict):
            parts = ((key, keys[key], value) for key, value in data.items() if key in keys)
        case Items(item) if isinstance(data, list):
            parts = ((index, item, value) for index, value in enumerate(data))
        case Keyed(item) if isinstance(data, dict):
            parts = ((key, item, value) for key, value in data.items())
    for step, inner, value in parts:
        if value is None:
            continue
        if isinstance(inner, ValueOf):
            yield step, _VALUE if value_shape(value) == "value" else _TEXT, value
        else:
            yield step, inner, value


def _leaves(shape: Shape, base: Plain, path: FieldPath) -> Iterator[tuple[FieldPath, Plain]]:
    for step, inner, value in inside(shape, base):
        if not isinstance(inner, Leaf):
            yield from _leaves(inner, value, (*path, step))
        elif not inner.is_optional:
            yield (*path, step), value
