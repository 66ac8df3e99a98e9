"""What need not be computed twice: bytes by the digest of everything that decides them.

In: a recipe, and how to make what it describes. Out: the bytes, kept in the user's cache folder.
Every entry begins with its own digest: a damaged one is noticed, and made again. Entries are
written whole, so that builds side by side share them; the oldest go when there are too many.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

DEFAULT_SIZE = 2_000_000_000
"""How many bytes are kept, where VERSUS_CACHE_SIZE does not say."""

_MAGIC = b"versus 1\n"
_DIGEST = 32
_is_ignored = False


def ignore() -> None:
    """Find nothing from now on, here and in forked processes; what is made is kept all the same."""
    global _is_ignored  # noqa: PLW0603 - one switch for the whole command, as --force wants it
    _is_ignored = True


def folder() -> Path:
    """Where Versus keeps what it need not compute twice (XDG Base Directory, section 3).

    A user without a home has no cache: nothing is ever found below what is no folder.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or "")
    if not home.is_absolute():
        try:
            home = Path.home() / ".cache"
        except RuntimeError:
            home = Path(os.devnull)
    return home / "versus"


def cached(kind: str, recipe: tuple[bytes | str, ...], make: Callable[[], bytes]) -> bytes:
    """What `make` makes, or made at another time for the same recipe; `kind` names the shelf."""
    key = key_of(*recipe)
    found = get(kind, key)
    if found is None:
        found = make()
        put(kind, key, found)
    return found


def key_of(*parts: bytes | str) -> str:
    """The digest of some parts, in hexadecimal; where one ends and the next begins counts."""
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for part in parts:
        # A template's file may have any bytes for a name.
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def get(kind: str, key: str) -> bytes | None:
    """The bytes kept under a key; None where there are none, or where they are damaged."""
    path = _path(kind, key)
    if _is_ignored:
        return None
    try:
        data = path.read_bytes()
    except OSError:
        return None
    start = len(_MAGIC) + _DIGEST
    found = data[start:]
    if data[:start] != _MAGIC + _digest(found):
        return None
    with suppress(OSError):
        os.utime(path)  # What is used stays longest.
    return found


def put(kind: str, key: str, data: bytes) -> None:
    """Keep bytes under a key; a cache that cannot be written only costs the next build time."""
    with suppress(OSError):
        write(_path(kind, key), _MAGIC + _digest(data), data)


def write(path: Path, *parts: bytes | memoryview) -> None:
    """Write a file of the cache whole. Raises OSError, and leaves nothing behind then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(parts)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def prune() -> int:
    """Remove what was used least recently until the rest is within bounds; how many files went.

    VERSUS_CACHE_SIZE is the bound in bytes.
    """
    limit = os.environ.get("VERSUS_CACHE_SIZE", "")
    bound = int(limit) if limit.isdecimal() else DEFAULT_SIZE
    found = [(status.st_mtime_ns, status.st_size, path) for path, status in _files(folder())]
    total = sum(size for _time, size, _path in found)
    removed = 0
    for _time, size, path in sorted(found) if total > bound else ():
        if total <= bound:
            break
        with suppress(OSError):
            Path(path).unlink()
            total -= size
            removed += 1
    return removed


def clear() -> int:
    """Remove everything that is kept; how many files there were."""
    removed = 0
    for path, _status in _files(folder()):
        with suppress(OSError):
            Path(path).unlink()
            removed += 1
    return removed


def _files(below: str | Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below a folder. There may be tens of thousands, for which `pathlib` is slow."""
    try:
        entries = os.scandir(below)
    except OSError:
        return
    with entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(entry.path)
                else:
                    yield entry.path, entry.stat()


def _path(kind: str, key: str) -> Path:
    return folder() / kind / key[:2] / key[2:]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()
