"""A scheduler and workers on loopback: the same bytes, whoever dies; other tools are refused."""

import io
import operator
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from clusters import DaskCluster, until
from conftest import ROOT, SITE, Publication
from PIL import Image

from versus import __version__
from versus.cluster import Cluster
from versus.diagnostics import ClusterError

pytestmark = pytest.mark.e2e

ARTICLE = """\
title: {name} vs Other
published: 2026-11-01
subjects:
  - {{name: {name}, definition: A *tool*.}}
  - name: Other
introduction: "![A picture](assets/wide.png) Two tools, and [a third](alfa-vs-other.yaml)."
differences:
  criteria:
    - name: Purpose
      values: {{{name}: one, Other: another}}
"""

NAMES = ("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """A scheduler with one worker, which no test kills."""
    found = DaskCluster(tmp_path_factory.mktemp("dask"))
    found.worker()
    yield found
    found.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """A publication with what workers need from its folder: a picture, templates, words; built."""
    publication = Publication(tmp_path_factory.mktemp("site") / "publication")
    picture = io.BytesIO()
    Image.effect_noise((600, 200), 40).save(picture, "PNG")
    publication.write("content/assets/wide.png", picture.getvalue())
    publication.write(
        "content/site.yaml", SITE + "channels: {devto: {kind: forem}}\nsocial: {card: false}\n"
    )
    own = (ROOT / "templates" / "markdown" / "verdict.md").read_text()
    publication.write("templates/markdown/verdict.md", own)
    for name in NAMES:
        publication.article(f"{name.lower()}-vs-other", ARTICLE.format(name=name))
    french = "title: Alfa ou Other\nintroduction: Deux outils.\n"
    publication.write("content/articles/alfa-vs-other.fr.yaml", french)
    publication.build()
    assert publication.read("site/fr/alfa-vs-other/index.md").count("Deux outils")
    return publication


def files(out: Path) -> dict[str, bytes]:
    """Every file of an output, with its bytes."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_a_worker_that_is_killed_half_way_loses_nothing(
    cluster: DaskCluster, built: Publication, tmp_path: Path
) -> None:
    """All formats, editions, languages and channels, on two workers and then on one."""
    doomed = cluster.worker()
    out = tmp_path / "out"
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(built.root), "-o", str(out)]
    build = subprocess.Popen(
        [*command, "--force", "--executor", cluster.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: cluster.is_at_work(doomed) or build.poll() is not None)
    doomed.kill()
    doomed.wait()
    assert build.poll() is None, "the build was still at work"
    said, errors = build.communicate(timeout=300)
    assert build.returncode == 0, errors
    assert "Traceback" not in errors
    assert said.startswith("Built")
    assert files(out) == built.files()


@pytest.mark.parametrize("which", ["Versus", "library"])
def test_a_worker_with_other_tools_is_refused(
    cluster: DaskCluster, built: Publication, tmp_path: Path, which: str
) -> None:
    if which == "Versus":
        shutil.copytree(ROOT / "versus", tmp_path / "other" / "versus")
        init = tmp_path / "other" / "versus" / "__init__.py"
        init.write_text(init.read_text().replace(__version__, "0.0.7"))
        wrong = f"has Versus 0.0.7 instead of {__version__}"
    else:
        info = tmp_path / "other" / "markdown-0.0.7.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Markdown\nVersion: 0.0.7\n")
        wrong = "has markdown 0.0.7 instead of "
    other = cluster.worker(tmp_path / "other")
    try:
        out = tmp_path / "out"
        result = built.run(
            "-f", "markdown", "-o", str(out), "--force", "--executor", cluster.address
        )
    finally:
        other.kill()
        other.wait()
    assert result.code == 1
    assert "error: worker tcp://127.0.0.1" in result.stderr
    assert wrong in result.stderr
    assert "hint: install the same on all machines" in result.stderr
    assert "nothing was written" in result.stderr
    assert "Traceback" not in result.stderr
    assert not out.exists()


def test_a_cluster_that_is_not_there_or_goes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("versus.cluster._ANSWER", 2)
    found = DaskCluster(tmp_path)
    with pytest.raises(ClusterError, match="has no worker"):
        Cluster(found.address, operator.is_, None, tmp_path, ())
    monkeypatch.undo()
    worker = found.worker()
    with Cluster(found.address, operator.is_, None, tmp_path, ()) as executor:
        assert list(executor.map(divmod, range(5), [2] * 5, chunksize=2)) == [
            divmod(n, 2) for n in range(5)
        ]
        with pytest.raises(ZeroDivisionError):
            list(executor.map(divmod, [1], [0]))
        waiting = executor.map(time.sleep, [60], timeout=2)
        worker.kill()
        with pytest.raises(ClusterError, match="no worker any more"):
            list(waiting)
    found.worker()
    with Cluster(found.address, operator.is_, None, tmp_path, ()) as executor:
        waiting = executor.map(time.sleep, [60], timeout=2)
        found.scheduler.kill()
        with pytest.raises(ClusterError, match="no scheduler any more"):
            list(waiting)
    found.close()
    monkeypatch.setattr("versus.cluster._ANSWER", 2)
    with pytest.raises(ClusterError, match="does not answer"):
        Cluster(found.address, operator.is_, None, tmp_path, ())
