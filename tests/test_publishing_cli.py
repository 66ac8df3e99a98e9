"""`publish` and `status`, as a user types them and as CI runs them."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import blogs
import pytest
from conftest import ARTICLE, ROOT, SITE, Publication, Result

from versus.cli import main, options
from versus.publishing.http import Wire

TOKEN = blogs.Blog.token


class Served:
    """A publication with a channel `devto`, whose platform is in this process."""

    def __init__(self, publication: Publication, blog: blogs.Forem, api: str) -> None:
        self.publication, self.blog = publication, blog
        self.env = {"VERSUS_DEVTO_TOKEN": TOKEN}
        publication.write(
            "content/site.yaml",
            f'{SITE}channels:\n  devto: {{kind: forem, status: published, api: "{api}"}}\n'
            "  medium: {kind: medium}\n",
        )
        publication.article("a", ARTICLE)

    def run(self, *args: str, env: dict[str, str] | None = None) -> Result:
        """Run a command, with the token in the environment."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("VERSUS_DEVTO_TOKEN", "GITHUB_ACTIONS"):
                patch.delenv(name, raising=False)
            for name, value in (self.env if env is None else env).items():
                patch.setenv(name, value)
            out, err = io.StringIO(), io.StringIO()
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
                main([*args, "-C", str(self.publication.root)])
        assert isinstance(end.value.code, int)
        return Result(end.value.code, out.getvalue(), err.getvalue())

    def publish(self, *args: str, env: dict[str, str] | None = None) -> Result:
        """Run `publish`."""
        return self.run("publish", *args, env=env)


