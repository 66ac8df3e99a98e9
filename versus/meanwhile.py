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
        self._work = work
        self._thread = Thread(target=self._do, daemon=True)
        self._thread.start()

    def _do(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is wanted
            self._error = error

    def result(self) -> T:
        """What came of it, once it is done. Raises what the work raised."""
        self._thread.join()
        if hasattr(self, "_error"):
            raise self._error
        return self._result
