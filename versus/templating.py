"""The Jinja environments: which templates there are, and how plain values are escaped in them.

In: a publication's folder. Out: environments. A publication's `templates/` is looked up before
the built-in ones, so one partial can be replaced alone. Escaping is by construction: HTML and XML
environments autoescape, the Markdown environment escapes every printed value that is not
`MarkdownText`, and plain text is printed as it is; no template has to remember it.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import jinja2
import yaml
from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    UndefinedError,
    pass_context,
)
from jinja2.runtime import Context
from markupsafe import Markup

from versus.catalogues import SOURCE_LANGUAGE, Words
from versus.compiling import Environment
from versus.deadline import TooLongError
from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.languages import Foreign, long_date
from versus.machine import templates_folder
from versus.markup.escape import MarkdownText, escape
from versus.markup.html import in_language
from versus.model import Moment, utc
from versus.structured_data import structured_data
from versus.views import Document
from versus.yamltext import Dumper, easy_scalar

Kind: TypeAlias = Literal["html", "markdown", "text"]

_KINDS: dict[str, Kind] = {"md": "markdown", "txt": "text"}
"""What templates write, by the ends of their names; all others write HTML or XML."""


@dataclass(frozen=True, slots=True)
class Templates:
    """A publication's templates: its own before the built-in ones."""

    root: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where templates are looked up, in order."""
        return (self.root / "templates", templates_folder())

    def render(self, name: str, **values: Any) -> str:
        """A template's text.

        Raises VersusError, at the template's line, for faults in it, and TooLongError.
        """
        kind = _KINDS.get(name.rpartition(".")[2], "html")
        words = getattr(values.get("doc"), "words", None)
        phrases = {} if words is None else _phrases(words, Markup if kind == "html" else str)
        try:
            return _environment(self.root, kind).rendered(name, phrases | values)
        except TooLongError:
            raise
        except TemplateSyntaxError as error:
            message = f"template: {error.message}"
            raise VersusError(
                [self._fault(error.filename or name, error.lineno, message)]
            ) from None
        except Exception as error:
            # A template may raise anything; what did not come through one is a fault of ours.
            fault = self._at_line(name, error)
            if fault is None:
                raise
            raise VersusError([fault]) from error

    def asset(self, name: str) -> bytes | None:
        """A file of `templates/assets/`, the publication's own first."""
        for folder in self.folders:
            path = folder / "assets" / name
            if path.is_file():
                return path.read_bytes()
        return None

    def stylesheet(self, name: str) -> str:
        """The text of a stylesheet there. Raises VersusError where it is not UTF-8."""
        data = self.asset(name) or b""
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            folder = next(f for f in self.folders if (f / "assets" / name).is_file())
            path = str(folder / "assets" / name)
            raise VersusError([self._fault(path, *_not_text(error))]) from None

    def _at_line(self, name: str, error: Exception) -> Diagnostic | None:
        """The innermost template line that the error came through, as Jinja's traceback tells."""
        filename, line = (name, 1) if isinstance(error, TemplateError) else ("", 0)
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code.co_filename
            if any(code.startswith(str(folder)) for folder in self.folders):
                filename, line = code, trace.tb_lineno
            trace = trace.tb_next
        if not filename:
            return None
        kind = "undefined" if isinstance(error, UndefinedError) else type(error).__name__
        return self._fault(filename, line, f"template: {kind}: {error}")

    def _fault(self, filename: str, line: int, message: str) -> Diagnostic:
        path = Path(filename)
        shown = filename
        for base in (self.root, templates_folder().parent):
            if path.is_absolute() and path.is_relative_to(base):
                shown = path.relative_to(base).as_posix()
                break
        hint = "ARCHITECTURE.md lists what a template may use"
        return Diagnostic(shown, line, 1, Severity.ERROR, message, hint)


def forget() -> None:
    """Read templates anew from now on."""
    _environment.cache_clear()


class _Loader(FileSystemLoader):
    """Reads templates from a folder."""

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        """A template's text. Raises TemplateSyntaxError at the line where it is none."""
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            line, message = _not_text(error)
            path = str(Path(self.searchpath[0], template))
            raise TemplateSyntaxError(message, line, template, path) from None


def _not_text(error: UnicodeDecodeError) -> tuple[int, str]:
    """The line of the first byte that is not UTF-8, and what is to be told of it."""
    message = f"not UTF-8: byte 0x{error.object[error.start]:02x}"
    return error.object.count(b"\n", 0, error.start) + 1, message


@lru_cache(maxsize=16)
def _environment(root: Path, kind: Kind) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([_Loader(folder) for folder in Templates(root).folders]),
        autoescape=kind == "html",
        finalize=_markdown_value if kind == "markdown" else None,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.do", "jinja2.ext.i18n"],
    )
    environment.extend(newstyle_gettext=True)
    filters: dict[str, Callable[..., Any]] = {
        "date": long_date,
        "iso": iso,
        "rfc3339": rfc3339,
        "rfc822": rfc822,
        "destination": destination,
        "indent_item": indent_item,
        "lang": lang,
        "digest": digest,
    }
    environment.filters.update(filters)
    environment.globals.update(front_matter=front_matter, structured_data=structured_data)
    return environment


