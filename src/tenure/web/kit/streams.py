"""Answers that go on after their page has been made, so that a browser is told what happens later.

Django keeps a thread and a connection to the database for as long as it sends an answer. So what follows is sent when
Django has done with the request: an open stream is a coroutine and a socket, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.web.kit.assets import Application, Receive, Scope, Send

#: Where in the scope of a request lies what follows its answer.
_FOLLOWS = "tenure.follows"
Parts = AsyncGenerator[str, None]


def event_stream(request: HttpRequest, parts: Parts) -> HttpResponse:
    """An answer of server-sent events. Where nothing can follow (``HEAD``, another server), it ends at once."""
    response = HttpResponse(":\n\n", content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # a proxy shall hand on each event when it comes
    follows: list[Parts] | None = getattr(request, "scope", {}).get(_FOLLOWS)
    if follows is not None and request.method == "GET":
        follows.append(parts)
    return response


def with_streams(application: Application) -> Application:
    """The application, whose answers may go on."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        follows: list[Parts] = []

        async def pass_on(message: Mapping[str, Any]) -> None:
            if follows and message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name.lower() != b"content-length"]
                message = {**message, "headers": headers}
            elif follows and message["type"] == "http.response.body":
                message = {**message, "more_body": True}
            await send(message)

        await application({**scope, _FOLLOWS: follows}, receive, pass_on)
        if follows:
            await _go_on(follows[0], receive, send)

    return serve


async def _go_on(parts: Parts, receive: Receive, send: Send) -> None:
    """Send what follows, until it ends or the browser goes away."""
    sending, leaving = asyncio.create_task(_send_all(parts, send)), asyncio.create_task(_leaves(receive))
    try:
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
            await send({"type": "http.response.body", "body": b""})
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send_all(parts: Parts, send: Send) -> None:
    async with aclosing(parts) as each:
        async for part in each:
            await send({"type": "http.response.body", "body": part.encode(), "more_body": True})


async def _leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
