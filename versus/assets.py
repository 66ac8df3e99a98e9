"""The files that a publication shows: which there are, and which may not be shown.

In: a publication's folder, its limits, whether its content is trusted. Out: the files by the
names that articles use, the sizes of pictures, and what is wrong with a file. A site serves them
from its own origin, so a file that a browser or a server would run is code of whoever wrote it.
"""

import os
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from versus.diagnostics import Diagnostic, Severity
from versus.fields import is_device
from versus.model import Limits
from versus.stamps import Stamp, digest_of, look

ASSETS = "content/assets"

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

Assets: TypeAlias = Mapping[str, Size | None]
"""The files below `content/`, as articles name them (`assets/x.png`), and the size of pictures."""

KnownAsset: TypeAlias = tuple[Stamp, str, Size | None]
"""An asset's stamp, the digest of its bytes, and its size where it is a picture."""

_NOTHING: KnownAsset = (bytes(32), "", None)
"""What is known of a file that is wrong: no stamp is ever this one."""

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".tif", ".tiff"})
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")

DAMAGES = (
    OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, EOFError,
    struct.error,
)  # fmt: skip
"""What Pillow raises for pictures that are damaged: it looks at some fields before others."""

_ACTIVE = frozenset(
    """
    .asp .aspx .atom .cgi .css .htaccess .htc .htm .html .jar .js .jsp .jspx .mathml .mht .mhtml
    .mjs .mml .phar .php .php3 .php4 .php5 .php7 .phtml .pl .rdf .rss .shtml .svgz .swf .wasm
    .webmanifest .xbl .xht .xhtml .xml .xsl .xslt .xul
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a column
)
"""What browsers run, style or render as a page of the site, and what servers run."""

_ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was held; browsers turn the picture by it."""

_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f\\:*?"<>|\u2044\u2215\u29f5\u29f8\ufe68\uff0f\uff3c\u202a-\u202e'
    r"\ud800-\udfff]"
)
"""What leaves a folder or looks as if it did on some system, or hides how a name ends.

Surrogates are how Python shows bytes of a name that are not UTF-8.
"""
_BYTES = re.compile(r"[\ud800-\udfff]")

_TRUST = "`trust: true` in content/site.yaml lets any file in"
_SVG = frozenset({"http://www.w3.org/2000/svg", ""})
_TELLS_NOTHING = (
    "inkscape",
    "sodipodi",
    "purl.org/dc",
    "creativecommons",
    "rdf-syntax",
    "bohemian",
)
_RUNS = frozenset({"script", "foreignobject", "handler", "listener", "iframe", "embed", "object"})
_URL = re.compile(r"""(?i)@import|expression\s*\(|\\|url\s*\(\s*(?!["']?#)""")


def found(
    root: Path, limits: Limits, known: Mapping[str, KnownAsset], *, trusted: bool
) -> tuple[dict[str, KnownAsset], list[Diagnostic]]:
    """The files below `content/assets`, those with a dot in front left out, and their faults.

    `known` is what was found out of them before; a file is read again where it changed.
    """
    assets: dict[str, KnownAsset] = {}
    faults: list[Diagnostic] = []
    for path, is_link in _files(root / ASSETS):
        name = "assets/" + path.relative_to(root / ASSETS).as_posix()
        told = list(_file_faults(path, name, limits, is_link=is_link, trusted=trusted))
        stamp = look(str(path))
        if told or stamp is None:
            assets[name] = _NOTHING
            faults += told
            continue
        before = known.get(name)
        size = before[2] if before and before[0] == stamp else _size(path)
        if size is not None and (pixels := size[0] * size[1]) > limits.pixels:
            message = f"a picture of {pixels:,} pixels, more than {limits.pixels:,}"
            told.append(_fault(name, message, raise_hint("pixels", pixels)))
        faults += told
        is_known = before is not None and before[0] == stamp
        assets[name] = before if before and is_known else (stamp, _digest(path), size)
    return assets, faults


def _digest(path: Path) -> str:
    try:
        return digest_of(path.read_bytes())
    except OSError:
        return ""


def raise_hint(name: str, wanted: int) -> str:
    """How to let more in: only the site's own settings can."""
    return f"make it smaller, or write `limits: {{{name}: {wanted}}}` into content/site.yaml"


