"""What was known of every customer at the beginnings of months: worked out once, and kept as long as it stays true.

What was known on a day of the past does not change, unless rows are loaded that say they were known then (``--history``),
or are taken back. Everything here is worth nothing but time: delete the folder and it comes back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import numpy as np

from tenure.core import whole
from tenure.core.config import settings_hash
from tenure.core.errors import DataError
from tenure.core.period import add_months, instant, local_day
from tenure.figures import footing, kept
from tenure.figures.publish import last_of
from tenure.figures.published import FOLDER as PUBLISHED
from tenure.scores.fit import FEWEST
from tenure.scores.risk.compare import signals_of
from tenure.scores.risk.outcome import CHURN, SPELL, Ends, Outcome, leaving, left_by, stepped
from tenure.scores.risk.panel import SIGNALS, Origin, beginning, origin, origins
from tenure.scores.signal import Customers, Signal, behind
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Model
    from tenure.scores.risk.outcome import Spells

FOLDER = "origins"
#: So many months are looked back on: what was longer ago was another company.
MONTHS = 36
#: So many signals of a day are kept at most: models that are tried and left again leave some.
_MOST = 100


class _Kept(msgspec.Struct):
    """``batch`` and ``retraction``: the last ones that it knows of. ``customers``: a list for each field of ``Customer``, days
    as their ordinals; ``values``: a column of each signal (by ``_key``), as it lies in memory.
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


def past(
    desk: Desk, reader: Reader, model: Model, horizon: int, now: datetime, *others: Model, outcome: Outcome = CHURN
) -> Past:
    """The origins of the last three years of which it is known what became of them within a ``horizon`` of days, and when
    each account came to the ``outcome``.

    They hold whatever churn risk, the health score of this ``model`` (and of ``others``) and other tools' scores are made
    of. Raises ``DataError`` where a check holds what that stands on, and where so few customers ever did that nothing can
    be learned, before it looks any further.
    """
    settings, signals = desk.settings, signals_of((model, *others), _other_tools(desk, model))
    refuse_held(desk, reader, signals, now)
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


def lately(desk: Desk, reader: Reader, model: Model, months: int, now: datetime) -> list[Origin]:
    """What the health score by a ``model`` goes by at the beginnings of the last months, the one that runs among them."""
    last, signals = local_day(now, desk.settings.timezone).replace(day=1), signals_of((model,), ())
    days = [add_months(last, -back) for back in reversed(range(months))]
    found = []
    for number, day in enumerate(days):
        desk.progress("what was known", number, len(days))
        found.append(_known(desk, reader, signals, day))
    return found


def refuse_held(desk: Desk, reader: Reader, signals: Mapping[str, Signal], now: datetime) -> None:
    """Raise ``DataError`` where a check holds a table that a signal, or who was a customer when, stands on."""
    held = desk.fresh(now).held
    if held:
        tables = footing.canonical((), (SPELL,), reader.ground, desk.settings)
        tables = tables.union(*(behind(signal, reader, desk.settings) for signal in signals.values()))
        reasons = sorted({held[f"{table}_version"] for table in tables if f"{table}_version" in held})
        if reasons:
            raise DataError(
                "A check holds what this stands on.", code="held", where=reasons[0], fix="See: tenure check"
            )


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
    """What was known on a day, from where it is kept; signals of which it is not kept are worked out, and kept with it."""
    settings, known = desk.settings, instant(day, desk.settings.timezone)
    path = desk.home / PUBLISHED / FOLDER / f"{day}-{_name(desk)}"
    try:
        there = msgspec.msgpack.decode(whole.read(path), type=_Kept)
    except (OSError, msgspec.MsgspecError):
        there = None
    if there is None or not still_true(desk, there, known):
        there = _Kept(0, 0, [], {})
    missing = {name: signal for name, signal in signals.items() if _key(signal) not in there.values}
    if missing:
        made = origin(reader, day, known, settings, missing)
        values = there.values if len(there.values) + len(missing) <= _MOST else _only(there.values, signals.values())
        values |= {_key(signal): made.values[name].tobytes() for name, signal in missing.items()}
        there = _Kept(*last_of(desk.store), Customers.of(made.customers).plain(), values)
        _keep(path, msgspec.msgpack.encode(there))
    return _origin(day, there, signals)


def _only(values: dict[str, bytes], signals: Iterable[Signal]) -> dict[str, bytes]:
    """What is kept of these signals."""
    wanted = {_key(signal) for signal in signals}
    return {key: column for key, column in values.items() if key in wanted}


def _key(signal: Signal) -> str:
    return json.dumps(asdict(signal), sort_keys=True)


def _origin(day: date, there: _Kept, signals: Mapping[str, Signal]) -> Origin:
    """The origin that was kept, with these signals."""
    values = {name: np.frombuffer(there.values[_key(one)], dtype=np.float64) for name, one in signals.items()}
    return Origin(day, Customers.told(there.customers), values)


def _name(desk: Desk) -> str:
    """What decides what an origin holds, besides what was known and the signals: the settings, and the code."""
    own = [[file.name, file.text] for file in desk.settings.own]
    told = [kept.code_hash(), _code(), settings_hash(desk.settings), own]
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
    if retraction != there.retraction or batch < there.batch:  # it knows of what is not known here
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
    for old in path.parent.glob(f"{path.name[:10]}-*"):
        if old.name != path.name:
            old.unlink(missing_ok=True)
    whole.put(path, content)
