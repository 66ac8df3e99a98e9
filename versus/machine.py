"""What of this machine can change the bytes of a build: our code, libraries, templates, fonts.

In: nothing but the machine. Out: two digests. `stamp` is quick and tells changes on this machine
by what the file system says; `recipe` reads versions, and of our code and of settings the contents,
so that it holds on other machines.
"""

import hashlib
import os
import platform
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from versus import __version__
from versus.stamps import stamp_of

PACKAGE = Path(__file__).resolve().parent

_LIBRARIES = (
    "babel", "css-inline", "fonttools", "jinja2", "lxml", "markdown", "markdown-it-py",
    "markupsafe", "mdformat", "mdformat-footnote", "mdformat-gfm", "mdit-py-plugins", "nh3",
    "pillow", "pydantic", "pydyf", "pygments", "pypdfium2", "pyphen", "pyyaml", "tinycss2",
    "tinyhtml5", "weasyprint",
)  # fmt: skip

_DRAWING = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "HarfBuzz's subsetter": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    "FreeType": ("libfreetype.so.6", "libfreetype.6.dylib"),
}
"""The system's libraries that lay out text for WeasyPrint, on Linux and on macOS."""

_LIBRARY_FOLDERS = ("usr/lib/*", "usr/lib*", "usr/local/lib", "opt/*/lib")


def templates_folder() -> Path:
    """The folder of the templates that come with Versus: in the wheel, or in a checkout."""
    shipped = PACKAGE / "templates"
    return shipped if shipped.is_dir() else PACKAGE.parent / "templates"


def stamp(root: Path) -> str:
    """A digest that changes whenever anything but content might change what is built.

    It looks at the files of our code and of templates, at those that tell fontconfig what to do and
    at the libraries that draw, and of fonts and Python's packages at their folders, which change
    when one comes, goes or is replaced.
    """
    found = hashlib.blake2b(sys.version.encode(), digest_size=16)
    folders = (PACKAGE, templates_folder(), root / "templates")
    libraries = ((path, os.stat(path)) for name in _DRAWING for path in _libraries(name))
    for path, status in (*files(folders), *libraries, *_font_settings()):
        found.update(os.fsencode(path) + b"\n" + stamp_of(status))
    installed = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    for folder in (*installed, *_font_folders()):
        try:
            status = os.stat(folder)
        except OSError:
            continue
        found.update(os.fsencode(folder) + f" {status.st_mtime_ns} {status.st_ino}\n".encode())
    return found.hexdigest()


def recipe(fonts: str) -> str:
    """A digest of everything on a machine that decides the bytes of a file.

    `fonts` says which fonts there are.
    """
    found = hashlib.blake2b(digest_size=16)
    for name, version in tools(fonts).items():
        found.update(f"{name} {version}\n".encode())
    return found.hexdigest()


@lru_cache(maxsize=1)
def tools(fonts: str) -> Mapping[str, str]:
    """Everything on a machine that decides the bytes of a file, each with its version."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"Python": platform.python_version(), "Versus": f"{__version__} {_code()}"}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    for name in _DRAWING:
        versions = (os.path.basename(os.path.realpath(path)) for path in _libraries(name))
        found[name] = " ".join(dict.fromkeys(versions))
    found["fonts"] = hashlib.blake2b(fonts.encode(), digest_size=6).hexdigest()
    return found


def _code() -> str:
    """A short digest of our code and templates: releases in the making share a version."""
    data = contents(PACKAGE, ".py") + contents(templates_folder())
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def _libraries(name: str) -> Iterator[str]:
    """Where a library that draws is installed."""
    for folder in _library_folders():
        yield from (path for file in _DRAWING[name] if os.path.exists(path := f"{folder}/{file}"))


@lru_cache(maxsize=1)
def _library_folders() -> tuple[Path, ...]:
    found = (folder for pattern in _LIBRARY_FOLDERS for folder in sorted(Path("/").glob(pattern)))
    return tuple(dict.fromkeys(folder for folder in found if folder.is_dir()))


def contents(folder: Path, ending: str = "") -> bytes:
    """A digest of the files below a folder: their names and what they hold."""
    found = hashlib.blake2b(digest_size=16)
    for path, _status in files((folder,)):
        if path.endswith(ending):
            data = Path(path).read_bytes()
            name = os.fsencode(os.path.relpath(path, folder))
            found.update(name + f" {len(data)}\n".encode() + data)
    return found.digest()


def files(
    folders: Iterable[Path | str], *, follows: bool = True
) -> Iterator[tuple[str, os.stat_result]]:
    """The files below some folders, in a fixed order; compiled Python is not looked at.

    Links to folders lead on if it `follows` them, but never in a circle.
    """
    for folder in folders:
        with suppress(OSError):
            yield from _below(os.fspath(folder), os.stat(folder), (), follows=follows)


def _below(
    folder: str, status: os.stat_result, above: tuple[tuple[int, int], ...], *, follows: bool
) -> Iterator[tuple[str, os.stat_result]]:
    place = (status.st_dev, status.st_ino)
    if place in above:
        return
    try:
        with os.scandir(folder) as listed:
            found = sorted(listed, key=lambda item: item.name)
    except OSError:
        return
    for item in found:
        try:
            is_folder, status = item.is_dir(follow_symlinks=follows), item.stat()
        except OSError:
            continue
        if is_folder and item.name != "__pycache__":
            yield from _below(item.path, status, (*above, place), follows=follows)
        elif stat.S_ISREG(status.st_mode):  # To read a pipe would take until somebody writes to it.
            yield item.path, status


def _font_folders() -> Iterator[str]:
    """Where fontconfig looks by default, with all folders below: a font's coming changes one."""
    home = os.path.expanduser("~")
    data = os.environ.get("XDG_DATA_HOME") or f"{home}/.local/share"
    for base in ("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", f"{data}/fonts",
                 f"{home}/.fonts"):  # fmt: skip
        for folder, _folders, _files in os.walk(base):
            yield folder


def font_settings() -> bytes:
    """A digest of what fontconfig is told: which fonts stand for which, where they lie."""
    found = hashlib.blake2b(digest_size=16)
    for path, _status in _font_settings():
        with suppress(OSError):
            data = Path(path).read_bytes()
            found.update(f"{len(data)}\n".encode() + data)
    return found.digest()


def _font_settings() -> Iterator[tuple[str, os.stat_result]]:
    """The files that fontconfig reads (its user's manual, "Files" and "Environment variables")."""
    home = os.path.expanduser("~")
    own = os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    folder = os.environ.get("FONTCONFIG_PATH") or "/etc/fonts"
    yield from files(("/usr/local/etc/fonts", "/opt/homebrew/etc/fonts", *folder.split(":")))
    yield from files((f"{own}/fontconfig", f"{home}/.fonts.conf.d"))
    named = os.environ.get("FONTCONFIG_FILE") or "fonts.conf"
    for path in (os.path.join(folder.split(":")[0], named), f"{home}/.fonts.conf"):
        if os.path.isfile(path):
            yield path, os.stat(path)
