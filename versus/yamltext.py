"""YAML text becomes plain data; only when something is wrong is it read again for places.

In: the text of one file. Out: dicts, lists, strings and None, or faults with line and column.

Scalars stay the text that the author wrote (`yes`, `3.10`, `2026-11-23`); the schema says which
of them are numbers or dates. So a cell may say `yes`, a tag may be `on` and a version `3.10`,
none of which YAML 1.1's types would keep. Only `null`, `~` and nothing at all mean "no value".
"""

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from versus.diagnostics import FieldPath, did_you_mean

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | None"

MAX_VALUES = 100_000
"""How many values one file may hold once its aliases are written out ("billion laughs")."""

MAX_CHARACTERS = 2_000_000
"""How many characters its texts may have then."""

UNBOUNDED = (10**9, 10**9)
"""Values and characters of a file that was checked before."""

MAX_DEPTH = 100
"""How deeply lists and mappings may nest: the contract's own fields need nine levels."""

_TAG = "tag:yaml.org,2002:"
_STR, _NULL, _MERGE, _MAP, _SEQ = (_TAG + n for n in ("str", "null", "merge", "map", "seq"))
_SCALARS = {_TAG + name for name in ("str", "int", "float", "bool", "timestamp", "null")}
_EASY_PLAIN = re.compile(
    r"(?:[^\W\d_]|[“‘«])(?:[\w .,;()/'\"?!%&$@+*<>=|–—’“”…-]++|:(?=[^\s:])|(?<=\S)#)*(?<![\s:])"
)
_EASY_QUOTED = re.compile(r"[^\s](?:[\x20-\x7e\w–—’“”…]*[^\s])?")
_NEEDS_QUOTES = re.compile(r"^[#,\[\]{}&*!|>'\"%@`]|: | #|:\Z")
_WORDS_OF_YAML = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


BREAK = re.compile("[\n\r\x85\u2028\u2029]")
"""What ends a line to readers of YAML 1.1 (section 5.4), libyaml among them."""

_ANCHOR = re.compile(r"&\S")
_NULLS = frozenset({"~", "null", "Null", "NULL", ""})


class _Loader(yaml.CSafeLoader):
    """libyaml's parser with the safe loader's limits and none of YAML 1.1's guesses at types."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """The tag of a node that has none: of plain scalars, null and merge keys differ."""
        if kind is not yaml.ScalarNode:
            return _MAP if kind is yaml.MappingNode else _SEQ
        if implicit[0] and value in _NULLS:
            return _NULL
        return _MERGE if implicit[0] and value == "<<" else _STR

    # Paths decide on no tag. Asked for each node: what is written in C answers sooner.
    descend_resolver = staticmethod(operator.is_)  # type: ignore[assignment]
    ascend_resolver = staticmethod(bool)  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class TextFault:
    """What is wrong with a file's text: line and column count from 1, in characters."""

    line: int
    column: int
    message: str
    hint: str = ""


class YamlError(Exception):
    """The text is not YAML that Versus takes; `faults` say where and why, all of them."""

    def __init__(self, faults: list[TextFault]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))


