"""What one field of an article promises another: ids, sources, editions, files.

In: an article's plain data, which may be wrong in any way. Out: faults. The checks read plain
data instead of the model so that a wrong field never hides what is wrong with its neighbours.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from versus.assets import Assets, raise_hint
from versus.diagnostics import Fault, FieldPath, Severity, did_you_mean
from versus.fields import one_line
from versus.model import Site, value_shape
from versus.yamltext import Plain

_REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def article_faults(data: Plain, site: Site) -> Iterator[Fault]:
    """Every fault between the fields of an article."""
    if not isinstance(data, dict):
        return
    said = tuple(texts(data))
    if "limits" not in site.lost:
        yield from _sizes(data, said, site)
    yield from _has_a_body(data)
    ids = subject_ids(data)
    yield from _unique_subjects(data)
    yield from _values(data, ids)
    yield from _choices(data, ids)
    yield from _editions(data, said, site)
    yield from _image(data)
    yield from _dates(data)


def subject_ids(data: Mapping[str, Plain]) -> dict[str, int]:
    """The subjects' ids and which subject each one names first."""
    ids: dict[str, int] = {}
    for index, subject in enumerate(_items(data.get("subjects"))):
        key = subject_id(subject)
        if key is not None:
            ids.setdefault(key, index)
    return ids


def subject_id(subject: Plain) -> str | None:
    """The id by which values name a subject: its own, or its name; None where it has neither."""
    if not isinstance(subject, dict):
        return None
    name = subject.get("name")
    if isinstance(name, dict):
        name = name.get("default")
    if subject.get("id"):
        name = subject["id"]
    elif isinstance(name, str):
        name = one_line(name)  # As the model reads it.
    return name if isinstance(name, str) else None


Said: TypeAlias = Sequence[tuple[FieldPath, Plain]]
"""Every field of an article that holds text or Markdown, with its path."""


def _sizes(data: Mapping[str, Plain], said: Said, site: Site) -> Iterator[Fault]:
    """How much an article may hold, so that a single one cannot take the machine."""
    differences = data.get("differences")
    criteria = differences.get("criteria") if isinstance(differences, dict) else None
    lists: tuple[tuple[FieldPath, Plain, int], ...] = (
        (("subjects",), data.get("subjects"), site.limits.subjects),
        (("differences", "criteria"), criteria, site.limits.criteria),
    )
    for path, items, most in lists:
        count = len(_items(items))
        if count > most:
            name = str(path[-1])
            yield Fault(
                path, f"{count:,} {name}, more than {most:,}", raise_hint(name, count), "key"
            )
    for path, text in said:
        for key, part in _pairs(text) if isinstance(text, dict) else (("", text),):
            if isinstance(part, str) and len(part) > site.limits.text:
                message = f"a text of {len(part):,} characters, more than {site.limits.text:,}"
                where = (*path, key) if key else path
                yield Fault(where, message, raise_hint("text", len(part)))


def _has_a_body(data: Mapping[str, Plain]) -> Iterator[Fault]:
    if data.get("introduction") is None and data.get("differences") is None:
        hint = "write an `introduction:` or a `differences:` section"
        yield Fault((), "an article needs an `introduction` or `differences`", hint)


