"""What the documents say is true: commands, options, examples, modules, links."""

import re
import shlex
from pathlib import Path

import pytest
from conftest import ARTICLE, ROOT, SITE, Publication, run

from versus.channels import KINDS

README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_example_article_of_the_readme_is_valid_and_builds(publication: Publication) -> None:
    publication.article(
        "kafka-vs-flink", blocks("yaml")[0].replace("kafka-vs-flink-vs-spark.yaml", "other.yaml")
    )
    publication.article("other", ARTICLE.replace("Kafka", "Spark"))
    result = publication.run("check", "--strict")
    assert result.code == 0, result.stderr
    publication.build("-f", "html", "-f", "markdown")
    assert "Moves events" in publication.read("site/kafka-vs-flink/index.html")


@pytest.mark.e2e
def test_every_command_line_of_the_readme_is_understood(
    publication: Publication, tmp_path: Path
) -> None:
    for block in blocks("sh"):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:2] == ["python", "build.py"]:
                names = words[2:]
                if names[:1] == ["new"]:
                    names += ["-C", str(publication.root)]
                elif names[:1] != ["check"]:
                    names += ["-o", str(tmp_path / "out"), "-f", "markdown"]
                assert run(*names).code == 0, line


def test_the_tables_of_options_and_commands_are_the_programs() -> None:
    said = "".join(run(name, "--help").stdout for name in ("build", "publish", "clean"))
    for option in re.findall(r"`(--[a-z]+)", README):
        assert option in said or option in ("--directory", "--bind"), option
    for command in re.findall(r"^\| `([a-z]+)", README, flags=re.MULTILINE):
        assert run(command, "--help").code == 0, command


def test_the_readme_says_of_every_kind_of_channel_what_it_writes() -> None:
    for kind in KINDS:
        assert f"| `{kind}` | `" in README, kind


def test_the_channels_of_the_readme_are_valid(publication: Publication) -> None:
    publication.write("content/site.yaml", SITE + blocks("yaml")[1])
    publication.article("a", ARTICLE + "tags: [machine-learning]\n")
    assert publication.run("check", "--strict").stderr == ""


def test_the_diagnostic_that_the_readme_shows_is_what_is_said() -> None:
    (shown,) = re.findall(r"```\n(content/.*?)```", README, flags=re.DOTALL)
    broken = (ROOT / "tests/sites/broken/missing-value.yaml").read_text()
    for line in shown.strip().splitlines():
        assert f"#! {line}" in broken


def test_make_targets_that_documents_name_exist() -> None:
    targets = set(
        re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    )
    for name in DOCUMENTS:
        for target in re.findall(
            r"(?:^|`)make ([a-z0-9-]+)", (ROOT / name).read_text(), flags=re.MULTILINE
        ):
            assert target in targets, f"{name} names make {target}"


def test_architecture_names_every_module() -> None:
    names = {
        p.relative_to(ROOT / "versus").parts[0].removesuffix(".py")
        for p in (ROOT / "versus").rglob("*.py")
    }
    for name in names - {"__init__", "__main__"}:
        assert f"`{name}`" in ARCHITECTURE or f"`{name}/`" in ARCHITECTURE, name


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text()):
        if not re.match(r"[a-z]+:|kafka-vs", link):
            assert (ROOT / link).exists(), link


def test_make_help_lists_the_targets() -> None:
    import subprocess

    said = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("setup", "test", "e2e", "check", "lock", "clean"):
        assert f"make {target}" in said
