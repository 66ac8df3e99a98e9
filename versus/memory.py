"""What the last build of a folder found out, so that the next one need not.

In: a publication's folder, and the folder that is built into. Out: `Memory`, plain values in one
file of the user's cache. It is only ever a shortcut: what does not hold any more is not found in
it, and a file that is damaged, or another version's, counts as none.
"""

import hashlib
import marshal
import mmap
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from versus.cache import folder, write

_MAGIC = b"versus memory 3\n"
_MUCH = 1 << 20
"""From so many bytes on, the ranking's state takes a while to make ready."""


KINDS = ("memory", "related", "unchanged")
"""The files that are kept of a publication and its output; the last one is `unchanged`'s."""


@dataclass(slots=True)
class Memory:
    """What is kept between builds; every value is plain, so that `marshal` takes it."""

    readings: dict[str, Any] = field(default_factory=dict)
    """By the article's path, what was found in it, with the files that hold it (`reading.Kept`)."""
    settings: str = ""
    """The digest of everything but the files on which readings depend."""
    assets: dict[str, Any] = field(default_factory=dict)
    """By their names: stamp, digest, size in pixels."""
    outcomes: dict[bytes, Any] = field(default_factory=dict)
    """What tasks made, by what decides it: files with their stamps in `out/`."""
    seeds: dict[bytes, bytes] = field(default_factory=dict)
    """Digests that take long to make, by what tells them sooner (`recall`)."""
    plans: dict[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    """The keys of outcomes that were made together, by what decides all of them."""
    sound: bytes = b""
    """What decided that files say nothing wrong of each other."""

    def forget(self) -> None:
        """Drop all that depends on the settings."""
        empty = Memory(assets=self.assets)
        for name in _NAMES:
            setattr(self, name, getattr(empty, name))


_NAMES = [f.name for f in fields(Memory)]


def path(root: Path, out: Path, kind: str) -> Path:
    """Where the memory of a publication and its output is kept."""
    name = f"{root.resolve()}\n{out.resolve()}"
    digest = hashlib.blake2b(name.encode(errors="surrogateescape"), digest_size=16).hexdigest()
    return folder() / "builds" / f"{digest}.{kind}"


def load(root: Path, out: Path) -> Memory:
    """What the last build left; an empty memory where there is none."""
    found = read(path(root, out, "memory"))
    if not isinstance(found, tuple) or len(found) != len(_NAMES):
        return Memory()
    return Memory(**dict(zip(_NAMES, found, strict=True)))


def save(root: Path, out: Path, memory: Memory) -> None:
    """Keep a memory for the next build. A cache that cannot be written is no fault."""
    store(path(root, out, "memory"), tuple(getattr(memory, name) for name in _NAMES))


def has_much_related(root: Path, out: Path) -> bool:
    """Whether there is much that the ranking of related posts left."""
    try:
        return path(root, out, "related").stat().st_size > _MUCH
    except OSError:
        return False


def load_related(root: Path, out: Path) -> bytes | memoryview:
    """What the ranking of related posts left: it is large, and has a file of its own."""
    return _read(path(root, out, "related")) or b""


def save_related(root: Path, out: Path, state: Sequence[bytes | memoryview]) -> None:
    """Keep what the ranking of related posts wants to have next time: bytes in pieces."""
    _store(path(root, out, "related"), *state)


def read(file: Path) -> Any:
    """A plain value from a file; None where there is none, or it is not whole."""
    data = _read(file)
    if data is None:
        return None
    try:
        return marshal.loads(data)  # noqa: S302 - our own file, its digest is true
    except (ValueError, EOFError, TypeError):
        return None


def store(file: Path, value: Any) -> None:
    """Write a plain value to a file, whole or not at all."""
    _store(file, marshal.dumps(value))


def forget(root: Path, out: Path) -> None:
    """Drop what is known of a publication and its output."""
    for kind in KINDS:
        with suppress(OSError):
            path(root, out, kind).unlink(missing_ok=True)


def _read(file: Path) -> memoryview | None:
    """Bytes from a file; None where there is none, or it is not whole."""
    try:
        with file.open("rb") as opened:
            data = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):  # One that is empty cannot be mapped.
        return None
    head = len(_MAGIC) + 32
    is_whole = data[:head] == _MAGIC + _digest(data[head:])
    return data[head:] if is_whole else None


def _store(file: Path, *data: bytes | memoryview) -> None:
    with suppress(OSError):
        write(file, _MAGIC + _digest(*data), *data)


def _digest(*data: bytes | memoryview) -> bytes:
    # Processors of today have instructions for this one, and there are tens of megabytes.
    found = hashlib.sha256()
    for piece in data:
        found.update(piece)
    return found.digest()
