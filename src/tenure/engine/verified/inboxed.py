"""The inbox: whether its file is whole, and its messages are those that the log tells of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from tenure.core import chainfiles
from tenure.engine.verified.part import Damage, Part, few
from tenure.warehouse.audit import MESSAGE, content_digest
from tenure.warehouse.inbox import FILE, is_whole

if TYPE_CHECKING:
    from tenure.core.chainfiles import KeyRing
    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Inbox

_FIX = "Restore the inbox from a backup, or find out who wrote into it."


class _Noted(NamedTuple):
    """What the log says of a message: its digest, by which key."""

    digest: str
    key: str


def look(desk: Desk, budget: int | None) -> Part:
    """What was found of the inbox. ``budget``: of a file that is larger the indexes are not looked at; of any without."""
    inbox = desk.inbox
    deep = budget is None or inbox.path.stat().st_size <= budget
    broken = [
        Damage(FILE, f"The file is damaged: {line}.", "Restore it from a backup.") for line in inbox.faults(deep=deep)
    ]
    messages = 0
    damage = list(broken)
    if not broken:
        noted, ring = _noted(inbox), chainfiles.keys(desk.home, make=False)
        for number, row in inbox.messages_done():
            messages += 1
            damage += _held(number, row, noted.pop(number, None), ring)
        damage += [_gone(number) for number in sorted(noted)]
        damage += [_event(number) for number, text, kept in inbox.waiting_with_sums() if not is_whole(text, kept)]
    return Part(
        "inbox",
        {"messages": messages, "events": sum(one.events - one.again for one in inbox.received())},
        few(damage, FILE),
    )


def _noted(inbox: Inbox) -> dict[int, _Noted]:
    """The last that the log says of each message."""
    found: dict[int, _Noted] = {}
    for _seq, _at, _who, _via, _request, _act, kind, id_, detail, key, *_hashes in inbox.log.rows():
        if kind != MESSAGE:
            continue
        try:
            found[int(id_)] = _Noted(json.loads(detail)["digest"], key)
        except (ValueError, KeyError, TypeError):
            continue  # the chain itself says that this entry was changed
    return found


def _held(number: int, row: tuple[object, ...], noted: _Noted | None, ring: KeyRing) -> Iterator[Damage]:
    where = f"{FILE}:message {number}"
    if noted is None:
        yield Damage(where, "The log does not tell of this message: it was put there without Tenure.", _FIX)
        return
    secret = ring.of(noted.key)
    if secret is not None and content_digest(secret, row) != noted.digest:
        yield Damage(where, "This message was changed since it was taken.", _FIX)


def _gone(number: int) -> Damage:
    return Damage(f"{FILE}:message {number}", "A message that the log tells of is not there any more.", _FIX)


def _event(number: int) -> Damage:
    fix = "It was damaged on the disk before it was loaded. Have its sender send it again, and restore the inbox from a backup."
    return Damage(f"{FILE}:message {number}", "This event is no longer what was received.", fix)
