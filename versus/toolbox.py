"""What decides the bytes of a build besides its content: Versus, the libraries, the fonts.

In: this machine. Out: versions by name, equal on machines that make equal files of equal content.
"""

import hashlib
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from versus import __version__, fonts
from versus.templating import builtin_templates

LIBRARIES = (
    "babel", "css-inline", "jinja2", "lxml", "markdown", "markdown-it-py", "markupsafe", "mdformat",
    "mdformat-footnote", "mdformat-gfm", "mdit-py-plugins", "pillow", "pydantic", "pydyf",
    "pygments", "pypdfium2", "pyyaml", "tinycss2", "tinyhtml5", "weasyprint",
)  # fmt: skip
"""Distributions whose releases may change what is written."""


@lru_cache(maxsize=1)
def tools() -> Mapping[str, str]:
    """The version of everything that has a part in the bytes, on this machine."""
    return {
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "Versus": f"{__version__} ({_code()[:12]})",
        **{name: _version(name) for name in LIBRARIES},
        "fonts": hashlib.sha256(fonts.fingerprint().encode()).hexdigest()[:12],
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _code() -> str:
    """A digest of our own code and templates: releases in the making share a version."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent
    for folder, pattern in ((package, "*.py"), (builtin_templates(), "*")):
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(folder).as_posix()
                digest.update(f"{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()
