"""YAML becomes plain text values; places are found again only when something is wrong."""

from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from versus import yamltext
from versus.templating import yaml_head
from versus.yamltext import MAX_DEPTH, Positions, YamlError, decode, load


def test_scalars_stay_what_the_author_wrote() -> None:
    source = "a: yes\nb: 3.10\nc: 2026-11-23\nd: 1e3\ne: 0x1F\nf: 12:30:45\ng: on\n"
    assert load(source) == {
        "a": "yes", "b": "3.10", "c": "2026-11-23", "d": "1e3", "e": "0x1F", "f": "12:30:45", "g": "on",
    }  # fmt: skip


@pytest.mark.parametrize("written", ["", "~", "null", "Null", "NULL"])
def test_null_is_no_value(written: str) -> None:
    assert load(f"a: {written}") == {"a": None}


def test_a_quoted_null_is_a_text() -> None:
    assert load("a: 'null'") == {"a": "null"}


@given(st.text(st.sampled_from("a \t\n\r\x85\u2028\u2029\x80\ufeff#:-'\"\\"), max_size=8))
def test_a_text_is_written_so_that_it_is_read_again(words: str) -> None:
    assert load(f"a: {yamltext.quoted(words)}") == {"a": words}


def test_a_byte_order_mark_and_windows_line_ends_are_dropped() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r") == "a: 1\nb: 2\n"


def test_anchors_and_merge_keys_work() -> None:
    source = "base: &b {x: 1, y: 2}\nother:\n  <<: *b\n  y: 3\n"
    assert load(source) == {"base": {"x": "1", "y": "2"}, "other": {"y": "3", "x": "1"}}


def test_a_merge_takes_over_what_its_source_took_over() -> None:
    source = "a: &a {x: 1, y: 2}\nb: &b {<<: *a, y: 3, z: 4}\nc: {<<: [*b, *a], z: 5}\n"
    assert load(source) == {
        "a": {"x": "1", "y": "2"},
        "b": {"y": "3", "z": "4", "x": "1"},
        "c": {"z": "5", "y": "3", "x": "1"},
    }


def test_a_merge_of_what_is_no_mapping_is_told() -> None:
    with pytest.raises(YamlError, match="`<<` takes over mappings only") as caught:
        load("a: {<<: text, x: 1}")
    assert [(f.line, f.column) for f in caught.value.faults] == [(1, 9)]


def test_a_long_chain_of_merges_is_followed_only_so_far() -> None:
    links = [f"a{n}: &a{n} {{<<: *a{n - 1}, x: {n}}}" for n in range(1, 20_000)]
    with pytest.raises(YamlError, match="more than 100,000 values"):
        load("\n".join(["a0: &a0 {x: 0}", *links]))


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "08",
        "0o7",
        "0x1F",
        "+1",
        ".5",
        "1.",
        "-1.5E-3",
        "1,000",
        "-.5",
        "y",
        "N",
        "null",
        "2026-11-23",
    ],
)
def test_what_a_reader_of_yaml_may_take_for_no_text_is_quoted(text: str) -> None:
    """YAML 1.2's numbers are not those of 1.1, which PyYAML knows."""
    assert yamltext.quoted(text) == f"'{text}'"
    assert yaml_head({"a": text, "b": [text]}) == f"---\na: '{text}'\nb:\n  - '{text}'\n---\n"


@pytest.mark.parametrize("text", ["", "# x\n", "  # x\n\n \t\n"])
def test_comments_say_nothing(text: str) -> None:
    assert yamltext.says_nothing(text)


@pytest.mark.parametrize("text", ["a: 1", "  - a: 1\n    b: 2\n", "# x\n  a: 1"])
def test_an_indented_text_says_something(text: str) -> None:
    assert not yamltext.says_nothing(text)


def test_every_duplicate_key_is_told() -> None:
    with pytest.raises(YamlError) as caught:
        load("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert [(f.line, f.column) for f in caught.value.faults] == [(2, 1), (3, 11)]


def test_an_alias_inside_what_it_names_is_refused() -> None:
    with pytest.raises(YamlError, match="inside what it names"):
        load("a: &a [*a]")


def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ['a0: &a0 ["lol"]']
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(YamlError, match="more than"):
        load("\n".join(lines))


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(YamlError, match="nested deeper"):
        load("[" * depth + "]" * depth)


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [ls]", "!env HOME", "!!binary aGk="]
)
def test_tags_never_construct_anything(tag: str) -> None:
    with pytest.raises(YamlError, match="not supported"):
        load(f"a: {tag}")


STYLES = [
    ("a: plain X text\n", (1, 10)),
    ("a: 'it''s X'\n", (1, 11)),
    ('a: "q \\u00e9 \\"X\\""\n', (1, 16)),
    ("a: |\n  one\n    two X\n", (3, 9)),
    ("a: >-\n  folded\n  words X\n", (3, 9)),
    ("a: >\n  one\n\n  two\n  X\n", (5, 3)),
    ("a: plain\n  over X\n", (2, 8)),
    ("é:\n  - ü: 'X'\n", (2, 9)),
    ('a: "long \\\n    X"\n', (2, 5)),
]


@pytest.mark.parametrize(("source", "place"), STYLES)
def test_a_character_is_found_in_every_style_of_scalar(source: str, place: tuple[int, int]) -> None:
    data = load(source)
    path: list[str | int] = []
    node = data
    while not isinstance(node, str):
        step: str | int = next(iter(node)) if isinstance(node, dict) else 0
        path.append(step)
        node = node[step]  # type: ignore[index]
    assert Positions(source).within(tuple(path), node.index("X")) == place


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=40))
def test_a_marker_is_found_wherever_pyyaml_writes_it(text: str) -> None:
    import yaml

    for style in ("'", '"', "|", ">", None):
        source = yaml.safe_dump(
            {"k": text + "@X@"}, default_style=style, allow_unicode=True, width=20
        )
        value = load(source)
        if not isinstance(value, dict) or not isinstance(value["k"], str):
            continue
        key = next(iter(value))
        line, column = Positions(source).within((key,), value["k"].index("@X@") + 1)
        assert source.split("\n")[line - 1][column - 1] == "X"


@given(st.text(max_size=60))
def test_no_text_crashes_the_reader(text: str) -> None:
    try:
        load(text)
    except YamlError as error:
        assert all(fault.line >= 1 and fault.column >= 1 for fault in error.faults)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    try:
        load(decode(raw))
    except YamlError as error:
        assert error.faults


def outcome(text: str) -> object:
    """The data in a text, or its faults."""
    try:
        return load(text)
    except YamlError as error:
        return error.faults


SCALAR = st.sampled_from(
    ["a", "null", "~", "<<", "'null'", '"\\x07"', '"\\n"', "!!str a", "!x b", "&a b", "*a", "|\n  x", "1", "C & D"]
)  # fmt: skip
FLOW = st.recursive(
    SCALAR,
    lambda inside: st.one_of(
        st.lists(inside, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(SCALAR, inside), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        ),
    ),
    max_leaves=8,
)


@given(
    st.one_of(FLOW, st.lists(st.tuples(SCALAR, FLOW)).map(lambda p: "\n".join(map(": ".join, p))))
)
@example("[" * 98 + "]" * 98)
@example("[" * 99 + "]" * 99)
@example("[" * 100 + "]" * 100)
def test_usual_files_take_a_shorter_way_to_the_same_data_and_faults(text: str) -> None:
    with patch.object(yamltext, "_usual", side_effect=yamltext._UnusualError):
        careful = outcome(text)
    assert outcome(text) == careful
