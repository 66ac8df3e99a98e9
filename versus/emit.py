"""The only place that writes below `out/`: all of a build or nothing, each file whole.

In: artifacts, when no error is left. Out: files, and `manifest.json`, which says which are ours.
New files are staged in `out/.versus-staging`, with a journal of the paths to come, and then moved
into place, one by one or, where there are none yet, all at once; a build that is killed in between
leaves whole files, old or new, and the next build knows from the journal which of them it owns.
"""

import errno
import fcntl
import hashlib
import itertools
import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from versus import __version__
from versus.artifacts import Artifact, Record, Stored

MANIFEST = "manifest.json"
_TOPS = ("site/", "channels/")
"""Where our files are below `out/`."""

_RECORD = re.compile(
    r'^ \{"path": "([^"\\]+)", "sha256": "[0-9a-f]{64}", "bytes": \d+, .*\},?$', re.MULTILINE
)
STAGING = ".versus-staging"
_JOURNAL = "journal.json"
_OURS = b'{"generator": "versus '
"""How `_manifest` begins."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """What writing did: how many files there are now, and which changed."""

    files: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    digests: Mapping[str, str]
    """The SHA-256 of each file, by its path."""


def emit(
    artifacts: Iterable[Artifact],
    out: Path,
    *,
    keep: Callable[[Record], bool] = lambda record: False,
    waiting: Callable[[], None] = lambda: None,
) -> Emitted:
    """Make `out` hold these artifacts, and of what the last builds left, what `keep` says.

    Only files that the manifest owns are removed. `waiting` is called when another build holds
    the lock. Raises OSError where the disk or the permissions do not let it.
    """
    with opened(out, waiting) as output:
        return output.emit(artifacts, keep)


@contextmanager
def opened(out: Path, waiting: Callable[[], None] = lambda: None) -> "Iterator[Output]":
    """The output folder, held against other builds; one that nothing was written to goes again.

    `waiting` is called when another build holds it. Raises OSError where there can be no folder.
    """
    missing = [out, *itertools.takewhile(lambda parent: not parent.exists(), out.parents)]
    is_new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with lock(out, waiting):
            output = Output(out)
            try:
                yield output
            finally:
                output.tidy()
    finally:
        for folder in missing if is_new else ():
            if not _rmdir(folder):
                break


class Output:
    """An output folder that this process holds: files are staged below it, then put in place."""

    def __init__(self, folder: Path) -> None:
        if _is_foreign(folder / MANIFEST):
            raise _not_ours(folder / MANIFEST)
        self.folder = folder
        self._owned = _owned(folder)
        self._staging = folder / STAGING
        self._is_staging = False

    def staging(self) -> Path:
        """A folder to lay files into, on the same file system as their places to come."""
        if not self._is_staging:
            self._is_staging = True
            try:
                self._staging.mkdir()
            except FileExistsError:
                self._empty_staging()
        return self._staging

    def emit(
        self,
        artifacts: Iterable[Artifact],
        keep: Callable[[Record], bool] = lambda record: False,
        part: Mapping[str, Any] | None = None,
    ) -> Emitted:
        """Make the folder hold these artifacts, and of earlier ones what `keep` says.

        `part` is what the manifest tells of a part of a build.
        """
        out = self.folder
        made = {artifact.path: artifact for artifact in artifacts}
        others = [path for path in self._owned if path not in made]
        records = read_manifest(out) if others else {}
        kept = {
            path: records[path]
            for path in others
            if path in records and keep(records[path]) and (out / path).is_file()
        }
        removed = [path for path in others if path not in kept]
        changed = [path for path, artifact in made.items() if not _is_same(out, artifact)]
        lines = {path: _line(artifact) for path, artifact in made.items()}
        lines |= {path: json.dumps(record, ensure_ascii=False) for path, record in kept.items()}
        manifest = _manifest(lines, part)
        if changed or removed or _read_bytes(out / MANIFEST) != manifest:
            self.staging()  # What a killed build left there must not be put in place.
            ours = [*self._owned, *made]
            _replace(out, [made[path] for path in changed], removed, ours, manifest)
        else:  # A build that was killed at its very end left nothing to do but this.
            (self._staging / _JOURNAL).unlink(missing_ok=True)
        digests = {path: artifact.sha256 for path, artifact in made.items()}
        digests |= {path: str(record["sha256"]) for path, record in kept.items()}
        return Emitted(len(lines), tuple(sorted(changed)), tuple(sorted(removed)), digests)

    def tidy(self) -> None:
        """Drop what was staged and never put in place."""
        if self._staging.is_dir():
            self._empty_staging()
            _rmdir(self._staging)

    def _empty_staging(self) -> None:
        """Drop staged files; the journal of a killed build stays readable until ours is there."""
        with os.scandir(self._staging) as found:
            for leftover in found:
                if leftover.is_dir(follow_symlinks=False):
                    shutil.rmtree(leftover.path)
                elif leftover.name != _JOURNAL:
                    os.unlink(leftover.path)


def clean(out: Path) -> int:
    """Remove every file that the manifest owns, and the manifest; return how many there were."""
    if not out.is_dir():
        return 0
    with lock(out, lambda: None):
        owned = _owned(out)
        _remove(out, owned)
        if not _is_foreign(out / MANIFEST):
            (out / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(out / STAGING, ignore_errors=True)
        return len(owned)


def read_manifest(out: Path) -> dict[str, Record]:
    """The manifest's entries by path; none where there is no manifest, or a damaged one."""
    try:
        data = json.loads((out / MANIFEST).read_bytes())
        return {
            record["path"]: record
            for record in data["files"]
            if _is_inside(record["path"]) and isinstance(record.get("sha256"), str)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _owned(out: Path) -> list[str]:
    """Every path that is ours: those of a build that did not end, and the manifest's."""
    owned: dict[str, None] = {}
    try:
        journal = json.loads((out / STAGING / _JOURNAL).read_bytes())
        owned = dict.fromkeys(path for path in map(str, journal) if _is_inside(path))
    except (OSError, ValueError, TypeError):
        pass
    return [*(owned | dict.fromkeys(_paths(out)))]


def _paths(out: Path) -> Iterable[str]:
    """The manifest's paths, of which a manifest as `_manifest` writes it need not be parsed."""
    try:
        text = (out / MANIFEST).read_text("utf-8")
    except (OSError, ValueError):
        return ()
    found = _RECORD.findall(text)
    is_ours = text.endswith("\n]}\n") and len(found) == text.count("\n") - 2
    if is_ours and all(map(_is_inside, found)):
        return found
    return read_manifest(out)


def _is_foreign(manifest: Path) -> bool:
    """Whether a manifest is somebody else's: a web app has a `manifest.json`, too."""
    try:
        with manifest.open("rb") as file:  # Ours may be megabytes, and tells at its beginning.
            head = file.read(len(_OURS))
            if head == _OURS:
                return False
            data = json.loads(head + file.read())
    except (OSError, ValueError, RecursionError):
        return False  # None, a damaged one of ours, or nothing that anybody reads.
    return isinstance(data, dict) and not data.keys() & {"generator", "files"}


def _not_ours(path: Path) -> FileExistsError:
    what = "a folder with files that" if path.is_dir() else "a file that"
    return FileExistsError(errno.EEXIST, f"{what} no build wrote is in the way", str(path))


def _is_inside(path: str) -> bool:
    """Whether a path from a file stays below `out`; nothing else is ever removed."""
    if not path.startswith(_TOPS):
        return False
    return ".." not in path or ".." not in path.split("/")


def _replace(
    out: Path, artifacts: list[Artifact], removed: list[str], ours: list[str], manifest: bytes
) -> None:
    staging = out / STAGING
    journal = json.dumps(sorted(set(ours)), ensure_ascii=False).encode()
    write_whole(staging / _JOURNAL, journal)
    staged = []
    for number, artifact in enumerate(artifacts):
        if isinstance(artifact.content, Stored):
            staged.append(artifact.content.path)
        else:
            staged.append(f"{staging}/{number}")
            Path(staged[-1]).write_bytes(artifact.content)
    moved = _move_folders(out)
    for source, artifact in zip(staged, artifacts, strict=True):
        if source.startswith(moved):
            continue
        try:
            _place(source, f"{out}/{artifact.path}")
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            _remove_obstacles(out, artifact, removed, ours)
            _place(source, f"{out}/{artifact.path}")
    _remove(out, removed)
    write_whole(out / MANIFEST, manifest)
    shutil.rmtree(staging)


def _move_folders(out: Path) -> tuple[str, ...]:
    """Put whole folders of staged files where there are none yet; where those files were."""
    moved = []
    for name in _TOPS:
        staged, target = f"{out}/{STAGING}/{name}", f"{out}/{name}"
        if os.path.isdir(staged) and not os.path.lexists(target.rstrip("/")):
            os.replace(staged, target)
            moved.append(staged)
    return tuple(moved)


def _place(source: str, target: str) -> None:
    try:
        os.replace(source, target)
    except FileNotFoundError:
        folder = target.rpartition("/")[0]
        try:
            os.mkdir(folder)
        except OSError:  # More than the last folder is missing.
            os.makedirs(folder, exist_ok=True)
        os.replace(source, target)


def _remove_obstacles(
    out: Path, artifact: Artifact, removed: list[str], ours: Collection[str]
) -> None:
    """Clear a folder of ours where a file must go, and a file of ours where a folder must.

    Raises FileExistsError for what is not ours.
    """
    if (out / artifact.path).is_dir():
        _remove(out, [path for path in removed if path.startswith(artifact.path + "/")])
        if (out / artifact.path).is_dir() and not _rmdir(out / artifact.path):
            raise _not_ours(out / artifact.path)
    for parent in (out / artifact.path).parents:
        if parent == out:
            break
        if parent.is_file():
            if parent.relative_to(out).as_posix() not in ours:
                raise _not_ours(parent)
            parent.unlink()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader finds the old bytes or the new ones, and nothing between."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _remove(out: Path, paths: Iterable[str]) -> None:
    """Remove files, and the folders that they leave empty."""
    for path in paths:
        # Where a folder took the place of a file, or a file that of its folder, it is gone already.
        with suppress(IsADirectoryError, NotADirectoryError):
            (out / path).unlink(missing_ok=True)
        for parent in (out / path).parents:
            if parent == out or not _rmdir(parent):
                break


def _rmdir(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _is_same(out: Path, artifact: Artifact) -> bool:
    """Whether a file has an artifact's bytes already.

    Read, not believed: it may be damaged; unless it was just looked at and taken for the artifact.
    """
    if isinstance(artifact.content, Stored) and artifact.content.is_placed:
        return True
    path = f"{out}/{artifact.path}"
    try:
        if os.stat(path).st_size != artifact.size:
            return False
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() == artifact.sha256
    except OSError:
        return False


def _read_bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _manifest(lines: Mapping[str, str], part: Mapping[str, Any] | None) -> bytes:
    """The manifest: JSON with a file a line, so that it is written quickly and compares well."""
    told = {"part": dict(part)} if part is not None else {}
    head = json.dumps({"generator": f"versus {__version__}", **told, "files": []})[:-2]
    files = ",\n ".join([lines[path] for path in sorted(lines)])
    return (f"{head}\n {files}\n]}}\n" if lines else f"{head}\n]}}\n").encode()


def _line(artifact: Artifact) -> str:
    """An artifact's record as `json` writes it, in a quarter of the time."""
    path, _content, kind, article, variant, format_ = artifact
    return (
        f'{{"path": {_quoted(path)}, "sha256": "{artifact.sha256}", "bytes": {artifact.size}, '
        f'"media_type": {_quoted(kind)}, "article": {_quoted(article)}, '
        f'"variant": {_quoted(variant)}, "format": {_quoted(format_)}}}'
    )


def _quoted(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


@contextmanager
def lock(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """One process at a time writes to a folder; the kernel frees the lock of a killed one."""
    while True:
        handle = os.open(folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(handle, fcntl.LOCK_EX)
            if _is_there(handle, folder):
                yield
                return
        finally:
            os.close(handle)
        folder.mkdir(parents=True, exist_ok=True)  # Who held it removed it again.


def _is_there(handle: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(folder))
    except FileNotFoundError:
        return False
