"""Who came to somebody's book and who left it, by dated ownership, with their recurring revenue and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from tenure.core.money import SCALE
from tenure.core.period import local_day
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tenure.core.config import Settings
    from tenure.engine.scorecards.window import Window
    from tenure.figures.reader import Reader

_STINT, _LEVEL, _RATE = FactKey("stint"), FactKey("level"), FactKey("rate")
#: What came of an account: it is as it was, pays more or less, left, or nothing is known of it.
Became = Literal["kept", "grew", "shrank", "left", "unknown"]


@dataclass(frozen=True)
class Handed:
    """An account that changed hands on ``day``. ``other``: whose it was before, or is after; empty for nobody. MRR ``then``: at the end of the day
    before; ``soon``: when the days of inheritance were over, or at the close of the window if that is earlier; ``now``: at the close.
    Out of sight (``account`` None) there is nothing but what was handed over.
    """

    account: str | None
    name: str
    day: date
    other: str
    then: Decimal | None
    soon: Decimal | None
    now: Decimal | None
    became: Became
    is_new: bool = False


@dataclass(frozen=True)
class Book:
    """``came``: accounts that somebody took over, ``new``: those that became customers with her, ``went``: those that she handed over. Of what she took
    over MRR ``then``, after so many ``days`` and at the close, of those in sight.
    """

    days: int
    came: tuple[Handed, ...]
    new: tuple[Handed, ...]
    went: tuple[Handed, ...]
    then: Decimal
    soon: Decimal
    now: Decimal
    lost_soon: int
    lost_later: int


def book_of(
    reader: Reader, whose: tuple[str, str], window: Window, settings: Settings, days: int, seen: set[str] | None,
    names: dict[str, str],
) -> Book:  # fmt: skip
    """The book of an owner or a team over a window. ``seen``: the accounts in sight (None: all)."""
    for key in (_STINT, _LEVEL):
        reader.provide(key)
    moves = _moves(reader, whose, window)
    asked = {
        (account, day)
        for _way, account, at, _other in moves
        for day in _days(at, window, settings, days)
    }  # fmt: skip
    mrr = _mrr(reader, asked, settings, window)
    told = [
        (way, _handed(one, way, window, settings, days, mrr, seen, names))
        for way, *one in moves
    ]  # fmt: skip
    came = tuple(one for way, one in told if way == "came" and not one.is_new)
    known = [one for one in came if one.account is not None and None not in (one.then, one.soon, one.now)]
    return Book(
        days, came, tuple(one for way, one in told if way == "came" and one.is_new),
        tuple(one for way, one in told if way == "went"), *_sums(known),
        sum(1 for one in known if one.then and not one.soon), sum(1 for one in known if one.then and one.soon and not one.now),
    )  # fmt: skip


def sharers(reader: Reader, team: str, window: Window) -> frozenset[str]:
    """Who had accounts in a team during a window."""
    reader.provide(_STINT)
    rows = reader.run(
        f"SELECT DISTINCT owner FROM {_STINT.table} WHERE team = {literal(team)} AND owner IS NOT NULL AND is_customer "
        f"AND valid_from < TIMESTAMP '{window.closes.isoformat(sep=' ')}' AND valid_to > TIMESTAMP '{window.opens.isoformat(sep=' ')}'"
    )[1]
    return frozenset(str(owner) for (owner,) in rows)


def _sums(known: Sequence[Handed]) -> tuple[Decimal, Decimal, Decimal]:
    return (
        sum((one.then or Decimal(0) for one in known), Decimal(0)),
        sum((one.soon or Decimal(0) for one in known), Decimal(0)),
        sum((one.now or Decimal(0) for one in known), Decimal(0)),
    )


def _moves(reader: Reader, whose: tuple[str, str], window: Window) -> list[tuple[Any, ...]]:
    """``way, account, at, other``: each time that an account came or went inside the window, or became a customer with whoever had it."""
    dimension, name = whose
    held = f"max(coalesce({dimension} = {literal(name)}, false)::INT)"
    opens, closes = (f"TIMESTAMP '{at.isoformat(sep=' ')}'" for at in (window.opens, window.closes))
    rows = reader.run(
        "WITH turn AS (SELECT account_id, valid_from, any_value(valid_to) AS valid_to, "
        f"{held} AS held, min(owner) AS owner, max(is_customer::INT) AS paid FROM {_STINT.table} GROUP BY account_id, valid_from), "
        "beside AS (SELECT *, lag(held) OVER w AS before, lag(owner) OVER w AS giver, lag(paid) OVER w AS paid_before "
        "FROM turn WINDOW w AS (PARTITION BY account_id ORDER BY valid_from)) "
        "SELECT CASE WHEN held = 1 THEN 'came' ELSE 'went' END, account_id, valid_from, "
        "CASE WHEN held = 0 THEN owner WHEN coalesce(before, 0) = 0 THEN giver END "
        f"FROM beside WHERE valid_from >= {opens} AND valid_from < {closes} AND ("
        "(held <> coalesce(before, 0) AND (coalesce(paid_before, 0) = 1 OR paid = 1)) "
        "OR (held = 1 AND before = 1 AND paid = 1 AND coalesce(paid_before, 0) = 0)) ORDER BY valid_from, account_id"
    )[1]
    return [tuple(row) for row in rows]


def _days(at: datetime, window: Window, settings: Settings, days: int) -> tuple[date, date, date]:
    """The day before the hand-over, the last of the days of inheritance, and the last of the window."""
    day, last = local_day(at, settings.timezone), _last(window, settings)
    return day - timedelta(days=1), min(day + timedelta(days=days), last), last


def _last(window: Window, settings: Settings) -> date:
    return local_day(window.closes - timedelta(microseconds=1), settings.timezone)


def _mrr(
    reader: Reader, asked: Iterable[tuple[str, date]], settings: Settings, window: Window
) -> dict[tuple[str, date], Decimal | None]:
    """MRR of accounts at the end of days, at the rates of the last day; None where an amount has no rate."""
    pairs = sorted(asked)
    if not pairs:
        return {}
    listed = ", ".join(f"({literal(account)}, DATE '{day}')" for account, day in pairs)
    rows = reader.run(
        f"SELECT wanted.account_id, wanted.at_day, level.currency, sum(level.after) FROM (VALUES {listed}) AS wanted (account_id, at_day) "
        f"JOIN {_LEVEL.table} AS level ON level.account_id = wanted.account_id AND level.day <= wanted.at_day "
        "AND level.next_day > wanted.at_day GROUP BY ALL"
    )[1]
    rates = _rates(reader, {str(currency) for _a, _d, currency, _sum in rows if currency}, settings, window)
    found: dict[tuple[str, date], Decimal | None] = dict.fromkeys(pairs, Decimal(0))
    for account, day, currency, amount in rows:
        rate = rates.get(str(currency or ""), None)
        before = found[str(account), day]
        added = None if rate is None else Decimal(str(amount)) * rate / SCALE
        if Decimal(str(amount)):
            found[str(account), day] = None if before is None or added is None else before + added
    return found


def _rates(reader: Reader, needed: set[str], settings: Settings, window: Window) -> dict[str, Decimal]:
    rates = {"": Decimal(1), settings.currency: Decimal(1)}
    if needed - rates.keys():
        reader.provide(_RATE)
        day = _last(window, settings)
        sql = f"SELECT currency, rate FROM {_RATE.table} WHERE from_day <= DATE '{day}' AND to_day > DATE '{day}'"
        rates |= {str(currency): Decimal(str(rate)) for currency, rate in reader.run(sql)[1]}
    return rates


def _handed(
    one: list[Any], way: str, window: Window, settings: Settings, days: int,
    mrr: dict[tuple[str, date], Decimal | None], seen: set[str] | None, names: dict[str, str],
) -> Handed:  # fmt: skip
    account, at, other = one
    before, soon, last = _days(at, window, settings, days)
    day = before + timedelta(days=1)
    then = mrr[account, before]
    fresh = way == "came" and then == 0
    if seen is not None and account not in seen:
        return Handed(None, "", day, "", then, None, None, "unknown", fresh)
    now = mrr[account, last]
    return Handed(
        account, names.get(account, account), day, other or "", then, mrr[account, soon], now, _became(then, now), fresh
    )


def _became(then: Decimal | None, now: Decimal | None) -> Became:
    if then is None or now is None:
        return "unknown"
    if not now:
        return "left"
    return "grew" if now > then else "shrank" if now < then else "kept"
