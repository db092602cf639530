"""What readers of published figures need to find in them: what was told. What came of events may come a little later."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from tenure.warehouse.inbox import FILE, stands
from tenure.warehouse.messages import TOLD, Record
from tenure.warehouse.sqlite import only_read


def told_of(home: Path) -> str:
    """As ``state_of``, of what somebody waits to see, which is all but what came of events: figures in which this is will do."""
    return stands(home, TOLD)


def covers(seen: str, state: str) -> bool:
    """Whether what is named ``seen`` holds all that ``state`` names."""
    if seen == state:
        return True
    epoch, _, last = seen.removesuffix("+").rpartition(":")
    wanted, _, number = state.rpartition(":")
    return bool(epoch) and epoch == wanted and not number.endswith("+") and int(last) >= int(number)


def told(home: Path, kind: str) -> list[Record]:
    """The messages of a kind that are done, in the order they came, read beside whoever holds the workspace.

    Raises ``UnavailableError`` and ``DataError``.
    """
    if not (home / FILE).is_file():
        return []
    with only_read(home / FILE) as con:
        rows = con.execute(
            "SELECT seq, source, message_id, kind, payload, received_at, state FROM message "
            f"WHERE state = 'done' AND {TOLD} AND kind = ? ORDER BY seq", [kind],
        ).fetchall()  # fmt: skip
    return [
        Record(seq, source, name, kind_, json.loads(payload), datetime.fromisoformat(received), state)
        for seq, source, name, kind_, payload, received, state in rows
    ]
