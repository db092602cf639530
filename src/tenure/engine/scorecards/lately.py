"""What was worked out in the last minutes and is the same for several: what a team came to, for each of its people."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.figures.figure import Figure
    from tenure.figures.request import Asked

#: Seconds for which it holds though nothing is told: what is open grows older.
_MOMENT = 300
_MOST = 500
_lock = Lock()
_kept: OrderedDict[tuple[object, ...], tuple[datetime, tuple[Figure, ...]]] = OrderedDict()


def figures(desk: Desk, now: datetime, asked: Asked, work: Callable[[], tuple[Figure, ...]]) -> tuple[Figure, ...]:
    """What is asked of all accounts: as it was answered lately, as long as the same facts are published; else what ``work`` gives."""
    found = desk.fresh(now)
    key = str(desk.home), found.sealed, found.open, found.now, found.settings, desk.settings.own, asked
    with _lock:
        made, given = _kept.get(key, (None, ()))
    if made is not None and 0 <= (now - made).total_seconds() < _MOMENT:
        return given
    given = work()
    with _lock:
        for old in [one for one in _kept if one[0] == key[0] and one[1:5] != key[1:5]]:  # other facts are published
            del _kept[old]
        _kept[key] = now, given
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return given
