"""What became of the documents of a collection: which stayed, which are gone, which are new."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from versus.related.arrays import Ints


@dataclass(frozen=True, slots=True)
class Change:
    """Where documents are now, and which are new; an edited one is gone and comes new."""

    places: Ints
    """For each document that was there its position now, or -1."""
    fresh: Ints

    @classmethod
    def between(cls, old: Sequence[str], new: Sequence[str], asked: Sequence[str]) -> "Change":
        """The change from documents to others, both by their keys, of which some were read."""
        now = {key: i for i, key in enumerate(new)}
        fresh = [now.pop(key) for key in asked]
        return cls(
            np.array([now.get(key, -1) for key in old], np.int64), np.array(sorted(fresh), np.int64)
        )

    @property
    def gone(self) -> Ints:
        """The documents that were there, by their old positions."""
        return np.flatnonzero(self.places < 0)

    @property
    def stayed(self) -> Ints:
        """The others, by their old positions."""
        return np.flatnonzero(self.places >= 0)
