"""The workflows and the action that others use: linted, pinned, and their shell steps run here."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import blogs
import pytest
import yaml
from conftest import ARTICLE, ROOT, SITE, Publication
from test_publishing_git import run as in_clone

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FILES = [*WORKFLOWS, ROOT / "action.yml"]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path: Path) -> None:
    program = Path(sys.executable).with_name("actionlint")
    if not program.exists() and not (os.environ.get("CI") and sys.platform == "linux"):
        pytest.skip("needs actionlint: `make setup-test` installs it on Linux")
    done = subprocess.run(
        [program, "-no-color", path], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_of_others_are_pinned_by_commit(path: Path) -> None:
    for used in re.findall(r"uses: (.*)", path.read_text()):
        assert used == "./" or re.fullmatch(r"[\w/.-]+@[0-9a-f]{40} # v[\d.]+", used), used


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_expression_is_pasted_into_a_script(path: Path) -> None:
    data = yaml.safe_load(path.read_text())
    jobs = data.get("jobs", {"action": data.get("runs")}).values()
    for step in (step for job in jobs for step in job.get("steps", ())):
        assert "${{" not in step.get("run", ""), step


def test_only_who_must_may_write() -> None:
    data = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())
    assert data["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in data["jobs"].items() if "permissions" in job}
    assert more == {
        "deploy": {"pages": "write", "id-token": "write"},
        "publish": {"contents": "write"},
    }
    for name in more:
        assert "github.event_name != 'pull_request'" in data["jobs"][name]["if"]


# --- The shell steps of the action


@dataclass
class Runner:
    """A checkout of a publication, and what runs the action's steps in it."""

    root: Path
    summary: Path
    blog: blogs.Forem

    def run(self, **inputs: str) -> dict[str, subprocess.CompletedProcess[str]]:
        """Run every shell step but the one that installs, as the runner does; what each said.

        A step that fails keeps the later ones from running, but for those with `always()`.
        """
        known = {name: str(it.get("default", "")) for name, it in ACTION["inputs"].items()}
        known |= {name.replace("_", "-"): value for name, value in inputs.items()}
        done: dict[str, subprocess.CompletedProcess[str]] = {}
        failed = False
        for step in STEPS:
            condition = step.get("if", "")
            if "run" not in step or step["name"] == "Install Versus":
                continue
            if (failed and "always()" not in condition) or not _holds(condition, known):
                continue
            env = {name: _filled(text, known) for name, text in step["env"].items()}
            done[step["name"]] = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                capture_output=True, text=True, cwd=self.root, check=False,
                env={**os.environ, **env, **self.env},
            )  # fmt: skip
            failed = failed or done[step["name"]].returncode != 0
        return done

    @property
    def env(self) -> dict[str, str]:
        """What the runner sets, and the token of a secret."""
        return {
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.summary.with_name("output")),
            "GITHUB_ACTIONS": "true",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "VERSUS_DEVTO_TOKEN": blogs.Blog.token,
        }


def _holds(condition: str, inputs: dict[str, str]) -> bool:
    """Whether a step's condition holds."""
    text = re.sub(r"inputs\.([\w-]+)", lambda match: repr(inputs[match[1]]), condition)
    text = text.replace("always()", "True").replace("&&", " and ").replace("||", " or ")
    return bool(eval(text)) if text else True


def _filled(text: str, inputs: dict[str, str]) -> str:
    """A value with its expressions."""
    text = text.replace("${{ github.action_path }}", str(ROOT))
    text = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: inputs[match[1]], text)
    assert "${{" not in text
    return text


