"""Workers: results come whoever dies, and nobody is left behind."""

import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from conftest import ROOT, children
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from versus import crew
from versus.crew import Lost
from versus.deadline import TooLongError, deadline


@pytest.fixture(autouse=True)
def few_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker is given half of its share at once, so that few tasks are several at a time."""
    monkeypatch.setattr(crew, "_SHARES", 2)


def test_every_task_has_its_result_however_many_workers_and_chunks() -> None:
    for workers in (1, 3):
        for chunk in (1, 4):
            found = dict(crew.run(lambda n: n * n, range(10), workers, 5, chunk))
            assert found == {n: n * n for n in range(10)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2000), st.integers(1, 8), st.integers(1, 300))
def test_neighbours_go_together_and_less_of_them_at_the_end(
    count: int, workers: int, most: int
) -> None:
    chunks = list(crew._chunks(count, workers, most))
    sizes = list(map(len, chunks))
    assert [number for chunk in chunks for number in chunk] == list(range(count))
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes, default=1) <= most
    assert sizes[-1:] in ([], [1])


def test_a_task_whose_worker_is_killed_is_tried_again(tmp_path: Path) -> None:
    def make(number: int) -> int:
        mark = tmp_path / str(number)
        if number % 3 == 0 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert dict(crew.run(make, range(9), 2, 5, 2)) == {n: n for n in range(9)}


def test_a_task_that_kills_its_worker_twice_is_lost_and_the_others_are_not() -> None:
    def make(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    found = dict(crew.run(make, range(8), 2, 5, 4))
    assert found[3] == Lost(signal.SIGKILL, too_long=False)
    assert {n: r for n, r in found.items() if n != 3} == {n: n for n in range(8) if n != 3}


def test_a_worker_that_is_killed_while_it_sends_is_lost() -> None:
    """What it sends is larger than what the kernel takes before anybody reads."""

    def send(pipe: Connection) -> None:
        os.write(pipe.fileno(), struct.pack("!i", 1_000_000) + b"the beginning")
        os.kill(os.getpid(), signal.SIGKILL)

    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=send, args=(theirs,))
    process.start()
    theirs.close()
    assert crew._answer(crew._Worker(process, ours)) == Lost(signal.SIGKILL, too_long=False)


def test_an_error_of_the_systems_is_raised_where_a_task_raised_it() -> None:
    def make(_number: int) -> None:
        raise ConnectionResetError("a task's own")

    with pytest.raises(ConnectionResetError, match="a task's own"):
        list(crew.run(make, [0], 1, 5))


def test_a_task_that_never_returns_is_ended_by_the_kernel() -> None:
    def make(number: int) -> int:
        while number == 1:
            pass
        return number

    found = dict(crew.run(make, range(3), 2, 0))
    assert found == {0: 0, 1: Lost(signal.SIGXCPU, too_long=True), 2: 2}


def test_what_a_task_raises_is_raised_and_no_worker_is_left() -> None:
    with pytest.raises(ZeroDivisionError):
        list(crew.run(lambda n: 1 // n, range(4), 2, 5))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_caller_who_leaves_early_leaves_no_worker() -> None:
    run = crew.run(lambda n: time.sleep(n * 60), range(3), 3, 5)
    next(run)
    del run
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_deadline_counts_computing_and_not_waiting() -> None:
    with deadline(0.05):
        time.sleep(0.2)
    with pytest.raises(TooLongError):
        endless()


def endless() -> None:
    with deadline(0.05):
        while True:
            pass


AT_WORK = """
import sys, time
from versus import crew
from versus.related import Ranker
ranker = Ranker(lambda: time.sleep(60), print)
ranker.begin()
for _done in crew.run(lambda n: time.sleep(60 * n), range(3), 2, 5):
    print("at work", flush=True)
"""


def is_alive(process: int) -> bool:
    """Whether a process runs; one that ended may be there until somebody asks how."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_whoever_is_killed_leaves_no_process_behind() -> None:
    """Not even by the kernel's memory killer, which asks nobody."""
    with subprocess.Popen([sys.executable, "-c", AT_WORK], cwd=ROOT, stdout=subprocess.PIPE) as run:
        assert run.stdout
        run.stdout.readline()
        listed = children(run.pid)
        run.kill()
    assert len(listed) == 3
    for _wait in range(100):
        left = list(filter(is_alive, listed))
        if not left:
            return
        time.sleep(0.05)
    pytest.fail(f"{left} are there still")
