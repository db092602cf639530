"""``renewal_forecast``: what the renewals of a window will bring, as people judge it and as the model expects it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.core.errors import UsageError, unknown
from tenure.core.period import Grain, instant, local_day, parse_bound, period_at
from tenure.engine.renewals import CATEGORIES, RENEWALS, leavers, source_of
from tenure.figures.listing import where_of
from tenure.figures.published import current, is_fresh, staying
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.risk.total import total
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

#: By what renewals are put in groups.
GROUPS = ("owner", "team", "segment", "tier", "region", "category", "state")
#: Of what makes the difference so many are told one by one.
MOST = 12
#: A window may not be longer, in days.
_LONGEST = 1_100
_READ = (
    "renewal_id", "account_id", "name", "owner", "owner_name", "team", "segment", "tier", "region", "due", "value", "state",
    "renewed_value", "category", "called", "renewal_probability", "expected", "told",
)  # fmt: skip


@dataclass(frozen=True)
class RenewalForecast:
    """``start``, ``end``: the first and the last day, or periods (default: the fiscal quarter that runs). ``by``: one of
    ``GROUPS``, or empty. ``where``: conditions on the list of renewals. ``scope``: whose accounts.
    """

    start: str = ""
    end: str = ""
    by: str = ""
    where: tuple[tuple[str, str, Any], ...] = ()
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Part:
    """Some renewals: how many, what they are worth in a year, and what ``amount`` of it counts."""

    count: int
    value: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Call:
    """What is open and judged alike; ``category`` null: not judged. ``called``: the amounts expected by the judgement,
    ``expected``: by the model, of those that have a probability.
    """

    category: str | None
    count: int
    value: Decimal
    called: Decimal
    expected: Decimal


@dataclass(frozen=True)
class Forecast:
    """What is forecast of one ``name`` (null: of all, or of those without one). ``due``: all that come up in the window.
    ``renewed`` (its amount: what was renewed), ``lost`` and ``lapsed`` are decided; ``open``: what is not, of it ``late``: after
    its day. ``calls``: the open ones by judgement. ``called``: what was renewed and the amounts judged of the rest;
    ``expected``: what was renewed and what the model expects of those with a probability, which will lie between ``low`` and
    ``high`` in 95 of 100 cases; null where none has one. ``untold``: the open ones without a probability. ``gap``: what is
    called of those with a probability less what the model expects of them.
    """

    name: str | None
    due: Part
    renewed: Part
    flat: int
    up: int
    down: int
    lost: Part
    lapsed: Part
    open: Part
    late: Part
    calls: tuple[Call, ...]
    called: Decimal
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None
    untold: Part
    gap: Decimal | None


@dataclass(frozen=True)
class Maker:
    """A renewal that makes a part of the ``gap`` between what is called and what is expected. ``called`` null: not judged."""

    renewal_id: str
    account_id: str
    name: str | None
    owner_name: str | None
    due: datetime
    value: Decimal
    category: str | None
    called: Decimal | None
    probability: Decimal
    expected: Decimal
    gap: Decimal


@dataclass(frozen=True)
class Day:
    """What comes up on a local day; ``open``: of it what is not decided."""

    day: date
    count: int
    value: Decimal
    open: int
    open_value: Decimal


@dataclass(frozen=True)
class RenewalForecastFound:
    """The renewals from ``start`` on and before ``end``. ``makers``: what makes the difference between judgements and model,
    the largest first; ``others``: the gap of all that are not told. ``learned_from``: customers who left, by whom risks are
    known. Money in the reporting currency a year.
    """

    start: date
    end: date
    as_of: datetime
    currency: str
    total: Forecast
    groups: tuple[Forecast, ...]
    makers: tuple[Maker, ...]
    others: Decimal
    days: tuple[Day, ...]
    learned_from: int
    notes: tuple[str, ...] = ()


def renewal_forecast(desk: Desk, request: RenewalForecast) -> RenewalForecastFound:
    """The forecast. Raises ``UsageError`` for a window that cannot be, and something that renewals are not put in groups by."""
    now = desk.clock()
    return _read(desk.home, request, desk.fresh(now), desk.settings, now)


def from_published(
    home: Path, request: RenewalForecast, settings: Settings, now: datetime
) -> RenewalForecastFound | None:
    """The same from the published files alone; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    return _read(home, request, found, settings, now)


def window_of(start: str, end: str, settings: Settings, now: datetime) -> tuple[date, date]:
    """The first day, and the day after the last: without either the fiscal quarter that runs."""
    first = settings.fiscal_year_start
    if not start and not end:
        quarter = period_at(Grain.QUARTER, local_day(now, settings.timezone), first)
        return quarter.start, quarter.end
    begins = parse_bound(start or end, "from", first)
    ends = parse_bound(end or start, "to", first) + timedelta(days=1)
    if not timedelta() < ends - begins <= timedelta(days=_LONGEST):
        raise UsageError(
            f"No window begins on {begins} and ends before {ends}.", code="bad_period",
            fix=f"Take one of 1 to {_LONGEST} days.",
        )  # fmt: skip
    return begins, ends


