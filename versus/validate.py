"""Sources become models: every fault of a file is found at once and told at its place.

In: the text of a content file. Out: the model, or diagnostics. Pydantic checks each field, and
`checks` what fields promise each other; both speak of paths, and this module finds their places.
"""

import typing
from collections.abc import Callable, Iterable, Iterator
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from versus import overlays
from versus.checks import article_faults
from versus.deadline import TooLongError, deadline
from versus.diagnostics import (
    Diagnostic,
    Fault,
    FieldPath,
    Severity,
    did_you_mean,
    dotted,
    has_errors,
)
from versus.fields import LANGUAGE, check_slug
from versus.languages import is_known
from versus.model import Article, Image, Limits, Post, Site
from versus.overlays import Translation
from versus.sources import Source
from versus.yamltext import UNBOUNDED, Plain, Positions, YamlError, load, says_nothing

if TYPE_CHECKING:
    from versus.translating import Draft

T = TypeVar("T")

NO_MORE = Limits()
"""The bounds where the site sets none."""


def site(source: Source) -> tuple[Site | None, list[Diagnostic]]:
    """The publication's settings, or what is wrong with them."""
    return _model(source, Site.model_validate, Site)


def stand_in(source: Source) -> Site:
    """A site in place of one that is wrong, so that its articles are checked all the same."""
    try:
        data = load(source.text)
    except YamlError:
        data = None
    known: dict[str, Plain] = {"title": "-", "base_url": "https://example.com/"}
    if not isinstance(data, dict):
        return Site.model_validate(known).without(Site.model_fields)
    try:
        return Site.model_validate(known | data)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors(include_url=False)}
    right = {name: value for name, value in data.items() if name not in wrong}
    return Site.model_validate(known | right).without(wrong)


def posts(source: Source, limits: Limits = NO_MORE) -> tuple[tuple[Post, ...], list[Diagnostic]]:
    """The other posts that related blocks may show, or what is wrong with them."""
    if says_nothing(source.text):
        return (), []
    from pydantic import TypeAdapter

    shape = TypeAdapter(tuple[Post, ...])
    found, diagnostics = _model(source, shape.validate_python, tuple[Post, ...], limits=limits)
    return found or (), diagnostics


def article(source: Source, settings: Site) -> tuple[Article | None, list[Diagnostic]]:
    """An article, or what is wrong with it; warnings may come beside an article."""

    def faults(data: Plain) -> Iterator[Fault]:
        yield from article_faults(data, settings)
        yield from _stem(data, source)

    try:
        with deadline(settings.limits.reading):
            found, diagnostics = _model(
                source, Article.model_validate, Article, faults, limits=settings.limits
            )
    except TooLongError:
        return None, placed(source, [too_long((), settings.limits)])
    if found is not None and isinstance(found.image, Image) and found.image.alt is None:
        hint = "add `alt:`, what the picture shows, for readers who cannot see it"
        fault = Fault(
            ("image",), "the image has no alternative text", hint, "key", Severity.WARNING
        )
        diagnostics += placed(source, [fault])
    return found, diagnostics


def translation(
    source: Source, base: Source, settings: Site
) -> tuple[Translation | None, list[Diagnostic]]:
    """An article in the language of its overlay, or what is wrong with the overlay.

    What is wrong with the article itself is told by `article`, and not again here.
    """
    faults = [] if "language" in settings.lost else [*language_faults(source, settings.language)]
    try:
        data = source.plain = _loaded(source, settings.limits.yaml, may_be_empty=True)
    except YamlError as error:
        return None, [*placed(source, faults), *_unreadable(source, error)]
    try:
        original = _loaded(base, settings.limits.yaml)
    except YamlError:
        return None, placed(source, faults)
    merged = overlays.merge(original, data)
    inside = list(article_faults(merged.data, settings))
    found: Article | None = None
    try:
        found = Article.model_validate(merged.data)
    except ValidationError as error:
        inside += _schema_faults(error.errors(include_url=False), merged.data, Article)
    diagnostics = placed(source, [*faults, *merged.faults, *overlays.own(merged.origins, inside)])
    if found is None or has_errors(diagnostics):
        return None, diagnostics
    return _translation(source, found, original, data, merged), diagnostics


def read_article(source: Source) -> Article:
    """An article in which validation found nothing wrong."""
    return Article.model_validate(_loaded(source))


def read_translation(source: Source, base: Source) -> Translation:
    """A translation in which validation found nothing wrong."""
    data, original = _loaded(source, may_be_empty=True), _loaded(base)
    merged = overlays.merge(original, data)
    return _translation(source, Article.model_validate(merged.data), original, data, merged)


def _loaded(
    source: Source, most: tuple[int, int] = UNBOUNDED, *, may_be_empty: bool = False
) -> Plain:
    """What a file's YAML says, of at most so many values and characters."""
    if source.plain is not None:
        return source.plain
    if source.spooled is not None:
        found: Plain = source.spooled.data()
        return found
    return {} if may_be_empty and says_nothing(source.text) else load(source.text, *most)


