"""A build of hostile content asks nobody: every door to the network is watched while it runs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Publication
from hostile import SITE
from test_safety import PAYLOADS

pytestmark = pytest.mark.e2e

WATCH = """\
import os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        with open(os.environ["WATCHED"], "a") as log:
            log.write(f"{event} {arguments!r}\\n")

sys.addaudithook(watch)
"""

ATTEMPTS = [
    "![x](https://{host}/x.png)",
    '<img src="https://{host}/x.png" alt="x">',
    '<a href="https://{host}/" ping="https://{host}/">x</a>',
    '<link rel="stylesheet" href="https://{host}/x.css">',
    "<style>@import 'https://{host}/x.css'; p {{ background: url(https://{host}/x) }}</style>",
    '<p style="background: url(https://{host}/x)">x</p>',
    '<object data="https://{host}/x"></object><embed src="https://{host}/x">',
    '<svg><image href="https://{host}/x"/></svg>',
    '<video src="https://{host}/x.mp4" poster="https://{host}/x.png"></video>',
    '<a rel="attachment" href="file:///etc/passwd">x</a>',
    "[x](http://169.254.169.254/latest/meta-data/)",
]


def watched(env: dict[str, str], log: Path) -> bool:
    """Whether a connection that is really tried is seen."""
    code = "import socket; socket.socket().connect_ex(('127.0.0.1', 1))"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, check=True)
    return "socket.connect" in log.read_text()


def test_no_request_leaks_from_a_build_in_any_format(
    publication: Publication, tmp_path: Path
) -> None:
    texts = [attempt.format(host=f"h{n}.example") for n, attempt in enumerate(ATTEMPTS)]
    texts += [re.sub(r"src=[`'\"]?x[`'\"]?", "", p) for p in PAYLOADS if "](javascript" not in p]
    article = {
        "title": "Kafka vs Flink",
        "published": "2026-11-01",
        "subjects": [{"name": "Kafka"}, {"name": "Flink"}],
        "introduction": "Two tools.",
        "sections": [{"title": f"Part {n}", "body": text} for n, text in enumerate(texts)],
    }
    publication.write("content/site.yaml", SITE)
    publication.article("a", json.dumps(article))
    publication.write("watch/sitecustomize.py", WATCH)
    log = tmp_path / "watched"
    env = {"PYTHONPATH": str(publication.root / "watch"), "WATCHED": str(log)}
    result = publication.run("build", env=env)
    assert result.code == 0, result.stderr
    asked = log.read_text().splitlines() if log.exists() else []
    assert asked == []
    assert watched(env, log), "the watch sees what it is to see"
    assert (publication.out / "site/a/a.pdf").exists()
    assert len([p for p in publication.files() if p.startswith("channels/")]) >= 10
    print(f"\n{len(texts)} attempts in every format and channel, {len(asked)} requests leaked")
