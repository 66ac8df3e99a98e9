"""A proxy that does to requests what networks and servers do to them, and kills who asks.

It stands on loopback between a client and any HTTP server. Which request meets which fault is
told by `Faults`; requests are numbered from 1 as they come, over all connections.
"""

import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

KINDS = (
    "drop-before", "drop-after", "429", "500-before", "500-after", "html", "garbage", "stall",
    "kill-before", "kill-after",
)  # fmt: skip
"""What can be done to a request: the connection cut before or after it is handled, answers that
are not the server's (before it is handled, or after), no answer at all, and the client killed."""

HANDLED = frozenset({"drop-after", "500-after", "html", "garbage", "stall", "kill-after"})
"""The faults of which the server knows nothing: it has done what was asked."""

_HOP = frozenset({"connection", "transfer-encoding", "keep-alive", "host", "content-length"})


@dataclass
class Faults:
    """Which request meets which fault, and what has happened."""

    plan: Callable[[int, str, str], str | None] = lambda number, method, path: None
    """The fault for a request, by its number, method and path."""
    victim: Callable[[], int | None] = lambda: None
    """The process to kill."""
    stall: float = 3.0
    """For how long nothing is said, in seconds."""
    injected: list[str] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, method: str, path: str) -> str | None:
        """The fault for the request that has just come."""
        with self.lock:
            self.seen.append((method, path))
            kind = self.plan(len(self.seen), method, path)
            if kind is not None:
                self.injected.append(kind)
            return kind


def at(number: int, kind: str) -> Callable[[int, str, str], str | None]:
    """One fault, for the request with a number."""
    return lambda n, _method, _path: kind if n == number else None


@contextmanager
def proxied(upstream: str, faults: Faults) -> Iterator[str]:
    """A proxy before a server; its address. Absolute addresses in answers stay as they are."""
    there = urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            kind = faults.next(self.command, self.path)
            if kind == "kill-before":
                self._kill()
                return
            if kind == "drop-before":
                self._drop()
                return
            if kind == "429":
                self._say(429, b'{"error": "slow down"}', {"retry-after": "0"})
                return
            if kind == "500-before":
                self._say(500, b'{"error": "trouble"}')
                return
            status, headers, data = self._asked_there(body)
            if kind == "kill-after":
                self._kill()
            elif kind == "drop-after":
                self._drop()
            elif kind == "stall":
                time.sleep(faults.stall)
                self._drop()
            elif kind == "500-after":
                self._say(500, b'{"error": "trouble"}')
            elif kind == "html":
                self._say(200, b"<!DOCTYPE html><p>Welcome", {"content-type": "text/html"})
            elif kind == "garbage":
                self._say(200, b'{"id": 7, "ti', {"content-type": "application/json"})
            else:
                self._say(status, data, headers)

        def _asked_there(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
            connection = HTTPConnection(there.hostname or "", there.port, timeout=60)
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
            host = self.headers.get("host")
            headers["Host"] = host if host and "127.0.0.1" not in host else there.netloc
            try:
                connection.request(self.command, self.path, body or None, headers)
                said = connection.getresponse()
                data = said.read()
                return said.status, _kept(said.headers), data
            finally:
                connection.close()

        def _say(self, status: int, data: bytes, headers: Mapping[str, str] | None = None) -> None:
            self.send_response_only(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def _drop(self) -> None:
            """Cut the connection as a crash does, with a reset."""
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()

        def _kill(self) -> None:
            process = faults.victim()
            if process is not None:
                os.kill(process, signal.SIGKILL)
            self._drop()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            """Serve a connection; one that is cut is what we are here for."""
            with suppress(OSError, ValueError):
                super().handle()

        def finish(self) -> None:
            """End a connection, cut or not."""
            with suppress(OSError, ValueError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def _kept(headers: HTTPMessage) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k.lower() not in _HOP | {"date", "server"}}
