"""What earlier builds made is found again, by the digest of everything that decides it.

In: the memory of the last build, and what a task depends on as bytes. Out: outcomes whose files
stand in `out/` already, or lie in the user's cache, or else none. A file in `out/` counts only if
it is the one that was written there: by its stamp, or else by its bytes.
"""

import hashlib
import marshal
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from versus import cache
from versus.artifacts import Artifact, Making, Stored
from versus.diagnostics import of_plain, plain
from versus.emit import Emitted
from versus.memory import Memory
from versus.render import Outcome
from versus.stamps import Stamp, is_settled, look, now, settle
from versus.writers.remarks import Remark

SHELF = "files"
"""The shelf of the user's cache that slow files are kept on."""


class Recall:
    """Finds outcomes of earlier builds, and notes those of this one."""

    def __init__(self, memory: Memory, out: Path) -> None:
        self._memory, self._out = memory, os.fspath(out)
        self._noted: dict[bytes, Any] = {}
        self._seeds: dict[bytes, bytes] = {}
        self._plans: dict[bytes, tuple[bytes, ...]] = {}
        self._looks: dict[str, Stamp | None] = {}

    def look(self) -> None:
        """Look at every file in `out/` that is remembered, so that `find` need not."""
        for files, _remarks, _diagnostics in self._memory.outcomes.values():
            for path, *_rest, stamp in files:
                there = look(f"{self._out}/{path}")
                self._looks[path] = stamp if there == stamp else there  # One for both.

    @property
    def has_any(self) -> bool:
        """Whether there is anything to be found."""
        return bool(self._memory.outcomes)

    def seed(self, hint: bytes, make: Callable[[], bytes]) -> bytes:
        """The seed that belongs to a hint, made where the hint is not known."""
        found = self._memory.seeds.get(hint)
        return self.told(hint, make() if found is None else found)

    def told(self, hint: bytes, seed: bytes) -> bytes:
        """Remember the seed that belongs to a hint."""
        self._seeds[hint] = seed
        return seed

    def find(self, key: bytes) -> Outcome | None:
        """What was made for a key, where it is all there still."""
        known = self._memory.outcomes.get(key)
        if known is None:
            return None
        files, remarks, diagnostics = known
        artifacts, moved = [], False
        for path, sha256, size, media_type, article, variant, format_, stamp in files:
            place = f"{self._out}/{path}"
            there = self._looks[path] if path in self._looks else look(place)
            if there is None:
                return None
            if there != stamp:
                if digest_of(place) != sha256:
                    return None
                moved = True
            content = Stored(place, sha256, size, is_placed=True)
            artifacts.append(Artifact(path, content, media_type, article, variant, format_))
        if moved:  # The same bytes, but somebody wrote or copied them.
            known = (tuple((*file[:-1], None) for file in files), remarks, diagnostics)
        self._noted[key] = known
        told = tuple(map(of_plain, diagnostics)) if diagnostics else ()
        return Outcome(tuple(artifacts), _remarks(remarks) if remarks else (), told)

    def note(self, key: bytes, outcome: Outcome) -> None:
        """Remember what was made for a key."""
        files = tuple(
            (a.path, a.sha256, a.size, a.media_type, a.article, a.variant, a.format, None)
            for a in outcome.artifacts
        )
        self._noted[key] = (files, *_plain(outcome))

    def made(self, data: bytes, make: Making) -> tuple[Artifact, ...]:
        """The files for some data: those that stand there, or else made now."""
        key = _digest(data)
        found = self.find(key)
        if found is None:
            found = Outcome(tuple(make()))
            self.note(key, found)
        return found.artifacts

    def planned(
        self,
        hint: bytes,
        plan: Callable[[], Iterable[tuple[bytes, Making]]],
        make: Callable[[Sequence[Making]], Iterable[tuple[Artifact, ...]]],
    ) -> Iterator[Artifact]:
        """The files of a plan, each of its items made from its data; `make` makes what is missing.

        The plan is not asked for where the hint is known and all files stand there.
        """
        known = self._memory.plans.get(hint)
        if known is not None:
            found = [self.find(key) for key in known]
            if all(found):
                self._plans[hint] = known
                for outcome in found:
                    yield from outcome.artifacts if outcome else ()
                return
        items = [(_digest(data), making) for data, making in plan()]
        there = [self.find(key) for key, _making in items]
        missing = [item[1] for item, outcome in zip(items, there, strict=True) if outcome is None]
        made = iter(make(missing))
        for (key, _making), outcome in zip(items, there, strict=True):
            if outcome is not None:
                yield from outcome.artifacts
                continue
            fresh = Outcome(next(made))
            self.note(key, fresh)
            yield from fresh.artifacts
        self._plans[hint] = tuple(key for key, _making in items)

    def keep(self, emitted: Emitted) -> dict[str, Stamp | None]:
        """Bring the memory up to what stands in `out/` now.

        Returns the stamp of each file, or None where it cannot be trusted.
        """
        memory, written, digests = self._memory, now(), emitted.digests
        made = {file[0] for noted in self._noted.values() for file in noted[0]}
        for key, known in memory.outcomes.items():
            if key in self._noted or any(file[0] in made for file in known[0]):
                continue
            if all(digests.get(file[0]) == file[1] for file in known[0]):
                self._noted[key] = known
        stamps: dict[str, Stamp | None] = dict.fromkeys(digests)
        if emitted.written:
            settle(written)
        moment = now()
        for key, known in self._noted.items():
            files = known[0]
            if any(file[-1] is None for file in files):
                anew = tuple((*f[:-1], f[-1] or self._settled(f[0], moment)) for f in files)
                self._noted[key] = (anew, *known[1:])
            for file in self._noted[key][0]:
                stamps[file[0]] = file[-1]
        memory.outcomes, memory.seeds, memory.plans = self._noted, self._seeds, self._plans
        return stamps

    def _settled(self, path: str, moment: int) -> Stamp | None:
        """The stamp of a file that was just written, if it is old enough to be trusted."""
        stamp = look(f"{self._out}/{path}")
        return stamp if stamp is not None and is_settled(stamp, moment) else None


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


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


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
