"""A Dask cluster as an executor: what can be said of it without one."""

import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Publication

from versus import cluster, pipeline
from versus.artifacts import Artifact
from versus.cluster import tools
from versus.diagnostics import ClusterError
from versus.render import Outcome, Task
from versus.request import Request


@pytest.mark.parametrize(
    ("address", "tcp"),
    [
        ("dask://scheduler:8786", "tcp://scheduler:8786"),
        ("dask://scheduler", "tcp://scheduler:8786"),
        ("dask://10.0.0.7:1234/", "tcp://10.0.0.7:1234"),
        ("dask://[::1]:1234", "tcp://[::1]:1234"),
    ],
)
def test_an_address_names_a_scheduler(address: str, tcp: str) -> None:
    assert cluster.scheduler(address) == tcp


@pytest.mark.parametrize(
    "address", ["", "scheduler:8786", "tcp://h:1", "dask://", "dask://h:1/x", "dask://h:port"]
)
def test_any_other_address_is_a_wrong_call(address: str) -> None:
    with pytest.raises(ValueError, match=r"dask://HOST:8786|Port"):
        cluster.scheduler(address)


def test_an_address_that_names_none_is_told(publication: Publication) -> None:
    result = publication.run("--executor", "spark://host:7077")
    assert result.code == 2
    assert "'spark://host:7077' is no cluster: write it as in dask://HOST:8786" in result.stderr


def test_tools_that_differ_are_told_by_name() -> None:
    assert cluster.differing(tools()) == ""
    other = {**tools(), "markdown": "0.1", "new": "2"}
    own = tools()["markdown"]
    assert cluster.differing(other) == f"markdown {own} instead of 0.1, new none instead of 2"


seen: list[tuple[object, dict[str, bytes]]] = []


def note(argument: object, root: Path) -> None:
    """What a process is set up with: an argument, and files."""
    files = (path for path in root.rglob("*") if path.is_file())
    seen.append((argument, {p.relative_to(root).as_posix(): p.read_bytes() for p in files}))


def parcel(argument: object, **files: bytes) -> cluster.Parcel:
    """A parcel as a client packs it."""
    return cluster.Parcel(str(argument), pickle.dumps((note, argument, files)), tools())


def test_a_process_unpacks_a_parcel_once_and_forgets_the_one_before() -> None:
    seen.clear()
    one, two = parcel("one", templates=b"x"), parcel("two")
    answers = [cluster._called(each, len, ("abc",), {}) for each in (one, one, two, one)]
    assert answers == [3, 3, 3, 3]
    assert seen == [("one", {"templates": b"x"}), ("two", {}), ("one", {"templates": b"x"})]


def test_a_worker_that_joined_late_with_other_tools_makes_nothing() -> None:
    other = cluster.Parcel("late", b"", {**tools(), "markdown": "0.1"})
    with pytest.raises(cluster.OtherToolsError, match=r"a worker has markdown .* instead of 0\.1"):
        cluster._called(other, len, ("abc",), {})


def test_what_was_finished_before_a_cluster_went_is_not_made_again(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for slug in ("a", "b", "c"):
        publication.article(slug)
    asked: list[list[str]] = []

    def run(_shop: object, todo: Sequence[Task], *_rest: object) -> Iterator[tuple[int, Outcome]]:
        """Makes files that are easier to make, and in the first build one only."""
        asked.append([task.variant.folder for task in todo])
        for place, task in enumerate(todo):
            if place == 1 and len(asked) == 1:
                raise ClusterError("the cluster has no worker any more", "")
            path = f"site/{task.variant.folder}/x.pdf"
            yield place, Outcome((Artifact(path, b"PDF", "application/pdf"),))

    monkeypatch.setattr("versus.render.run", run)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    request = Request(publication.root, publication.out, now, formats=("pdf",))
    with pytest.raises(ClusterError):
        pipeline.build(request)
    assert not publication.out.exists()
    pipeline.build(request)
    assert len(asked[0]) == 6
    assert asked[1] == asked[0][1:]
    assert len(list(publication.out.glob("site/**/x.pdf"))) == 6
