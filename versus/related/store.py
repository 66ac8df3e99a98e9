"""Arrays and plain values as bytes, and back without a copy: how a ranking is kept.

The form is JSON that says what there is, behind a line with its length, then each array as it lies
in memory, from a place that 8 divides. So reading runs nobody's code and touches what is used only.
"""

import json
import mmap
import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

_ALIGNED = 8
_LENGTH = 16
"""How many bytes tell how long the JSON is."""

Arrays: TypeAlias = Mapping[str, Any]
"""Arrays by their names: `array`, NumPy's, or views of memory."""

Pieces: TypeAlias = Sequence[bytes | memoryview]
"""Bytes in pieces, which need not be joined to be written: there may be hundreds of megabytes."""


def pack(name: str, values: Any, arrays: Arrays) -> Pieces:
    """Values that JSON can hold, and arrays, behind a name that `unpack` has to know."""
    views = {key: memoryview(found) for key, found in arrays.items()}
    lengths = {key: [view.format, view.nbytes] for key, view in views.items()}
    text = json.dumps([name, sys.byteorder, lengths, values], ensure_ascii=False).encode()
    head = b"%*d\n%s" % (_LENGTH - 1, len(text), text)
    pieces: list[bytes | memoryview] = [head]
    at = len(head)
    for view in views.values():
        pieces += [b" " * (-at % _ALIGNED), view]
        at += -at % _ALIGNED + view.nbytes
    return pieces


def let_go(data: bytes | memoryview) -> None:
    """Give the memory of a mapped file back to the system; what is used again is read again."""
    if isinstance(data, memoryview) and isinstance(data.obj, mmap.mmap):
        data.obj.madvise(mmap.MADV_DONTNEED)


def unpack(name: str, data: bytes | memoryview) -> tuple[Any, dict[str, memoryview]]:
    """The values and the arrays. Raises ValueError for bytes that are not of this name, or cut."""
    whole = memoryview(data)
    at = _LENGTH + int(bytes(whole[:_LENGTH]))
    found = json.loads(bytes(whole[_LENGTH:at]))
    if not isinstance(found, list) or found[:2] != [name, sys.byteorder]:
        raise ValueError(f"not {name}")
    arrays = {}
    for key, (kind, length) in found[2].items():
        at += -at % _ALIGNED
        arrays[key] = whole[at : at + length].cast(kind) if length else memoryview(array(kind))
        at += length
    if at != len(whole):
        raise ValueError(f"{name} of {len(whole)} bytes instead of {at}")
    return found[3], arrays