def _translation(
    source: Source, found: Article, original: Plain, data: Plain, merged: overlays.Merged
) -> Translation:
    now, then = dict(overlays.leaves(original)), overlays.recorded(data)
    changed = (
        merged.origins[path]
        for path, value in now.items()
        if path in merged.origins and then.get(dotted(path)) not in (None, overlays.digest(value))
    )
    missing = {path: dotted(path) for path in now if path not in merged.origins}
    return Translation(source, found, merged.origins, missing, len(now), tuple(changed))


def draft(source: Source, base: Source, *, accept: bool) -> tuple["Draft | None", list[Diagnostic]]:
    """An overlay brought up to its article, or what is wrong with either."""
    from versus import translating

    loaded: list[Plain] = []
    for file in (base, source):
        try:
            loaded.append({} if says_nothing(file.text) else load(file.text))
        except YamlError as error:
            return None, _unreadable(file, error)
    name = base.stem + ".yaml"
    found = translating.draft(loaded[0], loaded[1], name, source.language, accept=accept)
    diagnostics = placed(source, found.faults)
    return (None if diagnostics else found), diagnostics


def language_faults(source: Source, own: str) -> Iterator[Fault]:
    """What is wrong with the language in an overlay's name; `own` is the publication's."""
    tag = source.language
    hint = "name the file as in 'kafka-vs-flink.fr.yaml'"
    if not LANGUAGE.fullmatch(tag):
        yield Fault((), f"the file's name holds no language tag (BCP 47): {tag!r}", hint)
    elif tag.casefold() == own.casefold():
        yield Fault((), f"{tag!r} is the publication's own language", hint)


def too_long(path: FieldPath, limits: Limits) -> Fault:
    """That a file, or a field of it, took too long to check."""
    message = f"checking this takes more than {limits.reading} seconds of computing"
    hint = "take out what nests or repeats without end, or write more as `limits: {reading: …}`"
    return Fault(path, message, f"{hint} into content/site.yaml")


def placed(source: Source, faults: Iterable[Fault]) -> list[Diagnostic]:
    """Faults as diagnostics: the file is read again, now with places."""
    faults = list(faults)
    if not faults:
        return []
    try:
        positions = Positions(source.text)
    except YamlError:  # The ledger is JSON, not all of which is YAML.
        positions = Positions("{}")
    return [_diagnostic(source, positions, fault) for fault in faults]


def _diagnostic(source: Source, positions: Positions, fault: Fault) -> Diagnostic:
    if fault.offset is not None:
        line, column = positions.within(fault.path, fault.offset)
    elif fault.about == "key":
        line, column = positions.key(fault.path)
    else:
        line, column = positions.value(fault.path)
    where = dotted(fault.path[:-1] if fault.message.startswith("unknown key") else fault.path)
    message = f"{where}: {fault.message}" if where else fault.message
    return Diagnostic(source.path, line, column, fault.severity, message, fault.hint)


def _model(
    source: Source,
    validate: Callable[[Plain], T],
    shape: object,
    check: Callable[[Plain], Iterable[Fault]] = lambda data: (),
    *,
    limits: Limits = NO_MORE,
) -> tuple[T | None, list[Diagnostic]]:
    try:
        data = source.plain = load(source.text, *limits.yaml)
    except YamlError as error:
        return None, _unreadable(source, error)
    faults = list(check(data))
    model: T | None = None
    try:
        model = validate(data)
    except ValidationError as error:
        faults += _schema_faults(error.errors(include_url=False), data, shape)
    diagnostics = placed(source, faults)
    return (None if has_errors(diagnostics) else model), diagnostics


def _unreadable(source: Source, error: YamlError) -> list[Diagnostic]:
    return [
        Diagnostic(source.path, f.line, f.column, Severity.ERROR, f.message, f.hint)
        for f in error.faults
    ]


def _stem(data: Plain, source: Source) -> Iterator[Fault]:
    """A file's name is its slug where the article does not say one, so it must be able to be."""
    if not isinstance(data, dict):
        return
    if "subjects" not in data and is_known(source.language) and source.language != source.stem:
        hint = f"an article needs `subjects`; a translation needs {source.base} beside it"
        yield Fault((), "the article that this would translate is not there", hint)
    if data.get("slug") is None:
        try:
            check_slug(source.stem)
        except ValueError as error:
            hint = "rename the file, or give the article a `slug:`"
            yield Fault((), f"the file's name cannot be a slug: {error}", hint)


def _schema_faults(errors: list[ErrorDetails], data: Plain, shape: object) -> Iterator[Fault]:
    """Pydantic's errors in our words, one for each wrong field.

    A field that takes one of several shapes has an error for each; the one kept is for the
    shape that the author wrote.
    """
    told: set[tuple[FieldPath, str]] = set()
    for error in errors:
        enough = error["type"] == "too_short" and isinstance(error["input"], list)
        if enough and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # There are enough; some are wrong, and told for themselves.
        path, branch, found = _locate(error, data)
        if branch is not None and isinstance(found, dict) != branch.startswith(
            ("dict[", "value", "editions")
        ):
            continue
        fault = _fault(error, path, shape)
        if (path, fault.message) not in told:
            told.add((path, fault.message))
            yield fault


