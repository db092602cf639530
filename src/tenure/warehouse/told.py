"""What readers of published figures need to find in them: what was told. What came of events may come a little later."""

from __future__ import annotations

from pathlib import Path

from tenure.warehouse.inbox import stands
from tenure.warehouse.messages import TOLD


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
