"""Work that a thread does meanwhile: reading, writing and digesting large files.

For these Python lets go of its lock, so they take no time of whoever goes on. The standard
library's executors would do, but take longer to import than what is won.
"""

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Meanwhile(Generic[T]):
    """The result of some work, which begins at once."""

    def __init__(self, work: Callable[[], T]) -> None:
        # The thread lets go of the work, and of what that holds, when it is done.
        self._thread = Thread(target=self._do, args=(work,), daemon=True)
        self._thread.start()

    def _do(self, work: Callable[[], T]) -> None:
        try:
            self._result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is wanted
            self._error = error

    def result(self) -> T:
        """What came of it, once it is done. Raises what the work raised."""
        self._thread.join()
        if hasattr(self, "_error"):
            raise self._error
        return self._result
