"""Whether a file is still the one that was looked at, by what the file system says of it."""

import hashlib
import os
import struct
import time
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

Stamp: TypeAlias = bytes
"""A file's size, when its content and its inode changed (ns), and the number of its inode.

Packed, since a build compares and keeps tens of thousands. The time of the inode's change cannot be
set, so no tool that restores times hides a change.
"""


class View(NamedTuple):
    """What a build finds when it begins."""

    moment: int
    """When it looked (ns since 1970)."""
    stamps: Mapping[str, Stamp]
    """Those of the publication's files, by their paths."""
    machine: str
    """A digest of what else can change the bytes of a build."""


_FORM = struct.Struct("<qqqQ")

_TICK = 20_000_000
_SECONDS = 2_500_000_000


def stamp_of(status: os.stat_result) -> Stamp:
    """What tells that a file is still the same."""
    return _FORM.pack(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def digest_of(data: bytes) -> str:
    """The digest by which content is known, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def look(path: str) -> Stamp | None:
    """The stamp of a file; None where there is none."""
    try:
        return stamp_of(os.stat(path))
    except OSError:
        return None


def now() -> int:
    """The clock to measure the age of files by (ns since 1970)."""
    return time.time_ns()


def settle(moment: int) -> None:
    """Wait until what was written before a moment (ns) is old enough to be trusted."""
    left = moment + 1.2 * _TICK - now()
    if left > 0:
        time.sleep(min(left, 1.2 * _TICK) / 1_000_000_000)  # A clock may be set back.


def is_settled(stamp: Stamp, moment: int) -> bool:
    """Whether a file last changed long enough before a moment (ns) for its stamp to be trusted.

    The moment is one before the file was looked at. A file that changes twice within a tick of the
    file system's clock has one stamp for both: a few milliseconds on most systems, two seconds
    where times have no fractions. A time in the future is never trusted: the clock was set back.
    """
    content: int
    inode: int
    _size, content, inode, _number = _FORM.unpack(stamp)
    is_coarse = content % 1_000_000_000 == 0 or inode % 1_000_000_000 == 0
    return max(content, inode) + (_SECONDS if is_coarse else _TICK) < moment
