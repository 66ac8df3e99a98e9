"""What a build makes: files as values, not yet written."""

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Artifact:
    """One file to write: where below `out/`, its bytes, and what it is a version of."""

    path: str
    data: bytes
    media_type: str
    article: str | None = None
    variant: str | None = None
    format: str | None = None

    @cached_property
    def sha256(self) -> str:
        """The digest of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()
