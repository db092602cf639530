"""What was known of every customer at the beginnings of months: worked out once, and kept as long as it stays true.

What was known on a day of the past does not change, unless rows are loaded that say they were known then (``--history``),
or are taken back. Everything here is worth nothing but time: delete the folder and it comes back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import numpy as np

from tenure.core.config import settings_hash
from tenure.core.errors import DataError
from tenure.core.period import add_months, instant, local_day
from tenure.figures import kept
from tenure.figures.publish import last_of
from tenure.figures.published import FOLDER as PUBLISHED
from tenure.scores.fit import FEWEST
from tenure.scores.risk.compare import signals_of
from tenure.scores.risk.panel import SIGNALS, Origin, beginning, leaving, origin, origins
from tenure.scores.signal import Customer, Customers, Signal
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Model
    from tenure.scores.risk.panel import Spells

FOLDER = "origins"
#: So many months are looked back on: what was longer ago was another company.
MONTHS = 36


#: The fields of a customer that are days.
_DAYS = ("since", "renewal_due")


class _Kept(msgspec.Struct):
    """``batch`` and ``retraction``: the last ones that it knows of. ``customers``: a list for each field of ``Customer``, days
    as their ordinals; ``values``: a column of each signal, as it lies in memory.
    """

    batch: int
    retraction: int
    customers: list[list[Any]]
    values: dict[str, bytes]


def past(desk: Desk, reader: Reader, model: Model, horizon: int, now: datetime) -> tuple[list[Origin], Spells]:
    """The origins of the last three years of which it is known what became of them within a ``horizon`` of days, and the
    stretches of time in which each account was a customer.

    They hold whatever churn risk, the health score of this ``model`` and other tools' scores are made of. Raises
    ``DataError`` where so few customers ever left that nothing can be learned, before it looks any further.
    """
    settings, signals = desk.settings, signals_of(model, _other_tools(desk, model))
    today = local_day(now, settings.timezone)
    spells = leaving(reader, now)
    first = max(beginning(spells, today), add_months(today.replace(day=1), -MONTHS - 1))
    left = sum(first <= end <= today for stretches in spells.values() for _, end in stretches)
    if left < FEWEST:
        raise DataError(
            f"Customers who left in the last {MONTHS} months: {left}. At least {FEWEST} are needed to learn from.",
            code="too_few_events", fix="Load more of the past (--history), or wait.",
        )  # fmt: skip
    days = origins(today, first, horizon)
    found = []
    for number, day in enumerate(days):
        desk.progress("what was known", number, len(days))
        found.append(_known(desk, reader, signals, day))
    return found, spells


def _other_tools(desk: Desk, model: Model) -> list[str]:
    """Whose scores of accounts are loaded, besides what CSMs and the health score go by."""
    own = {component.signal.judgement for component in model.components} | {
        signal.judgement for signal in SIGNALS.values()
    }
    return [
        name
        for (name,) in desk.store.rows("SELECT DISTINCT model FROM judgement_version ORDER BY 1")
        if name not in own
    ]


def _known(desk: Desk, reader: Reader, signals: Mapping[str, Signal], day: date) -> Origin:
    """What was known on a day, from where it is kept or worked out anew."""
    settings, known = desk.settings, instant(day, desk.settings.timezone)
    path = desk.home / PUBLISHED / FOLDER / f"{day}-{_name(desk, signals)}"
    try:
        there = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.MsgspecError):
        there = None
    if there is not None and still_true(desk, there, known):
        values = {name: np.frombuffer(column, dtype=np.float64) for name, column in there.values.items()}
        return Origin(day, customers_of(there.customers), values)
    made = origin(reader, day, known, settings, signals)
    batch, retraction = last_of(desk.store)
    told = _Kept(
        batch, retraction, told_of(made.columns), {name: column.tobytes() for name, column in made.values.items()}
    )
    _keep(path, msgspec.msgpack.encode(told))
    return made


def told_of(columns: Mapping[str, Sequence[Any]]) -> list[list[Any]]:
    """The customers' fields, without days."""
    return [
        [None if one is None else one.toordinal() for one in columns[field.name]]
        if field.name in _DAYS
        else list(columns[field.name])
        for field in fields(Customer)
    ]


def customers_of(told: Sequence[list[Any]]) -> Customers:
    """The customers of whom these fields were told."""
    columns = dict(zip((field.name for field in fields(Customer)), told, strict=True))
    for name in _DAYS:
        columns[name] = [None if one is None else date.fromordinal(one) for one in columns[name]]
    return Customers(columns)


def _name(desk: Desk, signals: Mapping[str, Signal]) -> str:
    """What decides what an origin holds, besides what was known: the signals, the settings, and the code."""
    own = [[file.name, file.text] for file in desk.settings.own]
    told = [kept.code_hash(), _code(), settings_hash(desk.settings), own, {n: asdict(s) for n, s in signals.items()}]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _code() -> str:
    """The code by which signals are read, beside that of figures."""
    from tenure.scores import signal

    return hashlib.sha256(Path(signal.__file__).read_bytes()).hexdigest()


class _Since(Protocol):
    """What was kept, and the last batch and retraction that it knows of."""

    batch: int
    retraction: int


def still_true(desk: Desk, there: _Since, known: datetime, tables: Collection[str] | None = None) -> bool:
    """Whether no row was told since (of these tables) that says it was known then, and none was taken back."""
    batch, retraction = last_of(desk.store)
    if batch == there.batch:
        return True
    if retraction != there.retraction:
        return False
    told: Sequence[tuple[int, str]] = desk.store.rows(
        "SELECT batch, table_name FROM main.batch WHERE batch > ?", [there.batch]
    )
    return all(
        name != "retraction"
        and not desk.store.rows(
            f"SELECT 1 FROM main.{quoted(name)} WHERE batch = ? AND known_at < ? LIMIT 1", [number, known]
        )
        for number, name in told
        if tables is None or name in tables or name == "retraction"
    )


def _keep(path: Path, content: bytes) -> None:
    """Write beside, then put in its place; those of the same day under another name go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.name[:10]}-*"):
        if old.name != path.name:
            old.unlink(missing_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