@pytest.fixture
def runner(publication: Publication, tmp_path: Path) -> Iterator[Runner]:
    """A publication in a checkout, where it came from, and a platform on loopback."""
    blog = blogs.Forem(blogs.Clock().now)
    with blogs.served(blog) as url:
        publication.write(
            "content/site.yaml",
            f'{SITE}channels:\n  devto: {{kind: forem, status: published, api: "{url}"}}\n',
        )
        publication.article("a", ARTICLE)
        publication.article("b", ARTICLE.replace("Kafka vs Flink", "Flink vs Kafka"))
        publication.write(".gitignore", "out/\n")
        origin = tmp_path / "origin"
        in_clone(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
        root = publication.root
        in_clone(root, "init", "--quiet", "--initial-branch=main")
        in_clone(root, "add", ".")
        in_clone(root, "commit", "--quiet", "-m", "Begin")
        in_clone(root, "remote", "add", "origin", str(origin))
        in_clone(root, "push", "--quiet", "--set-upstream", "origin", "main")
        yield Runner(root, tmp_path / "summary.md", blog)


def codes(done: dict[str, subprocess.CompletedProcess[str]]) -> dict[str, int]:
    return {name: step.returncode for name, step in done.items()}


@pytest.mark.e2e
def test_a_pull_request_gets_the_plan_and_nothing_is_done(runner: Runner) -> None:
    done = runner.run(publish="plan")
    assert codes(done) == {"Check": 0, "Build": 0, "Publish": 0}, done
    assert not runner.blog.articles
    assert "### Plan for publishing" in runner.summary.read_text()
    assert "| devto | a | create |" in runner.summary.read_text()
    assert "site=./out/site" in runner.summary.with_name("output").read_text()
    assert (runner.root / "out/site/a/index.html").exists()
    assert in_clone(runner.root, "status", "--porcelain") == ""


@pytest.mark.e2e
def test_a_pull_request_without_tokens_fails_nothing_and_says_what_is_missing(
    runner: Runner,
) -> None:
    runner.blog.token = "another"
    done = runner.run(publish="plan")
    assert codes(done) == {"Check": 0, "Build": 0, "Publish": 0}, done
    assert "::warning::Not all of it could be planned" in done["Publish"].stdout
    assert "| devto | a | failed |" in runner.summary.read_text()


@pytest.mark.e2e
def test_a_push_publishes_and_commits_the_ledger_once(runner: Runner, tmp_path: Path) -> None:
    done = runner.run(publish="yes", channels="devto")
    assert set(codes(done).values()) == {0}, done
    assert len(runner.blog.articles) == 2
    log = in_clone(tmp_path / "origin", "log", "--format=%s|%an", "main").splitlines()
    assert log == ["Note where copies are|github-actions[bot]", "Begin|O"]
    assert "| devto | a | create | published | created https" in runner.summary.read_text()
    other = tmp_path / "other"
    in_clone(tmp_path, "clone", "--quiet", str(tmp_path / "origin"), str(other))
    (other / "content/articles/a.yaml").write_text(ARTICLE.replace("Two tools", "Three tools"))
    in_clone(other, "commit", "--quiet", "-am", "Say more")
    in_clone(other, "push", "--quiet")
    (runner.root / "content/articles/c.yaml").write_text(
        ARTICLE.replace("Kafka vs Flink", "A third one")
    )
    done = runner.run(publish="yes")
    assert set(codes(done).values()) == {0}, done
    assert len(runner.blog.articles) == 3
    log = in_clone(tmp_path / "origin", "log", "--format=%s", "main").splitlines()
    assert log[:2] == ["Note where copies are", "Say more"], "somebody else pushed meanwhile"


@pytest.mark.e2e
def test_what_was_published_is_noted_though_something_failed(
    runner: Runner, tmp_path: Path
) -> None:
    runner.blog.taken.add("https://test.example/a/")
    done = runner.run(publish="yes")
    assert codes(done) == {"Check": 0, "Build": 0, "Publish": 3, "Commit the ledger": 0}, done
    assert "❌ " in runner.summary.read_text()
    text = in_clone(tmp_path / "origin", "show", "main:content/ledger.json")
    assert '"article": "b"' in text
    assert '"article": "a"' not in text


@pytest.mark.e2e
def test_a_fault_in_an_article_stops_before_anything_is_built(runner: Runner) -> None:
    (runner.root / "content/articles/b.yaml").write_text(ARTICLE + "foo: 1\n")
    done = runner.run(publish="yes")
    assert codes(done) == {"Check": 1, "Commit the ledger": 0}
    assert "::error file=content/articles/b.yaml,line=7,col=1::" in done["Check"].stdout
    assert not runner.blog.asked
