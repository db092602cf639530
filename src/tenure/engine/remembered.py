"""What was known of all customers on a day: worked out once, and kept as long as no row is told that could change it.

So a page about one account reads it, however many there are. Everything here is worth nothing but time: delete the folder and it
comes back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from tenure.core.config import settings_hash
from tenure.engine.origins import customers_of, still_true, told_of
from tenure.figures import kept
from tenure.figures.publish import last_of
from tenure.figures.published import FOLDER as PUBLISHED
from tenure.figures.reader import FAR
from tenure.scores import signal as signals_code
from tenure.scores.signal import Customers, Knowns, Made, Signal, stands_on

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader

FOLDER = "known"
#: Of one signal so many days are kept: those used last.
MOST = 24


class _Kept(msgspec.Struct):
    """``batch`` and ``retraction``: the last ones that it knows of. ``columns``: of customers a list for each field; of a signal the
    accounts, and as they lie in memory their numbers, counts and ages.
    """

    batch: int
    retraction: int
    columns: list[Any]


class Remembered:
    """What a reader works out, or worked out before. Not for use by several threads at once."""

    def __init__(self, desk: Desk, reader: Reader) -> None:
        self.desk = desk
        self.reader = reader
        self.settings = desk.settings
        self.made = Made(reader, self.settings)
        own = [[file.name, file.text] for file in self.settings.own]
        code = Path(signals_code.__file__).read_bytes() + Path(__file__).read_bytes()
        self._ground = [kept.code_hash(), hashlib.sha256(code).hexdigest(), settings_hash(self.settings), own]

    def customers(self, day: date, known: datetime) -> Customers:
        """As ``Source`` says."""
        columns = self._recalled(None, day, known)
        if columns is not None:
            return customers_of(columns)
        found = self.made.customers(day, known)
        self._keep(None, day, known, told_of(found.columns))
        return found

    def known(self, signals: Collection[Signal], day: date, known: datetime) -> Mapping[Signal, Knowns]:
        """As ``Source`` says."""
        found = {}
        for one in signals:
            if (columns := self._recalled(one, day, known)) is not None:
                accounts, numbers, counts, ages = columns
                ints = [None if part is None else np.frombuffer(part, dtype=np.int64) for part in (counts, ages)]
                assert ints[0] is not None
                found[one] = Knowns(accounts, np.frombuffer(numbers, dtype=np.float64), ints[0], ints[1])
        missing = [one for one in signals if one not in found]
        made = self.made.known(missing, day, known) if missing else {}
        for one, values in made.items():
            ages = None if values.ages is None else values.ages.tobytes()
            self._keep(
                one, day, known, [list(values.accounts), values.numbers.tobytes(), values.counts.tobytes(), ages]
            )
        return found | dict(made)

    def _recalled(self, signal: Signal | None, day: date, known: datetime) -> list[Any] | None:
        """What is kept of a signal, or of who the customers were; None where nothing is, or it is not true any more."""
        path = self._path(signal, day, known)
        try:
            there = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None
        tables = stands_on(signal, self.reader, self.settings)
        return there.columns if still_true(self.desk, there, known, tables) else None

    def _keep(self, signal: Signal | None, day: date, known: datetime, columns: list[Any]) -> None:
        path = self._path(signal, day, known)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(msgspec.msgpack.encode(_Kept(*last_of(self.desk.store), columns)))
        part.replace(path)
        others = sorted(path.parent.glob(f"{path.name.rpartition('-')[0]}-*"), key=lambda old: old.stat().st_mtime)
        for old in others[:-MOST]:
            old.unlink(missing_ok=True)

    def _path(self, signal: Signal | None, day: date, known: datetime) -> Path:
        """Where it lies: first which signal, then of which day, as known when, under which settings and by which code."""
        named = hashlib.sha256(json.dumps(asdict(signal) if signal else None).encode()).hexdigest()[:8]
        when = "later" if known == FAR else f"{known:%Y%m%dT%H%M%S}"
        told = json.dumps([*self._ground, str(day), when])
        return self.desk.home / PUBLISHED / FOLDER / f"{named}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
