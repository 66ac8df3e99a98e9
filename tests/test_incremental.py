"""A build after changes ends as a clean one does, byte for byte, and makes only what it has to."""

import io
import json
import os
import random
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ARTICLE, SITE, Publication, run
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PIL import Image

from versus import cache, memory, pipeline, stamps, unchanged
from versus.diagnostics import VersusError
from versus.request import Request
from versus.workshop import Watch

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def request(root: Path, out: Path, **more: object) -> Request:
    asked = {"formats": ("html", "markdown"), **more}
    return Request(root=root, out=out, now=NOW, **asked)  # type: ignore[arg-type]


def files(out: Path) -> dict[str, bytes]:
    found = (p for p in sorted(out.rglob("*")) if p.is_file())
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in found}


NAMES = ("kafka", "flink", "spark", "pulsar", "nats")


def article(subjects: tuple[str, str], words: str, link: str | None = None) -> str:
    text = f"title: {subjects[0]} vs {subjects[1]}\npublished: 2026-11-01\ntags: [streams]\n"
    text += f"subjects: [{{name: {subjects[0]}}}, {{name: {subjects[1]}}}]\n"
    text += f"introduction: |\n  {words}, and *nothing* else.\n"
    return text + (f"\n  See [it]({link}).\n" if link else "")


