"""What was known of every customer at the beginnings of months: worked out once, and kept as long as it stays true.

What was known on a day of the past does not change, unless rows are loaded that say they were known then (``--history``),
or are taken back. Everything here is worth nothing but time: delete the folder and it comes back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from tenure.scores.risk.outcome import CHURN, Ends, Outcome, leaving, left_by, stepped
from tenure.scores.risk.panel import SIGNALS, Origin, beginning, origin, origins
from tenure.scores.signal import Customer, Customers, Signal
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Model
    from tenure.scores.risk.outcome import Spells

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


@dataclass(frozen=True)
class Past:
    """What was known at the beginnings of months, and what became of customers: ``spells`` and what they end with."""

    origins: list[Origin]
    spells: Spells
    ends: Ends


def past(desk: Desk, reader: Reader, model: Model, horizon: int, now: datetime, outcome: Outcome = CHURN) -> Past:
    """The origins of the last three years of which it is known what became of them within a ``horizon`` of days, and when
    each account came to the ``outcome``.

    They hold whatever churn risk, the health score of this ``model`` and other tools' scores are made of. Raises
    ``DataError`` where so few customers ever did that nothing can be learned, before it looks any further.
    """
    settings, signals = desk.settings, signals_of(model, _other_tools(desk, model))
    today = local_day(now, settings.timezone)
    spells = leaving(reader, now)
    first = max(beginning(spells, today), add_months(today.replace(day=1), -MONTHS - 1))
    if outcome is CHURN:
        ends = left_by(reader, now)
    else:
        spells, ends = stepped(reader, outcome, spells, first, today, now, settings)
    did = sum(
        first <= end <= today and (not ends.among or ends.by.get((account, end)) in ends.among)
        for account, stretches in spells.items()
        for _, end in stretches
    )
    if did < FEWEST:
        raise DataError(
            f"Customers who {outcome.did} in the last {MONTHS} months: {did}. At least {FEWEST} are needed to learn from.",
            code="too_few_events", fix="Load more of the past (--history), or wait.",
        )  # fmt: skip
    days = origins(today, first, horizon)
    found = []
    for number, day in enumerate(days):
        desk.progress("what was known", number, len(days))
        found.append(_known(desk, reader, signals, day))
    return Past(found, spells, ends)


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
    if there is not None and _still_true(desk, there, known):
        return _origin(day, there)
    made = origin(reader, day, known, settings, signals)
    batch, retraction = last_of(desk.store)
    told = _Kept(batch, retraction, _plain(made), {name: column.tobytes() for name, column in made.values.items()})
    _keep(path, msgspec.msgpack.encode(told))
    return made


def _plain(made: Origin) -> list[list[Any]]:
    """The customers' fields, without days."""
    return [
        [None if one is None else one.toordinal() for one in column] if name in _DAYS else list(column)
        for name, column in made.columns.items()
    ]


def _origin(day: date, there: _Kept) -> Origin:
    """The origin that was kept."""
    names = [field.name for field in fields(Customer)]
    columns = dict(zip(names, there.customers, strict=True))
    for name in _DAYS:
        columns[name] = [None if one is None else date.fromordinal(one) for one in columns[name]]
    values = {name: np.frombuffer(column, dtype=np.float64) for name, column in there.values.items()}
    return Origin(day, Customers(columns), values)


def _name(desk: Desk, signals: Mapping[str, Signal]) -> str:
    """What decides what an origin holds, besides what was known: the signals, the settings, and the code."""
    own = [[file.name, file.text] for file in desk.settings.own]
    told = [kept.code_hash(), _code(), settings_hash(desk.settings), own, {n: asdict(s) for n, s in signals.items()}]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _code() -> str:
    """The code by which signals are read, beside that of figures."""
    from tenure.scores import signal

    return hashlib.sha256(Path(signal.__file__).read_bytes()).hexdigest()


def _still_true(desk: Desk, there: _Kept, known: datetime) -> bool:
    """Whether no row was told since that says it was known then, and none was taken back."""
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
