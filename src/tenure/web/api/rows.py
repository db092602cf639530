"""Rows that programs send: what a body holds, and what became of it."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from tenure import keeper
from tenure.core.errors import TenureError
from tenure.engine import arrivals
from tenure.engine.verbs.take_rows import TakeRows
from tenure.web.access import log
from tenure.web.access.endpoint import Answer
from tenure.web.kit.errors import Fault, answer
from tenure.web.kit.packed import RefusedError, unzipped

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenure.engine.arrivals import Arrival
    from tenure.web.access.page import Request

#: Bytes of a request, packed or not.
MOST = 10_000_000
#: Seconds that a program waits for its rows to be loaded: what takes longer is on disk, and is loaded in its turn.
PATIENCE = 20.0
_LONGEST_KEY = 200
_TOLD = 5
_Rows = msgspec.json.Decoder(list[msgspec.Raw])
_Row = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class Refused:
    """A row that was refused: ``row``, its number from 1, and of which ``column`` it is."""

    row: int
    column: str
    reason: str
    code: str


@dataclass(frozen=True)
class Taken:
    """What became of some rows. ``state``: ``done``, or ``waiting``: they are on disk, and loaded as soon as can be. ``loaded``
    (of keys not known before), ``superseded`` (they replaced what was known), ``unchanged`` (known already) and ``rejected``
    are all the ``rows``, once they are done. ``refused``: why, of many the first thousand reasons. ``arrival``: the number under which
    this is kept.
    """

    table: str
    state: str
    rows: int
    loaded: int
    superseded: int
    unchanged: int
    rejected: int
    refused: tuple[Refused, ...]
    arrival: int


def taken(request: Request, table: str, *, strict: bool) -> Answer | HttpResponse:
    """Take the rows of a request, and answer when they are loaded or it takes long. Raises ``TenureError``."""
    try:
        key = key_of(request)
        rows = read(unzipped(request.read(MOST + 1), MOST))
    except RefusedError as error:
        fix = _("What is taken: /api/openapi.json")
        return answer(request, Fault(error.status, _("That cannot be taken"), error.message, fix, code=error.code))
    arrival = arrivals.send(settings.HOME, table, rows, by=log.asking(), key=key, strict=strict)
    if arrival.state == arrivals.WAITS:
        arrival = _settled(arrival)
    refused = _as_a_whole(arrival)
    return answer(request, refused) if refused else _told(arrival)


def read(body: bytes) -> list[Any]:
    """The rows of a body: a list of objects, one object, or a list as ``rows`` of an object. Values are texts, digit by digit as
    they were sent; null stays. What is no object, or cannot be read as one, is its text, and is refused in its turn.

    Raises ``RefusedError`` for a body that is no JSON.
    """
    try:
        text = body.decode("utf-8-sig").strip()
        if text.startswith("{"):
            whole = _Row.decode(text)
            text = bytes(whole["rows"]).decode() if set(whole) == {"rows"} else f"[{text}]"
        return [_row(raw) for raw in _Rows.decode(text)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise RefusedError(400, "bad_json", "The body is no JSON list of rows.") from None


def key_of(request: Request) -> str:
    """The name that a sending is given. Raises ``RefusedError``."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > _LONGEST_KEY:
        raise RefusedError(400, "bad_key", f"An Idempotency-Key has at most {_LONGEST_KEY} characters.")
    return key


def _row(raw: msgspec.Raw) -> Any:
    text = bytes(raw).decode()
    if not text.startswith("{"):
        return text
    try:
        return {name: _value(bytes(value).decode()) for name, value in _Row.decode(text).items()}
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return text


def _value(text: str) -> str | None:
    if text.startswith('"'):
        return msgspec.json.decode(text, type=str)
    return None if text == "null" else text


def _settled(arrival: Arrival) -> Arrival:
    """The arrival when it is settled, or as it is when patience ends or nobody can load it now: it is on disk."""
    loading = threading.Thread(target=_load, daemon=True)  # goes on, whoever waits no longer
    loading.start()
    loading.join(PATIENCE)
    return arrivals.found(settings.HOME, arrival)


def _load() -> None:
    workspace = keeper.open(settings.HOME)
    with suppress(TenureError):  # the loader tries again, and logs why it cannot
        workspace.call("take_rows", TakeRows())
    workspace.close()


def _as_a_whole(arrival: Arrival) -> Fault | None:
    """Why nothing of an arrival was stored; None where something was, or may be."""
    outcome = arrival.outcome
    if arrival.state != arrivals.REFUSED or outcome is None:
        return None
    title = _("That cannot be taken")
    if outcome.error:
        said = {name: outcome.error[name] for name in ("code", "where")}
        return Fault(422, title, outcome.error["message"], outcome.error["fix"], **said)
    first = outcome.refused[0]
    listed = "; ".join(f"row {one.row}: {one.column} {one.reason}" for one in outcome.refused[:_TOLD])
    message = _("%(count)s of these rows cannot be stored, so none was: %(listed)s.") % {
        "count": outcome.rejected, "listed": listed,
    }  # fmt: skip
    where = f"{arrival.said['table']}:{first.row}:{first.column}"
    return Fault(422, title, message, _("Mend them and send all again."), code="refused", where=where)


def _told(arrival: Arrival) -> Answer:
    found, said = arrival.outcome or arrivals.Outcome(), arrival.said
    refused = tuple(Refused(one.row, one.column, one.reason, one.code) for one in found.refused)
    waits = arrival.state == arrivals.WAITS
    data = Taken(
        said["table"], "waiting" if waits else "done", said["count"], found.loaded, found.superseded, found.unchanged,
        found.rejected, refused, arrival.seq,
    )  # fmt: skip
    notes = (_("On disk, and loaded as soon as can be. Sent again with its key, it tells what became of it."),)
    return Answer(data, arrival.received_at, notes if waits else found.notes, status=202 if waits else 200)
