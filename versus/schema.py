"""The JSON Schema of the content files, so that editors complete and check them.

Source: JSON Schema 2020-12, which Pydantic writes.
"""

from typing import Any

from pydantic import TypeAdapter

from versus.model import Article, Post, Site

KINDS = ("article", "site", "posts")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of content file."""
    shape: Any = {"article": Article, "site": Site, "posts": tuple[Post, ...]}[kind]
    found = TypeAdapter(shape).json_schema()
    _allow_null(found)
    if kind == "article":
        found["anyOf"] = [{"required": ["introduction"]}, {"required": ["differences"]}]
    title = {"article": "A Versus article", "site": "A Versus publication", "posts": "Other posts"}
    return {"$schema": _DIALECT, **found, "title": title[kind]}


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