@pytest.fixture
def site(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A publication and a platform, without a network."""
    clock = blogs.Clock()
    blog = blogs.Forem(clock.now)
    network = blogs.transport(blog)
    wire = Wire(clock.now, clock.sleep, lambda: 0.5, clock.now, network)
    monkeypatch.setattr(options, "wire", lambda: wire)
    return Served(publication, blog, "https://forem.example/")


@pytest.fixture
def served(publication: Publication) -> Iterator[Served]:
    """A publication and a platform on loopback, for processes of their own."""
    blog = blogs.Forem(blogs.Clock().now)
    with blogs.served(blog) as url:
        yield Served(publication, blog, url)


def test_without_a_terminal_it_only_plans(site: Served) -> None:
    result = site.publish()
    assert result.code == 0, result.stderr
    assert re.search(r"^devto +a +create +published$", result.stdout, re.MULTILINE)
    assert re.search(r"^medium +a +by hand +\S+channels/medium/a$", result.stdout, re.MULTILINE)
    assert "Plan: 1 create, 1 by hand" in result.stdout
    assert "Only planned: --yes does it" in result.stdout
    assert "\x1b" not in result.stdout
    assert not any(line.endswith(" ") for line in result.stdout.splitlines())
    assert not site.blog.articles
    assert not (site.publication.root / "content/ledger.json").exists()


def test_with_yes_it_does_exactly_that_and_says_where(site: Served) -> None:
    result = site.publish("--yes")
    assert result.code == 0, result.stderr
    (article,) = site.blog.articles.values()
    url = f"https://dev.example/me/kafka-vs-flink-{article['id']}"
    assert f"created a on devto: {url}" in result.stdout
    assert "the next `publish` updates those that do" in result.stdout
    again = site.publish("--yes")
    assert again.code == 0
    assert "Plan: 1 unchanged, 1 by hand" in again.stdout
    assert len(site.blog.articles) == 1
    said = site.run("status")
    assert re.search(rf"devto +a +published +{url} +\d{{4}}-", said.stdout)
    assert "VERSUS_DEVTO_TOKEN is set" in said.stdout


def test_an_address_of_a_platform_cannot_move_a_terminals_cursor(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = blogs.Forem._shown
    odd = "https://dev.example/\x1b]0;owned\x07\r\x9b2J"
    monkeypatch.setattr(blogs.Forem, "_shown", lambda *args: {**shown(*args), "url": odd})
    said = site.publish("--yes").stdout + site.run("status").stdout
    assert said.count("https://dev.example/%1B]0;owned%07%0D%C2%9B2J") == 2
    assert all(character.isprintable() or character == "\n" for character in said)


def test_failures_exit_with_3_and_a_table_of_what_to_do(site: Served) -> None:
    site.blog.taken.add("https://test.example/a/")
    site.publication.article("b", ARTICLE.replace("Kafka vs Flink", "Flink vs Kafka"))
    result = site.publish("--yes")
    assert result.code == 3
    assert "What failed" in result.stdout
    assert "What to do" in result.stdout
    assert "another account has this canonical URL there" in result.stdout
    assert "1 failure" in result.stderr
    assert "Traceback" not in result.stderr
    assert [a["title"] for a in site.blog.articles.values()] == ["Flink vs Kafka"]


def test_a_conflict_shows_the_difference_and_exits_with_3(site: Served) -> None:
    site.publish("--yes")
    (article,) = site.blog.articles.values()
    article["body_markdown"] = "Somebody's words."
    result = site.publish("--yes")
    assert result.code == 3
    assert "  -Somebody's words." in result.stdout
    assert "  +Two tools for streams." in result.stdout
    assert "--ours overwrites it, --theirs keeps it" in result.stdout
    assert site.publish("--yes", "--theirs").code == 0
    assert site.publish("--yes").code == 0
    assert article["body_markdown"] == "Somebody's words."


def test_json_is_all_that_is_printed(site: Served) -> None:
    planned = json.loads(site.publish("--json").stdout)
    assert planned["carried_out"] is False
    steps = {step["channel"]: step for step in planned["steps"]}
    assert steps["devto"]["action"] == "create"
    done = json.loads(site.publish("--json", "--yes").stdout)
    steps = {step["channel"]: step for step in done["steps"]}
    assert steps["devto"]["done"] is True
    assert steps["devto"]["url"].startswith("https://dev.example/me/")
    said = json.loads(site.run("status", "--json").stdout)
    assert said["channels"][0]["secrets"] == {"VERSUS_DEVTO_TOKEN": True}
    assert said["articles"][0]["state"] == "published"


def test_json_stays_alone_on_github_too(site: Served) -> None:
    site.publication.article("a", ARTICLE + "tags: [a, b, c, d, e]\n")
    result = site.publish("--json", env={**site.env, "GITHUB_ACTIONS": "true"})
    assert json.loads(result.stdout)["steps"]
    assert "it takes 4 tags" in result.stderr


def test_a_missing_token_is_named_and_a_failure_of_the_plan_too(site: Served) -> None:
    planned = site.publish(env={})
    assert planned.code == 3
    assert "VERSUS_DEVTO_TOKEN is not set" in planned.stdout
    done = site.publish("--yes", env={})
    assert done.code == 3
    assert "say `publish: false`" in done.stdout
    assert not site.blog.asked
    assert "VERSUS_DEVTO_TOKEN is not set" in site.run("status", env={}).stdout


@pytest.mark.parametrize("options", [(), ("--json",), ("--yes",)])
def test_what_could_not_even_be_planned_has_failed(site: Served, options: tuple[str, ...]) -> None:
    site.publication.article("b", ARTICLE.replace("Kafka vs Flink", "Flink vs Kafka"))
    wrong = site.publish(*options, env={"VERSUS_DEVTO_TOKEN": "wr0ng"})
    assert wrong.code == 3
    assert "401" in wrong.stdout


def test_channels_and_articles_can_be_chosen(site: Served) -> None:
    site.publication.article("b", ARTICLE.replace("Kafka vs Flink", "Flink vs Kafka"))
    result = site.publish("--yes", "--to", "devto", "b")
    assert result.code == 0, result.stderr
    assert "medium" not in result.stdout
    assert [a["title"] for a in site.blog.articles.values()] == ["Flink vs Kafka"]
    assert site.publish("--to", "nope").code == 2
    assert "did you mean 'devto'?" in site.publish("--to", "devt").stderr
    assert site.publish("nope").code == 2
    (site.publication.root / "content/articles/b.yaml").unlink()
    gone = site.publish("--yes", "--unpublish", "b")
    assert gone.code == 0, gone.stderr
    assert "taken down b on devto" in gone.stdout
    assert "a" not in re.findall(r"^devto +(\w+)", gone.stdout, re.MULTILINE)


def test_status_expects_no_copy_of_what_is_not_in_a_channels_language(site: Served) -> None:
    path = site.publication.root / "content/site.yaml"
    french = "  fr: {kind: medium, language: fr}\n  dev: {kind: forem, language: fr}\n"
    path.write_text(path.read_text() + french)
    site.publication.article("b", ARTICLE.replace("Kafka vs Flink", "Flink vs Kafka"))
    site.publication.article("b.fr", "title: Flink ou Kafka\n")
    said = json.loads(site.run("status", "--json").stdout)["articles"]
    assert [(row["channel"], row["article"]) for row in said] == [
        ("devto", "a"), ("devto", "b"), ("medium", "a"), ("medium", "b"), ("fr", "b"), ("dev", "b"),
    ]  # fmt: skip


def test_an_error_in_content_publishes_nothing(site: Served) -> None:
    site.publication.article("b", ARTICLE + "foo: 1\n")
    result = site.publish("--yes")
    assert result.code == 1
    assert "b.yaml:7:1: error: unknown key 'foo'" in result.stderr
    assert not site.blog.asked


def test_a_broken_ledger_publishes_nothing(site: Served) -> None:
    site.publication.write("content/ledger.json", '[{"channel": "devto"}]')
    result = site.publish("--yes")
    assert result.code == 1
    assert "content/ledger.json:1:2: error: [0]: a record without `article`" in result.stderr
    assert not site.blog.asked
    assert site.run("status").code == 1


def test_the_token_is_shown_nowhere(site: Served) -> None:
    wrong = {"VERSUS_DEVTO_TOKEN": "wr0ng-t0ken"}
    said = [
        site.publish("--yes", "--json"),
        site.publish("--yes"),
        site.run("status", "--json"),
        site.publish("--yes", env=wrong),
    ]
    assert said[3].code == 3
    files = "".join(
        path.read_text(errors="replace")
        for path in site.publication.root.rglob("*")
        if path.is_file()
    )
    for token in (TOKEN, "wr0ng-t0ken"):
        assert token not in files
        assert not any(token in result.stdout + result.stderr for result in said)


def test_the_summary_is_a_table_of_markdown(site: Served, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    site.publish("--summary", str(summary))
    site.publish("--yes", "--summary", str(summary))
    plan, done = summary.read_text().split("### Published")
    assert "| devto | a | create | published |  |" in plan
    assert "| devto | a | create | published | created https://dev.example" in done


@pytest.mark.e2e
@pytest.mark.parametrize(("answer", "made"), [("y", 1), ("n", 0)])
def test_on_a_terminal_it_asks(served: Served, answer: str, made: int) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "build.py"), "publish", "-C", str(served.publication.root)],
        stdin=follower, stdout=follower, stderr=follower, env={**os.environ, **served.env},
    )  # fmt: skip
    os.close(follower)
    said = b""
    while b"Do it?" not in said:
        said += os.read(leader, 4096)
    os.write(leader, f"{answer}\n".encode())
    while True:
        try:
            piece = os.read(leader, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
    assert process.wait(60) == 0
    assert len(served.blog.articles) == made
    assert b"\x1b[32mcreate" in said, "colours, where there is somebody to see them"


@pytest.mark.e2e
def test_two_runs_at_once_do_not_post_twice(served: Served) -> None:
    processes = [
        subprocess.Popen(
            [
                sys.executable, str(ROOT / "build.py"), "publish", "--yes", "-C",
                str(served.publication.root),
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **served.env},
        )
        for _n in range(2)
    ]  # fmt: skip
    codes = [process.wait(120) for process in processes]
    for process in processes:
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    assert codes == [0, 0]
    assert len(served.blog.articles) == 1
