"""The door for events, before Django: a request that an SDK sends is answered when its events are on disk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from queue import Full
from threading import Lock
from typing import TYPE_CHECKING, Any

from tenure.core.errors import TenureError
from tenure.engine.intake import Event
from tenure.web.intake.body import MOST, Sent, sent
from tenure.web.kit.packed import RefusedError, too_large

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from tenure.engine.intake import Writer
    from tenure.web.kit.assets import Application, Receive, Scope, Send

KINDS = ("batch", "import", "track", "identify", "group", "page", "screen", "alias")
PATHS = {"/batch", *(f"/v1/{kind}" for kind in KINDS)}
#: Seconds after which an SDK may try again.
_AGAIN = 2
#: Bytes of a packed body: a body that is larger is larger unpacked.
_MOST_PACKED = MOST
_PLAIN = ((b"content-type", b"application/json; charset=utf-8"), (b"access-control-allow-origin", b"*"))
_ALLOWED = (
    (b"access-control-allow-methods", b"POST"), (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-max-age", b"86400"),
)  # fmt: skip


def _nothing(_secret: str) -> None:
    """Of no secret it is known without asking."""


class Flushed:
    """Wakes those who wait for the disk: all that came with one flush at once, as to wake a loop costs as much as an answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._told: list[tuple[asyncio.Future[None], BaseException | None]] = []

    async def wait(self, future: Future[None]) -> None:
        """Until the writer is done with some events. Raises what it raised."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        future.add_done_callback(lambda done: self._tell(loop, waiter, done.exception()))
        await waiter

    def _tell(self, loop: asyncio.AbstractEventLoop, waiter: asyncio.Future[None], error: BaseException | None) -> None:
        with self._lock:
            self._told.append((waiter, error))
            first = len(self._told) == 1
        if first:
            with suppress(RuntimeError):  # the loop has ended, and whoever waited
                loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        with self._lock:
            told, self._told = self._told, []
        for waiter, error in told:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(error)


def with_intake(
    application: Application, writer: Writer, source_of: Callable[[str], str | None],
    fresh: Callable[[str], tuple[str | None] | None] = _nothing,
) -> Application:  # fmt: skip
    """The application, with the door beside it. ``source_of``: of which source a secret is a key; None of none. ``fresh``: the same in
    one where that is known without asking.
    """
    flushed = Flushed()

    async def source(secret: str) -> str | None:
        known = fresh(secret) if secret else (None,)
        return known[0] if known is not None else await asyncio.to_thread(source_of, secret)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["path"].rstrip("/") or "/") not in PATHS:
            await application(scope, receive, send)
            return
        try:
            status, said = await _taken(scope, receive, writer, source, flushed)
        except RefusedError as error:
            status, said = error.status, {"success": False, "code": error.code, "message": error.message}
        await _answer(send, status, said)

    return serve


async def _taken(
    scope: Scope, receive: Receive, writer: Writer, source_of: Callable[[str], Awaitable[str | None]], flushed: Flushed
) -> tuple[int, dict[str, Any]]:
    if scope["method"] == "OPTIONS":
        return 204, {}
    if scope["method"] != "POST":
        raise RefusedError(405, "bad_method", "Events are sent by POST.")
    told = sent(scope["path"], dict(scope["headers"]), await _body(receive))
    try:
        source = await source_of(told.key)
    except TenureError as error:
        raise RefusedError(503, error.code, f"{error.message} Send them again.") from None
    if source is None:
        raise RefusedError(401, "bad_key", "There is no such key for events, or it has ended.")
    if told.events:
        await _kept(told, source, writer, flushed)
    return 200, {"success": True}


async def _kept(told: Sent, source: str, writer: Writer, flushed: Flushed) -> None:
    """See to it that the events are on disk. Raises ``RefusedError`` where they are not."""
    try:
        await flushed.wait(writer.put([Event(source, name, text) for name, text in told.events]))
    except Full:
        raise RefusedError(503, "overloaded", "Too many events wait for the disk; send them again.") from None
    except TenureError as error:
        raise RefusedError(503, error.code, f"{error.message} Send them again.") from None


async def _body(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "cut_short", "The body was cut short.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MOST_PACKED:
            raise too_large(MOST)
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, said: Mapping[str, Any]) -> None:
    headers = [*_PLAIN]
    if status == 204:
        headers += _ALLOWED
    if status == 503:
        headers.append((b"retry-after", str(_AGAIN).encode()))
    body = json.dumps(said).encode() if said else b""
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
