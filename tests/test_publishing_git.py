"""Blogs made from files: commits on a branch of a clone, and nothing else touched."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import blogs
import pytest
from conftest import ARTICLE, Publication
from press import Press, press

from versus.publishing.apply import Outcome
from versus.publishing.http import RefusedError
from versus.publishing.targets import git

AUTHOR = 'author: "Ed Itor <ed@test.example>"'
PATH = "content/posts/a/index.md"


def run(folder: Path, *words: str) -> str:
    """What a command of Git's says; it must succeed."""
    environment = {
        **os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "O", "GIT_AUTHOR_EMAIL": "o@o",
        "GIT_COMMITTER_NAME": "O", "GIT_COMMITTER_EMAIL": "o@o",
    }  # fmt: skip
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A blog with a file of its own, and where it was cloned from."""
    origin, folder = tmp_path / "origin", tmp_path / "publication" / "blog"
    run(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    run(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    (folder / "own.md").write_text("own\n")
    (folder / ".gitignore").write_text("public/\n")
    run(folder, "add", ".")
    run(folder, "commit", "--quiet", "-m", "Begin")
    run(folder, "remote", "add", "origin", str(origin))
    run(folder, "push", "--quiet", "origin", "main")
    return folder


@pytest.fixture
def x(clone: Path, tmp_path: Path) -> Press:
    """A publication beside it, with one article."""
    (tmp_path / "publication").rename(tmp_path / "kept")
    publication = Publication(tmp_path / "publication")
    (tmp_path / "kept" / "blog").rename(clone)
    made = press(publication, blogs.Forem, f"kind: hugo, clone: blog, {AUTHOR}")
    made.environment.clear()
    made.article("a")
    return made


def publish(x: Press, **asked: object) -> Outcome:
    (outcome,) = x.publish(**asked)
    return outcome


def test_a_copy_is_one_commit_of_one_file_and_the_clone_stays_clean(x: Press, clone: Path) -> None:
    assert x.actions() == {"a": "create"}
    assert run(clone, "log", "--format=%s") == "Begin", "a plan changes nothing"
    assert not publish(x).failed
    assert run(clone, "log", "-1", "--format=%an <%ae>|%cn|%s|%b") == (
        "Ed Itor <ed@test.example>|Ed Itor|Publish Kafka vs Flink, a|From https://test.example/a/"
    )
    assert run(clone, "show", "--name-status", "--format=", "HEAD") == f"A\t{PATH}"
    assert run(clone, "status", "--porcelain", "--ignored") == ""
    copy = x.publication.out / "channels/x" / PATH
    assert (clone / PATH).read_bytes() == copy.read_bytes()
    assert x.ledger()["a"]["id"] == PATH
    assert x.actions() == {"a": "unchanged"}
    assert run(clone, "rev-list", "--count", "HEAD") == "2"


def test_a_folder_inside_a_repository_is_a_blog_of_its_own(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "publication").rename(tmp_path / "kept")
    publication = Publication(tmp_path / "publication")
    top = publication.root / "mono"
    (tmp_path / "kept" / "blog").rename(top)
    site = top / "the site"
    site.mkdir()
    x = press(publication, blogs.Forem, f"kind: hugo, clone: mono/the site, {AUTHOR}")
    x.environment.clear()
    x.article("a")
    assert not publish(x).failed
    assert run(top, "show", "--name-status", "--format=", "HEAD") == f"A\tthe site/{PATH}"
    assert run(top, "status", "--porcelain", "--ignored") == ""
    assert (x.ledger()["a"]["id"], x.actions()) == (PATH, {"a": "unchanged"})
    x.article("a", introduction="Three tools.")
    (site / PATH).write_text("being written\n")
    assert "has changes that are not committed" in publish(x).failure
    run(site, "checkout", "--quiet", PATH)
    assert not publish(x).failed
    assert "Three tools." in (site / PATH).read_text()
    (publication.root / "content/articles/a.yaml").unlink()
    assert not publish(x, unpublish=True).failed
    assert not (site / PATH).exists()
    assert run(top, "status", "--porcelain", "--ignored") == ""
    assert run(top, "ls-files").splitlines() == [".gitignore", "own.md"]


def test_a_change_is_named_by_its_parts_and_committed(x: Press, clone: Path) -> None:
    publish(x)
    x.article("a", introduction="Three tools.")
    (step,) = x.plan()
    assert step.changes == ("body", "description")
    publish(x)
    assert run(clone, "log", "-1", "--format=%s") == "Update Kafka vs Flink, a"
    x.article(
        "a", introduction="Three tools.", published="published: 2026-11-01\nupdated: 2026-11-02\n"
    )
    (step,) = x.plan()
    assert step.changes == ("front matter",)
    assert "+lastmod: 2026-11-02" in step.difference


def test_an_edit_in_the_blog_is_a_conflict(x: Press, clone: Path) -> None:
    publish(x)
    text = (clone / PATH).read_text()
    (clone / PATH).write_text(text.replace("\nTwo tools", "\nSome tools"))
    run(clone, "commit", "--quiet", "-am", "Say it otherwise")
    (step,) = x.plan()
    assert (step.action, step.changes) == ("conflict", ("body",))
    assert "-Some tools for streams." in step.difference
    assert publish(x).failed
    assert "Some tools" in (clone / PATH).read_text()
    assert not publish(x, choice="ours").failed
    assert "Two tools" in (clone / PATH).read_text()


def test_work_that_is_not_committed_is_neither_committed_nor_lost(x: Press, clone: Path) -> None:
    (clone / "own.md").write_text("being written\n")
    (clone / "new.md").write_text("new\n")
    run(clone, "add", "new.md")
    assert not publish(x).failed
    assert run(clone, "show", "--name-only", "--format=", "HEAD") == PATH
    assert run(clone, "status", "--porcelain").splitlines() == ["A  new.md", " M own.md"]
    (clone / PATH).write_text("being written\n")
    x.article("a", introduction="Three tools.")
    outcome = publish(x)
    assert "has changes that are not committed" in outcome.failure
    assert (clone / PATH).read_text() == "being written\n"


def test_a_file_in_the_way_that_nobody_committed_is_not_overwritten(x: Press, clone: Path) -> None:
    (clone / PATH).parent.mkdir(parents=True)
    (clone / PATH).write_text("mine\n")
    assert "has changes that are not committed" in publish(x).failure
    assert (clone / PATH).read_text() == "mine\n"
    assert x.ledger() == {}


def test_a_branch_of_its_own_leaves_the_checked_out_one_alone(x: Press, clone: Path) -> None:
    x.settings(f"kind: hugo, clone: blog, branch: copies, {AUTHOR}")
    assert not publish(x).failed
    assert run(clone, "symbolic-ref", "--short", "HEAD") == "main"
    assert run(clone, "rev-list", "--count", "main") == "1"
    assert run(clone, "ls-tree", "-r", "--name-only", "copies").splitlines() == [
        ".gitignore", PATH, "own.md",
    ]  # fmt: skip
    assert not (clone / "content").exists()
    assert run(clone, "status", "--porcelain") == ""
    assert x.actions() == {"a": "unchanged"}


def test_nothing_is_pushed_unless_it_is_asked_for(x: Press, clone: Path, tmp_path: Path) -> None:
    publish(x)
    assert run(tmp_path / "origin", "rev-list", "--count", "main") == "1"
    publish(x, push=True)
    assert run(tmp_path / "origin", "rev-list", "--count", "main") == "2"
    x.settings(f"kind: hugo, clone: blog, push: true, {AUTHOR}")
    x.article("a", introduction="Three tools.")
    publish(x)
    assert run(tmp_path / "origin", "rev-list", "--count", "main") == "3"


def test_a_push_that_is_refused_says_what_to_do(x: Press, clone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    run(tmp_path, "clone", "--quiet", str(tmp_path / "origin"), str(other))
    (other / "theirs.md").write_text("theirs\n")
    run(other, "add", ".")
    run(other, "commit", "--quiet", "-m", "Theirs")
    run(other, "push", "--quiet")
    done, pushed = x.publish(push=True)
    assert not done.failed
    assert "not pushed" in pushed.failure
    assert "bring that clone up to date" in pushed.hint
    run(clone, "pull", "--quiet", "--rebase", "origin", "main")
    assert not publish(x, push=True).failed
    assert run(tmp_path / "origin", "rev-list", "--count", "main") == "3"


def test_a_post_whose_path_changes_is_moved_in_one_commit(x: Press, clone: Path) -> None:
    publish(x)
    x.settings(f'kind: hugo, clone: blog, path: "content/blog/{{slug}}.md", {AUTHOR}')
    assert x.plan()[0].changes == ("path",)
    assert not publish(x).failed
    assert run(clone, "ls-files", "content") == "content/blog/a.md"
    assert run(clone, "status", "--porcelain") == ""
    assert not (clone / PATH).exists()
    assert x.ledger()["a"]["id"] == "content/blog/a.md"


def test_what_is_taken_down_is_gone_from_the_branch_only_when_asked(x: Press, clone: Path) -> None:
    x.article("b")
    x.publish()
    (x.publication.root / "content/articles/b.yaml").unlink()
    x.publish()
    assert len(run(clone, "ls-files", "content").splitlines()) == 2
    x.publish(unpublish=True)
    assert run(clone, "ls-files", "content") == PATH
    assert run(clone, "status", "--porcelain") == ""
    assert set(x.ledger()) == {"a"}


def test_a_clone_without_commits_gets_its_first_one(x: Press, tmp_path: Path) -> None:
    empty = x.publication.root / "empty"
    run(tmp_path, "init", "--quiet", "--initial-branch=main", str(empty))
    x.settings(f"kind: hugo, clone: empty, {AUTHOR}")
    assert not publish(x).failed
    assert run(empty, "ls-files") == PATH
    assert run(empty, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("settings", "said", "hint"),
    [
        (f"clone: nowhere, {AUTHOR}", "there is no folder nowhere", "mend `clone`"),
        (f"clone: content, {AUTHOR}", "not a git repository", "try it in"),
    ],
)
def test_a_clone_that_is_none_is_told(x: Press, settings: str, said: str, hint: str) -> None:
    x.settings(f"kind: hugo, {settings}")
    outcome = publish(x)
    assert said in outcome.failure
    assert hint in outcome.hint


def test_without_an_author_git_says_who_commits_or_the_setting_is_named(
    x: Press, clone: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))
    x.settings("kind: hugo, clone: blog")
    run(clone, "config", "user.useConfigOnly", "true")
    outcome = publish(x)
    assert "author:" in outcome.hint
    run(clone, "config", "user.name", "Git Ter")
    run(clone, "config", "user.email", "git@test.example")
    assert not publish(x).failed
    assert run(clone, "log", "-1", "--format=%an") == "Git Ter"


class KilledError(BaseException):
    """The process is gone."""


@pytest.mark.e2e
@pytest.mark.parametrize("number", range(1, 12))
def test_a_process_killed_at_any_step_leaves_a_clone_that_the_next_one_mends(
    x: Press, clone: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    publish(x)
    x.article("a", introduction="Three tools.")
    x.article("b")
    x.build()
    left = number
    ask: Callable[..., bytes] = git.Git._bytes

    def counting(self: git.Git, *words: str, **more: object) -> bytes:
        nonlocal left
        changing = {"hash-object", "write-tree", "commit-tree", "update-ref", "checkout"}
        left -= words[0] in changing
        said = ask(self, *words, **more)
        if left == 0 and words[0] in changing:
            left = -1
            raise KilledError
        return said

    with monkeypatch.context() as patch:
        patch.setattr(git.Git, "_bytes", counting)
        with pytest.raises(KilledError) if number <= 10 else _as_it_is():
            x.desk().carry_out()
    x.desk().carry_out()
    assert {step.action for step in x.desk().steps} == {"unchanged"}
    assert run(clone, "status", "--porcelain") == ""
    assert run(clone, "rev-list", "--count", "HEAD") == "4", "no commit twice"
    assert run(clone, "fsck", "--no-dangling") == ""


class _as_it_is:  # noqa: N801 - reads as a word
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_what: object) -> None:
        return None


def test_a_commit_that_is_made_is_not_denied_though_its_file_cannot_be_checked_out(
    x: Press, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask: Callable[..., bytes] = git.Git._bytes

    def refusing(self: git.Git, *words: str, **more: object) -> bytes:
        if words[0] == "checkout":
            raise RefusedError("git checkout: no")
        return ask(self, *words, **more)

    with monkeypatch.context() as patch:
        patch.setattr(git.Git, "_bytes", refusing)
        x.publish()
    assert x.ledger()["a"]["sent"], "the commit is there, and written down"
    x.publish()
    assert x.actions() == {"a": "unchanged"}
    assert run(clone, "status", "--porcelain") == ""


def test_git_that_hangs_is_given_up(x: Press, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*words: object, **more: object) -> None:
        raise subprocess.TimeoutExpired("git", 1)

    x.build()
    monkeypatch.setattr(subprocess, "run", hangs)
    (step,) = x.desk().steps
    assert "takes too long" in step.why


@pytest.mark.parametrize(
    ("text", "title", "state"),
    [
        ("---\ntitle: A\ndraft: true\n---\nbody", "A", "draft"),
        ("---\ntitle: A\npublished: false\n---\nbody", "A", "draft"),
        ("---\ntitle: A\n---\nbody", "A", "published"),
        ("---\ntitle: [\n---\nbody", None, "published"),
        ("no head", None, "published"),
        ("---\n- a\n---\nb", None, "published"),
    ],
)
def test_front_matter_is_read_as_far_as_it_can_be(text: str, title: str | None, state: str) -> None:
    content, found = git.parsed(text)
    assert content.get("title") == title
    assert found == state
    assert "body" in content


@pytest.mark.e2e
def test_the_other_kinds_of_blogs_are_committed_too(x: Press, clone: Path) -> None:
    paths = {
        "jekyll": "_posts/2026-11-01-a.md",
        "docusaurus": "blog/a/index.md",
        "astro": "src/content/blog/a.md",
    }
    for kind, path in paths.items():
        (x.publication.root / "content/ledger.json").unlink(missing_ok=True)
        x.settings(f"kind: {kind}, clone: blog, {AUTHOR}")
        x.publication.article("a", ARTICLE + "tags: [streams]\n")
        assert not publish(x).failed
        assert (clone / path).exists()
        assert x.actions() == {"a": "unchanged"}
