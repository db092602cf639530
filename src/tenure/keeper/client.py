"""A command's side: the way to the keeper of a workspace, or to its lock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UnavailableError
from tenure.keeper import wire
from tenure.keeper.lock import Lock, holder
from tenure.keeper.place import Place

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from tenure.engine.desk import Progress

#: Seconds to wait for a workspace that another process holds.
PATIENCE = 5.0
_PAUSE = 0.05
_QUIET = 0.5


def reach(place: Place) -> Connection | None:
    """A connection to the keeper of a workspace; None where none serves.

    Raises ``UnavailableError`` where one does, but refuses the key or runs other code.
    """
    key, socket = place.key(), place.socket()
    if key is None or socket is None:
        return None
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client

    try:
        connection = Client(str(socket), authkey=key)
        hello = connection.recv()
    except (OSError, EOFError):
        return None  # left behind by a keeper that was killed, or that is just leaving
    except AuthenticationError:
        raise UnavailableError(
            "The keeper of this workspace refuses the key.",
            code="wrong_key",
            where=str(place.folder),
            fix="Restart the keeper: it makes a new key.",
        ) from None
    if hello["home"] != wire.identity(place.home):  # the workspace was copied with its files, or moved away
        connection.close()
        return None
    if hello["code"] != wire.code_hash():
        connection.close()
        raise UnavailableError(
            f"The keeper of this workspace (process {hello['pid']}) runs another version of Tenure.",
            code="other_version",
            where=str(place.home),
            fix="Restart it.",
        )
    return connection


def await_turn(place: Place, *, serves: bool = False) -> Lock | Connection:
    """The lock of a workspace, or a connection to a keeper that has just taken it.

    Waits a few seconds for another process. Raises ``UnavailableError``, naming it.
    """
    started = time.monotonic()
    told = False
    while True:
        lock = Lock.take(place, serves=serves)
        if lock:
            return lock
        connection = None if serves else reach(place)
        if connection:
            return connection
        waited = time.monotonic() - started
        if waited > PATIENCE:
            raise _held(place)
        if waited > _QUIET and not told:
            told = True
            import logging

            logging.getLogger(__name__).warning("Waiting for %s, which uses this workspace.", holder(place))
        time.sleep(_PAUSE)


def _held(place: Place) -> UnavailableError:
    other = holder(place)
    if other and other.serves:
        fix = "It does not answer. Stop it, and start it again."
    else:
        fix = (
            "Run this again when it is done, or stop it. While `python -m tenure.keeper` runs, commands need not wait."
        )
    who = str(other or "another process")
    message = f"{who[0].upper()}{who[1:]} uses this workspace."
    return UnavailableError(message, code="locked", where=str(place.home), fix=fix)


def converse(connection: Connection, call: wire.Call, progress: Progress) -> Any:
    """Send a call and wait for its answer. Closing the connection, on Ctrl C too, stops the call."""
    with connection:
        try:
            connection.send(call)
            while True:
                said = connection.recv()
                if isinstance(said, wire.Progress):
                    progress(said.what, said.done, said.of)
                else:
                    break
        except (EOFError, OSError):
            raise UnavailableError(
                "The keeper stopped while it was at work. What it had not finished, it had not begun.",
                code="keeper_gone",
                fix="Run the command again.",
            ) from None
    if isinstance(said, wire.Failure):
        raise said.error()
    return said.value
