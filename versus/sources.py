"""The one door for reading a publication: its files' texts, and which files there are.

In: a folder. Out: `Publication`: which files there are, and their texts. Articles are read when
their text is first asked for, so that a build reads only what it has to.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from versus.diagnostics import Diagnostic, Severity
from versus.stamps import Stamp, now, stamp_of
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

KnownAsset: TypeAlias = tuple[Stamp, str, Size | None]
"""An asset's stamp, the digest of its bytes, and its size where it is a picture."""

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"})

_ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was held; browsers turn the picture by it."""


class ChangedWhileReadError(Exception):
    """A file is not what it was when the build began to read it."""


@dataclass(eq=False)
class Source:
    """A content file; `path` is relative to the publication, with forward slashes.

    Its text is given, or else read when it is first asked for.
    """

    path: str
    given: str | None = None
    file: str | None = None
    stamp: Stamp | None = None
    digest: str = ""
    """That of its bytes, once they were read."""

    @property
    def text(self) -> str:
        """What the file says.

        Raises OSError and YamlError where it cannot be read, and ChangedWhileReadError where it
        was read before and said something else.
        """
        if self.given is None:
            if self.file is None:
                raise ValueError(f"{self.path} has neither text nor file")
            data = Path(self.file).read_bytes()
            digest = digest_of(data)
            if self.digest and digest != self.digest:
                raise ChangedWhileReadError(self.path)
            self.digest, self.given = digest, decode(data)
        return self.given

    def forget(self) -> None:
        """Let go of a text that can be read again."""
        if self.file is not None:
            self.given = None

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
    """Not read yet, and so perhaps not readable: `unreadable` tells."""
    overlays: tuple[Source, ...]
    posts: Source | None
    assets: Assets
    catalogues: tuple[Source, ...] = ()
    """The publication's own translations of templates' words: `templates/locale/<language>.po`."""
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    ledger: Source | None = None
    """Where copies of articles are, as publishing wrote it down."""
    known_assets: Mapping[str, KnownAsset] = field(default_factory=dict)
    """What was found out of each asset; of one in memory, nothing."""

    moment: int = 0
    """When reading began (ns since 1970): files that were just changed may change unseen."""

    @property
    def digests(self) -> Mapping[str, str]:
        """The digests of the assets' bytes, by their names."""
        return {name: known[1] for name, known in self.known_assets.items()}


def read(root: Path, known: Mapping[str, KnownAsset] | None = None) -> Publication:
    """Read a publication's folder; what cannot be read becomes a diagnostic.

    `known` is what was found out of assets before, which are read again where they changed.
    """
    moment = now()
    assets = dict(_assets(root, known or {}))
    faults: list[Diagnostic] = []
    site = _read(root, SITE, faults)
    if site is None and not faults:
        hint = "a publication is a folder with content/site.yaml; -C names another folder"
        faults.append(_error(SITE, "there is no such file", hint))
    named = dict(sorted(_listed(root / ARTICLES)))
    message, hint = "not read: its name ends in .yml", "rename it to .yaml"
    faults += [
        _error(f"{ARTICLES}/{name}", message, hint, Severity.WARNING)
        for name in named
        if name.endswith(".yml")
    ]
    stems = {name.removesuffix(".yaml") for name in named if name.endswith(".yaml")}
    articles: list[Source] = []
    overlays: list[Source] = []
    for name, stamp in named.items():
        if name.endswith(".yaml"):
            shelf = overlays if _is_overlay(name, stems) else articles
            path = f"{ARTICLES}/{name}"
            shelf.append(Source(path, file=f"{root}/{path}", stamp=stamp))
    return Publication(
        root=root,
        site=site,
        articles=tuple(articles),
        overlays=tuple(overlays),
        posts=_read(root, POSTS, faults),
        assets={name: size for name, (_stamp, _digest, size) in assets.items()},
        known_assets=assets,
        moment=moment,
        catalogues=tuple(_catalogues(root, faults)),
        ledger=_read(root, LEDGER, faults),
        diagnostics=tuple(faults),
    )


def unreadable(source: Source) -> list[Diagnostic]:
    """Why a content file cannot be read; nothing where it can."""
    faults: list[Diagnostic] = []
    _try(source, faults)
    return faults


def vanished(source: Source) -> Diagnostic:
    """A file that was listed and is not there."""
    hint = "if it is a link, what it leads to is missing; else run the command again"
    return _error(source.path, "cannot be read: no such file", hint)


def digest_of(data: bytes) -> str:
    """The digest by which content is known, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _listed(folder: Path) -> Iterator[tuple[str, Stamp | None]]:
    """The files of a folder; one that vanishes meanwhile, or whose link is dead, has no stamp."""
    try:
        with os.scandir(folder) as found:
            for item in found:
                if not item.name.startswith("."):
                    try:
                        yield item.name, stamp_of(item.stat())
                    except OSError:
                        yield item.name, None
    except FileNotFoundError:
        return


def _catalogues(root: Path, faults: list[Diagnostic]) -> Iterator[Source]:
    for path in sorted((root / CATALOGUES).glob("*.po")):
        source = _read(root, f"{CATALOGUES}/{path.name}", faults)
        if source is not None:
            yield source


def _is_overlay(name: str, stems: Iterable[str]) -> bool:
    """Whether a file translates another one: `x.fr.yaml` beside `x.yaml`."""
    base, dot, _language = name.removesuffix(".yaml").rpartition(".")
    return bool(dot) and base in stems


def _assets(root: Path, known: Mapping[str, KnownAsset]) -> Iterator[tuple[str, KnownAsset]]:
    base = root / ASSETS
    for path in sorted(base.rglob("*")):
        relative = path.relative_to(base)
        if not path.is_file() or any(part.startswith(".") for part in relative.parts):
            continue
        name, stamp = "assets/" + relative.as_posix(), stamp_of(path.stat())
        before = known.get(name)
        if before is not None and before[0] == stamp:
            yield name, before
            continue
        try:
            digest = digest_of(path.read_bytes())
        except OSError:
            digest = ""
        yield name, (stamp, digest, _size(path))


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
    source = Source(path, file=f"{root}/{path}")
    try:
        return source if _try(source, faults) else None
    except FileNotFoundError:
        return None


def _try(source: Source, faults: list[Diagnostic]) -> bool:
    """Read a file's text; what is in the way becomes a fault."""
    try:
        return source.text is not None
    except FileNotFoundError:
        raise
    except OSError as error:
        faults.append(
            _error(
                source.path,
                f"cannot be read: {error.strerror or error}",
                "check the file and its permissions",
            )
        )
    except YamlError as error:
        faults += [
            Diagnostic(source.path, f.line, f.column, Severity.ERROR, f.message, f.hint)
            for f in error.faults
        ]
    return False


def _error(path: str, message: str, hint: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(path, 1, 1, severity, message, hint)
