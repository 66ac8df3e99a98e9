"""The commands, as a user types them."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ARTICLE, ROOT, SITE, Publication, run

from versus import cache, pipeline
from versus.request import Request

TEXTS = ("-f", "html", "-f", "markdown")


def test_build_is_the_default_command(publication: Publication) -> None:
    publication.article("a")
    for args in ((), ("--format", "html"), ("a",), ("build", "a"), ("content/articles/a.yaml",)):
        assert publication.run(*args, "-f", "markdown").code == 0


def test_format_pdf_writes_pdfs_and_nothing_else(publication: Publication) -> None:
    publication.article("a")
    assert publication.run("--format", "pdf").code == 0
    files = publication.files()
    assert set(files) == {"manifest.json", "site/a/a.pdf", "site/a/brief/a.pdf"}
    assert files["site/a/a.pdf"].startswith(b"%PDF-")


def test_options_may_stand_before_the_command(publication: Publication) -> None:
    publication.article("a", ARTICLE + "foo: 1\n")
    assert run("-C", str(publication.root), "check").code == 1


def test_an_article_named_like_a_command_can_be_built(publication: Publication) -> None:
    publication.article("check")
    assert publication.run("build", "check", *TEXTS).code == 0
    assert (publication.out / "site/check/index.html").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("nope",),
        ("-e", "nope"),
        ("-l", "xx"),
        ("--channel", "x"),
        ("--format", "docx"),
        ("--nope",),
        ("-j", "0"),
        ("-C", "/nonexistent"),
    ],
)
def test_a_wrong_call_exits_with_2_and_says_how(
    publication: Publication, args: tuple[str, ...]
) -> None:
    publication.article("a")
    result = run(*args) if "-C" in args else publication.run(*args)
    assert result.code == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr
    assert not publication.out.exists()


def test_a_mistyped_article_gets_a_suggestion(publication: Publication) -> None:
    publication.article("kafka-vs-flink")
    assert "did you mean 'kafka-vs-flink'?" in publication.run("kafka-vs-flnik").stderr


def test_a_draft_asked_for_by_name_says_how_to_build_it(publication: Publication) -> None:
    publication.article("a", ARTICLE.replace("published: 2026-11-01\n", ""))
    result = publication.run("a", *TEXTS)
    assert "not built: it is a draft" in result.stderr
    assert "--drafts builds it" in result.stderr


def test_the_closing_line_says_what_where_and_how_long(publication: Publication) -> None:
    publication.article("a")
    result = publication.build(*TEXTS)
    assert result.stdout.startswith("Built ")
    assert "for 1 article in " in result.stdout
    assert str(publication.out) in result.stdout
    assert publication.run("-q", *TEXTS).stdout == ""
    assert (
        "+ site/a/index.md"
        in publication.run("-v", "-f", "markdown", "-o", str(publication.root / "o2")).stdout
    )


def test_no_progress_bar_where_there_is_no_terminal(publication: Publication) -> None:
    publication.article("a")
    result = publication.build()
    assert "\x1b" not in result.stdout + result.stderr


def test_check_writes_nothing(publication: Publication) -> None:
    publication.article("a")
    before = sorted(publication.root.rglob("*"))
    result = publication.run("check")
    assert result.code == 0
    assert result.stdout == "Checked 1 article: no errors\n"
    assert sorted(publication.root.rglob("*")) == before


def test_strict_counts_warnings_as_errors(publication: Publication) -> None:
    publication.article("a", ARTICLE.replace("Two tools for streams.", "|\n  Words\n  - item"))
    assert publication.run("build", *TEXTS).code == 0
    assert (
        publication.run("build", *TEXTS, "--strict", "-o", str(publication.root / "o2")).code == 1
    )
    assert not (publication.root / "o2").exists()


def test_the_report_holds_files_and_diagnostics(publication: Publication) -> None:
    publication.article("a", ARTICLE.replace("Two tools for streams.", "|\n  Words\n  - item"))
    report = publication.root / "reports/build.json"
    publication.build(*TEXTS, "--report", str(report))
    data = json.loads(report.read_text())
    assert data["ok"] is True
    assert "site/a/index.md" in [file["path"] for file in data["files"]]
    assert data["diagnostics"][0]["severity"] == "warning"
    assert (data["diagnostics"][0]["line"], data["diagnostics"][0]["column"]) == (8, 3)
    publication.article("a", ARTICLE + "foo: 1\n")
    publication.run("build", "--report", str(report))
    data = json.loads(report.read_text())
    assert data["ok"] is False
    assert data["diagnostics"][0]["hint"]


def test_the_report_says_that_nothing_could_be_written(publication: Publication) -> None:
    publication.article("a")
    report = publication.root / "build.json"
    publication.build("-f", "markdown", "--report", str(report))
    assert json.loads(report.read_text())["ok"] is True
    in_the_way = publication.write("file", "")
    result = publication.run("build", "-o", str(in_the_way / "out"), "--report", str(report))
    assert result.code == 1
    assert "Not a directory" in result.stderr
    assert json.loads(report.read_text())["ok"] is False


def test_on_github_diagnostics_are_annotations_too(publication: Publication) -> None:
    publication.article("a", ARTICLE + "foo: 1\n")
    result = publication.run("check", env={"GITHUB_ACTIONS": "true"}, cwd=publication.root)
    assert "::error file=content/articles/a.yaml,line=7,col=1::unknown key 'foo'" in result.stdout
    assert "content/articles/a.yaml:7:1: error: unknown key 'foo'" in result.stderr


@pytest.mark.parametrize(
    ("title", "slug", "names"),
    [
        (
            "Kafka vs RabbitMQ vs Pulsar",
            "kafka-vs-rabbitmq-vs-pulsar",
            ["Kafka", "RabbitMQ", "Pulsar"],
        ),
        ("MLOps vs mlops", "mlops-vs-mlops", ["MLOps", "mlops"]),
        ("C++ vs C#: a tour", "cpp-vs-c-sharp", ["C++", "C#"]),
        (
            "What is the difference between Tea and Coffee?",
            "what-is-the-difference-between-tea-and-coffee",
            ["Tea", "Coffee"],
        ),
        ("*args vs **kwargs", "args-vs-kwargs", ["*args", "**kwargs"]),
        ("yes vs no", "yes-vs-no", ["yes", "no"]),
        ("A|B vs <T>", "a-b-vs-t", ["A|B", "&lt;T&gt;"]),
        ("数据库 vs ذاكرة", "数据库-vs-ذاكرة", ["数据库", "ذاكرة"]),
        ("Notes", "notes", ["First subject", "Second subject"]),
    ],
)
def test_new_writes_a_commented_article_that_builds_as_it_is(
    publication: Publication, title: str, slug: str, names: list[str]
) -> None:
    result = publication.run("new", title)
    assert result.code == 0, result.stderr
    text = (publication.root / f"content/articles/{slug}.yaml").read_text()
    assert "# " in text
    checked = publication.run("check", "--strict")
    assert checked.code == 0, checked.stderr
    publication.build("--drafts", *TEXTS)
    page = publication.read(f"site/{slug}/index.html")
    for name in names:
        assert f">{name}</h3>" in page


def test_new_never_overwrites(publication: Publication) -> None:
    publication.run("new", "A vs B")
    path = publication.write("content/articles/a-vs-b.yaml", "mine")
    result = publication.run("new", "A vs B")
    assert result.code == 1
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("CON", "Windows takes 'con' for a device"),
        ("tags", "the site itself uses the path 'tags'"),
        ("Assets", "the site itself uses the path 'assets'"),
        ("比" * 70, "at most 200 bytes"),
        ("a\x01b vs c", "U+0001"),
        ("a\udcffb vs c", "U+DCFF"),
    ],
)
def test_new_takes_no_title_of_which_no_article_can_be_made(
    publication: Publication, title: str, said: str
) -> None:
    result = publication.run("new", title)
    assert result.code == 2
    assert said in result.stderr
    assert not list((publication.root / "content/articles").iterdir())


def test_new_writes_into_publications_only(tmp_path: Path) -> None:
    result = run("new", "A vs B", "-C", str(tmp_path))
    assert result.code == 1
    assert "content/site.yaml:1:1: error: there is no such file" in result.stderr
    assert not list(tmp_path.iterdir())


def test_help_lists_options_and_commands() -> None:
    result = run("--help")
    for word in ("--format", "--drafts", "check", "new", "schema", "clean"):
        assert word in result.stdout


def loaded(*args: str) -> set[str]:
    """The modules that a command leaves imported."""
    code = (
        "import sys\nfrom versus.cli import main\ntry: main()\nexcept SystemExit as end: assert not end.code\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_imports_nothing_heavy() -> None:
    """What makes `--help` answer in under 0.2 s (measured in bench/)."""
    heavy = {"pydantic", "yaml", "jinja2", "weasyprint", "babel", "rich", "lxml", "markdown"}
    assert not loaded("--help") & (heavy | {"pygments", "json", "versus.pipeline"})


def test_a_page_imports_only_what_it_shows(publication: Publication) -> None:
    """What makes one page come in under half a second: most of that is imports."""
    channels = "channels: {a: {kind: forem}, b: {kind: medium}, c: {kind: newsletter}}\n"
    publication.write("content/site.yaml", SITE + channels + "social: {card: false}\n")
    publication.article("a")
    here = ("-C", str(publication.root))
    workers = {"multiprocessing", "concurrent.futures", "ctypes"}
    network = {"ssl", "http.client", "httpx"}
    parsers = {"markdown", "markdown_it", "mdformat", "nh3", "pygments"}
    printing = {"weasyprint", "PIL", "versus.writers.pdf"}
    others = {"numpy", "rich", "distributed", "versus.publishing", "versus.translating"}
    late = workers | network | parsers | printing | others
    assert loaded("-f", "html", "a", *here) & late == set()
    assert loaded("check", *here) & late == set()


@pytest.mark.parametrize("missing", ["click", "pydantic"])
def test_without_its_dependencies_build_py_says_what_to_run(tmp_path: Path, missing: str) -> None:
    """A copy without `.venv`, run by a Python that lacks a package."""
    shutil.copy(ROOT / "build.py", tmp_path)
    shutil.copytree(ROOT / "versus", tmp_path / "versus")
    script = (
        f"import runpy, sys; sys.modules[{missing!r}] = None\n"
        "sys.argv = ['build.py', 'check']; runpy.run_path('build.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert f"{missing} is missing.\nRun `make setup`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_user_without_a_home_builds_without_a_cache(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication.article("a")
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # As for a uid without a name.
    place = cache.folder()
    cache.put("x", "abc", b"abc")
    assert cache.get("x", "abc") is None
    asked = Request(publication.root, publication.out, datetime.now(UTC), formats=("markdown",))
    assert pipeline.build(asked).articles == 1
    assert not place.exists()


def test_titles_are_told_by_terminals_of_any_encoding(publication: Publication) -> None:
    publication.article("a")
    publication.article("b", ARTICLE.replace("Kafka vs Flink", "Kafka → Flink"))
    result = publication.run("related", "a", env={"PYTHONIOENCODING": "latin-1"})
    assert result.code == 0, result.stderr
    assert "Kafka \\u2192 Flink" in result.stdout