class English(Foreign, Markup):
    """Words of a template, as they are in it: the document's language has no catalogue."""

    __slots__ = ()

    def __new__(cls, text: str) -> "English":
        """The words, which say their language where they are printed by `lang`."""
        return super().__new__(cls, text, SOURCE_LANGUAGE)


@lru_cache(maxsize=64)
def _phrases(words: Words, kind: type[str]) -> dict[str, Callable[..., str]]:
    """The functions by which templates say words in the language of the document they print.

    As Jinja's new style has it: the words are of the `kind` that the environment does not escape,
    and a format, which values with names fill. Without a catalogue they say that they are English.
    """
    if kind is Markup and not words.is_known:
        kind = English

    @lru_cache(maxsize=4096)
    def translated(message: str) -> str:
        return kind(words.gettext(message))

    def said(message: str, **values: Any) -> str:
        text = translated(message)
        return text % values if "%" in text else text

    def counted(one: str, many: str, number: int, **values: Any) -> str:
        text = kind(words.ngettext(one, many, number))
        return text % {"num": number, **values} if "%" in text else text

    def meant(meaning: str, message: str, **values: Any) -> str:
        return kind(words.pgettext(meaning, message)) % {"context": meaning, **values}

    return {"_": said, "gettext": said, "ngettext": counted, "pgettext": meant}


def _markdown_value(value: Any) -> Any:
    """What the Markdown environment prints for a value: Markdown as it is, all else escaped."""
    kind = type(value)
    if kind is MarkdownText:
        return value
    if kind is str:
        return _escaped(value)
    return "" if value is None else escape(str(value))


@lru_cache(maxsize=4096)
def _escaped(text: str) -> MarkdownText:
    """A text as Markdown: names and titles are printed many times."""
    return escape(text)


@pass_context
def lang(context: Context, text: str) -> Markup:
    """A text as HTML, with its language or direction where they are not the document's."""
    return in_language(text, context["doc"].direction)


def iso(moment: Moment) -> str:
    """A date or a moment as machines read it (RFC 3339)."""
    if isinstance(moment, datetime):
        return moment.isoformat().replace("+00:00", "Z")
    return moment.isoformat()


def rfc3339(moment: Moment) -> str:
    """A moment as Atom wants it; a date is its midnight in UTC (RFC 4287, section 3.3)."""
    return utc(moment).isoformat().replace("+00:00", "Z")


def rfc822(moment: Moment) -> str:
    """A moment as RSS 2.0 wants it: RFC 822 with a year of four digits, in any locale."""
    from email.utils import format_datetime

    return format_datetime(utc(moment))


def digest(text: str) -> str:
    """A text's SHA-256 as a policy names it (Content Security Policy 3, section 2.3.1)."""
    return b64encode(sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=4096)
def destination(url: str) -> MarkdownText:
    """A URL as the destination of a Markdown link (CommonMark 0.31, section 6.3)."""
    return MarkdownText(
        quote(url, safe="/:?#[]@!$&'*+,;=%~-._").replace("[", "%5B").replace("]", "%5D")
    )


def indent_item(text: str, width: int) -> MarkdownText:
    """Markdown as the content of a list item: every line but the first is indented."""
    value = text if isinstance(text, MarkdownText) else escape(str(text))
    lines = value.split("\n")
    return MarkdownText("\n".join([lines[0], *(" " * width + x if x else x for x in lines[1:])]))


def front_matter(document: Document) -> MarkdownText:
    """A document's YAML front matter, serialised, between its `---` lines."""
    data: dict[str, Any] = {"title": document.title, "description": document.description}
    if document.published is not None:
        data["date"] = document.published
    if document.updated is not None:
        data["updated"] = document.updated
    if document.author:
        data["author"] = document.author.name
    if document.tags:
        data["tags"] = list(document.tags)
    data["canonical_url"] = document.canonical
    if document.image:
        data["image"] = document.image.url
    return yaml_head(data)


def yaml_head(data: dict[str, Any]) -> MarkdownText:
    """Data as the front matter of a Markdown file, between its `---` lines."""
    text = "".join([_yaml_field(key, value) for key, value in data.items()])
    return MarkdownText(f"---\n{text}---\n")


def _yaml_field(key: str, value: Any) -> str:
    """A field of front matter; PyYAML writes what is not plain to write."""
    if isinstance(value, datetime):
        value = iso(value)
    if easy_scalar(key) is None:
        pass
    elif isinstance(value, str):
        scalar = easy_scalar(value)
        if scalar is not None:
            return f"{key}: {scalar}\n"
    elif isinstance(value, date):
        return f"{key}: {value.isoformat()}\n"
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        scalars = [easy_scalar(item) for item in value]
        if None not in scalars:
            return "\n  - ".join([f"{key}:", *map(str, scalars)]) + "\n"
    dumped: str = yaml.dump(
        {key: value}, Dumper=_FrontMatter, sort_keys=False, allow_unicode=True, width=10_000
    )
    return dumped


class _FrontMatter(Dumper):
    """Plain YAML: dates as dates, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every value out where it stands."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key."""
        super().increase_indent(flow, False)


_FrontMatter.add_multi_representer(str, lambda d, value: d.represent_str(str(value)))
_FrontMatter.add_representer(date, lambda d, value: d.represent_date(value))