def leads_out(path: Path, base: Path) -> bool:
    """Whether a path, its links followed, is not below a folder."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(base))


def _files(base: Path) -> Iterator[tuple[Path, bool]]:
    """Every file, in a fixed order, and whether it is a link; folders that are links count too."""
    try:
        entries = sorted(os.scandir(base), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(base / entry.name)
        elif entry.is_symlink() or entry.is_file():
            yield base / entry.name, entry.is_symlink()


def _file_faults(
    path: Path, name: str, limits: Limits, *, is_link: bool, trusted: bool
) -> Iterator[Diagnostic]:
    if is_link and not trusted and leads_out(path, path_base(path, name)):
        yield _fault(name, "a link that leads out of content/", "copy the file to this place")
        return
    if not path.is_file():
        yield _fault(name, "a link that leads to no file", "copy the file to this place")
        return
    parts = PurePosixPath(name).parts[1:]
    if any(_UNSAFE.search(p) or is_device(p) or p.endswith((".", " ")) for p in parts):
        yield unsafe(f"content/{name}", name)
    size = path.stat().st_size
    if size > limits.asset:
        message = f"a file of {size:,} bytes, more than {limits.asset:,}"
        yield _fault(name, message, raise_hint("asset", size))
        return
    if not trusted:
        yield from _active_faults(path, name)


def unsafe(path: str, name: str) -> Diagnostic:
    """What is told of a file with a name that some system cannot have."""
    message = f"the name {name!r} is not safe on every system"
    hint = "rename it: letters, digits, '-', '_' and '.' are safe everywhere"
    return Diagnostic(path, 1, 1, Severity.ERROR, message, hint)


def is_text(name: str) -> bool:
    """Whether a file's name is UTF-8; others cannot be written into any other file."""
    return name.isascii() or not _BYTES.search(name)


def path_base(path: Path, name: str) -> Path:
    """The folder `content` of a file that articles know by a name."""
    return path.parents[len(PurePosixPath(name).parts) - 1]


def _active_faults(path: Path, name: str) -> Iterator[Diagnostic]:
    suffixes = {suffix.lower() for suffix in path.suffixes}
    if active := sorted(suffixes & _ACTIVE):
        message = f"a {active[0]} file could run as a part of the site: content is not trusted"
        yield _fault(name, message, f"leave it out, pack it into an archive; {_TRUST}")
    elif path.suffix.lower() == ".svg":
        for line, what in svg_faults(path.read_bytes()):
            yield _fault(
                name, f"{what} in a picture: content is not trusted", f"take it out; {_TRUST}", line
            )


def svg_faults(data: bytes) -> Iterator[tuple[int, str]]:
    """What an SVG file would run, load or hide, with the line; nothing of a plain drawing."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root: Any = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        yield error.lineno or 1, "XML that cannot be read"
        return
    document_type = root.getroottree().docinfo.internalDTD
    if document_type is not None and list(document_type.iterentities()):
        yield 1, "an entity"
    for node in root.xpath("//node()[not(self::text())]"):
        line = node.sourceline or 1
        if isinstance(node, etree._ProcessingInstruction):  # noqa: SLF001 - lxml's only name for it
            yield line, "a processing instruction"
        elif isinstance(node.tag, str):
            yield from ((line, what) for what in _svg_element(node))


def _svg_element(node: Any) -> Iterator[str]:
    from lxml import etree

    name = etree.QName(node)
    tag, space = name.localname, name.namespace or ""
    if tag.lower() in _RUNS or (space not in _SVG and not any(s in space for s in _TELLS_NOTHING)):
        yield f"<{tag}>"
        return
    if tag == "style" and _URL.search("".join(node.itertext())):
        yield "a style that loads something"
    for attribute, value in node.attrib.items():
        local = etree.QName(attribute).localname.lower()
        text = str(value)
        if local.startswith("on"):
            yield local
        elif local in ("href", "src") and not _is_inside(text, tag):
            yield f"an address that leads out ({text[:40]})"
        elif local == "attributename" and re.search(r"href|^on", text.strip(), re.IGNORECASE):
            yield f"an animation of {text.strip()}"
        elif _URL.search(text) and (local == "style" or "url" in text.lower()):
            yield f"{local} that loads something"


def _is_inside(address: str, tag: str) -> bool:
    """Whether an address leads to the same file or holds a picture itself; links may lead away."""
    text = address.strip()
    if tag == "a":
        return text.startswith(("#", "https://", "http://"))
    return (
        not text
        or text.startswith("#")
        or bool(re.match(r"data:image/(png|jpeg|gif|webp);base64,", text))
    )


def _size(path: Path) -> Size | None:
    """A picture's width and height as it is shown; None for what Pillow does not read."""
    if path.suffix.lower() not in _PICTURES:
        return None
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as picture:
                width, height = picture.size
                # A PNG's would have to be looked for behind its pixels.
                exif = {} if picture.format == "PNG" else picture.getexif()
                is_turned = exif.get(_ORIENTATION) in (5, 6, 7, 8)
                return (height, width) if is_turned else (width, height)
    except Image.DecompressionBombError as error:
        numbers = re.search(r"\((\d+) pixels\)", str(error))
        return (int(numbers[1]), 1) if numbers else None
    except DAMAGES:
        return None


def _fault(name: str, message: str, hint: str, line: int = 1) -> Diagnostic:
    return Diagnostic(f"content/{name}", line, 1, Severity.ERROR, message, hint)
