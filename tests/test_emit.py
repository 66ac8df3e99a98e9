"""Writing: all or nothing, whole files, only what is ours."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import ARTICLE, ROOT, Publication, run
from hypothesis import given
from hypothesis import strategies as st

from versus import emit
from versus.artifacts import Artifact, Stored

TEXTS = ("-f", "html", "-f", "markdown")


def artifact(path: str, data: bytes = b"x", article: str | None = None) -> Artifact:
    return Artifact(f"site/{path}", data, "text/plain", article)


def listing(out: Path) -> dict[str, bytes]:
    return {
        p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()
    }


def test_the_manifest_lists_every_file_with_its_digest(publication: Publication) -> None:
    publication.article("a")
    publication.build(*TEXTS)
    manifest = json.loads(publication.read("manifest.json"))
    files = publication.files()
    del files["manifest.json"]
    assert [record["path"] for record in manifest["files"]] == sorted(files)
    for record in manifest["files"]:
        data = files[record["path"]]
        assert record["bytes"] == len(data)
        assert record["sha256"] == hashlib.sha256(data).hexdigest()
    page = next(r for r in manifest["files"] if r["path"] == "site/a/brief/index.html")
    assert (page["article"], page["variant"], page["media_type"]) == ("a", "brief/en", "text/html")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True))
def test_the_manifest_is_written_as_json_writes_it_and_its_paths_are_read_without_it(
    names: list[str],
) -> None:
    found = {f"site/{n}": Artifact(f"site/{n}", b"x", "text/plain", n, None, n) for n in names}
    text = emit._manifest({path: emit._line(made) for path, made in found.items()}, None)
    records = [found[path].record() for path in sorted(found)]
    assert json.loads(text)["files"] == records
    assert b"".join(text.splitlines(keepends=True)[1:-1]).decode() == "".join(
        f" {json.dumps(record, ensure_ascii=False)}{',' * (record != records[-1])}\n"
        for record in records
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "manifest.json").write_bytes(text)
        assert list(emit._paths(Path(folder))) == list(emit.read_manifest(Path(folder)))


def test_a_manifest_that_somebody_formatted_still_says_which_files_are_ours(tmp_path: Path) -> None:
    emit.emit([artifact("a"), artifact("b")], tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()), indent=2, sort_keys=True))
    emit.emit([artifact("b")], tmp_path)
    assert set(listing(tmp_path)) == {"site/b", "manifest.json"}


def test_files_no_longer_produced_are_removed_and_others_stay(publication: Publication) -> None:
    publication.article("a")
    publication.article("b", ARTICLE.replace("Flink", "Pulsar"))
    publication.build(*TEXTS)
    publication.write("out/site/b/mine.txt", "mine")
    publication.write("out/notes.txt", "mine")
    (publication.root / "content/articles/b.yaml").unlink()
    publication.build(*TEXTS)
    left = {path for path in publication.files() if "/b/" in path or path == "notes.txt"}
    assert left == {"site/b/mine.txt", "notes.txt"}


def test_a_build_of_one_format_keeps_the_others(publication: Publication) -> None:
    publication.article("a")
    publication.build(*TEXTS)
    before = publication.files()
    publication.build("-f", "markdown")
    assert publication.files() == before


def test_a_build_of_one_article_keeps_the_others(publication: Publication) -> None:
    publication.article("a")
    publication.article("b", ARTICLE.replace("Flink", "Pulsar"))
    publication.build(*TEXTS)
    before = publication.files()
    publication.article("a", ARTICLE.replace("Two tools", "Three tools"))
    publication.build(*TEXTS, "a")
    after = publication.files()
    assert "site/b/index.md" in after
    assert b"Three tools" in after["site/a/index.md"]
    assert set(after) == set(before)


def test_a_second_build_changes_nothing(publication: Publication) -> None:
    publication.article("a")
    publication.build(*TEXTS)
    before = {p: p.stat().st_mtime_ns for p in publication.out.rglob("*") if p.is_file()}
    result = publication.build(*TEXTS)
    assert "0 changed, 0 removed" in result.stdout
    assert {p: p.stat().st_mtime_ns for p in publication.out.rglob("*") if p.is_file()} == before


def test_a_damaged_file_is_written_again(publication: Publication) -> None:
    publication.article("a")
    publication.build(*TEXTS)
    good = publication.files()
    publication.write("out/site/a/index.md", good["site/a/index.md"].replace(b"e", b"E"))
    (publication.out / "site/a/index.html").unlink()
    publication.build(*TEXTS)
    assert publication.files() == good


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"files": [{"path": "../../x"}]}', '{"files": 3}']
)
def test_a_damaged_manifest_is_replaced_and_nothing_outside_is_touched(
    publication: Publication, damage: str
) -> None:
    publication.article("a")
    publication.write("x", "mine")
    publication.build(*TEXTS)
    good = publication.files()
    publication.write("out/manifest.json", damage)
    publication.build(*TEXTS)
    assert publication.files() == good
    assert (publication.root / "x").read_text() == "mine"


def test_clean_removes_what_builds_wrote_and_nothing_else(publication: Publication) -> None:
    publication.article("a")
    publication.build(*TEXTS)
    publication.write("out/.gitignore", "*")
    publication.write("out/site/mine.txt", "mine")
    assert publication.run("clean").code == 0
    assert set(publication.files()) == {".gitignore", "site/mine.txt"}


def test_a_folder_takes_the_place_of_a_file_of_the_last_build(tmp_path: Path) -> None:
    emit.emit([artifact("a")], tmp_path)
    emit.emit([artifact("a/b")], tmp_path)
    assert set(listing(tmp_path)) == {"site/a/b", "manifest.json"}
    emit.emit([artifact("a")], tmp_path)
    assert set(listing(tmp_path)) == {"site/a", "manifest.json"}


def test_a_build_killed_at_any_step_is_mended_by_the_next(tmp_path: Path) -> None:
    """Whichever system call was the last, the next build ends as a clean one does."""
    old = [artifact(f"{n}/f", b"old") for n in "abc"]
    new = [artifact(f"{n}/f", b"new!") for n in "bcd"]
    clean = tmp_path / "clean"
    emit.emit(new, clean)
    script = """
