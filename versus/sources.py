"""The one door for reading a publication: its files' texts, and which files there are.

In: a folder. Out: `Publication`, everything that validation needs, read once.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from versus.diagnostics import Diagnostic, Severity
from versus.yamltext import YamlError, decode

SITE = "content/site.yaml"
POSTS = "content/posts.yaml"
LEDGER = "content/ledger.json"
ARTICLES = "content/articles"
ASSETS = "content/assets"
CATALOGUES = "templates/locale"

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

Assets: TypeAlias = Mapping[str, Size | None]
"""The files below `content/`, as articles name them (`assets/x.png`), and the size of pictures."""

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"})

_ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was held; browsers turn the picture by it."""


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
    site = _read(root, SITE, faults)
    if site is None and not faults:
        hint = "a publication is a folder with content/site.yaml; -C names another folder"
        faults.append(_error(SITE, "there is no such file", hint))
    named = sorted(p.name for p in (root / ARTICLES).glob("*") if not p.name.startswith("."))
    message, hint = "not read: its name ends in .yml", "rename it to .yaml"
    faults += [
        _error(f"{ARTICLES}/{name}", message, hint, Severity.WARNING)
        for name in named
        if name.endswith(".yml")
    ]
    files = [name for name in named if name.endswith(".yaml")]
    stems = {name.removesuffix(".yaml") for name in files}
    read_files = [(name, _read(root, f"{ARTICLES}/{name}", faults)) for name in files]
    return Publication(
        root=root,
        site=site,
        articles=tuple(s for name, s in read_files if s and not _is_overlay(name, stems)),
        overlays=tuple(s for name, s in read_files if s and _is_overlay(name, stems)),
        posts=_read(root, POSTS, faults),
        assets=dict(_assets(root)),
        catalogues=tuple(_catalogues(root, faults)),
        ledger=_read(root, LEDGER, faults),
        diagnostics=tuple(faults),
    )


def digests(root: Path) -> dict[str, str]:
    """The digest of each file that decides bytes without being read here: assets, templates."""
    files = (path for folder in (ASSETS, "templates") for path in (root / folder).rglob("*"))
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
        if path.is_file()
    }


def _catalogues(root: Path, faults: list[Diagnostic]) -> Iterator[Source]:
    for path in sorted((root / CATALOGUES).glob("*.po")):
        source = _read(root, f"{CATALOGUES}/{path.name}", faults)
        if source is not None:
            yield source


def _is_overlay(name: str, stems: Iterable[str]) -> bool:
    """Whether a file translates another one: `x.fr.yaml` beside `x.yaml`."""
    base, dot, _language = name.removesuffix(".yaml").rpartition(".")
    return bool(dot) and base in stems


def _assets(root: Path) -> Iterator[tuple[str, Size | None]]:
    base = root / ASSETS
    for path in sorted(base.rglob("*")):
        relative = path.relative_to(base)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            yield "assets/" + relative.as_posix(), _size(path)


def _size(path: Path) -> Size | None:
    """A picture's width and height as it is shown; None for what Pillow does not read."""
    if path.suffix.lower() not in _PICTURES:
        return None
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            width, height = picture.size
            # A PNG's would have to be looked for behind its pixels.
            exif = {} if picture.format == "PNG" else picture.getexif()
            is_turned = exif.get(_ORIENTATION) in (5, 6, 7, 8)
            return (height, width) if is_turned else (width, height)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None


def _read(root: Path, path: str, faults: list[Diagnostic]) -> Source | None:
    try:
        return Source(path, decode((root / path).read_bytes()))
    except FileNotFoundError:
        return None
    except OSError as error:
        faults.append(
            _error(
                path,
                f"cannot be read: {error.strerror or error}",
                "check the file and its permissions",
            )
        )
    except YamlError as error:
        faults += [
            Diagnostic(path, f.line, f.column, Severity.ERROR, f.message, f.hint)
            for f in error.faults
        ]
    return None


def _error(path: str, message: str, hint: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(path, 1, 1, severity, message, hint)
