"""What readers of published figures need to find in them: what was told. What came of events may come a little later."""

from __future__ import annotations

from pathlib import Path

from tenure.warehouse.inbox import ASKED, FILE
from tenure.warehouse.messages import TOLD
from tenure.warehouse.sqlite import only_read


def told_of(home: Path) -> str:
    """As ``state_of``, of what somebody waits to see, which is all but what came of events: figures in which this is will do."""
    path = home / FILE
    if not path.exists():
        return ""
    with only_read(path) as con:
        rows = con.execute(
            "SELECT (SELECT value FROM about WHERE key = 'epoch'),"
            f" (SELECT seq FROM message WHERE state = 'done' AND {TOLD} ORDER BY seq DESC LIMIT 1),"
            f" EXISTS (SELECT 1 FROM message WHERE state = 'pending' AND {ASKED})"
        ).fetchall()
    epoch, last, waiting = rows[0]
    return f"{epoch}:{last or 0}{'+' if waiting else ''}"


def covers(seen: str, state: str) -> bool:
    """Whether what is named ``seen`` holds all that ``state`` names."""
    if seen == state:
        return True
    epoch, _, last = seen.removesuffix("+").rpartition(":")
    wanted, _, number = state.rpartition(":")
    return bool(epoch) and epoch == wanted and not number.endswith("+") and int(last) >= int(number)