import os, sys
from pathlib import Path
from versus import emit
from versus.artifacts import Artifact, Stored
left = int(sys.argv[2])
def deadly(function):
    def call(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return function(*args, **kwargs)
    return call
os.replace, os.unlink, os.mkdir, os.rmdir, Path.write_bytes = map(
    deadly, (os.replace, os.unlink, os.mkdir, os.rmdir, Path.write_bytes))
emit.emit([Artifact(f"site/{n}/f", b"new!", "text/plain") for n in "bcd"], Path(sys.argv[1]))
"""
    steps = 0
    while True:
        out = tmp_path / f"killed-{steps}"
        emit.emit(old, out)
        done = subprocess.run(
            [sys.executable, "-c", script, str(out), str(steps)], cwd=ROOT, check=False
        )
        whole = {
            data
            for path, data in listing(out).items()
            if path.endswith("/f") and ".versus-staging" not in path
        }
        assert whole <= {b"old", b"new!"}, "no file is ever half written"
        emit.emit(new, out)
        assert listing(out) == listing(clean), f"killed at step {steps}"
        if done.returncode == 0:
            break
        steps += 1
    assert steps > 12


def staged(output: emit.Output, name: str) -> Artifact:
    """An artifact laid into the staging folder, where rendering lays it."""
    data = name.encode()
    path = output.staging() / f"site/{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    content = Stored(str(path), hashlib.sha256(data).hexdigest(), len(data))
    return artifact(name)._replace(content=content)


def test_files_laid_for_a_new_folder_are_put_in_place_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves: list[str] = []
    replace = os.replace

    def noted(source: str, target: str) -> None:
        moves.append(os.path.relpath(target, tmp_path))
        replace(source, target)

    monkeypatch.setattr(os, "replace", noted)
    with emit.opened(tmp_path) as output:
        found = output.emit([staged(output, "a/f"), staged(output, "b/f"), artifact("c/f")])
    assert set(listing(tmp_path)) == {"site/a/f", "site/b/f", "site/c/f", "manifest.json"}
    assert found.written == ("site/a/f", "site/b/f", "site/c/f")
    assert set(moves) & {"site", *found.written} == {"site", "site/c/f"}
    with emit.opened(tmp_path) as output:  # Not where there is a folder, with files of others.
        (tmp_path / "site/mine").write_bytes(b"mine")
        output.emit([staged(output, "d/f")])
    assert set(listing(tmp_path)) == {"site/d/f", "site/mine", "manifest.json"}


def test_files_laid_for_a_build_that_failed_are_gone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with emit.opened(out) as output:
        staged(output, "a/f")
        staged(output, "b/c/f")
    assert not out.exists()


def test_what_a_killed_build_laid_is_never_put_in_place(tmp_path: Path) -> None:
    left = tmp_path / ".versus-staging/site/old/f"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    emit.emit([artifact("a")], tmp_path)
    assert set(listing(tmp_path)) == {"site/a", "manifest.json"}


def test_a_build_killed_at_its_very_end_leaves_nothing_for_long(tmp_path: Path) -> None:
    """All files are in their places, and the journal was not removed yet."""
    emit.emit([artifact("a")], tmp_path)
    before = listing(tmp_path)
    (tmp_path / ".versus-staging").mkdir()
    (tmp_path / ".versus-staging/journal.json").write_text('["site/a"]')
    emit.emit([artifact("a")], tmp_path)
    assert listing(tmp_path) == before
    assert not (tmp_path / ".versus-staging").exists()


def test_a_build_waits_for_another_one_of_the_same_folder(publication: Publication) -> None:
    publication.article("a")
    publication.build(*TEXTS)
    script = (
        "import fcntl, os, sys, time\n"
        "fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)\n"
        "print('held', flush=True)\nsys.stdin.readline()"
    )
    command = [sys.executable, "-c", script, str(publication.out)]
    holder = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    publication.article("a", ARTICLE.replace("Two", "Three"))
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(publication.root), *TEXTS]
    build = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert build.stderr
    assert "Another build writes to this folder" in build.stderr.readline()
    holder.communicate("\n")
    build.communicate()
    assert build.returncode == 0
    assert "Three tools" in publication.read("site/a/index.md")


@pytest.mark.e2e
def test_a_build_that_waited_for_one_that_failed_makes_the_folder_anew(tmp_path: Path) -> None:
    """Whoever made `out` and wrote nothing removes it, while the other waits for its lock."""
    out = tmp_path / "out"
    waits, waited = threading.Event(), []

    def fail() -> None:
        with emit.opened(out):
            held.set()
            assert waits.wait(30)

    def build() -> None:
        waited.append(emit.emit([artifact("a")], out, waiting=waits.set))

    held = threading.Event()
    first, second = threading.Thread(target=fail), threading.Thread(target=build)
    first.start()
    assert held.wait(30)
    second.start()
    first.join()
    second.join()
    assert waited[0].written == ("site/a",)
    assert listing(out)["site/a"] == b"x"


def test_two_builds_at_once_end_as_one(publication: Publication) -> None:
    for n in range(6):
        publication.article(f"a{n}", ARTICLE.replace("Kafka", f"Kafka{n}"))
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(publication.root), *TEXTS]
    builds = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [build.wait() for build in builds] == [0, 0, 0]
    together = publication.files()
    publication.run("clean")
    publication.build(*TEXTS)
    assert publication.files() == together


def test_ctrl_c_leaves_nothing_behind(publication: Publication) -> None:
    for n in range(80):  # So many take seconds on any machine.
        publication.article(f"a{n}", ARTICLE.replace("Kafka", f"Kafka{n}"))
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(publication.root)]
    build = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(1.2)
    os.killpg(build.pid, signal.SIGINT)
    _out, said = build.communicate(timeout=30)
    if build.returncode != 0:
        assert build.returncode == 130
        assert "Traceback" not in said
        assert not publication.out.exists()


def test_a_place_that_cannot_be_written_is_told(publication: Publication) -> None:
    publication.article("a")
    result = run("build", "-C", str(publication.root), "-o", "/proc/versus", *TEXTS)
    assert result.code == 1
    assert "error: /proc/versus" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_out_that_is_no_folder_is_told(publication: Publication) -> None:
    publication.article("a")
    publication.write("blocked", "a file")
    result = run(
        "build", "-C", str(publication.root), "-o", str(publication.root / "blocked/out"), *TEXTS
    )
    assert result.code == 1
    assert "Traceback" not in result.stderr
    assert "error:" in result.stderr


PWA = '{"name": "An app", "icons": []}'


def test_somebody_elses_manifest_is_neither_replaced_nor_removed(
    publication: Publication,
) -> None:
    """Web apps have a `manifest.json` as well."""
    publication.article("a")
    path = publication.write("out/manifest.json", PWA)
    result = publication.run("build", "-f", "markdown")
    assert result.code == 1
    assert "manifest.json: a file that no build wrote is in the way" in result.stderr
    assert "another folder with `--out`" in result.stderr
    assert publication.run("clean").code == 0
    assert publication.files() == {"manifest.json": PWA.encode()}
    assert path.read_text() == PWA


def test_a_folder_named_staging_is_the_users(publication: Publication) -> None:
    publication.article("a")
    mine = publication.write("out/.staging/sub/mine", "x")
    publication.build("-f", "markdown")
    publication.run("clean")
    assert mine.read_text() == "x"


def test_a_folder_where_a_file_must_go_is_not_removed(publication: Publication) -> None:
    publication.article("a")
    mine = publication.write("out/site/feed.xml/mine", "mine")
    result = publication.run("build", "-f", "html")
    assert result.code == 1
    message = "out/site/feed.xml: a folder with files that no build wrote is in the way"
    assert message in result.stderr
    assert "move it away" in result.stderr
    assert mine.read_text() == "mine"
    mine.unlink()
    publication.build("-f", "html")
    assert publication.read("site/feed.xml")


def test_a_file_where_an_articles_folder_must_go_is_not_removed(publication: Publication) -> None:
    publication.article("a")
    mine = publication.write("out/site/a", "mine")
    result = publication.run("build", "-f", "markdown")
    assert result.code == 1
    assert "out/site/a: a file that no build wrote is in the way" in result.stderr
    assert mine.read_text() == "mine"
    mine.unlink()
    publication.build("-f", "markdown")


def test_a_file_where_a_folder_must_be_is_told_before_anything_is_written(
    publication: Publication,
) -> None:
    publication.article("a")
    publication.build("-f", "html")
    before = publication.files()
    publication.article("a", ARTICLE + "conclusion: The end.\n")
    publication.write("content/assets/versus", "not a folder")
    result = publication.run("build", "-f", "html")
    assert result.code == 1
    assert "site/assets/versus is a file, and a folder for site/assets/versus/" in result.stderr
    assert publication.files() == before


@pytest.mark.parametrize("slug", ["favicon.svg", "Sitemap.xml", "tags"])
def test_no_article_takes_a_path_of_the_sites(publication: Publication, slug: str) -> None:
    publication.article("a", ARTICLE + f"slug: {slug}\n")
    assert "the site itself uses the path" in publication.run("check").stderr
