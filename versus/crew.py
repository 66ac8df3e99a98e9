"""Workers that may die: each task is made in one, and whoever takes too long is replaced.

In: a function, tasks, how many workers, and seconds of computing for a task. Out: the results as
they come, or why a task has none. Workers are forked, so they start with all that is loaded and
share it. One that is killed (by the memory killer, or by the kernel when its seconds are over) is
replaced; its task is tried once more, unless it was too slow.
"""

import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

T = TypeVar("T")
R = TypeVar("R")

_GRACE = 2
"""How many times its seconds a task may take before the kernel ends the worker: those who can end
by themselves (`deadline`) have done so long before."""

_MUCH = 20_000
"""From so many new objects on, some of which may be garbage, a worker looks for it."""

CHUNK = 256
"""So many quick tasks a worker is given at once at most."""

_SHARES = 16
"""Into so many chunks a worker's share of what is left is divided, at least."""

_DIE_WITH_PARENT = 1
"""Linux's `prctl(PR_SET_PDEATHSIG)`."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A task without a result: by which signal its worker died, and whether for its seconds."""

    signal: int
    too_long: bool


@dataclass(slots=True)
class _Worker:
    process: "ForkProcess"
    pipe: "Connection"
    chunk: tuple[int, ...] = ()


def run(
    make: Callable[[T], R], tasks: Sequence[T], workers: int, seconds: int, chunk: int = 1
) -> Iterator[tuple[int, R | Lost]]:
    """The number of each task with its result, in the order in which they are done.

    Quick tasks go out several at a time (up to `chunk`). What `make` raises is raised here. However
    the caller leaves, no worker is left behind.
    """
    from multiprocessing.connection import wait

    waiting = [*_chunks(len(tasks), workers, chunk)][::-1]
    tried: set[int] = set()
    crew: list[_Worker] = []
    try:
        while waiting or any(worker.chunk for worker in crew):
            while waiting and len(crew) < workers:
                crew.append(_hire(make, tasks, seconds, crew))
            for worker in crew:
                if waiting and not worker.chunk:
                    worker.chunk = waiting.pop()
                    _send(worker)
            busy = {worker.pipe: worker for worker in crew if worker.chunk}
            for pipe in wait(list(busy)):
                worker = busy[cast("Connection", pipe)]
                done, worker.chunk = worker.chunk, ()
                answer = _answer(worker)
                if not isinstance(answer, Lost):
                    yield from zip(done, answer, strict=True)
                    continue
                crew.remove(worker)
                if len(done) > 1:  # Alone, each shows whether it was the one.
                    waiting += [(number,) for number in reversed(done)]
                elif answer.too_long or done[0] in tried:
                    yield done[0], answer
                else:
                    tried.add(done[0])
                    waiting.append(done)
    finally:
        _dismiss(crew)


def _chunks(count: int, workers: int, most: int) -> Iterator[tuple[int, ...]]:
    """Numbers in chunks: neighbours, who share pages of memory, for one worker.

    They become smaller, so that all workers end at the same time.
    """
    start = 0
    while start < count:
        end = start + max(1, min(most, (count - start) // (workers * _SHARES)))
        yield tuple(range(start, end))
        start = end


def _hire(
    make: Callable[[T], R], tasks: Sequence[T], seconds: int, crew: Sequence[_Worker]
) -> _Worker:
    import multiprocessing

    ours, theirs = multiprocessing.Pipe()
    inherited = [ours, *(worker.pipe for worker in crew)]
    context = multiprocessing.get_context("fork")
    arguments = (make, tasks, seconds, theirs, inherited, os.getpid())
    process = context.Process(target=_work, args=arguments, daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _send(worker: _Worker) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # It died idle; `_answer` will see it.
        worker.pipe.send(worker.chunk)


def _answer(worker: _Worker) -> Any:
    """The results that a worker sends, or how it was lost. Raises what a task raised."""
    try:
        answer = worker.pipe.recv()
    except (EOFError, OSError):  # It died before it sent something, or in the middle of it.
        worker.pipe.close()
        worker.process.join()
        died_of = -(worker.process.exitcode or 0)
        return Lost(died_of, too_long=died_of == signal.SIGXCPU)
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _dismiss(crew: Sequence[_Worker]) -> None:
    """End workers, busy or not: nothing that they do is wanted any more."""
    for worker in crew:
        worker.pipe.close()
        worker.process.kill()
    for worker in crew:
        worker.process.join()


def _work(
    make: Callable[[T], R],
    tasks: Sequence[T],
    seconds: int,
    pipe: "Connection",
    inherited: Sequence["Connection"],
    parent: int,
) -> None:
    """A worker's life: as long as somebody sends it tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Who is asked to stop stops us.
    die_with(parent)
    for other in inherited:
        other.close()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()  # What was there before is no garbage, and looking at it copies its pages.
    gc.disable()  # Garbage is looked for between tasks: within one nearly everything lives on.
    with suppress(EOFError, ConnectionError):
        while True:
            results: list[R] = []
            try:
                for number in pipe.recv():
                    _allow(seconds * _GRACE + 1)
                    results.append(make(tasks[number]))
                    if gc.get_count()[0] > _MUCH:
                        gc.collect(0)  # What is older was looked at before, and stays.
            except EOFError:
                return
            except Exception as error:  # noqa: BLE001 - it is raised where it is seen
                pipe.send(error)
                continue
            pipe.send(results)
            del results


def _allow(seconds: int) -> None:
    """Let this process compute for so long from now; then the kernel ends it."""
    until = int(time.process_time()) + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or until < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def die_with(parent: int) -> None:
    """End when the parent ends, even if it is killed; elsewhere than on Linux, after the task."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
