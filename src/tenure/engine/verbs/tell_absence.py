"""``tell_absence``: somebody of ours is away for some days, or is not after all. Why is nobody's business here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import instant, local_day
from tenure.engine import reach
from tenure.engine.training import learners
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.load import recorded

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: Days from now within which an absence begins: what is told is shown, and can be taken off.
AHEAD = 366
_LONGEST = 731


@dataclass(frozen=True)
class TellAbsence:
    """``csm_id`` is away from the day ``first`` to the day ``last``, and ``cover`` stands in (empty: nobody is named); ``off``: the absence that
    begins on that day does not count. Told by ``by`` in a message of that id. ``scope``: whose people.
    """

    csm_id: str
    first: date
    last: date
    by: str
    message_id: str
    cover: str = ""
    off: bool = False
    scope: Scope = EVERYTHING


def tell_absence(desk: Desk, request: TellAbsence) -> Recorded:
    """Record it, the same message once. Raises ``UsageError`` (``bad_absence``, with the field) for days that make no sense or are over, for who
    cannot stand in, and where that is told already; ``not_found`` for who is none of the scope's people, and for an absence that there
    is not.
    """
    now, zone = desk.clock(), desk.settings.timezone
    desk.fresh(now)
    if request.csm_id not in learners(desk, request.scope, now):
        raise _not_found(f"Nobody here is {request.csm_id!r}.")
    before = desk.inbox.find(recorded.SOURCE, request.message_id)
    known = before is not None and before.state != "dropped"
    spans = _known(desk, request.csm_id)
    if request.off:
        found = next((begins for begins, _ends in spans if local_day(begins, zone) == request.first), None)
        if found is None:
            raise _not_found(f"{request.csm_id} is not away from {request.first} on.")
        row = {
            "table_name": "absence", "key": json.dumps([request.csm_id, f"{found.isoformat()}Z"]), "at": now.replace(tzinfo=UTC),
            "reason": "told to be off",
        }  # fmt: skip
        return record(desk, Record("retraction", (row,), request.by, request.message_id))
    if not known:
        _checked(desk, request, now, spans)
    row = {
        "csm_id": request.csm_id, "from": instant(request.first, zone).replace(tzinfo=UTC),
        "to": instant(request.last + timedelta(days=1), zone).replace(tzinfo=UTC), "kind": None, "cover_csm_id": request.cover or None,
    }  # fmt: skip
    return record(desk, Record("absence", (row,), request.by, request.message_id))


def _known(desk: Desk, csm_id: str) -> list[tuple[datetime, datetime]]:
    sql = f'SELECT "from", "to" FROM absence_version WHERE {reach.CURRENT} AND csm_id = ? ORDER BY "from"'
    return [(begins, ends) for begins, ends in desk.store.rows(sql, [csm_id])]


def _checked(desk: Desk, request: TellAbsence, now: datetime, spans: list[tuple[datetime, datetime]]) -> None:
    zone = desk.settings.timezone
    if request.last < request.first:
        raise _refused("last", "It ends before it begins.", "Take the last day away.")
    if request.last < local_day(now, zone):
        raise _refused("last", "It is over.", "What is over is brought in as a file.")
    if (request.first - local_day(now, zone)).days >= AHEAD:
        raise _refused("first", "It is more than a year ahead.", "Say it when it is nearer, and look at the year.")
    if (request.last - request.first).days >= _LONGEST:
        raise _refused(
            "last", "It is longer than two years.", "Who does not come back ends in the table csm (ended_at)."
        )
    first, end = instant(request.first, zone), instant(request.last + timedelta(days=1), zone)
    for begins, ends in spans:
        if begins < end and first < ends:
            days = f"{local_day(begins, zone)} to {local_day(ends - timedelta(microseconds=1), zone)}"
            raise _refused(
                "first", f"That is told already: away from {days}.", "Take other days, or take that one off first."
            )
    if request.cover:
        people = learners(desk, EVERYTHING, now)
        if request.cover == request.csm_id or request.cover not in people or not people[request.cover].here:
            raise _refused("cover", "Nobody of that name can stand in.", "Name another one who works here.")


def _refused(where: str, message: str, fix: str) -> UsageError:
    return UsageError(message, code="bad_absence", where=where, fix=fix)


def _not_found(message: str) -> UsageError:
    return UsageError(
        message, code="not_found", where="csm_id", fix="Name one that you can see: rows of csm and of absence."
    )
