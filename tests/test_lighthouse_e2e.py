"""Lighthouse on a served build, with its defaults: a phone of the middle class, a slow network."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from browsing import CHROMIUM, FLAGS, NPM, needs_chromium, served
from conftest import run

pytestmark = pytest.mark.e2e
needs_chromium()

RUNS = 3
"""The machine's other work costs points; the best run is the page's own."""


@pytest.mark.parametrize("path", ["mlops-vs-mlops/", ""])
def test_lighthouse_gives_full_marks(tmp_path: Path, path: str) -> None:
    result = run("build", "-f", "html", "-o", str(tmp_path / "out"))
    assert result.code == 0, result.stderr
    best: dict[str, float] = {}
    with served(tmp_path / "out/site") as url:
        for _ in range(RUNS):
            command = [
                "node", str(NPM / "lighthouse/cli/index.js"), url + path, "--quiet", "--output=json",
                "--only-categories=performance,accessibility,best-practices,seo",
                f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}",
            ]  # fmt: skip
            env = {**os.environ, "CHROME_PATH": str(CHROMIUM)}
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
            report = json.loads(done.stdout)
            scores = {name: found["score"] for name, found in report["categories"].items()}
            best = {name: max(score, best.get(name, 0)) for name, score in scores.items()}
            if best["performance"] >= 0.99:
                break
    assert best.pop("performance") >= 0.99
    assert best == {"accessibility": 1, "best-practices": 1, "seo": 1}