class Edits(RuleBasedStateMachine):
    """Any edits in any order: an incremental build always equals a clean one."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(os.environ["EDITS_FOLDER"]) / f"{random.getrandbits(64):x}"
        self.root, self.out = self.base / "p", self.base / "out"
        self.articles = self.root / "content" / "articles"
        self.steps = 0

    @initialize()
    def begin(self) -> None:
        self.articles.mkdir(parents=True)
        (self.root / "content" / "site.yaml").write_text(
            SITE.replace("editions", "social: {card: false}\neditions")
        )
        self.write("kafka", article(("Kafka", "Flink"), "Two tools"))
        self.write("spark", article(("Spark", "Flink"), "More tools", "kafka.yaml"))

    def write(self, name: str, text: str) -> None:
        (self.articles / f"{name}.yaml").write_text(text)

    @property
    def names(self) -> list[str]:
        return sorted(p.stem for p in self.articles.glob("*.yaml") if "." not in p.stem)

    @rule(name=st.sampled_from(NAMES), pair=st.permutations(["Kafka", "Flink", "C#", "MLOps"]),
          words=st.sampled_from(["Some words", "Other words", "A `code` word"]), to=st.sampled_from(NAMES))  # fmt: skip
    def edit(self, name: str, pair: list[str], words: str, to: str) -> None:
        link = f"{to}.yaml" if to in self.names else None
        self.write(name, article((pair[0], pair[1]), words, link))

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if len(self.names) > 1:
            (self.articles / f"{data.draw(st.sampled_from(self.names))}.yaml").unlink()

    @rule(data=st.data(), to=st.sampled_from(["renamed", "moved"]))
    def rename(self, data: st.DataObject, to: str) -> None:
        name = data.draw(st.sampled_from(self.names))
        (self.articles / f"{name}.yaml").rename(self.articles / f"{to}.yaml")

    @rule(data=st.data())
    def rewrite_with_its_old_times(self, data: st.DataObject) -> None:
        """The same size and the same time of change tell nothing: the inode's time does."""
        path = self.articles / f"{data.draw(st.sampled_from(self.names))}.yaml"
        before = path.stat()
        path.write_text(path.read_text().replace("tools", "tolls"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(title=st.sampled_from(["One Journal", "Other Journal"]), limit=st.integers(0, 3))
    def change_settings(self, title: str, limit: int) -> None:
        text = (
            SITE.replace("Test Journal", title)
            + f"related: {{limit: {limit}}}\nsocial: {{card: false}}\n"
        )
        (self.root / "content" / "site.yaml").write_text(text)

    @rule(word=st.sampled_from(["alpha", "beta", None]))
    def change_a_template(self, word: str | None) -> None:
        folder = self.root / "templates" / "html"
        shutil.rmtree(folder, ignore_errors=True)
        if word:
            folder.mkdir(parents=True)
            (folder / "conclusion.html").write_text(f"<p>{word}</p>")

    @rule(present=st.booleans())
    def change_posts(self, present: bool) -> None:
        path = self.root / "content" / "posts.yaml"
        path.unlink(missing_ok=True)
        if present:
            path.write_text("- {title: On Kafka, url: https://o.example/kafka, tags: [streams]}\n")

    @rule(name=st.sampled_from(NAMES), title=st.sampled_from(["Deux", "Zwei"]))
    def translate(self, name: str, title: str) -> None:
        if name in self.names:
            (self.articles / f"{name}.fr.yaml").write_text(f"title: {title}\n")

    @rule(data=st.data(), word=st.sampled_from([b"", b"garbage"]))
    def damage_the_output(self, data: st.DataObject, word: bytes) -> None:
        """Someone else's hands in `out/` are put right."""
        if self.out.is_dir():
            path = data.draw(st.sampled_from(sorted(p for p in self.out.rglob("*.md"))))
            path.write_bytes(word)

    @rule()
    def damage_the_cache(self) -> None:
        for kind in ("memory", "unchanged"):
            path = memory.path(self.root, self.out, kind)
            if path.is_file():
                path.write_bytes(path.read_bytes()[:-40] + b"x" * 40)

    @rule()
    def schedule(self) -> None:
        self.write(
            "later", article(("Kafka", "NATS"), "Not yet").replace("2026-11-01", "2099-01-01")
        )

    @invariant()
    def an_incremental_build_equals_a_clean_one(self) -> None:
        if not self.articles.is_dir():
            return
        self.steps += 1
        clean = self.base / f"clean-{self.steps}"
        assert self._found_in(self.out) == self._found_in(clean), "commands that only look"
        told: list[object] = []
        for out, force in ((self.out, False), (clean, True)):
            try:
                told.append(pipeline.build(request(self.root, out, force=force)).diagnostics)
            except VersusError as error:
                told.append(error.diagnostics)
                assert force or not told[0] or told[0] == error.diagnostics
            cache._is_ignored = False
        assert told[0] == told[1], "the same is told"
        if clean.is_dir():
            assert files(self.out) == files(clean)
            shutil.rmtree(clean)

    def _found_in(self, out: Path) -> tuple[object, object]:
        """What `check` and `related` tell, who start from what a build of this folder left."""
        asked = request(self.root, out)
        known = memory.load(self.root, out)
        checked = pipeline.check(asked, known, advise=True)
        if checked.library is None or not checked.library.live:
            return checked.diagnostics, None
        try:
            return checked.diagnostics, pipeline.related(asked, checked.library.live[0].slug)
        except VersusError as error:
            return checked.diagnostics, error.diagnostics

    def teardown(self) -> None:
        shutil.rmtree(self.base, ignore_errors=True)


def test_any_edits_end_as_a_clean_build_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Edits, renames, deletions, settings, templates, damage: in an order of their own each time."""
    monkeypatch.setenv("EDITS_FOLDER", str(tmp_path))
    examples, steps = (40, 12) if os.environ.get("EDITS") else (4, 6)
    run_edits = Edits.TestCase
    run_edits.settings = settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    run_edits().runTest()


def build(publication: Publication, *more: str) -> str:
    return publication.run("build", "-f", "html", "-f", "markdown", *more).stdout


def test_nothing_is_made_where_nothing_changed(publication: Publication) -> None:
    publication.article("a")
    build(publication)
    assert "0 changed" in build(publication)


def test_an_edit_reads_and_makes_its_own_article_and_those_that_show_it(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read is seen by the texts that were loaded; most articles stay summaries."""
    publication.write(
        "content/site.yaml",
        SITE.replace("editions:", "social: {card: false}\nrelated: {limit: 1}\neditions:"),
    )
    for n in range(40):
        text = article((f"X{n}", f"Y{n}"), f"Words of {n}")
        # The newest thirty are whole in feeds, so the older ones are looked at.
        publication.article(f"a{n:02}", text.replace("2026-11", "2026-11" if n > 9 else "2026-10"))
    _settle()
    pipeline.build(request(publication.root, publication.out))
    loaded: list[bytes] = []
    before = stamps.digest_of

    def digest(data: bytes) -> str:
        loaded.append(data)
        return before(data)

    monkeypatch.setattr(stamps, "digest_of", digest)
    publication.article(
        "a07", article(("X7", "Y7"), "Other words of 7").replace("2026-11", "2026-10")
    )
    built = pipeline.build(request(publication.root, publication.out))
    assert {"site/a07/index.html", "site/a07/index.md"} <= set(built.emitted.written)
    articles = {p.split("/")[1] for p in built.emitted.written if p.endswith("index.md")}
    assert len(articles) <= 5
    others = {data for data in loaded if data.startswith(b"title: X")}
    assert len(others) <= 30 + 5, "the others stay summaries"


def test_what_is_scheduled_comes_out_though_no_file_changed(publication: Publication) -> None:
    publication.article("a")
    publication.article(
        "later", ARTICLE.replace("2026-11-01", "2026-12-01").replace("Flink", "NATS")
    )
    for day, there in ((1_796_000_000, False), (1_797_000_000, True), (1_796_000_000, False)):
        result = run(
            "-C", str(publication.root), "-f", "html",
            env={"SOURCE_DATE_EPOCH": str(day)},
        )  # fmt: skip
        assert result.code == 0
        assert (publication.out / "site/later/index.html").is_file() is there


def test_force_makes_everything_anew(publication: Publication) -> None:
    publication.article("a")
    words = ("build", "-f", "markdown")
    publication.run(*words)
    file = publication.out / "site/a/index.md"
    before = file.read_bytes()
    report = publication.root / "report.json"
    publication.run(*words, "--force", "--report", str(report))
    assert file.read_bytes() == before
    assert json.loads(report.read_text())["ok"]


def test_a_build_of_the_same_publication_elsewhere_takes_pdfs_from_the_cache(
    publication: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache" / "versus").mkdir(parents=True)
    publication.write("content/site.yaml", SITE + "social: {card: false}\n")
    publication.article("a")
    asked = Request(root=publication.root, out=tmp_path / "one", now=NOW, formats=("pdf",))
    first = pipeline.build(asked)
    monkeypatch.setattr("versus.render._make", lambda *_: pytest.fail("made again"))
    other = Request(root=publication.root, out=tmp_path / "two", now=NOW, formats=("pdf",))
    second = pipeline.build(other)
    assert [a.data for a in first.artifacts] == [a.data for a in second.artifacts]


def test_the_oldest_entries_go_when_the_cache_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    keys = [cache.key_of(str(n)) for n in range(5)]
    for n, key in enumerate(keys):
        cache.put("files", key, b"x" * 1000)
        os.utime(cache._path("files", key), ns=(n, n))
    assert cache.get("files", keys[0]) is not None, "and is now the youngest"
    monkeypatch.setenv("VERSUS_CACHE_SIZE", "2200")
    assert cache.prune() == 3
    assert [cache.get("files", key) is not None for key in keys] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_a_damaged_entry_of_the_cache_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cached("files", ("a", b"b"), lambda: b"made") == b"made"
    path = cache._path("files", cache.key_of("a", b"b"))
    for damage in (b"", b"versus 1\n", path.read_bytes()[:-1] + b"X", path.read_bytes() + b"more"):
        path.write_bytes(damage)
        assert cache.cached("files", ("a", b"b"), lambda: b"again") == b"again"
        path.write_bytes(damage)
        assert cache.get("files", cache.key_of("a", b"b")) is None


def test_clean_empties_the_cache_when_asked(publication: Publication, tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    entry = tmp_path / "cache" / "versus" / "files" / "ab" / "cd"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(b"x")
    run("clean", "-C", str(publication.root), env=env)
    assert entry.is_file()
    run("clean", "--cache", "-C", str(publication.root), env=env)
    assert not entry.exists()


def save_once_it_is_read(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading and rendering somebody saves the article, once."""
    path = publication.root / "content/articles/a.yaml"
    changes = iter(["Three"])
    before = pipeline._barrier

    def barrier(*args: object, **more: object) -> None:
        for word in changes:
            path.write_text(ARTICLE.replace("Two", word))
        before(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "_barrier", barrier)


def test_a_build_is_of_files_as_it_first_read_them(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication.article("a")
    save_once_it_is_read(publication, monkeypatch)
    pipeline.build(request(publication.root, publication.out))
    assert "Two tools" in publication.read("site/a/index.md")
    pipeline.build(request(publication.root, publication.out))
    assert "Three tools" in publication.read("site/a/index.md")


def test_a_file_that_changes_before_it_is_read_again_begins_the_build_anew(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication.article("a")
    stamps.settle(stamps.now())  # A file that was written just now is read to be known.
    pipeline.build(request(publication.root, publication.out, formats=("html",)))
    save_once_it_is_read(publication, monkeypatch)
    pipeline.build(request(publication.root, publication.out))
    assert "Three tools" in publication.read("site/a/index.md")
    assert "Three tools" in publication.read("site/a/index.html")


@pytest.mark.parametrize(
    "changed", ["content/site.yaml", "out/manifest.json", "out/site/a/index.md"]
)
def test_the_quick_answer_sees_each_kind_of_change(publication: Publication, changed: str) -> None:
    publication.article("a")
    asked = request(publication.root, publication.out)
    built = pipeline.build(asked)
    _settle()
    last = unchanged.Last(1, 1, ())
    outputs = {path: stamps.look(f"{publication.out}/{path}") for path in built.stamps}
    unchanged.note(asked, unchanged.view(asked), outputs, (), last)
    assert unchanged.since(asked, unchanged.view(asked)) == last
    path = publication.root / changed
    path.write_bytes(path.read_bytes() + b"\n")
    assert unchanged.since(asked, unchanged.view(asked)) is None


def _settle() -> None:
    """Wait until what was written is old enough for its stamp to be believed."""
    time.sleep(0.05)


def dot(colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


def plates(colour: str) -> str:
    """A stylesheet that changes the looks of a PDF."""
    return f"body {{ background: {colour} }}"


@pytest.mark.parametrize(
    ("path", "own", "other"),
    [
        ("content/assets/x.png", dot((255, 0, 0)), dot((0, 0, 255))),
        ("templates/assets/pdf.css", plates("red").encode(), plates("blue").encode()),
    ],
    ids=["picture", "template"],
)
def test_what_is_saved_while_a_build_draws_is_never_taken_for_what_it_read(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, path: str, own: bytes, other: bytes
) -> None:
    """Saved while PDFs are drawn, and put back when the build is over."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(publication.root / "cache"))
    site = SITE.partition("editions")[0] + "editions: {full: {}}\n"
    publication.write("content/site.yaml", site)
    publication.write("content/assets/x.png", dot((255, 0, 0)))
    publication.write(path, own)
    publication.article("a", ARTICLE + "image: {src: assets/x.png, alt: A dot}\n")
    stamps.settle(stamps.now())
    place = publication.root / path
    begun: list[str] = []

    def started(_missing: int) -> None:
        if not begun:
            place.write_bytes(other)
        begun.append("PDFs")

    asked = request(publication.root, publication.out, formats=("pdf",))
    pipeline.build(asked, Watch(started))
    assert len(begun) == 2
    shown = files(publication.out)["site/a/a.pdf"]
    place.write_bytes(own)
    pipeline.build(asked)
    again = files(publication.out)["site/a/a.pdf"]
    assert again != shown
    monkeypatch.setenv("XDG_CACHE_HOME", str(publication.root / "empty"))
    pipeline.build(replace(asked, out=publication.root / "clean"))
    assert files(publication.root / "clean")["site/a/a.pdf"] == again


def test_an_asset_that_changes_before_it_is_copied_begins_the_build_anew(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication.article("a")
    path = publication.write("content/assets/x.txt", "one")
    barrier, changes = pipeline._barrier, iter(["two"])

    def change(*args: object, **more: object) -> None:
        for text in changes:
            path.write_text(text)
        barrier(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "_barrier", change)
    asked = request(publication.root, publication.out)
    pipeline.build(asked)
    assert publication.read("site/assets/x.txt") == "two"
    path.write_text("one")
    pipeline.build(asked)
    assert publication.read("site/assets/x.txt") == "one"


def test_a_build_of_one_format_finds_what_a_whole_one_made(publication: Publication) -> None:
    """Smaller copies are planned for pages only, and decide no other file."""
    out = io.BytesIO()
    noise = [Image.effect_noise((1600, 900), 60) for _colour in "RGB"]
    Image.merge("RGB", noise).save(out, "JPEG", quality=95)
    publication.write("content/assets/x.jpg", out.getvalue())
    publication.article("a", ARTICLE + "image: {src: assets/x.jpg, alt: Noise}\n")
    made: list[int] = []
    for formats in (("html", "markdown"), ("markdown",), ("html",), ("html", "markdown")):
        asked = request(publication.root, publication.out, formats=formats)
        pipeline.build(asked, Watch(made.append))
    assert "-1200.webp 1200w" in publication.read("site/a/index.html")
    assert made == [4, 0, 0, 0]
