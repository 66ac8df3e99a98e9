"""Compiled templates: kept between builds, and never trusted blindly."""

from datetime import date
from pathlib import Path

import jinja2
import pytest
import yaml
from conftest import Publication
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from versus import cache, templating, yamltext
from versus.compiling import Environment
from versus.languages import Foreign


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where compiled templates are kept, a folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return cache.folder() / "templates"


PARTIALS = {
    "row": "{{ a }}-{{ b }};",
    "page": "{% set a = '<a>' %}{% for b in bs %}{% include 'row' %}{% endfor %}{% include ['no', 'row'] %}",
}


def render(**partials: str) -> str:
    loader = jinja2.DictLoader(PARTIALS | partials)
    environment = Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("page").render(bs=["<", 2], b="&")


def test_partials_see_the_names_of_their_place(kept: Path) -> None:
    assert render() == "&lt;a&gt;-&lt;;&lt;a&gt;-2;&lt;a&gt;-&amp;;"
    plain = jinja2.Environment(loader=jinja2.DictLoader(PARTIALS), autoescape=True)
    assert plain.get_template("page").render(bs=["<", 2], b="&") == render()


JOINED = {
    "what a partial sets is its own": {
        "page": "{% set a = 1 %}{% include 'p' %}{{ a }}{% for a in [5] %}{% include 'p' %}{{ a }}{% endfor %}",
        "p": "{% set a = 2 %}{% set b = 3 %}{{ a }}{{ b }}",
    },
    "one inside itself": {
        "page": "{% set n = 3 %}{% include 'p' %}",
        "p": "{{ n }}{% if n %}{% with n = n - 1 %}{% include 'p' %}{% endwith %}{% endif %}",
    },
    "with blocks": {"page": "{% include 'p' %}", "p": "{% block x %}{{ b }}{% endblock %}"},
    "with a parent": {
        "page": "{% include 'p' %}{% include 'p' %}",
        "p": "{% extends 'q' %}{% block x %}{{ b }}{% endblock %}",
        "q": "({% block x %}{% endblock %})",
    },
    "in a block, a capture, a filter and a macro": {
        "page": "{% set x %}{% include 'p' %}{% endset %}{{ x }}{% filter upper %}{% include 'p' %}"
        "{% endfilter %}{% macro m(b) %}{% include 'p' %}{% endmacro %}{{ m('<m>') }}",
        "p": "<i>{{ b }}</i>",
    },
    "without its place's names": {
        "page": "{% set a = 1 %}{% include 'p' without context %}",
        "p": "{{ a is defined }}",
    },
    "one that may be missing": {
        "page": "{% include 'no' ignore missing %}{% include 'p' ignore missing %}",
        "p": "{{ b }}",
    },
    "a name in a text": {"page": "To include 'p' or include 'no'.", "p": "{{ b }}"},
}


@pytest.mark.parametrize("partials", JOINED.values(), ids=JOINED)
def test_partials_print_what_jinja_prints(kept: Path, partials: dict[str, str]) -> None:
    plain = jinja2.Environment(loader=jinja2.DictLoader(partials), autoescape=True)
    expected = plain.get_template("page").render(b="&")
    environment = Environment(loader=jinja2.DictLoader(partials), autoescape=True)
    assert environment.rendered("page", {"b": "&"}) == expected


def test_a_partial_that_is_missing_matters_only_where_it_is_printed(kept: Path) -> None:
    loader = jinja2.DictLoader({"page": "{% if yes %}{% include 'no' %}{% endif %}."})
    environment = Environment(loader=loader)
    assert environment.rendered("page", {"yes": False}) == "."
    with pytest.raises(jinja2.TemplateNotFound, match="no"):
        environment.rendered("page", {"yes": True})


class Thing:
    name = "<n>"

    @property
    def broken(self) -> str:
        raise AttributeError("inside")


@pytest.mark.parametrize(
    "source",
    [
        "{{ thing.name }}{{ table.key }}{{ table.items()|list }}{{ nested.thing.name.upper() }}",
        "{{ thing.no is defined }}{{ table.no is defined }}{{ thing.no|default('d') }}",
        "{% for x in things if x.name %}{{ x.name }}{{ loop.first }}{% endfor %}",
        "{{ things|map(attribute='name')|join }}{{ thing.broken is defined }}{{ none.no is defined }}",
    ],
)
def test_an_attribute_is_what_jinja_finds(source: str) -> None:
    thing = Thing()
    values = {"thing": thing, "table": {"key": 1}, "nested": {"thing": thing}, "things": [thing]}
    values["none"] = None
    expected = jinja2.Environment(autoescape=True).from_string(source).render(values)
    assert Environment(autoescape=True).from_string(source).render(values) == expected
    strict = Environment(undefined=jinja2.StrictUndefined)
    with pytest.raises(jinja2.UndefinedError, match="has no attribute 'no'"):
        strict.from_string("{{ thing.no.name }}").render(values)