def decode(raw: bytes) -> str:
    """The text of a file's bytes: UTF-8, its byte order mark and CRs dropped.

    Raises YamlError at the first byte that is not UTF-8.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        line, column = line_column(before, len(before))
        utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
        message = f"not UTF-8: byte 0x{raw[error.start]:02x}" + (" (UTF-16)" if utf16 else "")
        hint = "save the file in UTF-8 encoding"
        raise YamlError([TextFault(line, column, message, hint)]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def load(text: str, values: int = MAX_VALUES, characters: int = MAX_CHARACTERS) -> Plain:
    """The plain data in a YAML text of one document, up to so many values and characters.

    Raises YamlError with every fault.
    """
    root = _compose(text)
    if len(text) < min(2 * values, characters) and not _ANCHOR.search(text):
        try:
            return _usual(root, 0, has_escapes="\\" in text)
        except _UnusualError:
            pass
    faults: list[TextFault] = []
    data = _Plainer(faults, values, characters).plain(root, 0)
    if faults:
        raise YamlError(sorted(set(faults), key=lambda f: (f.line, f.column, f.message)))
    return data


def forbidden(text: str) -> str | None:
    """The first character of a text that YAML does not allow in any form that we take."""
    found = _FORBIDDEN.search(text)
    return found.group() if found else None


def says_nothing(text: str) -> bool:
    """Whether a file holds comments at most."""
    return not re.search(r"^[ \t]*[^#\s]", text, re.MULTILINE)


class Dumper(yaml.SafeDumper):
    """Writes texts so that readers of YAML 1.2 find texts as well: PyYAML knows 1.1's numbers.

    Source: YAML 1.2.2, section 10.3.2 (the core schema); `y` and `n` are 1.1's own, and to Ruby's
    Psych `1,000` is a number.
    """


Dumper.add_implicit_resolver(
    _TAG + "float",
    re.compile(
        r"[-+]?(?:0o[0-7]+|0x[\da-fA-F]+|(?:\.\d[\d_]*|\d[\d_,]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?)\Z"
    ),
    list("-+.0123456789"),
)
Dumper.add_implicit_resolver(_TAG + "bool", re.compile(r"[yYnN]\Z"), list("yYnN"))


def quoted(text: str) -> str:
    """A text as a YAML scalar on one line, quoted only where it has to be."""
    style = '"' if BREAK.search(text) else None
    dumped = yaml.dump(
        text, Dumper=Dumper, allow_unicode=True, width=10_000_000, default_style=style
    )
    return str(dumped.removesuffix("\n").removesuffix("\n..."))


def easy_scalar(text: str) -> str | None:
    """A text as PyYAML writes it on one line of a block; None where that takes PyYAML to know.

    Source: YAML 1.1, sections 9.1.2 and 9.1.3, as far as `yaml.emitter.analyze_scalar` has them.
    """
    if not text or len(text) > 1_000:
        return None
    if _EASY_PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    if _NEEDS_QUOTES.search(text) and _EASY_QUOTED.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return None


def line_column(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1 and in characters, of an index into a text."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


class Positions:
    """Where the fields of one YAML text stand. Built only to tell a fault its place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = _compose(text)
        self._aligned: dict[int, list[int]] = {}

    def value(self, path: FieldPath) -> tuple[int, int]:
        """Line and column of a field's value, or of the nearest one above it that exists."""
        return _place(self._walk(path)[1])

    def key(self, path: FieldPath) -> tuple[int, int]:
        """Line and column of a field's key; of its value where it is an item of a list."""
        key, value = self._walk(path)
        return _place(key or value)

    def within(self, path: FieldPath, offset: int) -> tuple[int, int]:
        """Line and column of a character of a scalar, by its offset into the field's text."""
        node = self._walk(path)[1]
        if not isinstance(node, yaml.ScalarNode):
            return _place(node)
        if id(node) not in self._aligned:
            self._aligned[id(node)] = _aligned(node, self._text)
        indices = self._aligned[id(node)]
        return line_column(self._text, indices[min(offset, len(indices) - 1)])

    def _walk(self, path: FieldPath) -> tuple[yaml.Node | None, yaml.Node]:
        key: yaml.Node | None = None
        node = self._root
        for step in path:
            found: tuple[yaml.Node | None, yaml.Node] | None = None
            if isinstance(node, yaml.MappingNode):
                pairs = [*_own(node), *_merged(node)]
                found = next(((k, v) for k, v in pairs if k.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                found = (None, node.value[step]) if step < len(node.value) else None
            if found is None:
                break
            key, node = found
        return key, node


def _compose(text: str) -> yaml.Node:
    """The node tree of a text with exactly one document. Raises YamlError."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.reader.ReaderError:
        raise YamlError(list(_control_characters(text))) from None
    except yaml.MarkedYAMLError as error:
        raise YamlError([_syntax_fault(error, text)]) from None
    except RecursionError:
        raise YamlError([TextFault(1, 1, f"nested deeper than {MAX_DEPTH} levels")]) from None
    if root is None:
        hint = "write its fields, or remove it; `python build.py new TITLE` starts an article"
        raise YamlError([TextFault(1, 1, "the file is empty", hint)])
    return root


def _control_characters(text: str) -> Iterator[TextFault]:
    for match in re.finditer(
        "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text
    ):
        line, column = line_column(text, match.start())
        message = f"control character U+{ord(match.group()):04X} is not allowed"
        yield TextFault(line, column, message, "delete it")


def _syntax_fault(error: yaml.MarkedYAMLError, text: str) -> TextFault:
    """libyaml's message in words that say what to do."""
    problem = error.problem or "not YAML"
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    source = lines[line - 1] if line <= len(lines) else ""
    tab = source.find("\t")
    if tab >= 0 and not source[:tab].strip() and ("tab" in problem or "token" in problem):
        return TextFault(
            line,
            tab + 1,
            "a tab indents this line",
            "indent with spaces; YAML allows no tabs there",
        )
    if "maximum nesting depth" in problem:
        return TextFault(line, column, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
    if "mapping values are not allowed" in problem:
        hint = "quote a text that holds ': ', or write it below a `|`"
        return TextFault(line, column, "a second ': ' on this line", hint)
    if "cannot start any token" in problem:
        hint = "quote a text that starts with @, ` or %"
        return TextFault(line, column, problem, hint)
    if "another document" in problem:
        hint = "keep one document a file: remove this `---`"
        return TextFault(line, column, "a second document starts here", hint)
    if "undefined alias" in problem:
        hint = "quote a text that starts with `*`"
        return TextFault(line, column, problem, hint)
    if "unexpected end of stream" in problem and error.context_mark:
        start = error.context_mark
        hint = "close the quotation mark that opens here"
        return TextFault(start.line + 1, start.column + 1, "this quoted text never ends", hint)
    opened = error.context_mark
    if opened and "flow" in (error.context or "") and not "\n".join(lines[line - 1 :]).strip():
        message = "what opens here is never closed"
        return TextFault(opened.line + 1, opened.column + 1, message, "close the bracket or brace")
    context = (
        f" ({error.context}, line {error.context_mark.line + 1})"
        if error.context_mark and error.context
        else ""
    )
    hint = "check the indentation, brackets and quotes of this line and the one before"
    return TextFault(line, column, f"not valid YAML: {problem}{context}", hint)


class _UnusualError(Exception):
    """Something that takes a closer look, and may be wrong."""


def _usual(node: yaml.Node, depth: int, *, has_escapes: bool) -> Plain:
    """The plain data of a node, as `_Plainer` finds it, in a file without anchors.

    Without a backslash in the file no value holds a control character. Raises _UnusualError where
    there may be a fault.
    """
    kind = type(node)
    if kind is yaml.ScalarNode:
        value: str = node.value
        if node.tag is _STR and not (has_escapes and _FORBIDDEN.search(value)):
            return value
        if node.tag is _NULL:
            return None
        raise _UnusualError
    if depth >= MAX_DEPTH - 1:
        raise _UnusualError
    if kind is yaml.SequenceNode and node.tag is _SEQ:
        return [_usual(item, depth + 1, has_escapes=has_escapes) for item in node.value]
    data: dict[str, Plain] = {}
    for key, child in node.value if node.tag is _MAP else ():
        if type(key) is not yaml.ScalarNode or key.tag is _MERGE:
            raise _UnusualError
        data[key.value] = _usual(child, depth + 1, has_escapes=has_escapes)
    if node.tag is not _MAP or len(data) != len(node.value):
        raise _UnusualError
    return data


class _Plainer:
    """Turns nodes into plain data, and notes what plain data cannot say."""

    def __init__(self, faults: list[TextFault], values: int, characters: int) -> None:
        self._faults = faults
        self._open: set[int] = set()
        self._values, self._most_values = 0, values
        self._characters, self._most_characters = 0, characters

    def plain(self, node: yaml.Node, depth: int) -> Plain:
        self._values += 1
        if self._values > self._most_values or depth >= MAX_DEPTH or id(node) in self._open:
            self._refuse(node, depth)
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                if node.tag != _SEQ:
                    self._tag(node)
                return [self.plain(item, depth + 1) for item in node.value]
            if node.tag != _MAP:
                self._tag(node)
            return self._mapping(node, depth) if isinstance(node, yaml.MappingNode) else None
        finally:
            self._open.discard(id(node))

    def _refuse(self, node: yaml.Node, depth: int) -> None:
        if id(node) in self._open:
            self._fault(node, "this alias stands inside what it names", "write the text out")
        elif depth >= MAX_DEPTH:
            self._fault(node, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        else:
            self._tell_size(node)

    def _tell_size(self, node: yaml.Node) -> None:
        """Tell, once, that the file holds more than it may."""
        if self._values == self._most_values + 1:
            hint = "split it, or write more as `limits: {values: …}` into content/site.yaml"
            self._fault(node, f"more than {self._most_values:,} values in one file", hint)

    def _scalar(self, node: yaml.ScalarNode) -> str | None:
        if node.tag == _NULL:
            return None
        if node.tag not in _SCALARS:
            self._tag(node)
        value: str = node.value
        before, self._characters = self._characters, self._characters + len(value)
        if before <= self._most_characters < self._characters:
            message = f"more than {self._most_characters:,} characters, its aliases written out"
            hint = "write fewer aliases, or more as `limits: {file: …}` into content/site.yaml"
            self._fault(node, message, hint)
        if not value.isprintable() and (match := _FORBIDDEN.search(value)):
            self._fault(
                node, f"control character U+{ord(match.group()):04X} in a text", "delete it"
            )
        return value

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Plain]:
        data: dict[str, Plain] = {}
        seen: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.tag == _MERGE:
                continue
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, *_NO_KEY)
                continue
            if key.value in seen:
                first = seen[key.value].start_mark.line + 1
                self._fault(
                    key, f"duplicate key {key.value!r}", f"it stands on line {first} already"
                )
                continue
            seen[key.value] = key
            data[key.value] = self.plain(value, depth + 1)
        for source in _not_mergeable(node):
            self._fault(source, "`<<` takes over mappings only", "name one, as in `<<: *defaults`")
        for key, value in _merged(node):
            self._values += 1  # A chain of them is long to follow from each of its links.
            if self._values > self._most_values:
                self._tell_size(node)
                break
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, *_NO_KEY)
            elif key.value not in data:
                data[key.value] = self.plain(value, depth + 1)
        return data

    def _tag(self, node: yaml.Node) -> None:
        name = node.tag.removeprefix(_TAG)
        known = did_you_mean(name, ["str", "null"], else_list=False)
        self._fault(node, f"the YAML tag {name!r} is not supported", known or "remove it")

    def _fault(self, node: yaml.Node, message: str, hint: str) -> None:
        line, column = _place(node)
        self._faults.append(TextFault(line, column, message, hint))


_NO_KEY = ("a key must be a text", "quote a key that starts with [ or {")


def _own(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    return ((key, value) for key, value in node.value if key.tag != _MERGE)


def _merged(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """The pairs that a mapping takes over by `<<` (YAML 1.1 merge keys), the first one winning.

    What these take over themselves comes right behind their own.
    """
    seen, coming = {id(node)}, [*reversed(_sources(node))]
    while coming:
        source = coming.pop()
        if isinstance(source, yaml.MappingNode) and id(source) not in seen:
            seen.add(id(source))
            yield from _own(source)
            coming += reversed(_sources(source))


def _not_mergeable(node: yaml.MappingNode) -> Iterator[yaml.Node]:
    return (source for source in _sources(node) if not isinstance(source, yaml.MappingNode))


def _sources(node: yaml.MappingNode) -> list[yaml.Node]:
    """What a mapping names behind `<<`."""
    named = [value for key, value in node.value if key.tag == _MERGE]
    return [
        source
        for value in named
        for source in (value.value if isinstance(value, yaml.SequenceNode) else [value])
    ]


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


_ESCAPE_LENGTH = {"x": 4, "u": 6, "U": 10}


def _aligned(node: yaml.ScalarNode, source: str) -> list[int]:
    """The index in the source of each of a scalar's characters, and of its end.

    Quotes, escapes, folds and indents stand between them.
    """
    value: str = node.value
    at: int = node.start_mark.index
    style = node.style or ""
    if style in ("|", ">"):
        at = source.find("\n", at) + 1
    elif style in ("'", '"'):
        at += 1
    end: int = min(node.end_mark.index, len(source))
    found: list[int] = []
    for want in value:
        while at < end:
            here = source[at]
            if style == '"' and here == "\\":
                if source[at + 1] != "\n":
                    break
                at += 2 + len(source[at + 2 : end]) - len(source[at + 2 : end].lstrip(" \t"))
            elif here == want or (want == " " and here == "\n"):
                break
            elif here in " \t\n":
                at += 1
            else:
                break
        found.append(at)
        if style == '"' and source[at : at + 1] == "\\":
            at += _ESCAPE_LENGTH.get(source[at + 1], 2)
        else:
            at += 2 if style == "'" and source.startswith("''", at) else 1
    last = max(end - 1, 0)
    return [min(index, last) for index in (*found, found[-1] if found else at)]
