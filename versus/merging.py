"""The parts of a build joined to what one whole build makes, byte for byte.

In: folders that `--shard` wrote. Out: their artifacts, with the search index where one is wanted.
Every file is compared with its manifest, so a part that was damaged on its way is noticed.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from versus import search
from versus.artifacts import Artifact, Record, Stored
from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.emit import MANIFEST, Emitted, opened, read_manifest
from versus.shards import Note, note

_HINT = "`python build.py --shard 1/3 -o DIR` writes parts"


@dataclass(frozen=True, slots=True)
class _Part:
    """A folder with a part of a build."""

    folder: Path
    note: Note
    generator: str
    records: tuple[Record, ...]


def merge(folders: Sequence[Path], out: Path) -> Emitted:
    """Make `out` hold the whole build that these folders hold the parts of.

    Raises VersusError as `joined` does, and OSError where `out` cannot be written.
    """
    whole = joined(folders)
    with opened(out) as output:
        return output.emit(_staged(whole, output.staging()))


def _staged(artifacts: Iterable[Artifact], folder: Path) -> Iterator[Artifact]:
    """The same artifacts, with copies that can be put in place: the parts stay as they are."""
    for number, artifact in enumerate(artifacts):
        content = artifact.content
        if isinstance(content, Stored):
            path = shutil.copyfile(content.path, folder / f"part-{number}")
            content = content._replace(path=str(path))
        yield artifact._replace(content=content)


def joined(folders: Sequence[Path]) -> tuple[Artifact, ...]:
    """The artifacts of the whole build that these folders hold the parts of.

    Raises VersusError where parts are missing, damaged or of different builds, where two of them
    have different files of one name, or where the search index cannot be made.
    """
    parts = [_part(folder) for folder in folders]
    if faults := list(_mismatches(parts)):
        raise VersusError(faults)
    made: dict[str, Artifact] = {}
    faults = []
    for part in parts:
        for record in part.records:
            artifact = _artifact(part, record)
            if artifact is None:
                message = "not the file that the part's manifest tells of"
                faults.append(_fault(part.folder / record["path"], message, "copy the part anew"))
                continue
            # Parts that show the same picture each have its copies.
            other = made.setdefault(artifact.path.casefold(), artifact)
            if other.record() != artifact.record():
                message = f"another file for {other.path} than in the parts before it"
                faults.append(_fault(part.folder / artifact.path, message, "rename one of them"))
    if faults:
        raise VersusError(faults)
    whole = tuple(made.values())
    if any(part.note.search for part in parts):
        whole += tuple(search.build(whole))
    return whole


def _part(folder: Path) -> _Part:
    path = folder / MANIFEST
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        found, generator = note(data["part"]), str(data["generator"])
        records = tuple(read_manifest(folder).values())
        if len(records) == len(data["files"]):
            return _Part(folder, found, generator, records)
    except OSError as error:
        raise VersusError([_fault(path, f"cannot be read: {error.strerror}", _HINT)]) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise VersusError([_fault(path, "not the manifest of a part of a build", _HINT)])


def _mismatches(parts: Sequence[_Part]) -> Iterator[Diagnostic]:
    """Why these are not all the parts of one build."""
    first = parts[0]
    count = first.note.shard.count
    seen: dict[int, Path] = {}
    for part in parts:
        path, shard = part.folder / MANIFEST, part.note.shard
        if part.generator != first.generator:
            message = f"by {part.generator}, and {first.folder} by {first.generator}"
            yield _fault(path, message, "build all parts with one version")
        elif shard.count != count:
            message = f"part {shard}, and {first.folder} is part {first.note.shard}"
            yield _fault(path, message, "build all parts with one number of parts")
        elif part.note.build != first.note.build:
            message = f"a part of another build than {first.folder}"
            hint = "content, options, libraries or what is published by now differ: build them anew"
            yield _fault(path, message, hint)
        elif shard.number in seen:
            message = f"part {shard} again, after {seen[shard.number]}"
            yield _fault(path, message, "name each part once")
        else:
            seen[shard.number] = part.folder
    absent = [f"{number}/{count}" for number in range(1, count + 1) if number not in seen]
    if absent and len(seen) == len(parts):
        message = f"missing: {', '.join(absent)}"
        yield _fault(first.folder / MANIFEST, message, "name the folders of all parts")


def _fault(path: Path, message: str, hint: str) -> Diagnostic:
    return Diagnostic(str(path), 1, 1, Severity.ERROR, message, hint)


def _artifact(part: _Part, record: Record) -> Artifact | None:
    """A file of a part; None where it is not there, or not what the manifest says."""
    path = part.folder / record["path"]
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        stored = Stored(str(path), digest, path.stat().st_size)
        names = ("media_type", "article", "variant", "format")
        artifact = Artifact(record["path"], stored, *(record[name] for name in names))
    except (OSError, KeyError):
        return None
    return artifact if artifact.record() == record else None
