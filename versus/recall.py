"""What earlier builds made is found again, by the digest of everything that decides it.

In: the memory of the last build, and what a task depends on as bytes. Out: outcomes whose files
stand in `out/` already, or lie in the user's cache, or else none. A file in `out/` counts only if
it is the one that was written there: by its stamp, or else by its bytes.
"""

import hashlib
import marshal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from versus import cache
from versus.artifacts import Artifact, Stored
from versus.diagnostics import of_plain, plain
from versus.emit import Emitted
from versus.memory import Memory
from versus.render import Outcome
from versus.stamps import is_settled, look, now
from versus.writers.remarks import Remark

SHELF = "files"
"""The shelf of the user's cache that slow files are kept on."""


class Recall:
    """Finds outcomes of earlier builds, and notes those of this one."""

    def __init__(self, memory: Memory, out: Path, settings: str) -> None:
        self._memory, self._out = memory, out
        self._settings = settings.encode()
        self._noted: dict[bytes, Any] = {}

    def key(self, data: bytes) -> bytes:
        """The key of a task, from all that it depends on besides the settings."""
        found = hashlib.blake2b(self._settings, digest_size=16)
        found.update(data)
        return found.digest()

    def find(self, key: bytes) -> Outcome | None:
        """What was made for a key, where it is all there still."""
        known = self._memory.outcomes.get(key)
        if known is None:
            return None
        files, remarks, diagnostics = known
        artifacts = []
        for path, sha256, size, media_type, article, variant, format_ in files:
            if not self._is_whole(path, sha256):
                return None
            content = Stored(f"{self._out}/{path}", sha256, size, is_placed=True)
            artifacts.append(Artifact(path, content, media_type, article, variant, format_))
        self._noted[key] = known
        return Outcome(tuple(artifacts), _remarks(remarks), tuple(map(of_plain, diagnostics)))

    def note(self, key: bytes, outcome: Outcome) -> None:
        """Remember what was made for a key."""
        files = tuple(
            (a.path, a.sha256, a.size, a.media_type, a.article, a.variant, a.format)
            for a in outcome.artifacts
        )
        self._noted[key] = (files, *_plain(outcome))

    def made(self, data: bytes, make: Callable[[], Iterable[Artifact]]) -> tuple[Artifact, ...]:
        """The files for a key's data: those that stand there, or else made now."""
        key = self.key(data)
        found = self.find(key)
        if found is None:
            found = Outcome(tuple(make()))
            self.note(key, found)
        return found.artifacts

    def _is_whole(self, path: str, sha256: str) -> bool:
        stamp = look(f"{self._out}/{path}")
        if stamp is None:
            return False
        known = self._memory.stamps.get(path)
        if known is not None and known[0] == stamp:
            return bool(known[1] == sha256)
        return digest_of(f"{self._out}/{path}") == sha256

    def keep(self, artifacts: Iterable[Artifact], emitted: Emitted) -> None:
        """Bring the memory up to what stands in `out/` now, after these were put there."""
        memory, moment, records = self._memory, now(), emitted.records
        anew = {file[0] for noted in self._noted.values() for file in noted[0]}
        for key, known in memory.outcomes.items():
            files = known[0]
            is_there = all(f[0] in records and records[f[0]]["sha256"] == f[1] for f in files)
            if is_there and not any(file[0] in anew for file in files):
                self._noted.setdefault(key, known)
        memory.outcomes = self._noted
        stamps = {}
        looked_at = {artifact.path for artifact in artifacts}
        for path, record in records.items():
            stamp = look(f"{self._out}/{path}")
            known = memory.stamps.get(path)
            is_known = path in looked_at or (known is not None and known[0] == stamp)
            if stamp is not None and is_known and is_settled(stamp, moment):
                stamps[path] = (stamp, record["sha256"])
        memory.stamps = stamps


def fetch(key: str) -> Outcome | None:
    """A slow outcome from the user's cache."""
    data = cache.get(SHELF, key)
    if data is None:
        return None
    files, remarks, diagnostics = marshal.loads(data)  # noqa: S302 - ours, its digest is true
    artifacts = tuple(Artifact(*file) for file in files)
    return Outcome(artifacts, _remarks(remarks), tuple(map(of_plain, diagnostics)))


def shelve(key: str, outcome: Outcome) -> None:
    """Put a slow outcome into the user's cache."""
    files = tuple(
        (a.path, a.data, a.media_type, a.article, a.variant, a.format) for a in outcome.artifacts
    )
    cache.put(SHELF, key, marshal.dumps((files, *_plain(outcome))))


def digest_of(path: str) -> str | None:
    """The SHA-256 of a file, in hexadecimal; None where it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return None


def _plain(outcome: Outcome) -> tuple[Any, Any]:
    remarks = tuple((r.message, r.hint, r.words) for r in outcome.remarks)
    return remarks, tuple(map(plain, outcome.diagnostics))


def _remarks(plain: Iterable[Any]) -> tuple[Remark, ...]:
    return tuple(Remark(*remark) for remark in plain)