def _read(
    home: Path, request: RenewalForecast, found: Published, settings: Settings, now: datetime
) -> RenewalForecastFound:
    if request.by and request.by not in GROUPS:
        raise unknown("group", request.by, GROUPS, listing=f"Renewals are put in groups by: {', '.join(GROUPS)}.")
    start, end = window_of(request.start, request.end, settings, now)
    within = (
        ("due", "greater", instant(start, settings.timezone).replace(tzinfo=UTC) - timedelta(microseconds=1)),
        ("due", "less", end),
    )
    with staying(home, found, settings, request.scope) as reader:
        source, notes = source_of(reader, RENEWALS, request.scope, settings, now, home)
        chosen = where_of(source, (*within, *request.where))
        told = reader.run(f"SELECT {', '.join(_READ)} FROM ({source.sql}) AS listed{chosen} ORDER BY due, renewal_id")[
            1
        ]
    rows = [dict(zip(_READ, row, strict=True)) for row in told]
    events = leavers(home)
    names = sorted({row[request.by] for row in rows}, key=lambda name: (name is None, name)) if request.by else []
    groups = tuple(forecast(name, [row for row in rows if row[request.by] == name], events) for name in names)
    makers = sorted(filter(None, map(_maker, rows)), key=lambda one: (-abs(one.gap), one.renewal_id))
    return RenewalForecastFound(
        start, end, now.replace(tzinfo=UTC), settings.currency, forecast(None, rows, events), groups, tuple(makers[:MOST]),
        _sum(one.gap for one in makers[MOST:]), tuple(_days(rows, settings.timezone)), events, notes,
    )  # fmt: skip


def forecast(name: str | None, rows: Sequence[dict[str, Any]], events: int) -> Forecast:
    """What is forecast of some rows of the list of renewals; ``events``: by how many it is known how high risks are."""
    by_state = {state: [row for row in rows if row["state"] == state] for state in ("renewed", "lost", "lapsed")}
    undecided = [row for row in rows if row["state"] in ("open", "late")]
    renewed = by_state["renewed"]
    changes = [(row["renewed_value"] or 0) - (row["value"] or 0) for row in renewed]
    sure = _sum(row["renewed_value"] for row in renewed)
    known = [row for row in undecided if row["expected"] is not None]
    range_ = total(_floats(known, "value"), _floats(known, "renewal_probability"), events)
    calls = tuple(_call(category, undecided) for category in (*CATEGORIES, None))
    called = sure + _sum(call.called for call in calls)
    expected = sure + _sum(row["expected"] for row in known) if known or not undecided else None
    low, high = (None if expected is None else sure + _money(end) for end in (range_.low, range_.high))
    return Forecast(
        name, _part(rows, "value"), _part(renewed, "renewed_value"), sum(one == 0 for one in changes),
        sum(one > 0 for one in changes), sum(one < 0 for one in changes), _part(by_state["lost"]),
        _part(by_state["lapsed"]), _part(undecided, "value"), _part([row for row in undecided if row["state"] == "late"], "value"),
        calls, called, expected, low, high, _part([row for row in undecided if row["expected"] is None], "value"),
        None if expected is None else _sum(row["called"] for row in known) - _sum(row["expected"] for row in known),
    )  # fmt: skip


def _call(category: str | None, undecided: Sequence[dict[str, Any]]) -> Call:
    rows = [row for row in undecided if row["category"] == category]
    return Call(
        category, len(rows), _sum(row["value"] for row in rows), _sum(row["called"] for row in rows),
        _sum(row["expected"] for row in rows),
    )  # fmt: skip


def _maker(row: dict[str, Any]) -> Maker | None:
    """What a renewal adds to the gap; None where that is nothing, and where it has no probability."""
    if row["state"] not in ("open", "late") or row["expected"] is None:
        return None
    gap = (row["called"] or Decimal(0)) - row["expected"]
    if not gap:
        return None
    return Maker(
        row["renewal_id"], row["account_id"], row["name"], row["owner_name"] or row["owner"], row["due"].replace(tzinfo=UTC),
        row["value"], row["category"], row["called"], row["renewal_probability"], row["expected"], gap,
    )  # fmt: skip


def _days(rows: Sequence[dict[str, Any]], zone: str) -> Iterable[Day]:
    by_day: dict[date, list[dict[str, Any]]] = {}
    for row in rows:
        by_day.setdefault(local_day(row["due"], zone), []).append(row)
    for day, these in sorted(by_day.items()):
        undecided = [row for row in these if row["state"] in ("open", "late")]
        yield Day(
            day,
            len(these),
            _sum(row["value"] for row in these),
            len(undecided),
            _sum(row["value"] for row in undecided),
        )


def _part(rows: Sequence[dict[str, Any]], amount: str = "") -> Part:
    counts = _sum(row[amount] for row in rows) if amount else Decimal(0)
    return Part(len(rows), _sum(row["value"] for row in rows), counts)


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


def _floats(rows: Sequence[dict[str, Any]], name: str) -> Any:
    return np.array([float(row[name]) for row in rows], dtype=np.float64)


def _money(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")
