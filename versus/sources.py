"""The one door for reading a publication: its files' texts, and which files there are.

In: a folder. Out: `Publication`, everything that validation needs, read once.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from versus.assets import Assets, found, leads_out, raise_hint
from versus.diagnostics import Diagnostic, Severity
from versus.model import Limits
from versus.yamltext import YamlError, decode, load

SITE = "content/site.yaml"
POSTS = "content/posts.yaml"
LEDGER = "content/ledger.json"
ARTICLES = "content/articles"
CATALOGUES = "templates/locale"


@dataclass(frozen=True, slots=True)
class Source:
    """A content file's text; `path` is relative to the publication, with forward slashes."""

    path: str
    text: str

    @property
    def stem(self) -> str:
        """The file's name without folder and `.yaml`."""
        return self.path.rpartition("/")[2].removesuffix(".yaml")

    @property
    def base(self) -> str:
        """Of an overlay, the path of the article that it translates."""
        return self.path.removesuffix(".yaml").rpartition(".")[0] + ".yaml"

    @property
    def language(self) -> str:
        """Of an overlay, the language tag in its name."""
        return self.stem.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication's folder holds, as far as it could be read."""

    root: Path
    site: Source | None
    articles: tuple[Source, ...]
    overlays: tuple[Source, ...]
    posts: Source | None
    assets: Assets
    catalogues: tuple[Source, ...] = ()
    """The publication's own translations of templates' words: `templates/locale/<language>.po`."""
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    ledger: Source | None = None
    """Where copies of articles are, as publishing wrote it down."""


def read(root: Path) -> Publication:
    """Read a publication's folder; what cannot be read becomes a diagnostic."""
    faults: list[Diagnostic] = []
    site = _read(root, SITE, faults, _Terms())
    terms = _terms(site)
    if site is None and not faults:
        hint = "a publication is a folder with content/site.yaml; -C names another folder"
        faults.append(_error(SITE, "there is no such file", hint))
    if not terms.trusted and leads_out(root / ARTICLES, root / "content"):
        message, hint = "a link that leads out of content/", "make it a folder"
        faults.append(_error(ARTICLES, message, hint))
        named = []
    else:
        entries = (root / ARTICLES).glob("*")
        named = sorted(p.name for p in entries if not p.name.startswith("."))
    message, hint = "not read: its name ends in .yml", "rename it to .yaml"
    faults += [
        _error(f"{ARTICLES}/{name}", message, hint, Severity.WARNING)
        for name in named
        if name.endswith(".yml")
    ]
    files = [name for name in named if name.endswith(".yaml")]
    stems = {name.removesuffix(".yaml") for name in files}
    assets, asset_faults = found(root, terms.limits, trusted=terms.trusted)
    faults += asset_faults
    read_files = [(name, _read(root, f"{ARTICLES}/{name}", faults, terms)) for name in files]
    return Publication(
        root=root,
        site=site,
        articles=tuple(s for name, s in read_files if s and not _is_overlay(name, stems)),
        overlays=tuple(s for name, s in read_files if s and _is_overlay(name, stems)),
        posts=_read(root, POSTS, faults, terms),
        assets=assets,
        catalogues=tuple(_catalogues(root, faults)),
        ledger=_read(root, LEDGER, faults, terms),
        diagnostics=tuple(faults),
    )


def _catalogues(root: Path, faults: list[Diagnostic]) -> Iterator[Source]:
    for path in sorted((root / CATALOGUES).glob("*.po")):
        source = _read(root, f"{CATALOGUES}/{path.name}", faults, _Terms(trusted=True))
        if source is not None:
            yield source


def _is_overlay(name: str, stems: Iterable[str]) -> bool:
    """Whether a file translates another one: `x.fr.yaml` beside `x.yaml`."""
    base, dot, _language = name.removesuffix(".yaml").rpartition(".")
    return bool(dot) and base in stems


@dataclass(frozen=True, slots=True)
class _Terms:
    """On which terms files are read: how much of one, and whether links may lead anywhere."""

    limits: Limits = field(default_factory=Limits)
    trusted: bool = False


def _terms(site: Source | None) -> _Terms:
    """The terms that the site's settings set; the default ones where they are wrong."""
    try:
        data = load(site.text) if site else None
        settings = data if isinstance(data, dict) else {}
        limits = Limits.model_validate(settings.get("limits") or {})
    except (YamlError, ValidationError):
        return _Terms()
    return _Terms(limits, str(settings.get("trust")).lower() == "true")


def _read(root: Path, path: str, faults: list[Diagnostic], terms: _Terms) -> Source | None:
    hint = "check the file and its permissions"
    try:
        file = root / path
        if file.is_symlink() and not terms.trusted and leads_out(file, root / "content"):
            faults.append(_error(path, "a link that leads out of content/", "make it a file"))
            return None
        # Without waiting, should it be a pipe that nobody writes to.
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                faults.append(_error(path, "cannot be read: it is no file", hint))
                return None
            data = opened.read(terms.limits.file + 1)
        if len(data) > terms.limits.file:
            size = max(status.st_size, len(data))
            message = f"a file of {size:,} bytes, more than {terms.limits.file:,}"
            faults.append(_error(path, message, raise_hint("file", size)))
            return None
        return Source(path, decode(data))
    except FileNotFoundError:
        return None
    except OSError as error:
        faults.append(_error(path, f"cannot be read: {error.strerror or error}", hint))
    except YamlError as error:
        faults += [
            Diagnostic(path, f.line, f.column, Severity.ERROR, f.message, f.hint)
            for f in error.faults
        ]
    return None


def _error(path: str, message: str, hint: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(path, 1, 1, severity, message, hint)
