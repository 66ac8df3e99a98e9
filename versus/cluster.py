"""A Dask cluster as an executor: the same calls as for processes of this machine.

In: the address of a scheduler, and what the calls work with. Out: a `concurrent.futures.Executor`.
What they work with (a parcel: the initial arguments, the publication's templates and assets) goes
to each worker once, by the digest of its bytes, and is unpacked there; workers share no disk with
us. The scheduler keeps it as a task of its own, so it outlives any worker, and goes when we go.

Dask trusts whoever can reach it: a scheduler belongs into a network of one's own.
"""

import contextlib
import hashlib
import itertools
import logging
import pickle
import pkgutil
import tempfile
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from versus import __version__, fonts, machine
from versus.diagnostics import ClusterError

SCHEME = "dask"
_PORT = 8786

_ANSWER = 20.0
"""So many seconds a scheduler has to answer, and a first worker to be there."""

_PATIENCE = 60.0
"""So many seconds without a single worker are waited, as while machines restart."""

_AHEAD = 16
"""So many chunks for each worker are asked for before the first of them is waited for."""

_TURN = 1.0


class OtherToolsError(Exception):
    """Raised on a worker that would make other files than we would: its tools are others."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What calls work with, as bytes, and what its sender makes files with."""

    digest: str
    data: bytes
    tools: Mapping[str, str]


def scheduler(address: str) -> str:
    """The scheduler that `dask://HOST:8786` names, as Dask writes it. Raises ValueError."""
    parts = urlsplit(address)
    if parts.scheme != SCHEME or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{address!r} is no cluster: write it as in dask://HOST:{_PORT}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"tcp://{host}:{parts.port or _PORT}"


