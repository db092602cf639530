"""Account-months under their owners: what came of each, and since when its owner has had it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tenure.core.period import add_months, instant, local_day
from tenure.figures import kept
from tenure.metrics.kinds import FactKey
from tenure.metrics.portfolio.identity import BEGINNING
from tenure.scores.casemix.outcome import OUTCOMES
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.figures.request import Request

#: By these a request must ask, so that its rows say whose they are.
BY = ("owner", "team")
STINT, LEVEL = FactKey("stint"), FactKey("level")
_WHOLE = 1_000_000
_BEGINNING = datetime.fromisoformat(BEGINNING)


@dataclass(frozen=True)
class AccountMonth:
    """``period``: the month's first day. ``owner`` and ``team`` as of its opening, None where nobody owned it. ``handed``: the
    first day of the first month at whose opening the owner had it and it was a customer. ``part``: of a shared account the
    owner's. ``outcome``: which share of ``amount`` was lost or won.
    """

    account: str
    period: date
    owner: str | None
    team: str | None
    handed: date
    part: float
    amount: float
    outcome: float


#: How many rows were left out, by owner, team and reason.
LeftOut = Mapping[tuple[str | None, str | None, str], int]


def account_months(request: Request, reader: Reader, settings: Settings) -> tuple[list[AccountMonth], LeftOut]:
    """The account-months of a request by owner and team, in order, and how many rows were left out.

    A hand-over takes effect with the first month that opens after it, as in every figure of owners. Anonymous answers are
    left out: whose they are must not be told.
    """
    what = OUTCOMES[request.entry.slug]
    plan = kept.plan(request.question, reader.ground, settings)
    how = kept.detail(request.question, reader.ground, settings, "rows")
    num, den = (quoted(name) for name in plan.adds)
    out = f"CASE WHEN {quoted(what.still_open)} = 1 THEN 'still open' END" if what.still_open else "NULL"
    hidden = "CASE WHEN is_anonymous THEN 'anonymous' END" if plan.respondents else "NULL"
    reasons = f"excluded, {hidden}, CASE WHEN account_id IS NULL THEN 'no account' END, {out}"
    # Of amounts what was won may stand on other rows than what there was; events stay apart, each with its own chance.
    added = [f"sum({each})" if what.money else each for each in (num, den)]
    sql = (
        f"SELECT account_id, period, by_owner, by_team, coalesce(weight, {_WHOLE}) AS weight, coalesce({reasons}) AS"
        f" excluded, {added[0]} AS num, {added[1]} AS den FROM ({request.moment.fill(how.sql, request.spans)}) AS asked"
        f"{' GROUP BY 1, 2, 3, 4, 5, 6' if what.money else ''} ORDER BY account_id, period, by_owner"
    )
    rows = reader.fetch(how.facts, sql, request.spans, request.moment)
    excluded = Counter((row["by_owner"], row["by_team"], row["excluded"]) for row in rows if row["excluded"])
    rows = [row for row in rows if not row["excluded"] and row["den"]]
    if not rows:
        return [], excluded
    since = _Since(reader, settings, {row["account_id"] for row in rows})
    scale = 10_000 if what.money else 1
    found = [
        AccountMonth(
            row["account_id"], row["period"], row["by_owner"], row["by_team"],
            since.handed(row["account_id"], row["by_owner"], row["period"]), row["weight"] / _WHOLE,
            float(row["den"]) / scale, what.happened(float(row["num"] or 0), float(row["den"])),
        )
        for row in rows
    ]  # fmt: skip
    return found, excluded


class _Since:
    """Since when owners have accounts, out of the stints."""

    def __init__(self, reader: Reader, settings: Settings, accounts: set[str]) -> None:
        self._zone = settings.timezone
        for fact in (STINT, LEVEL):
            reader.provide(fact)
        _, stints = reader.run(
            f"SELECT account_id, owner, valid_from, valid_to FROM {STINT.table} ORDER BY account_id, owner, valid_from"
        )
        self._spells = _spells(row for row in stints if row[0] in accounts)
        _, days = reader.run(f"SELECT account_id, min(first_day) FROM {LEVEL.table} GROUP BY account_id")
        self._came: dict[str, date] = {account: day for account, day in days if account in accounts and day}

    def handed(self, account: str, owner: str | None, period: date) -> date:
        """The first month at whose opening the owner had the account, and it was a customer; at most ``period``."""
        opens = instant(period, self._zone)
        began = next(
            (start for start, end in self._spells.get((account, owner), ()) if start <= opens < end), _BEGINNING
        )
        came = self._came.get(account, period)
        first = self._first_opening(began)
        # Whoever came on the first of a month was no customer at its opening.
        return min(period, max(first, add_months(came.replace(day=1), 1)))

    def _first_opening(self, moment: datetime) -> date:
        """The first day of the first month that opens at or after a moment."""
        if moment <= _BEGINNING:
            return date.min
        first = local_day(moment, self._zone).replace(day=1)
        return first if instant(first, self._zone) == moment else add_months(first, 1)


def _spells(stints: Iterable[Sequence[object]]) -> Mapping[tuple[str, str | None], list[tuple[datetime, datetime]]]:
    """From when to when each owner had each account, stretches that follow each other put together."""
    found: dict[tuple[str, str | None], list[tuple[datetime, datetime]]] = {}
    for account, owner, start, end in stints:
        assert isinstance(account, str)
        assert isinstance(start, datetime)
        assert isinstance(end, datetime)
        spells = found.setdefault((account, owner if isinstance(owner, str) else None), [])
        if spells and spells[-1][1] >= start:
            spells[-1] = spells[-1][0], max(end, spells[-1][1])
        else:
            spells.append((start, end))
    return found
