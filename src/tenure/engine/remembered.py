"""What was known of all customers on a day: worked out once, and kept as long as no row is told that could change it.

So a page about one account reads it, however many there are. Everything here is worth nothing but time: delete the folder and it
comes back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tenure.core import whole
from tenure.core.config import settings_hash
from tenure.engine.origins import still_true
from tenure.figures import kept
from tenure.figures.publish import last_of
from tenure.figures.published import FOLDER as PUBLISHED
from tenure.scores import signal

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Moment

FOLDER = "known"
#: Of one thing so many moments are kept: those worked out last.
MOST = 24


class _Kept(msgspec.Struct):
    """What was ``told``, and the last batch and retraction that it knows of."""

    batch: int
    retraction: int
    told: list[Any]


class Remembered:
    """A memory (``figures.reader.Memory``) in the workspace, for one reader."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        settings = desk.settings
        own = [[file.name, file.text] for file in settings.own]
        code = hashlib.sha256(Path(signal.__file__).read_bytes()).hexdigest()
        self._ground = [kept.code_hash(), code, settings_hash(settings), own]

    def recall(self, name: str, moment: Moment, tables: Callable[[], set[str]]) -> list[Any] | None:
        """As ``Memory`` says."""
        try:
            there = msgspec.msgpack.decode(whole.read(self._path(name, moment)), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None
        return there.told if still_true(self.desk, there, moment.known, tables()) else None

    def keep(self, name: str, moment: Moment, told: list[Any]) -> None:
        """As ``Memory`` says; what was kept longest ago goes."""
        path = self._path(name, moment)
        whole.put(path, msgspec.msgpack.encode(_Kept(*last_of(self.desk.store), told)))
        alike = sorted(path.parent.glob(f"{path.name.partition('-')[0]}-*"), key=_since)
        for old in alike[:-MOST]:
            old.unlink(missing_ok=True)

    def _path(self, name: str, moment: Moment) -> Path:
        """Where it lies: first of what it is, then of which moment, under which settings and by which code."""
        told = json.dumps([*self._ground, str(moment.now), str(moment.known)])
        first, second = (hashlib.sha256(text.encode()).hexdigest()[:16] for text in (name, told))
        return self.desk.home / PUBLISHED / FOLDER / f"{first}-{second}"


def _since(path: Path) -> float:
    """When a file was written; long ago where somebody else has just dropped it."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
