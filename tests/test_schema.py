"""The JSON Schema tells editors what the validator tells writers."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT, run


@cache
def schema(kind: str) -> dict[str, Any]:
    """What the command prints."""
    found: dict[str, Any] = json.loads(run("schema", kind).stdout)
    return found


def load(path: Path) -> Any:
    """YAML as editors read it: dates stay text."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        key: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(":timestamp")]
        for key, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(path.read_text(), Loader)


def test_it_is_a_schema_of_the_2020_12_dialect() -> None:
    for kind in ("article", "translation", "site", "posts"):
        found = schema(kind)
        assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema.Draft202012Validator.check_schema(found)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "content/articles").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_example_article_passes(path: Path) -> None:
    kind = "translation" if "." in path.stem else "article"
    jsonschema.Draft202012Validator(schema(kind)).validate(load(path))


@pytest.mark.parametrize(
    "overlay",
    [
        {"titel": "x"},
        {"published": "2026-11-01"},
        {"faq": "x"},
        {"title": {"brief": "x"}},
        {"subjects": [{"nam": "x"}]},
        {"differences": {"criteria": [{"values": {"A": {"txt": "x"}}}]}},
    ],
)
def test_what_is_wrong_in_a_translations_shape_fails_in_the_editor_too(
    overlay: dict[str, Any],
) -> None:
    assert not jsonschema.Draft202012Validator(schema("translation")).is_valid(overlay)


def test_the_example_site_and_posts_pass() -> None:
    jsonschema.Draft202012Validator(schema("site")).validate(load(ROOT / "content/site.yaml"))
    jsonschema.Draft202012Validator(schema("posts")).validate(load(ROOT / "content/posts.yaml"))


@pytest.mark.parametrize(
    "name",
    ["unknown-key", "unknown-nested-key", "list-for-text", "text-for-list", "mapping-for-list", "list-for-mapping",
     "no-title", "no-subjects", "no-body", "one-subject", "bad-table", "list-at-root"],
)  # fmt: skip
def test_what_is_wrong_in_its_shape_fails_in_the_editor_too(name: str) -> None:
    data = load(ROOT / f"tests/sites/broken/{name}.yaml")
    assert not jsonschema.Draft202012Validator(schema("article")).is_valid(data)


def test_plain_words_that_yaml_takes_for_booleans_and_numbers_pass() -> None:
    article = {
        "title": 1984, "subjects": [{"name": "yes"}, {"name": True}], "introduction": None,
        "differences": {"table": True, "criteria": [{"name": "F", "values": {"yes": 3.1, "True": None}}]},
    }  # fmt: skip
    jsonschema.Draft202012Validator(schema("article")).validate(article)
