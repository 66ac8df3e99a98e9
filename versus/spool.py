"""Data that was read once and is needed again: in a file without a name, which processes share.

In: plain data as bytes. Out: the same data, in this process or in one forked from it. To read what
YAML says from its text again would take twenty times as long. The file goes with the last process
that has it, however that ends.
"""

import marshal
import os
import tempfile
from contextlib import suppress
from typing import Any, NamedTuple


class Spool:
    """A file that grows."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open as long as we are
        self._end = 0

    def put(self, data: bytes) -> "Piece | None":
        """Add what `packed` made; nothing where the disk is full, since it can be read again."""
        with suppress(OSError):
            if os.pwrite(self._file.fileno(), data, self._end) == len(data):
                self._end += len(data)
                return Piece(self, self._end - len(data), len(data))
        return None

    def take(self, start: int, size: int) -> bytes:
        """Bytes that were put there."""
        return os.pread(self._file.fileno(), size, start)


class Piece(NamedTuple):
    """Where data lies."""

    spool: Spool
    start: int
    size: int

    def data(self) -> Any:
        """What was put there."""
        # Nobody else can reach it.
        return marshal.loads(self.spool.take(self.start, self.size))  # noqa: S302


def packed(data: Any) -> bytes:
    """Plain data as bytes."""
    return marshal.dumps(data)
