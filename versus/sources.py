"""The one door for reading a publication: its files' texts, and which files there are.

In: a folder. Out: `Publication`: which files there are, and their texts. Articles are read when
their text is first asked for, so that a build reads only what it has to.
"""

import errno
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from versus import stamps
from versus.assets import Assets, KnownAsset, found, is_text, leads_out, raise_hint, unsafe
from versus.diagnostics import Diagnostic, Severity
from versus.fields import LANGUAGE
from versus.model import Limits
from versus.spool import Piece
from versus.stamps import Stamp, View, now, stamp_of
from versus.yamltext import Plain, TextFault, YamlError, decode, load

SITE = "content/site.yaml"
POSTS = "content/posts.yaml"
LEDGER = "content/ledger.json"
ARTICLES = "content/articles"
CATALOGUES = "templates/locale"


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
    most: int = Limits().file
    """How many bytes are read at most."""
    plain: Plain = field(default=None, repr=False)
    """What its YAML says, from when it was read until it is forgotten."""
    spooled: Piece | None = field(default=None, repr=False)
    """Where that lies afterwards."""
    spooled_words: Piece | None = field(default=None, repr=False)
    """Where lies what related posts see of it, if somebody has looked."""

    @property
    def text(self) -> str:
        """What the file says.

        Raises OSError and YamlError where it cannot be read, and ChangedWhileReadError where it
        was read before and said something else.
        """
        if self.given is None:
            if self.file is None:
                raise ValueError(f"{self.path} has neither text nor file")
            data = _bytes(self.file, self.most)
            digest = stamps.digest_of(data)
            if self.digest and digest != self.digest:
                raise ChangedWhileReadError(self.path)
            self.digest, self.given = digest, decode(data)
        return self.given

    def forget(self) -> None:
        """Let go of what can be read again."""
        self.plain = None
        if self.file is not None:
            self.given = None

    def __getstate__(self) -> dict[str, Any]:
        """What goes to other machines, which do not have what is spooled."""
        return self.__dict__ | {"spooled": None, "spooled_words": None}

    def portable(self) -> "Source":
        """The same with its text, for a machine that does not have the file."""
        carried = Source(self.path, self.text, digest=self.digest)
        self.forget()
        return carried

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


def no_publication() -> Diagnostic:
    """What is told of a folder that is none."""
    hint = "a publication is a folder with content/site.yaml; -C names another folder"
    return _error(SITE, "there is no such file", hint)


def read(
    root: Path, known: Mapping[str, KnownAsset] | None = None, view: View | None = None
) -> Publication:
    """Read a publication's folder; what cannot be read becomes a diagnostic.

    `known` is what was found out of assets before, which are read again where they changed.
    """
    moment, stamps = (view.moment, view.stamps) if view else (now(), {})
    faults: list[Diagnostic] = []
    site = _read(root, SITE, faults, _Terms())
    terms = _terms(site)
    assets, told = found(root, terms.limits, known or {}, trusted=terms.trusted)
    faults += told
    if site is None and not faults:
        faults.append(no_publication())
    named = dict(sorted(_listed(root, terms, stamps, faults)))
    for name in [name for name in named if not is_text(name)]:
        faults.append(unsafe(f"{ARTICLES}/{name}", name))
        del named[name]
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
            shelf = overlays if _is_overlay(root / ARTICLES, name, stems) else articles
            path = f"{ARTICLES}/{name}"
            most = terms.limits.file
            shelf.append(Source(path, file=f"{root}/{path}", stamp=stamp, most=most))
    return Publication(
        root=root,
        site=site,
        articles=tuple(articles),
        overlays=tuple(overlays),
        posts=_read(root, POSTS, faults, terms),
        assets={name: size for name, (_stamp, _digest, size) in assets.items()},
        known_assets=assets,
        moment=moment,
        catalogues=tuple(_catalogues(root, faults)),
        ledger=_read(root, LEDGER, faults, terms),
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


def _listed(
    root: Path, terms: _Terms, stamps: Mapping[str, Stamp], faults: list[Diagnostic]
) -> Iterator[tuple[str, Stamp | None]]:
    """The articles' files; one that vanishes meanwhile, or whose link is dead, has no stamp."""
    if _is_fenced(root, ARTICLES, terms):
        faults.append(_error(ARTICLES, _LEADS_OUT, "make it a folder"))
        return
    try:
        with os.scandir(root / ARTICLES) as items:
            for item in items:
                if item.name.startswith("."):
                    continue
                if item.is_symlink() and _is_fenced(root, f"{ARTICLES}/{item.name}", terms):
                    faults.append(_error(f"{ARTICLES}/{item.name}", _LEADS_OUT, "make it a file"))
                    continue
                try:
                    yield item.name, stamps.get(item.path) or stamp_of(item.stat())
                except OSError:
                    yield item.name, None
    except FileNotFoundError:
        return


_LEADS_OUT = "a link that leads out of content/"


def _is_fenced(root: Path, path: str, terms: _Terms) -> bool:
    return not terms.trusted and leads_out(root / path, root / "content")


def _bytes(file: str, most: int) -> bytes:
    """A file's bytes. Raises OSError where it is none, and YamlError where it is too large."""
    # Without waiting, should it be a pipe that nobody writes to.
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        data = opened.read(min(status.st_size, most) + 1)  # Room for more costs more than reading.
        if len(data) > status.st_size:  # It grows, or nobody knows its size.
            data += opened.read(most + 1 - len(data))
    if len(data) > most:
        size = max(status.st_size, len(data))
        message = f"a file of {size:,} bytes, more than {most:,}"
        raise YamlError([TextFault(1, 1, message, raise_hint("file", size))])
    return data


def _catalogues(root: Path, faults: list[Diagnostic]) -> Iterator[Source]:
    for path in sorted((root / CATALOGUES).glob("*.po")):
        if not is_text(path.name):
            faults.append(unsafe(f"{CATALOGUES}/{path.name}", path.name))
            continue
        source = _read(root, f"{CATALOGUES}/{path.name}", faults, _Terms(trusted=True))
        if source is not None:
            yield source


def _is_overlay(folder: Path, name: str, stems: Collection[str]) -> bool:
    """Whether a file translates another one: `x.fr.yaml` beside `x.yaml`.

    `node.js-vs-deno.yaml` beside `node.yaml` is an article of its own, as it has subjects.
    """
    base, dot, language = name.removesuffix(".yaml").rpartition(".")
    if not dot or base not in stems or _is_overlay(folder, base + ".yaml", stems):
        return False
    if LANGUAGE.fullmatch(language):
        return True
    with suppress(OSError):
        text = _bytes(f"{folder}/{name}", Limits().file)
        return not re.search(rb"^subjects:", text, re.MULTILINE)
    return True


def _read(root: Path, path: str, faults: list[Diagnostic], terms: _Terms) -> Source | None:
    if (root / path).is_symlink() and _is_fenced(root, path, terms):
        faults.append(_error(path, _LEADS_OUT, "make it a file"))
        return None
    source = Source(path, file=f"{root}/{path}", most=terms.limits.file)
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