def _unique_subjects(data: Mapping[str, Plain]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, subject in enumerate(_items(data.get("subjects"))):
        key = subject_id(subject)
        if key is None or not isinstance(subject, dict):
            continue
        if key in seen:
            field = "id" if subject.get("id") else "name"
            hint = "give one of the two an `id:` of its own"
            yield Fault(("subjects", index, field), f"duplicate subject id {key!r}", hint)
        seen.add(key)


def _values(data: Mapping[str, Plain], ids: Mapping[str, int]) -> Iterator[Fault]:
    differences = data.get("differences")
    sources = _keys(data.get("sources"))
    if not isinstance(differences, dict):
        return
    for index, criterion in enumerate(_items(differences.get("criteria"))):
        if not isinstance(criterion, dict):
            continue
        path: FieldPath = ("differences", "criteria", index)
        values = criterion.get("values")
        if values is not None and not isinstance(values, dict):
            continue
        yield from _each_subject(path, values or {}, ids, has_key="values" in criterion)
        for key, value in (values or {}).items():
            if isinstance(value, dict):
                yield from _known_sources((*path, "values", key, "sources"), value, sources)


def _each_subject(
    path: FieldPath, values: Mapping[str, Plain], ids: Mapping[str, int], *, has_key: bool
) -> Iterator[Fault]:
    at = (*path, "values") if has_key else path
    unknown = [key for key in values if key not in ids]
    for key in unknown if ids else ():
        yield Fault((*at, key), f"unknown subject id {key!r}", did_you_mean(key, ids), "key")
    for subject in ids:
        if subject not in values:
            hint = f"add `{subject}:`, or `{subject}: null` where it does not apply"
            yield Fault(at, f"no value for subject {subject!r}", hint, "key")


def _known_sources(
    path: FieldPath, value: Mapping[str, Plain], known: Sequence[str]
) -> Iterator[Fault]:
    for index, key in enumerate(_items(value.get("sources"))):
        if isinstance(key, str) and key not in known:
            hint = did_you_mean(key, known) or "describe it under `sources:`"
            yield Fault((*path, index), f"unknown source {key!r}", hint)


def _choices(data: Mapping[str, Plain], ids: Mapping[str, int]) -> Iterator[Fault]:
    verdict = data.get("verdict")
    choose = verdict.get("choose") if isinstance(verdict, dict) else None
    for key in choose if isinstance(choose, dict) and ids else ():
        if key not in ids:
            hint = did_you_mean(key, ids)
            yield Fault(("verdict", "choose", key), f"unknown subject id {key!r}", hint, "key")


def _editions(data: Mapping[str, Plain], said: Said, site: Site) -> Iterator[Fault]:
    """`only` names editions, and a text for each edition has one for all others."""
    known, is_known = site.edition_names, "editions" not in site.lost
    for path, only in _only(data):
        for index, name in enumerate(_items(only)):
            if isinstance(name, str) and is_known and name not in known:
                hint = did_you_mean(name, known)
                yield Fault((*path, index), f"unknown edition {name!r}", hint)
    for path, texts in said:
        if not isinstance(texts, dict):
            continue
        for name in texts:
            if name != "default" and is_known and name not in known:
                hint = did_you_mean(name, ("default", *known))
                yield Fault((*path, name), f"unknown edition {name!r}", hint, "key")
        if "default" not in texts:
            hint = "add `default:`, the text for every edition without its own"
            yield Fault(path, "no `default` among the texts for editions", hint, "key")


def _only(data: Mapping[str, Plain]) -> Iterator[tuple[FieldPath, Plain]]:
    differences = data.get("differences")
    criteria = differences.get("criteria") if isinstance(differences, dict) else None
    groups: tuple[tuple[FieldPath, Plain], ...] = (
        (("differences", "criteria"), criteria),
        (("sections",), data.get("sections")),
        (("faq",), data.get("faq")),
    )
    for path, group in groups:
        for index, item in enumerate(_items(group)):
            if isinstance(item, dict):
                yield (*path, index, "only"), item.get("only")


_TEXTS: dict[str, tuple[str, ...]] = {
    "": ("title", "description", "introduction", "basics", "conclusion"),
    "image": ("alt",),
    "subjects": ("name", "definition"),
    "sections": ("title", "body"),
    "faq": ("question", "answer"),
    "verdict": ("summary",),
    "differences": ("lead",),
    "criteria": ("name", "lead"),
    "sources": ("title",),
    "value": ("text", "short"),
}
"""The fields that may map editions to texts, by the mapping that holds them."""


_PLAIN = frozenset({"title", "description", "alt", "name", "question", "short"})


def markdown_texts(data: Mapping[str, Plain]) -> Iterator[tuple[FieldPath, str]]:
    """Every Markdown text of an article, each edition's by its own path."""
    for path, value in texts(data):
        if path[-1] in _PLAIN:
            continue
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            for edition, text in value.items():
                if isinstance(text, str):
                    yield (*path, edition), text


def texts(data: Mapping[str, Plain]) -> Iterator[tuple[FieldPath, Plain]]:
    """Every field of an article that holds text or Markdown, with its path."""
    for path, holder, value in _holders(data):
        if holder == "choice":
            yield path, value
        elif isinstance(value, dict):
            for name in _TEXTS[holder]:
                if name in value:
                    yield (*path, name), value[name]


def _holders(data: Mapping[str, Plain]) -> Iterator[tuple[FieldPath, str, Plain]]:
    yield (), "", dict(data)
    for name in ("image", "verdict", "differences"):
        yield (name,), name, data.get(name)
    for name in ("subjects", "sections", "faq"):
        for index, item in enumerate(_items(data.get(name))):
            yield (name, index), name, item
    for key, item in _pairs(data.get("sources")):
        yield ("sources", key), "sources", item
    differences = data.get("differences")
    criteria = differences.get("criteria") if isinstance(differences, dict) else None
    for index, criterion in enumerate(_items(criteria)):
        path: FieldPath = ("differences", "criteria", index)
        yield path, "criteria", criterion
        for key, value in _pairs(criterion.get("values") if isinstance(criterion, dict) else None):
            holder = "value" if value_shape(value) == "value" else "choice"
            yield (*path, "values", key), holder, value
    verdict = data.get("verdict")
    for key, reasons in _pairs(verdict.get("choose") if isinstance(verdict, dict) else None):
        for index, reason in enumerate(_items(reasons)):
            yield ("verdict", "choose", key, index), "choice", reason


def _image(data: Mapping[str, Plain]) -> Iterator[Fault]:
    src = image_src(data)
    if src is not None and _REMOTE.match(src):
        hint = "put the file into content/assets/ and write assets/NAME"
        yield Fault(("image", "src"), "an article's image is a file of the publication", hint)


def image_src(data: object) -> str | None:
    """The file that an article's data names as its picture."""
    image = data.get("image") if isinstance(data, dict) else None
    src = image.get("src") if isinstance(image, dict) else None
    return one_line(src) if isinstance(src, str) else None


def image_faults(src: str | None, assets: Assets) -> Iterator[Fault]:
    """An article's picture that is not there."""
    if src is not None and src not in assets and not _REMOTE.match(src):
        hint = did_you_mean(src, assets) or "put the file into content/assets/"
        yield Fault(("image", "src"), f"there is no file content/{src}", hint)


def _dates(data: Mapping[str, Plain]) -> Iterator[Fault]:
    published, updated = data.get("published"), data.get("updated")
    if not isinstance(published, str) or not isinstance(updated, str):
        return
    # Days compare as texts; a date that is no date is told by the model.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", published[:10]) and updated[:10] < published[:10]:
        hint = "swap the two dates, or leave `updated` out"
        yield Fault(
            ("updated",), "updated before it was published", hint, severity=Severity.WARNING
        )


def _items(value: Plain) -> Sequence[Plain]:
    return value if isinstance(value, list) else ()


def _pairs(value: Plain) -> Sequence[tuple[str, Plain]]:
    return tuple(value.items()) if isinstance(value, dict) else ()


def _keys(value: Plain) -> Sequence[str]:
    return tuple(value) if isinstance(value, dict) else ()
