"""Fonts for the page: the same faces as the PDF's, cut to common scripts, served by the site.

In: font files of the system's packages. Out: woff2 files, the same bytes on every run. Cutting
takes seconds, so the results are kept in the user's cache, by the digest of what they are cut from.
"""

import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from versus.cache import cached

UNICODES = (
    *range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x370, 0x400), *range(0x400, 0x460),
    *range(0x2010, 0x2028), *range(0x2030, 0x205F), *range(0x20A0, 0x20C0),
    0x2116, 0x2122, 0x212E, 0x2190, 0x2191, 0x2192, 0x2193, 0x2194, 0x21A9, 0x2212, 0x2248,
    0x2260, 0x2264, 0x2265, 0x2713, 0x2717, 0x02C6, 0x02DA, 0x02DC, 0x1E9E, *range(0x218, 0x21C),
)  # fmt: skip
"""Latin with its European extensions, Greek, Cyrillic, punctuation and signs."""

UNICODE_RANGE = (
    "U+20-7E,U+A0-17F,U+218-21B,U+2C6,U+2DA,U+2DC,U+370-45F,U+1E9E,U+2010-2027,U+2030-205E,"
    "U+20A0-20BF,U+2116,U+2122,U+212E,U+2190-2194,U+21A9,U+2212,U+2248,U+2260,U+2264-2265,"
    "U+2713,U+2717"
)

FEATURES = ("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case", "zero")


@dataclass(frozen=True, slots=True)
class Face:
    """A face to look for: what CSS calls it, and how fontconfig finds it."""

    family: str
    weight: int
    style: str
    pattern: str
    file: str


@dataclass(frozen=True, slots=True)
class WebFont:
    """A face cut for the web."""

    face: Face
    data: bytes

    @property
    def file(self) -> str:
        """The file's name below the site's assets."""
        return self.face.file


FACES = (
    Face("Inter", 400, "normal", "Inter:weight=80:slant=0", "inter-400.woff2"),
    Face("Inter", 400, "italic", "Inter:weight=80:slant=100", "inter-400-italic.woff2"),
    Face("Inter", 600, "normal", "Inter:weight=180:slant=0", "inter-600.woff2"),
    Face("Inter", 700, "normal", "Inter:weight=200:slant=0", "inter-700.woff2"),
    Face(
        "JetBrains Mono",
        400,
        "normal",
        "JetBrains Mono:weight=80:slant=0",
        "jetbrains-mono-400.woff2",
    ),
)


def font_faces(found: tuple[WebFont, ...]) -> str:
    """The CSS that declares the site's own fonts."""
    return "".join(
        f'@font-face{{font-family:"{font.face.family}";font-weight:{font.face.weight};'
        f'font-style:{font.face.style};font-display:swap;src:url("{font.file}") format("woff2");'
        f"unicode-range:{UNICODE_RANGE}}}\n"
        for font in found
    )


@lru_cache(maxsize=1)
def web_fonts() -> tuple[WebFont, ...]:
    """The faces that this machine has, cut; none where fontconfig or the fonts are missing."""
    found = []
    for face in FACES:
        path = _installed(face)
        if path is not None:
            found.append(WebFont(face, _cut(path)))
    return tuple(found)


def missing() -> tuple[str, ...]:
    """The faces that this machine lacks."""
    return tuple(
        f"{face.family} {face.weight} {face.style}" for face in FACES if _installed(face) is None
    )


@lru_cache(maxsize=32)
def _installed(face: Face) -> Path | None:
    if shutil.which("fc-list") is None:
        return None
    command = ["fc-list", "--format", "%{file}\n", face.pattern]
    listed = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, timeout=30
    )
    files = sorted(f for f in listed.stdout.splitlines() if f.endswith((".otf", ".ttf")))
    static = [f for f in files if ".var." not in f and "Variable" not in f]
    return Path((static or files)[0]) if files else None


def _cut(path: Path) -> bytes:
    """A font cut to `UNICODES` as woff2, from the cache where it is there."""
    source = path.read_bytes()
    import fontTools

    recipe = (source, fontTools.version, str(UNICODES), str(FEATURES))
    return cached("fonts/.woff2", recipe, lambda: _subset(source))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """What decides how this machine draws text: its fonts, each with its version."""
    if shutil.which("fc-list") is None:
        return ""
    command = ["fc-list", "--format", "%{file} %{fontversion}\n"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    return "\n".join(sorted(listed.stdout.splitlines()))


def _subset(source: bytes) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(flavor="woff2", layout_features=list(FEATURES), notdef_outline=True)
    font = TTFont(io.BytesIO(source), recalcTimestamp=False, lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=UNICODES)
    cutter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