def _locate(error: ErrorDetails, data: Plain) -> tuple[FieldPath, str | None, Plain]:
    """An error's path without the names that Pydantic puts in for the branches of a union."""
    path: list[str | int] = []
    branch: str | None = None
    at_branch: Plain = None
    node: Plain = data
    steps = error["loc"]
    for position, step in enumerate(steps):
        inside = _inside(node, step)
        if inside is not None:
            node = inside[0]
        elif step == "[key]" or (error["type"] != "missing" or position < len(steps) - 1):
            # Pydantic's own name for a key, or for one shape of a union.
            if step != "[key]":
                branch, at_branch = str(step), node
            continue
        path.append(step)
    return tuple(path), branch, at_branch


def _inside(node: Plain, step: str | int) -> tuple[Plain] | None:
    """What a step of a path leads to, if it leads anywhere."""
    if isinstance(node, dict) and isinstance(step, str) and step in node:
        return (node[step],)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return (node[step],)
    return None


_KINDS = {
    "string_type": "text is needed",
    "model_type": "a mapping is needed (`key: value` lines)",
    "model_attributes_type": "a mapping is needed (`key: value` lines)",
    "dict_type": "a mapping is needed (`key: value` lines)",
    "tuple_type": "a list is needed (`- item` lines)",
    "list_type": "a list is needed (`- item` lines)",
}


def _fault(error: ErrorDetails, path: FieldPath, shape: object) -> Fault:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return Fault(path[:-1], f"`{path[-1]}` is missing", f"add `{path[-1]}:`", "key")
    if kind == "extra_forbidden":
        hint = did_you_mean(str(path[-1]), _known_keys(shape, path[:-1]))
        return Fault(path, f"unknown key {str(path[-1])!r}", hint, "key")
    if kind in _KINDS:
        found = _described(error["input"])
        hint = (
            "quote it if `null` is the text"
            if error["input"] is None
            else _shape_hint(kind, error["input"])
        )
        return Fault(path, f"{_KINDS[kind]}, not {found}", hint)
    if kind == "too_short" and isinstance(error["input"], list):
        least, have = context["min_length"], context["actual_length"]
        return Fault(
            path,
            f"at least {least} are needed, not {have}",
            "a comparison has two subjects or more",
            "key",
        )
    if kind in ("string_pattern_mismatch", "string_too_short", "too_short"):
        return Fault(path, "the text is empty", "write a text, or leave the key out")
    if kind == "literal_error":
        options = str(context["expected"])
        hint = did_you_mean(str(error["input"]), _options(options), else_list=False)
        return Fault(
            path, f"{error['input']!r} is not one of {options}", hint or "choose one of them"
        )
    if kind == "greater_than_equal" and context["ge"]:
        return Fault(path, f"a number of at least {context['ge']} is needed", "for example 100")
    if kind in ("greater_than_equal", "less_than_equal"):
        return Fault(path, "a number from 0 to 100 is needed", "for example 6")
    return Fault(
        path,
        error["msg"],
        str(context.get("hint", "")),
        "key" if "[key]" in error["loc"] else "value",
    )


def _options(expected: str) -> list[str]:
    return [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]


def _described(value: object) -> str:
    if value is None:
        return "nothing"
    names: dict[type, str] = {dict: "a mapping", list: "a list", str: "a text"}
    return names.get(type(value), type(value).__name__)


def _shape_hint(kind: str, found: object) -> str:
    if kind == "string_type" and isinstance(found, dict):
        return "quote a text that holds ': '"
    if kind == "string_type":
        return "quote a text that starts with '[' or '- '"
    if kind in ("tuple_type", "list_type"):
        return "put '- ' before it, or brackets around it"
    return "indent its keys below it"


def _known_keys(shape: object, path: FieldPath) -> list[str]:
    """The keys that the mapping at a path may have, read off the model's annotations."""
    shapes = [shape]
    for step in path:
        shapes = [inner for outer in shapes for inner in _step(outer, step)]
    return [name for s in shapes for name in _fields(s)]


def _step(shape: Any, step: str | int) -> Iterator[Any]:
    arguments = typing.get_args(shape)
    origin = typing.get_origin(shape)
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        if step in shape.model_fields:
            yield shape.model_fields[str(step)].annotation
    elif origin is tuple:
        yield arguments[0]
    elif origin is dict:
        yield arguments[1]
    elif origin in (typing.Union, UnionType, typing.Annotated):
        for argument in arguments[:1] if origin is typing.Annotated else arguments:
            yield from _step(argument, step)


def _fields(shape: Any) -> Iterator[str]:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        yield from shape.model_fields
    elif typing.get_origin(shape) in (typing.Union, UnionType, typing.Annotated):
        for argument in typing.get_args(shape):
            yield from _fields(argument)
