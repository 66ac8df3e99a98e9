"""A post with its score as one number, which sorts as lists do: the best first, then by position.

The lowest bit marks a post that says the same as the one whose list it is; a score is below 2**31.
"""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # NumPy takes a while to import, and few documents need none.
    import numpy as np
    from numpy.typing import NDArray

Whole = TypeVar("Whole", int, "NDArray[np.int64]")

HIGHEST = (1 << 31) - 1
LOW = (1 << 32) - 1
EMPTY = (1 << 63) - 1
"""No post: behind all others."""


def key_of(score: Whole, position: Whole) -> Whole:
    """The key of a post; those of many, where both are arrays."""
    return HIGHEST - score << 32 | position << 1


def position_of(key: int) -> int:
    """The post's position."""
    return (key & LOW) >> 1


def score_of(key: int) -> int:
    """The post's score."""
    return HIGHEST - (key >> 32)