class Cluster(Executor):
    """The workers of a scheduler.

    `initializer` is called with `argument` and a folder before a worker's first call, as with
    other executors; the folder holds those files of `root` that lie in `folders`. Raises
    ClusterError where the scheduler does not answer, or a worker has other tools than we.
    """

    def __init__(
        self,
        address: str,
        initializer: Callable[[Any, Path], object],
        argument: object,
        root: Path,
        folders: Sequence[str],
    ) -> None:
        self._client = _connected(address)
        try:
            _insist_on_our_tools(self._client)
            files = {path: data for folder in folders for path, data in _files(root, folder)}
            data = pickle.dumps((initializer, argument, files), protocol=5)
            digest = hashlib.sha256(data).hexdigest()
            parcel = Parcel(digest, data, dict(tools()))
            # A task, not scattered data: what a dead worker held is then made anew from it.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # It is large, and goes over the wire once.
                self._parcel = self._client.submit(_same, parcel, key=f"versus-{digest}")
            self._there = self._client.get_executor(pure=False)
        except BaseException:
            self._client.close()
            raise

    @property
    def workers(self) -> int:
        """How many calls the cluster can do at once by now."""
        return max(1, len(self._names()))

    def _names(self) -> Sequence[str]:
        return tuple(self._client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function of a module on a worker."""
        future: Future[Any] = self._there.submit(_called, self._parcel, fn, args, kwargs)
        return future

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
    ) -> Iterator[Any]:
        """What a function returns for each element, in order, asked for in chunks.

        Raises ClusterError where the cluster is lost, and what a call raises. `timeout` is the
        longest time without any worker, a minute where it is not given.
        """
        calls = zip(*iterables, strict=False)
        chunks = iter(lambda: tuple(itertools.islice(calls, chunksize)), ())
        return self._results(fn, chunks, _PATIENCE if timeout is None else timeout)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster. What nobody waited for is given up: it may never come."""
        with contextlib.suppress(Exception):
            self._there.shutdown(wait=False)
        self._client.close()

    def _results(
        self, fn: Callable[..., Any], chunks: Iterator[Sequence[Any]], patience: float
    ) -> Iterator[Any]:
        asked: deque[Future[Any]] = deque()
        try:
            for chunk in chunks:
                asked.append(self.submit(_each, fn, chunk))
                # More than that would wait for nothing but memory, here and there.
                if len(asked) > _AHEAD * self.workers:
                    yield from self._result(asked[0], patience)
                    asked.popleft()
            while asked:
                yield from self._result(asked[0], patience)
                asked.popleft()
        finally:
            for future in asked:
                future.cancel()

    def _result(self, future: Future[Any], patience: float) -> Any:
        from distributed.scheduler import KilledWorker

        alone = 0.0
        while True:
            try:
                return future.result(timeout=_TURN)
            except (TimeoutError, CancelledError) as error:
                is_there = self._client.status == "running"
                alone = 0.0 if is_there and self._names() else alone + _TURN
                if alone < patience and isinstance(error, TimeoutError):
                    continue
                what = "has no worker" if is_there else "has no scheduler"
                hint = "start one and build again: what is finished is kept"
                raise ClusterError(f"the cluster {what} any more", hint) from None
            except KilledWorker as error:
                hint = "look at the workers' logs; memory is the usual reason"
                message = f"workers ended while they made the same files: {error}"
                raise ClusterError(message.splitlines()[0], hint) from None
            except OtherToolsError as error:
                raise ClusterError(str(error), _SAME) from None
            except ModuleNotFoundError as error:
                raise ClusterError(f"a worker cannot start Versus: {error}", _SAME) from None


_SAME = "install the same on all machines, as from requirements.lock"


def _connected(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        hint = "pip install 'versus-press[cluster]'"
        raise ClusterError("a cluster needs the package distributed", hint) from None
    connect: Any = distributed.Client
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It compares versions, as we do, but goes on.
            client = connect(scheduler(address), timeout=_ANSWER, set_as_default=False)
    except (OSError, TimeoutError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        hint = "`dask scheduler` starts one; see that its port can be reached"
        raise ClusterError(f"{address} does not answer: {reason}", hint) from None
    try:
        client.wait_for_workers(1, timeout=_ANSWER)
    except TimeoutError:
        client.close()
        hint = f"`dask worker {scheduler(address)} --nthreads 1` starts one, with Versus installed"
        raise ClusterError(f"{address} has no worker", hint) from None
    return client


def _insist_on_our_tools(client: Any) -> None:
    """Raise ClusterError for a machine that would make other files than we, or cannot."""
    # The first question needs nothing of ours there but the version.
    version = (pkgutil.resolve_name, "versus:__version__")
    try:
        # The scheduler reads what it passes on, and so needs Versus too.
        found = {"the scheduler": client.run_on_scheduler(*version)}
    except ImportError as error:
        found = {"the scheduler": error}
    answers = client.run(*version, on_error="return")
    found |= {f"worker {worker}": answer for worker, answer in answers.items()}
    for name, answer in found.items():
        if isinstance(answer, Exception):
            raise ClusterError(f"{name} has no Versus: {answer}", _SAME)
        if answer != __version__:
            raise ClusterError(f"{name} has Versus {answer} instead of {__version__}", _SAME)
    for worker, answer in client.run(differing, dict(tools()), on_error="return").items():
        if answer:
            raise ClusterError(f"worker {worker} has {answer}", _SAME)


def differing(wanted: Mapping[str, str]) -> str:
    """What this machine has other than the one that asks, in words; nothing if all is the same."""
    own = tools()
    return ", ".join(
        f"{name} {own.get(name, 'none')} instead of {wanted.get(name, 'none')}"
        for name in sorted(own.keys() | wanted.keys())
        if own.get(name) != wanted.get(name)
    )


def tools() -> Mapping[str, str]:
    """What this machine makes files with."""
    return machine.tools(fonts.fingerprint())


def _files(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted((root / folder).rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix(), path.read_bytes()


# What runs on workers.

_one_at_a_time = threading.Lock()
"""A worker may have several threads, but WeasyPrint is not safe in several."""

_set_up: tuple[str, tempfile.TemporaryDirectory[str]] | None = None
"""The digest of the parcel that this process works with, and the folder with its files."""


def _same(parcel: Parcel) -> Parcel:
    return parcel


def _called(
    parcel: Parcel, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    global _set_up  # noqa: PLW0603 - a process works with one parcel at a time
    with _one_at_a_time:
        if _set_up is None or _set_up[0] != parcel.digest:
            # A worker that joined late was not asked yet.
            if other := differing(parcel.tools):
                raise OtherToolsError(f"a worker has {other}")
            _set_up = None
            _set_up = parcel.digest, _unpacked(parcel)
        return fn(*args, **kwargs)


def _unpacked(parcel: Parcel) -> tempfile.TemporaryDirectory[str]:
    initializer, argument, files = pickle.loads(parcel.data)  # noqa: S301 - Dask pickles all calls
    folder = tempfile.TemporaryDirectory(prefix="versus-")
    for name, data in files.items():
        path = Path(folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    initializer(argument, Path(folder.name))
    return folder


def _each(fn: Callable[..., Any], todo: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [fn(*args) for args in todo]
