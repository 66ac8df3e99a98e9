"""What the build is made of: pinned, with hashes, by workflows that may do little."""

import re

from conftest import ROOT


def test_every_package_of_the_lock_files_has_its_hashes() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert {lock.name for lock in locks} == {
        f"requirements{name}.lock" for name in ("", "-dev", "-audit", "-fuzz")
    }
    for lock in locks:
        entries = re.split(r"\n(?=\S)", lock.read_text().strip())
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries), lock.name


def test_actions_are_pinned_by_commit_and_may_read_unless_a_job_says_more() -> None:
    for workflow in (ROOT / ".github/workflows").glob("*.yml"):
        text = workflow.read_text()
        uses = re.findall(r"uses: (\S+)", text)
        assert uses
        assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}|\./", action) for action in uses)
        assert re.findall(r"^permissions:\n((?: +.*\n)+)", text, re.MULTILINE) == [
            "  contents: read\n"
        ]


def test_what_checks_strangers_changes_keeps_no_credentials() -> None:
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")
