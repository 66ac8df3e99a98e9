"""The JSON Schema of the content files, so that editors complete and check them.

Source: JSON Schema 2020-12, which Pydantic writes.
"""

from typing import Any

from pydantic import TypeAdapter

from versus.model import Article, Post, Site
from versus.overlays import RECORD, SHAPE, Fields, Items, Keyed, Leaf, Shape, ValueOf

KINDS = ("article", "translation", "site", "posts")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of content file."""
    if kind == "translation":
        return {"$schema": _DIALECT, **_overlay(), "title": "A translation of a Versus article"}
    shape: Any = {"article": Article, "site": Site, "posts": tuple[Post, ...]}[kind]
    found = TypeAdapter(shape).json_schema()
    _allow_null(found)
    if kind == "article":
        found["anyOf"] = [{"required": ["introduction"]}, {"required": ["differences"]}]
    title = {"article": "A Versus article", "site": "A Versus publication", "posts": "Other posts"}
    return {"$schema": _DIALECT, **found, "title": title[kind]}


def _overlay() -> dict[str, Any]:
    """The schema of overlays: nothing need be there, and only what can be translated may."""
    found = _translatable(SHAPE)
    record = {"type": "object", "additionalProperties": {"type": "string"}}
    found["properties"][RECORD] = _or_null(record)
    return found


def _translatable(shape: Shape) -> dict[str, Any]:
    match shape:
        case Fields(keys):
            properties = {key: _or_null(_translatable(inner)) for key, inner in keys.items()}
            return {"type": "object", "properties": properties, "additionalProperties": False}
        case Items(item, key):
            inner = _translatable(item)
            if key is not None:
                inner["properties"]["id"] = {"type": ["string", "null"]}
            return {"type": "array", "items": _or_null(inner)}
        case Keyed(item):
            return {"type": "object", "additionalProperties": _or_null(_translatable(item))}
        case ValueOf():
            pair = Fields({"text": Leaf(), "short": Leaf()})
            return {"anyOf": [_translatable(Leaf()), _translatable(pair)]}
    text = {"type": ["string", "number", "boolean"]}
    editions = {"type": "object", "required": ["default"], "additionalProperties": text}
    return {"anyOf": [text, editions, {"type": "array", "items": text}]}


def _allow_null(node: Any) -> None:
    """A key with nothing after it counts as left out, so null passes where a key is optional."""
    if isinstance(node, dict):
        required = node.get("required", [])
        for name, value in node.get("properties", {}).items():
            if name not in required:
                node["properties"][name] = _or_null(value)
        for value in node.values():
            _allow_null(value)
    elif isinstance(node, list):
        for value in node:
            _allow_null(value)


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    options = value.get("anyOf")
    if options is not None and {"type": "null"} in options:
        return value
    outer: dict[str, Any] = {key: value[key] for key in ("description", "default") if key in value}
    inner = {key: item for key, item in value.items() if key not in outer}
    return {**outer, "anyOf": [inner, {"type": "null"}]}
