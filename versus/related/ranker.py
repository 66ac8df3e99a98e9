"""The ranking beside a build: a large collection is ranked in a process of its own.

In: what gives the state of the last ranking, and what keeps that of the next. Out: lists. The
process is forked before the publication is read, where there is a large state to make ready; it
asks for the documents that it does not know, and when it ends it takes with it what ranking needs
of memory, which is more than all the rest of a build. One that is killed costs time only: then the
ranking is made here.
"""

import gc
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, NamedTuple, TypeAlias

from versus import crew
from versus.related.kept import Kept, load
from versus.related.orders import Settings
from versus.related.ranking import FEW, Listed, Ranked, rank_on
from versus.related.store import Pieces
from versus.related.tokens import Reading, Rows

Read: TypeAlias = Callable[[Sequence[str]], Iterable[Reading]]


CROWD = 20_000
"""More documents than these take so much memory that little else should beside them."""


class _Line(NamedTuple):
    """Two processes talk on it. `multiprocessing` has the like, and takes longer to import."""

    hears: IO[bytes]
    says: IO[bytes]

    @classmethod
    def of(cls, hears: int, says: int) -> "_Line":
        return cls(os.fdopen(hears, "rb"), os.fdopen(says, "wb"))

    def send(self, message: Any) -> None:
        pickle.dump(message, self.says, pickle.HIGHEST_PROTOCOL)
        self.says.flush()

    def receive(self) -> Any:
        return pickle.load(self.hears)  # noqa: S301 - our own process wrote it

    def close(self) -> None:
        for end in self:
            with suppress(OSError):  # What nobody will hear is left unsaid.
                end.close()


class Ranker:
    """Ranks a collection, and keeps the ranking's state.

    To be used in a `with` statement, which waits for the process, or ends it where something
    failed.
    """

    def __init__(
        self,
        state: Callable[[], bytes | memoryview],
        keep: Callable[[Pieces], None],
        jobs: int = 1,
    ) -> None:
        self._state, self._keep, self._jobs = state, keep, jobs
        self._process = 0
        self._line: _Line | None = None
        self._asked: tuple[Mapping[str, bytes], Read, Settings] | None = None
        self._lists: Rows | None = None

    def __enter__(self) -> "Ranker":
        return self

    def __exit__(self, failure: type[BaseException] | None, *_more: object) -> None:
        if self._process and (failure is not None or self._lists is None):
            os.kill(self._process, signal.SIGKILL)
        self._part()

    def begin(self) -> None:
        """Start the process, which makes ready what the last ranking left."""
        (hears, theirs), (ours, says) = os.pipe(), os.pipe()
        parent = os.getpid()
        try:
            self._process = os.fork()
        except OSError:  # There may be no more processes: the ranking is made here.
            for end in (hears, theirs, ours, says):
                os.close(end)
            return
        if self._process:
            os.close(theirs)
            os.close(ours)
            self._line = _Line.of(hears, says)
            return
        try:
            os.close(hears)
            os.close(says)
            self._serve(_Line.of(ours, theirs), parent)
        finally:  # Nothing that the caller would do on its way out is ours to do.
            os._exit(0)

    def ask(self, digests: Mapping[str, bytes], read: Read, settings: Settings) -> None:
        """Have documents ranked, as `ranking.rank` does; a process may be at it for some time."""
        self._asked = digests, read, settings
        if not self._process:
            if len(digests) <= FEW:
                return
            self.begin()
        self._tell((digests, settings))
        answer = self._hear()
        if isinstance(answer, Rows):
            self._lists = answer
            return
        for part in read(answer) if answer else ():
            self._tell(part)
        self._tell(None)

    def listed(self) -> Listed:
        """The lists of what was asked for, once."""
        if self._asked is None:
            raise RuntimeError("lists are there for those who ask")
        digests, read, settings = self._asked
        keys = sorted(digests)  # Before it waits: the process may be at work still.
        positions = {key: i for i, key in enumerate(keys)}
        if self._lists is None:
            self._lists = self._hear()
        if len(keys) > CROWD:
            self._part()
        self._asked = None  # There may be a lot of it.
        if self._lists is None:
            kept = load(self._state())
            ranked = rank_on(kept, digests, read, settings, self._jobs)
            self._keep_new(ranked, kept)
            return ranked.listed
        return Listed(keys, positions, self._lists)

    def _serve(self, line: _Line, parent: int) -> None:
        """The life of the process."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Who is asked to stop stops us.
        crew.die_with(parent)
        gc.disable()
        kept = load(self._state())
        if kept is not None:
            kept.prepare()
        digests, settings = line.receive()

        def read(keys: Sequence[str]) -> Iterable[Reading]:
            line.send(keys)
            while (part := line.receive()) is not None:
                yield part

        ranked = rank_on(kept, digests, read, settings, self._jobs)
        line.send(ranked.listed.lists)
        self._keep_new(ranked, kept)

    def _keep_new(self, ranked: Ranked, kept: Kept | None) -> None:
        """Keep a state, unless it is the one that lies there: it may be hundreds of megabytes."""
        state = ranked.state()
        if kept is None or state[0] is not kept.state:
            self._keep(state)

    def _tell(self, message: Any) -> None:
        try:
            if self._line:
                self._line.send(message)
        except OSError:
            self._part()

    def _hear(self) -> Any:
        """What the process says; nothing where there is none any more."""
        try:
            return self._line.receive() if self._line else None
        except (EOFError, OSError, pickle.UnpicklingError):
            self._part()
        return None

    def _part(self) -> None:
        """Wait for the end of the process."""
        if self._line:
            self._line.close()
            self._line = None
        if self._process:
            os.waitpid(self._process, 0)
            self._process = 0
