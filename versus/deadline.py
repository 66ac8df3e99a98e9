"""An end to work that takes too long: a computation of content's that would take hours.

In: seconds of computing, and a block. Out: `TooLongError` inside the block when they are over.
Counted are the process's own seconds, not those on the wall, so that a busy machine makes no
article wrong that is right elsewhere.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType

_AGAIN = 0.5
"""Seconds until it is raised once more, should code have swallowed the first one."""


class TooLongError(Exception):
    """The block has had its seconds."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TooLongError in the block after so many seconds of computing.

    Python's own signals do it, so it holds in the main thread only, and once C code returns:
    where it must hold in any case, `crew` ends the process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    _listen()
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@lru_cache(maxsize=1)
def _listen() -> None:
    """Hear the timer from now on; forked processes do, too. Nobody else sets it."""
    signal.signal(signal.SIGPROF, _over)


def _over(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError
