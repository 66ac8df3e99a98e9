"""Fonts for the page: the same faces as the PDF's, cut to common scripts, served by the site.

In: font files of the system's packages. Out: woff2 files, the same bytes on every run. Cutting
takes seconds, so the results are kept in the user's cache, by the digest of what they are cut from.
"""

import io
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from versus import machine
from versus.cache import cached, key_of
from versus.diagnostics import Diagnostic, Severity, VersusError

SUBSETS: Mapping[str, tuple[int, ...]] = {
    "": (
        *range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x2C6, 0x2DA, 0x2DC,
        *range(0x2010, 0x2028), *range(0x2030, 0x205F), *range(0x20A0, 0x20C0), 0x2116, 0x2122,
        0x212E, *range(0x2190, 0x2195), 0x21A9, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x2713,
        0x2717,
    ),
    "-more": (
        *range(0x100, 0x131), *range(0x132, 0x152), *range(0x154, 0x180), *range(0x218, 0x21C),
        *range(0x370, 0x460), 0x1E9E,
    ),
}  # fmt: skip
"""The characters of each file of a face, by what is added to the file's name.

The first is all that most pages in Western languages need, so that they load half as much; Latin
of the rest of Europe, Greek and Cyrillic are in the second, which browsers ask for when they need
it (CSS Fonts 4, section 4.5, `unicode-range`).
"""

FEATURES = ("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case", "zero")


@dataclass(frozen=True, slots=True)
class Face:
    """A face to look for: what CSS calls it, how heavy fontconfig does, and its file's name."""

    family: str
    weight: int
    style: str
    heaviness: int
    file: str


@dataclass(frozen=True, slots=True)
class WebFont:
    """A face cut for the web, to the characters of one of `SUBSETS`."""

    face: Face
    subset: str
    data: bytes

    @property
    def file(self) -> str:
        """The file's name below the site's assets."""
        return f"{self.face.file}{self.subset}.woff2"


FACES = (
    Face("Inter", 400, "normal", 80, "inter-400"),
    Face("Inter", 400, "italic", 80, "inter-400-italic"),
    Face("Inter", 600, "normal", 180, "inter-600"),
    Face("Inter", 700, "normal", 200, "inter-700"),
    Face("JetBrains Mono", 400, "normal", 80, "jetbrains-mono-400"),
)

_SLANTS = {"normal": 0, "italic": 100}
"""How fontconfig says by how much a face leans."""


_SECONDS = 120
"""So long may fontconfig look through fonts that it has not seen before."""


class _Font(NamedTuple):
    """A font of this machine, in fontconfig's words."""

    families: str
    weight: str
    slant: str
    file: str
    version: str


def font_faces(found: tuple[WebFont, ...]) -> str:
    """The CSS that declares the site's own fonts."""
    return "".join(
        f'@font-face{{font-family:"{font.face.family}";font-weight:{font.face.weight};'
        f'font-style:{font.face.style};font-display:swap;src:url("{font.file}") format("woff2");'
        f"unicode-range:{unicode_range(SUBSETS[font.subset])}}}\n"
        for font in found
    )


def unicode_range(characters: Iterable[int]) -> str:
    """Characters as CSS names them: `U+20-7E,U+2116`."""
    runs: list[list[int]] = []
    for character in sorted(characters):
        if runs and character == runs[-1][1] + 1:
            runs[-1][1] = character
        else:
            runs.append([character, character])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)


@lru_cache(maxsize=1)
def web_fonts() -> tuple[WebFont, ...]:
    """The faces that this machine has, cut; none where fontconfig or the fonts are missing."""
    found = []
    for face in FACES:
        path = _installed(face)
        if path is not None:
            source = path.read_bytes()
            digest = key_of(source)
            found += [WebFont(face, name, _cut(source, digest, SUBSETS[name])) for name in SUBSETS]
    return tuple(found)


def missing() -> tuple[str, ...]:
    """The faces that this machine lacks."""
    return tuple(
        f"{face.family} {face.weight} {face.style}" for face in FACES if _installed(face) is None
    )


def _installed(face: Face) -> Path | None:
    files = sorted(
        font.file
        for font in _fonts()
        if face.family in font.families.split(",")
        and _says(font.weight, face.heaviness)
        and _says(font.slant, _SLANTS[face.style])
        and font.file.endswith((".otf", ".ttf"))
    )
    static = [f for f in files if ".var." not in f and "Variable" not in f]
    return Path((static or files)[0]) if files else None


def _says(said: str, wanted: int) -> bool:
    """Whether a number, or a range as in `[100 900]`, is or has the one that is wanted."""
    numbers = [float(number) for number in said.strip("[]").split()]
    return bool(numbers) and numbers[0] <= wanted <= numbers[-1]


@lru_cache(maxsize=1)
def _fonts() -> tuple[_Font, ...]:
    """All fonts that fontconfig knows, asked once; none without it.

    Raises VersusError where it does not answer: nobody can say then what is drawn.
    """
    if shutil.which("fc-list") is None:
        return ()
    import subprocess

    row = "\t".join(("%{family}", "%{weight}", "%{slant}", "%{file}", "%{fontversion}")) + "\n"
    command = ["fc-list", "--format", row]
    try:
        listed = subprocess.run(  # noqa: S603 - a fixed command
            command, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        message = f"fontconfig takes more than {_SECONDS} seconds to list the fonts"
        hint = "run `fc-cache` once, which looks through all fonts for it"
        raise VersusError([Diagnostic("Makefile", 1, 1, Severity.ERROR, message, hint)]) from None
    rows = (line.split("\t") for line in os.fsdecode(listed.stdout).split("\n"))
    return tuple(_Font(*row) for row in rows if len(row) == len(_Font._fields))


def _cut(source: bytes, digest: str, characters: tuple[int, ...]) -> bytes:
    """A font cut to some characters as woff2, from the cache where it is there."""
    import fontTools

    recipe = (digest, fontTools.version, str(characters), str(FEATURES))
    return cached("fonts", recipe, lambda: _subset(source, characters))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """What decides how this machine draws text: its fonts with their versions, its settings."""
    known = "\n".join(sorted(f"{font.file} {font.version}" for font in _fonts()))
    known += f"\n{machine.font_settings().hex()}"
    return known.encode(errors="backslashreplace").decode()  # A file may have any bytes for a name.


def _subset(source: bytes, characters: tuple[int, ...]) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(flavor="woff2", layout_features=list(FEATURES), notdef_outline=True)
    font = TTFont(io.BytesIO(source), recalcTimestamp=False, lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
