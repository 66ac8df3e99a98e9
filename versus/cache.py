"""What need not be computed twice: bytes by the digest of everything that decides them.

In: a recipe, and how to make what it describes. Out: the bytes, kept in the user's cache folder.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path


def folder() -> Path:
    """Where Versus keeps what it need not compute twice (XDG Base Directory, section 3)."""
    home = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / "versus"


def cached(name: str, recipe: tuple[bytes | str, ...], make: Callable[[], bytes]) -> bytes:
    """What `make` makes, or made at another time for the same recipe.

    `name` is that of the file, as in `cards/.png`: the digest comes before its extension.
    """
    digest = hashlib.sha256()
    for part in recipe:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    kind, _slash, extension = name.partition("/")
    path = folder() / kind / (digest.hexdigest() + extension)
    try:
        return path.read_bytes()
    except OSError:
        pass
    data = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        pass  # A cache that cannot be written only costs the next build its seconds.
    return data
