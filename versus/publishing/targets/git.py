"""Blogs made from files: each copy is a commit on a branch of a local clone.

Sources: Git's documentation (`git hash-object`, `read-tree`, `update-index`, `commit-tree`,
`update-ref`). A commit is made beside the clone's own index, and holds one article's file and
nothing else; where the branch is checked out, that one file is brought up to it, and refused
before if somebody has changed it there. A post is the file at its path, from the folder that is
named, which may be one inside a repository. Nothing is pushed unless that is asked for.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from versus.ledger import Content
from versus.publishing.http import RefusedError, UnreachableError
from versus.publishing.target import Copy, Place, Platform, Problem, Remote, Source, Target, done
from versus.yamltext import YamlError, load

_OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
"""What Git tells its hooks; a hook may run us."""
_PATIENCE = 120
_MOVED = "versus publish"
"""Why a branch moved, as its reflog says it."""
_MEMORY = 3
"""How many commits of a file are looked through for what is left of a run that was cut off."""
_FIELDS = {
    "title": ("title",),
    "tags": ("tags",),
    "description": ("description",),
    "canonical": ("canonicalURL", "canonical_url"),
}
"""The parts of a content, and what front matter calls them."""


class Git(Target):
    """A branch of a clone, or the part of it below a folder."""

    def __init__(self, place: Place) -> None:
        channel = place.channel
        self._folder = place.root / (channel.clone or "")
        self._author = channel.author
        self._push = place.push
        if not self._folder.is_dir():
            hint = "clone the blog there, or mend `clone` in site.yaml"
            raise RefusedError(f"there is no folder {channel.clone}", hint)
        self._prefix = self._bytes("rev-parse", "--show-prefix").decode().removesuffix("\n")
        if self._prefix:  # Git takes some paths from where it is, others from the top: be there.
            self._folder = Path(self._git("rev-parse", "--show-toplevel"))
        self._branch = channel.branch or self._current()
        self._ref = f"refs/heads/{self._branch}"
        self._touched: set[str] = set()

    def find(self, copy: Copy) -> Remote | None:
        """The file at the copy's path."""
        return self._remote(copy.payload["path"], copy.address)

    def show(self, remote_id: str) -> Remote | None:
        """The file that the branch has at a path."""
        return self._remote(remote_id)

    def create(self, copy: Copy) -> Remote:
        """Commit a new file."""
        return self._committed(copy, None, f"Publish {copy.title}")

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Commit the file anew; one whose path has changed is moved."""
        return self._committed(copy, remote.id, f"Update {copy.title}")

    def unpublish(self, remote: Remote) -> Remote | None:
        """Commit that the file is gone."""
        self._commit(
            {self._prefix + remote.id: None},
            f"Take down {remote.content.get('title') or remote.id}",
        )
        return None

    def finish(self) -> None:
        """Mend what a run that was cut off left behind, and push if that is asked for."""
        for path in sorted(self._touched):
            tree = self._tree()
            if tree is not None and self._is_left_behind(tree, path):
                self._bring_up(tree, path)
        if self._push:
            self._pushed()

    def _pushed(self) -> None:
        key = f"branch.{self._branch}.remote"
        remote = self._git("config", "--get", key, fails=True) or "origin"
        try:
            self._git("push", "--quiet", remote, f"{self._ref}:{self._ref}")
        except RefusedError as error:
            hint = f"the commits are in {self._folder}: bring that clone up to date, and push there"
            raise RefusedError(f"not pushed: {error.message}", hint) from None

    def _remote(self, path: str, address: str = "") -> Remote | None:
        at, tip = self._prefix + path, self._tip()
        self._touched.add(at)
        if tip is None or not self._git("ls-tree", tip, "--", at):
            return None
        data = self._bytes("cat-file", "blob", f"{tip}:{at}")
        content, state = parsed(data.decode("utf-8", errors="replace"))
        content = {**content, "path": path}
        return Remote(path, address, "draft" if state == "draft" else "published", content, tip)

    def _committed(self, copy: Copy, old: str | None, message: str) -> Remote:
        path, text = copy.payload["path"], copy.payload["text"]
        changes: dict[str, bytes | None] = {self._prefix + path: text.encode()}
        if old is not None and old != path:
            changes[self._prefix + old] = None
        self._commit(changes, f"{message}\n\nFrom {copy.canonical}\n")
        with done():
            shown = self._remote(path, copy.address)
        if shown is None:
            raise UnreachableError(f"{path} is not in the commit", "look at the clone")
        return shown

    def _commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """One commit with these files, by their paths from the repository's top.

        None for one that goes; all others stay as they are.
        """
        tree = self._tree()
        for path in changes:
            if tree is not None and self._is_edited(tree, path, changes[path]):
                hint = f"commit or undo it in {tree}"
                raise RefusedError(f"{path} has changes that are not committed", hint)
        tip = self._tip()
        with self._index() as index:
            if tip is not None:
                self._git("read-tree", tip, index=index)
            for path, data in changes.items():
                if data is None:
                    self._git("update-index", "--force-remove", "--", path, index=index)
                    continue
                blob = self._git("hash-object", "-w", "--stdin", given=data)
                entry = f"100644,{blob},{path}"
                self._git("update-index", "--add", "--cacheinfo", entry, index=index)
            made = self._git("write-tree", index=index)
        parents = ("-p", tip) if tip is not None else ()
        own = self._commit_of(self._ref)
        commit = self._git("commit-tree", made, *parents, given=message.encode())
        self._git("update-ref", "-m", _MOVED, self._ref, commit, own or "0" * len(commit))
        with done():
            for path in changes:
                if tree is not None:
                    self._bring_up(tree, path)

    def _is_changed(self, tree: Path, path: str) -> bool:
        status = ("status", "--porcelain", "--untracked-files=all", "--ignored", "--", path)
        return bool(self._git(*status, at=tree))

    def _is_edited(self, tree: Path, path: str, wanted: bytes | None) -> bool:
        """Whether somebody would lose work if the file there were replaced."""
        return (
            self._is_changed(tree, path)
            and not _holds(tree / path, wanted)
            and not self._is_left_behind(tree, path)
        )

    def _is_left_behind(self, tree: Path, path: str) -> bool:
        """Whether the file there is as it was before a commit of ours: a run was cut off after it.

        Only where we moved the branch last, and the file says what is in its history anyway.
        """
        if not self._is_changed(tree, path):
            return False
        if self._git("reflog", "-1", "--format=%gs", self._ref, fails=True) != _MOVED:
            return False
        said = ("log", "--format=", "--raw", "--no-abbrev", "--no-renames", f"-n{_MEMORY}")
        lines = self._git(*said, self._ref, "--", path).splitlines()
        before = {line.split()[2] for line in lines}
        if not (tree / path).exists():
            return bool(lines) and set(lines[0].split()[2]) == {"0"}
        return self._git("hash-object", "--no-filters", "--", path, at=tree) in before

    def _bring_up(self, tree: Path, path: str) -> None:
        """Make a file that is checked out the one of the branch."""
        if self._git("ls-tree", self._tip() or "", "--", path):
            self._git("checkout", "--quiet", "HEAD", "--", path, at=tree)
        else:
            self._git("rm", "--quiet", "--force", "--ignore-unmatch", "--", path, at=tree)

    def _tip(self) -> str | None:
        """The branch's last commit; that of its remote or of the clone where it is to be made."""
        name = f"refs/remotes/origin/{self._branch}"
        for ref in (self._ref, name, "HEAD"):
            found = self._commit_of(ref)
            if found:
                return found
        return None

    def _commit_of(self, ref: str) -> str:
        return self._git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", fails=True)

    def _tree(self) -> Path | None:
        """The folder in which the branch is checked out, if it is."""
        folder = None
        for line in self._git("worktree", "list", "--porcelain").splitlines():
            word, _space, rest = line.partition(" ")
            folder = Path(rest) if word == "worktree" else folder
            if word == "branch" and rest == self._ref:
                return folder
        return None

    def _current(self) -> str:
        found = self._git("symbolic-ref", "--quiet", "--short", "HEAD", fails=True)
        if not found:
            hint = "name one in site.yaml as the channel's `branch`"
            raise RefusedError(f"{self._folder} has no branch checked out", hint)
        return found

    @contextmanager
    def _index(self) -> Iterator[str]:
        with tempfile.TemporaryDirectory(prefix="versus-") as folder:
            yield str(Path(folder) / "index")

    def _git(
        self,
        *words: str,
        given: bytes | None = None,
        index: str | None = None,
        at: Path | None = None,
        fails: bool = False,
    ) -> str:
        """What a command of Git's says; nothing where it may fail and does."""
        try:
            return self._bytes(*words, given=given, index=index, at=at).decode().strip()
        except RefusedError:
            if fails:
                return ""
            raise

    def _bytes(
        self,
        *words: str,
        given: bytes | None = None,
        index: str | None = None,
        at: Path | None = None,
    ) -> bytes:
        environment = {k: v for k, v in os.environ.items() if k not in _OURS}
        environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}
        if index is not None:
            environment["GIT_INDEX_FILE"] = index
        if self._author is not None:
            name, _bracket, address = self._author.rstrip(">").partition(" <")
            for who in ("AUTHOR", "COMMITTER"):
                environment |= {f"GIT_{who}_NAME": name, f"GIT_{who}_EMAIL": address}
        try:
            done = subprocess.run(  # noqa: S603 - arguments, no shell
                ["git", "-C", str(at or self._folder), *words],  # noqa: S607 - the user's Git
                input=given, capture_output=True, env=environment, timeout=_PATIENCE, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise RefusedError("there is no program `git`", "install Git") from None
        except subprocess.TimeoutExpired:
            message = f"`git {words[0]}` takes too long"
            raise UnreachableError(message, f"try it in {self._folder}") from None
        if done.returncode != 0:
            said = " ".join(done.stderr.decode("utf-8", errors="replace").split())
            hint = f"try it in {self._folder}"
            if "identity" in said or "auto-detect email" in said:
                hint = "write `author: Name <mail@example.com>` into site.yaml"
            raise RefusedError(f"git {words[0]}: {said[-300:] or done.returncode}", hint)
        return done.stdout


def _holds(path: Path, data: bytes | None) -> bool:
    """Whether a file has these bytes; None is no file."""
    try:
        return path.read_bytes() == data
    except OSError:
        return data is None


def parsed(text: str) -> tuple[Content, str]:
    """A post's file as content, and whether it is a draft: front matter in parts, then the body."""
    head, body = _split(text)
    if head is None:
        return {"body": text}, "published"
    content: dict[str, str | tuple[str, ...]] = {"body": body}
    used = set()
    for part, names in _FIELDS.items():
        for name in names:
            if name in head:
                value = head[name]
                used.add(name)
                content[part] = (
                    tuple(map(str, value)) if isinstance(value, list) else str(value or "")
                )
    rest = [f"{name}: {head[name]}" for name in sorted(head) if name not in used]
    content["front matter"] = "\n".join(rest)
    is_draft = str(head.get("draft")) == "true" or str(head.get("published")) == "false"
    return content, "draft" if is_draft else "published"


def _split(text: str) -> tuple[Mapping[str, object] | None, str]:
    if not text.startswith("---\n"):
        return None, text
    head, line, body = text[4:].partition("\n---\n")
    try:
        data = load(head)
    except YamlError:
        return None, text
    return (data, body) if line and isinstance(data, dict) else (None, text)


def _read(source: Source) -> Copy:
    path, data = next(iter(source.files.items()))
    text = data.decode()
    content, state = parsed(text)
    return Copy(
        article=source.article, slug=source.article, title=source.title,
        canonical=source.canonical, state="draft" if state == "draft" else "published",
        content={**content, "path": path}, payload={"path": path, "text": text}, at=source.at,
        address=source.address,
    )  # fmt: skip


def _exact(content: Content) -> Content:
    """Files are kept as they are."""
    return content


def _problems(copy: Copy, place: Place) -> Iterator[Problem]:
    """A path that would leave the clone, or change how Git or the blog works."""
    if any(part.startswith(".") for part in Path(copy.payload["path"]).parts):
        yield Problem(f"{copy.payload['path']} is no place for a post", "mend `path` in site.yaml")


PLATFORM = Platform(
    name="Git", read=_read, connect=Git, secrets=(), chosen_by="clone", normal=_exact,
    problems=_problems, settle=0.0,
)  # fmt: skip
