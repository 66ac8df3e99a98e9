"""Large collections are ranked in a process beside the build, with the same lists as here."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from versus.related import Doc, Ranker, Reading, rank, reading, readings, tokens
from versus.related import ranker as module
from versus.related.orders import Settings
from versus.related.ranking import Listed
from versus.related.store import Pieces

SETTINGS = Settings(limit=3)
DOCS = {
    f"d{i:02}": Doc(f"d{i:02}", f"On {i}", text=f"log {i % 5} stream {i % 7} batch {i % 3}")
    for i in range(40)
}
DIGESTS = {key: repr(doc).encode() for key, doc in DOCS.items()}


class Shelf:
    """Documents and a state, as a build has them."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.asked: list[str] = []

    def state(self) -> bytes:
        return self.file.read_bytes() if self.file.exists() else b""

    def keep(self, state: Pieces) -> None:
        self.file.write_bytes(b"".join(state))

    def read(self, keys: Sequence[str]) -> Iterable[Reading]:
        self.asked += keys
        return (reading([DOCS[key]]) for key in keys)

    def ranker(self) -> Ranker:
        return Ranker(self.state, self.keep)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "state")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any collection is large enough for a process of its own."""
    monkeypatch.setattr(module, "FEW", 0)


def lists(found: Listed) -> dict[str, tuple[str, ...]]:
    return {key: found.to(key) for key in found.keys}


def expected() -> dict[str, tuple[str, ...]]:
    known = rank(DIGESTS, lambda keys: (reading([DOCS[key]]) for key in keys), limit=3)
    return lists(known.listed)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.usefixtures("large")
def test_a_process_makes_the_lists_that_are_made_here(shelf: Shelf) -> None:
    with shelf.ranker() as ranker:
        ranker.ask(DIGESTS, shelf.read, SETTINGS)
        assert ranker._process
        assert lists(ranker.listed()) == expected()
    assert sorted(shelf.asked) == sorted(DIGESTS)


def test_a_small_collection_is_ranked_here(shelf: Shelf) -> None:
    with shelf.ranker() as ranker:
        ranker.ask(DIGESTS, shelf.read, SETTINGS)
        assert not ranker._process
        assert lists(ranker.listed()) == expected()
    assert shelf.file.exists()


@pytest.mark.parametrize("changed", [(), ("d07",)], ids=["nothing changed", "one document changed"])
def test_the_next_process_asks_only_for_what_the_last_one_did_not_know(
    shelf: Shelf, changed: tuple[str, ...]
) -> None:
    shelf.keep(rank({**DIGESTS, **dict.fromkeys(changed, b"another")}, shelf.read, limit=3).state())
    shelf.asked.clear()
    with shelf.ranker() as ranker:
        ranker.begin()
        ranker.ask(DIGESTS, shelf.read, SETTINGS)
        assert lists(ranker.listed()) == expected()
    assert shelf.asked == list(changed)


def killed_when_it_asks(shelf: Shelf, ranker: Ranker) -> None:
    def read(keys: Sequence[str]) -> Iterator[Reading]:
        if process := ranker._process:
            os.kill(process, signal.SIGKILL)
        yield from shelf.read(keys)

    ranker.ask(DIGESTS, read, SETTINGS)


def killed_before_it_is_asked(shelf: Shelf, ranker: Ranker) -> None:
    ranker.begin()
    os.kill(ranker._process, signal.SIGKILL)
    ranker.ask(DIGESTS, shelf.read, SETTINGS)


def killed_while_it_ranks(shelf: Shelf, ranker: Ranker) -> None:
    ranker.ask(DIGESTS, shelf.read, SETTINGS)
    os.kill(ranker._process, signal.SIGKILL)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    "use", [killed_when_it_asks, killed_before_it_is_asked, killed_while_it_ranks]
)
def test_a_process_that_is_killed_costs_no_list(
    shelf: Shelf, use: Callable[[Shelf, Ranker], None]
) -> None:
    with shelf.ranker() as ranker:
        use(shelf, ranker)
        assert lists(ranker.listed()) == expected()
    assert shelf.file.exists()


@pytest.mark.usefixtures("large")
def test_where_no_process_can_be_started_the_lists_are_made_here(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fork() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", fork)
    with shelf.ranker() as ranker:
        ranker.begin()
        ranker.ask(DIGESTS, shelf.read, SETTINGS)
        assert lists(ranker.listed()) == expected()
    assert shelf.file.exists()


@pytest.mark.usefixtures("large")
def test_what_goes_wrong_where_documents_are_read_is_told_and_leaves_no_process(
    shelf: Shelf,
) -> None:
    def read(_keys: Sequence[str]) -> Iterable[Reading]:
        raise OSError("the disk is gone")

    ranker = shelf.ranker()
    ranker.begin()
    process = ranker._process
    with pytest.raises(OSError, match="the disk is gone"), ranker:
        ranker.ask(DIGESTS, read, SETTINGS)
    assert not is_there(process)
    assert not shelf.file.exists()


@pytest.mark.parametrize("is_killed", [False, True], ids=["quiet", "killed"])
def test_workers_read_documents_in_their_order_whoever_dies(
    monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    monkeypatch.setattr(tokens, "_FEW", 1)
    monkeypatch.setattr(tokens, "_BATCH", 8)
    here = os.getpid()

    def doc(key: str) -> Doc:
        if is_killed and key == "d11" and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return DOCS[key]

    found = [part.keys for part in readings(list(DOCS), doc, jobs=2)]
    keys = list(DOCS)
    assert found == [keys[start : start + 8] for start in range(0, 40, 8)]


def test_a_process_whose_lists_nobody_wants_is_ended(shelf: Shelf) -> None:
    with shelf.ranker() as ranker:
        ranker.begin()
        process = ranker._process
    assert not is_there(process)
