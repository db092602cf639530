"""A vendor's interface as a real HTTP server on this machine, which can be made to fail in every way that one does; and a
source that is fetched from it.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tenure.engine.desk import silent
from tenure.engine.sync import configured, vault
from tenure.engine.sync.means import Means
from tenure.engine.sync.pull import Synced, passes, sync
from tenure.engine.workspace import Workspace
from tenure.sources.fetching.pulled import Pulled


@dataclass(frozen=True)
class Asked:
    """A request. ``query``: by name, all values. ``headers`` by names in small letters; ``body`` as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return self.query.get(name, [default])[-1]


@dataclass(frozen=True)
class Answer:
    """``status`` 0: the connection is cut before anything is said; ``cut``: in the middle of the body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


@dataclass
class Server:
    """``answer``: gives the answer to a request. ``faults``: answers to the next requests instead, None for the right one."""

    address: str
    asked: list[Asked] = field(default_factory=list)
    faults: deque[Answer | None] = field(default_factory=deque)


@contextmanager
def served(answer: Callable[[Asked], Answer | Any]) -> Iterator[Server]:
    """A vendor at an address of this machine. What ``answer`` gives is JSON, unless it is an ``Answer``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def _do(self) -> None:
            parts = urlsplit(self.path)
            query: dict[str, list[str]] = {}
            for name, value in parse_qsl(parts.query):
                query.setdefault(name, []).append(value)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = Asked(self.command, parts.path, query, {k.lower(): v for k, v in self.headers.items()}, body)
            server.asked.append(asked)
            fault = server.faults.popleft() if server.faults else None
            found = fault if fault is not None else answer(asked)
            self._say(found if isinstance(found, Answer) else Answer(body=found))

        do_GET = do_POST = do_PATCH = do_PROPFIND = do_REPORT = _do  # noqa: N815 - as the standard library calls them

        def _say(self, said: Answer) -> None:
            if said.status == 0:
                self.close_connection = True
                return
            text = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response_only(said.status)
            for name, value in {"content-length": str(len(text)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text[: len(text) // 2] if said.cut else text)
            self.close_connection = self.close_connection or said.cut

        def log_message(self, *_words: object) -> None:
            """Nothing is logged."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = Server(f"http://127.0.0.1:{httpd.server_address[1]}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


class Time:
    """A clock that moves only when somebody sleeps, or sets it."""

    def __init__(self, now: datetime) -> None:
        self.now = now if now.tzinfo else now.replace(tzinfo=UTC)
        self.slept: list[float] = []

    def clock(self) -> datetime:
        """The time, in UTC."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """No time passes but on this clock."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    @property
    def means(self) -> Means:
        """What fetching needs, with this clock."""
        return Means(clock=self.clock, sleep=self.sleep)


class Stopping(Time):
    """The same clock, in a process that is told to end after some looks at whether it is."""

    def __init__(self, time: Time, looks: int) -> None:
        super().__init__(time.now)
        self.looks = looks

    @property
    def means(self) -> Means:
        """What fetching needs, for a while."""
        return replace(super().means, stopping=self._over)

    def _over(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def add_source(home: Path, server: Server, kind: str, secrets: Mapping[str, str], name: str = "", **said: Any) -> str:
    """Configure a source that is fetched from a server of this machine; its name."""
    name = name or kind
    configured.add(home, name, {"kind": kind, "address": server.address, "internal": True, **said})
    vault.keep(home, name, secrets)
    return name


def told(home: Path, name: str) -> dict[str, list[str]]:
    """All that is known of a source: the rows of the vendor's tables, as the staging is given them."""
    with Pulled.open(home, name) as pulled:
        return {kind: sorted(pulled.lines(kind)) for kind in pulled.kinds()}


def gone_through(home: Path, name: str, time: Time) -> Synced:
    """Fetch from a source, and load nothing."""
    with Pulled.open(home, name) as pulled:
        return passes(home, configured.one(home, name), pulled, time.means, silent)


def fetch(ws: Workspace, name: str, time: Time) -> Synced:
    """Fetch from a source and load what changed."""
    return sync(ws.home, configured.one(ws.home, name), time.means, ws.call, ws.progress)