@pytest.mark.parametrize("value", ["<a>", Markup("<a>"), Foreign("<a>", "fr"), "", 1, None])
def test_a_value_is_printed_as_jinja_prints_it(value: object) -> None:
    plain = jinja2.Environment(autoescape=True).from_string("{{ value }}").render(value=value)
    assert Environment.printed(value) == plain


def test_functions_get_what_they_ask_for() -> None:
    @jinja2.pass_context
    def asks(context: jinja2.runtime.Context, more: str) -> str:
        return str(context["a"]) + more

    source = (
        "{% macro m(x) %}<{{ x }}>{{ caller() }}{% endmacro %}"
        "{% for n in [1, 2] %}{{ asks('b') }}{{ plain(n, k=n) }}{{ {'x': n}.get('x') }}"
        "{% call m(n) %}c{% endcall %}{% endfor %}{{ range(2)|list }}"
    )
    values = {"a": "a", "asks": asks, "plain": lambda n, k: n + k}
    expected = jinja2.Environment(autoescape=True).from_string(source).render(values)
    assert Environment(autoescape=True).from_string(source).render(values) == expected


def test_a_changed_template_is_compiled_anew(kept: Path) -> None:
    assert render() != render(row="other")
    assert len([path for path in kept.rglob("*") if path.is_file()]) == 4
    assert render(row="other") == "otherotherother"


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 500])
def test_a_damaged_file_is_never_run(kept: Path, damage: bytes) -> None:
    good = render()
    for file in filter(Path.is_file, kept.rglob("*")):
        file.write_bytes(file.read_bytes()[: len(damage)] + damage)
    assert render() == good


def test_a_fault_in_a_kept_template_is_told_at_its_line(publication: Publication) -> None:
    publication.write("templates/html/notes.html", "one\n{{ doc.title }}\n{{ doc.nothing }}\n")
    publication.article(
        "a",
        "title: A vs B\nsubjects: [{name: A}, {name: B}]\nintroduction: x\npublished: 2024-01-01\n",
    )
    for _ in range(2):
        templating._environment.cache_clear()
        result = publication.run("build", "-f", "html")
        assert result.code == 1
        assert "templates/html/notes.html:3:1: error: template: undefined" in result.stderr


TEXTS = st.one_of(
    st.text(max_size=20),
    st.text("ab1 :#-?'\"é—%@{},.yn", max_size=12),
    st.sampled_from(["yes", "No", "NULL", "~", "1.5", "2026-11-23", "a: b", "C# vs F#", "Is it: so?", "a #b", "y"]),
)  # fmt: skip


@given(TEXTS)
@example("What is the difference between MLOps vs mlops?")
@example("https://blog.example.com/a-vs-b/")
def test_an_easy_scalar_is_what_pyyaml_writes(text: str) -> None:
    found = yamltext.easy_scalar(text)
    if found is not None:
        assert yaml.safe_dump([text], allow_unicode=True, width=10_000) == f"- {found}\n"


@given(st.dictionaries(st.sampled_from(["title", "date", "tags", "no"]), st.one_of(
    TEXTS, st.lists(TEXTS, max_size=3), st.dates(), st.booleans(), st.none()
)))  # fmt: skip
def test_front_matter_says_what_it_was_given(data: dict[str, object]) -> None:
    head = templating.yaml_head(data)
    assert yaml.safe_load(head.removeprefix("---\n").removesuffix("---\n")) == (data or None)
    kept = templating.yaml_head({"date": date(2026, 11, 23), "tags": ["a", "b: c"]})
    assert kept == "---\ndate: 2026-11-23\ntags:\n  - a\n  - 'b: c'\n---\n"


def test_the_titles_of_most_articles_need_no_dumper() -> None:
    for text in ("Kafka vs Flink: which?", "C# vs F#", "A, B & C", "“Quoted” it is", "'q' first"):
        assert yamltext.easy_scalar(text) is not None
