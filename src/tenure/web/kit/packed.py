"""Bodies of requests: unpacked with a bound, and never longer than they may be."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.web.kit.assets import Application, Receive, Scope, Send

_GZIP = b"\x1f\x8b"


class RefusedError(Exception):
    """A request that cannot be taken: its status, a word for programs and what is wrong."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def unzipped(body: bytes, most: int) -> bytes:
    """The body as it was before it was packed, whatever its headers say; it has at most so many bytes. Raises ``RefusedError``."""
    if not body.startswith(_GZIP):
        if len(body) > most:
            raise too_large(most)
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(body, most + 1)
    except zlib.error:
        raise RefusedError(400, "bad_gzip", "The body cannot be unzipped.") from None
    if len(found) > most or unpacking.unconsumed_tail:
        raise too_large(most)
    if not unpacking.eof:
        raise RefusedError(400, "bad_gzip", "The zipped body is cut short.")
    return found


def too_large(most: int) -> RefusedError:
    """That a body has more bytes than are taken."""
    return RefusedError(413, "too_large", f"A request has at most {most:,} bytes, unzipped.")


def with_bound(application: Application, prefix: str, most: int) -> Application:
    """The application, to which no body below an address comes that has more than so many bytes."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(prefix):
            await application(scope, receive, send)
            return
        size = 0

        async def bounded() -> Any:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise too_large(most)
            return message

        try:
            await application(scope, bounded, send)
        except RefusedError as error:  # while the body was read: nothing is answered yet
            await _refuse(send, error)

    return serve


async def _refuse(send: Send, error: RefusedError) -> None:
    told = {"code": error.code, "message": error.message, "where": "", "fix": "Send less at once."}
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
