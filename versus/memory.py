"""What the last build of a folder found out, so that the next one need not.

In: a publication's folder, and the folder that is built into. Out: `Memory`, plain values in one
file of the user's cache. It is only ever a shortcut: what does not hold any more is not found in
it, and a file that is damaged, or another version's, counts as none.
"""

import hashlib
import marshal
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from versus.cache import folder, write

_MAGIC = b"versus memory 2\n"


@dataclass(slots=True)
class Memory:
    """What is kept between builds; every value is plain, so that `marshal` takes it."""

    readings: dict[str, Any] = field(default_factory=dict)
    """By the article's path: the key of its reading, the stamps of its files, what was found."""
    settings: str = ""
    """The digest of everything but the files on which readings depend."""
    assets: dict[str, Any] = field(default_factory=dict)
    """By their names: stamp, digest, size in pixels."""
    outcomes: dict[bytes, Any] = field(default_factory=dict)
    """What tasks made, by the digest of all that decides it: files with their stamps in `out/`."""
    related: Any = None
    """What the ranking of related posts keeps."""


def path(root: Path, out: Path, kind: str) -> Path:
    """Where the memory of a publication and its output is kept."""
    name = f"{root.resolve()}\n{out.resolve()}"
    digest = hashlib.blake2b(name.encode(errors="surrogateescape"), digest_size=16).hexdigest()
    return folder() / "builds" / f"{digest}.{kind}"


def load(root: Path, out: Path) -> Memory:
    """What the last build left; an empty memory where there is none."""
    found = read(path(root, out, "memory"))
    names = [f.name for f in fields(Memory)]
    if not isinstance(found, tuple) or len(found) != len(names):
        return Memory()
    return Memory(**dict(zip(names, found, strict=True)))


def save(root: Path, out: Path, memory: Memory) -> None:
    """Keep a memory for the next build; a cache that cannot be written is no fault."""
    values = tuple(getattr(memory, f.name) for f in fields(Memory))
    store(path(root, out, "memory"), values)


def read(file: Path) -> Any:
    """A plain value from a file; None where there is none, or it is not whole."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    head = len(_MAGIC) + 32
    if not data.startswith(_MAGIC) or _digest(data[head:]) != data[len(_MAGIC) : head]:
        return None
    try:
        return marshal.loads(memoryview(data)[head:])  # noqa: S302 - our own file, its digest true
    except (ValueError, EOFError, TypeError):
        return None


def store(file: Path, value: Any) -> None:
    """Write a plain value to a file, whole or not at all."""
    data = marshal.dumps(value)
    with suppress(OSError):
        write(file, _MAGIC + _digest(data) + data)


def forget(root: Path, out: Path) -> None:
    """Drop what is known of a publication and its output."""
    for kind in ("memory", "unchanged"):
        with suppress(OSError):
            path(root, out, kind).unlink(missing_ok=True)


def _digest(data: bytes | memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=32).digest()
