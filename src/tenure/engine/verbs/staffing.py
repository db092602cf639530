"""``staffing``: what is known of customers and of the people who look after them, as far as work is counted by it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.period import local_day
from tenure.core.workdays import Workdays
from tenure.engine import reach
from tenure.engine.portfolio_rules import rules_of
from tenure.engine.survivors import INTO, survivor
from tenure.engine.verbs.rows import ACCOUNTS, Query, Rows, every_account, stored
from tenure.figures.scope import EVERYTHING, Scope
from tenure.portfolio.known import Account, Away, Person
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.portfolio.rules import Rules

#: What of the list of accounts is read.
_READ = (
    "account_id", "name", "owner", "tier", "segment", "lifecycle", "region", "customer_since", "arr", "renewal_due",
    "last_touch", "open_tickets", "churn_risk_90",
)  # fmt: skip
#: A milestone that was due longer ago, in days, is no project any more.
_FORGOTTEN = 180
#: Of whoever is a customer for a shorter time, in days, what was logged is taken for so many.
_LEAST_HISTORY = 30
#: Without any that says its minutes a contact is taken to have lasted so long.
_USUAL_MINUTES = Decimal(30)


@dataclass(frozen=True)
class Staffing:
    """``scope``: whose accounts, and which people."""

    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class StaffingFound:
    """Customers and people on a ``day``, by id. ``logged``: whether contacts are logged at all. Money in the reporting currency."""

    day: date
    as_of: datetime
    currency: str
    accounts: tuple[Account, ...]
    people: tuple[Person, ...]
    logged: bool
    notes: tuple[str, ...] = field(default=())


def staffing(desk: Desk, request: Staffing) -> StaffingFound:
    """What work is counted by. Raises ``UsageError`` for a ``portfolio.toml`` that is wrong."""
    now, settings, rules = desk.clock(), desk.settings, rules_of(desk.home)
    found, day = desk.fresh(now), local_day(now, settings.timezone)
    with desk.published(found) as reader:
        query = Query(_READ, (("is_customer", "equals", True),))
        listed = every_account(reader, Rows(ACCOUNTS, query, request.scope), settings, now)
    with reach.cursor(desk, found, request.scope) as con:

        def of(table: str, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
            rows = stored(con, find(table), request.scope, settings).sql
            told: list[tuple[Any, ...]] = con.execute(sql.format(rows=f"({rows}) AS told"), values).fetchall()
            return told

        known = _Known(of, rules, settings, now, day)
        people = tuple(_people(of, _absences(desk, now, settings), _calendars(desk), request.scope, settings, now))
    accounts = tuple(known.account(row) for row in listed.rows)
    return StaffingFound(day, now.replace(tzinfo=UTC), settings.currency, accounts, people, known.logged, listed.notes)


class _Known:
    """What is known of accounts besides the list of them; what is told of a merged account counts for its survivor."""

    def __init__(self, of: Callable[..., Any], rules: Rules, settings: Settings, now: datetime, day: date) -> None:
        self.rules, self.settings, self.now, self.day = rules, settings, now, day
        self._merged = dict(of("account", INTO, []))
        self._language = dict(
            of(
                "account",
                "SELECT account_id, language FROM {rows} WHERE coalesce(valid_from < ?, true) "
                "QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY valid_from DESC NULLS LAST) = 1",
                [now],
            )
        )
        self._owners = self._assigned(of)
        since = now - timedelta(days=rules.work.history_days)
        self._touches = self._summed(
            of(
                "touchpoint",
                "SELECT account_id, csm_id, channel, count(*), count(minutes), coalesce(sum(minutes), 0), max(occurred_at) FROM {rows} "
                "WHERE NOT coalesce(is_automated, false) AND occurred_at >= ? AND occurred_at < ? GROUP BY ALL ORDER BY ALL",
                [since, now],
            )
        )
        self._projects = self._summed(
            of(
                "milestone",
                "SELECT account_id, count(DISTINCT kind) FROM {rows} WHERE (completed_at IS NULL OR completed_at >= ?) "
                "AND coalesce(started_at < ?, true) AND coalesce(due_at > ?, true) AND kind <> 'closed_won' GROUP BY 1 ORDER BY 1",
                [now, now, now - timedelta(days=_FORGOTTEN)],
            )
        )
        self._champions = self._summed(
            of(
                "person",
                "SELECT account_id, count(*) FROM {rows} WHERE coalesce(is_champion, false) AND account_id IS NOT NULL "
                "AND coalesce(left_at > ?, true) GROUP BY 1 ORDER BY 1",
                [now],
            )
        )
        self._minutes = self._usual()

    @property
    def logged(self) -> bool:
        """Whether contacts are logged at all."""
        return bool(self._touches)

    def account(self, row: Mapping[str, Any]) -> Account:
        """An account, of which the list says this ``row``."""
        name, (owners, pool, since, planned) = (
            row["account_id"],
            self._owners.get(row["account_id"], ((), "", None, None)),
        )
        owner = "" if pool else row["owner"] or (owners[0] if owners else "")
        touches = self._touches.get(name, [])
        mine = [one for one in touches if one[0] == owner and owner]
        guessed = sum((self._minutes[one[1]] * (one[2] - one[3]) for one in touches), Decimal(0))
        declared = self.settings.hours_per_account
        return Account(
            name, row["name"] or name, owner, owners, pool, since, planned, row["tier"], row["segment"], row["lifecycle"],
            row["region"], self._language.get(name), row["arr"],
            declared.get(row["segment"] or "", declared.get(row["tier"] or "")), row["churn_risk_90"],
            self._local(row["renewal_due"]), sum(one[2] for one in mine), self._local(max((one[5] for one in mine), default=None)),
            self._local(row["last_touch"]), bool(self._champions.get(name)), row["open_tickets"] or 0,
            sum(one[0] for one in self._projects.get(name, [])),
            sum((Decimal(one[4]) for one in touches), Decimal(0)) + guessed, guessed, self._history(row["customer_since"]),
        )  # fmt: skip

    def _history(self, since: date | None) -> int:
        days = self.rules.work.history_days
        if not self.logged:
            return 0
        return min(days, max(_LEAST_HISTORY, (self.day - since).days)) if since else days

    def _usual(self) -> dict[str, Decimal]:
        """How many minutes a contact takes by channel, where it says none: the mean of those that do."""
        told: dict[str, list[Decimal]] = {}
        for rows in self._touches.values():
            for _csm, channel, _all, some, minutes, _last in rows:
                number, whole = told.setdefault(channel, [Decimal(0), Decimal(0)])
                told[channel] = [number + some, whole + Decimal(minutes)]
        return {channel: whole / number if number else _USUAL_MINUTES for channel, (number, whole) in told.items()}

    def _summed(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
        """Rows by the account that counts."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        for account, *rest in rows:
            found.setdefault(survivor(account, self._merged), []).append(tuple(rest))
        return found

    def _assigned(self, of: Callable[..., Any]) -> dict[str, tuple[tuple[str, ...], str, date | None, date | None]]:
        """Who owns each account now, the largest share first; the pool; since when; and from when on somebody else will."""
        rows = of(
            "assignment",
            "SELECT account_id, csm_id, pool, valid_from, valid_to, coalesce(share, 1) FROM {rows} "
            "WHERE coalesce(role, 'owner') = 'owner' ORDER BY account_id, valid_from, coalesce(share, 1) DESC, csm_id, pool",
            [],
        )
        by: dict[str, list[tuple[Any, ...]]] = {}
        for account, *rest in rows:
            by.setdefault(account, []).append(tuple(rest))
        return {account: self._now(mine) for account, mine in by.items()}

    def _now(self, mine: list[tuple[Any, ...]]) -> tuple[tuple[str, ...], str, date | None, date | None]:
        begun = [one for one in mine if one[2] <= self.now]
        ahead = min((one[2] for one in mine if one[2] > self.now), default=None)
        latest = max((one[2] for one in begun), default=None)
        stands = [one for one in begun if one[2] == latest and (one[3] is None or one[3] > self.now)]
        owners = tuple(one[0] for one in stands if one[0])
        pool = next((one[1] for one in stands if not one[0] and one[1]), "")
        return owners, "" if owners else pool, self._local(latest) if stands else None, self._local(ahead)

    def _local(self, at: datetime | None) -> date | None:
        return local_day(at, self.settings.timezone) if at else None


def _people(
    of: Callable[..., Any],
    absences: Mapping[str, tuple[Away, ...]],
    calendars: Mapping[str, Workdays],
    scope: Scope,
    settings: Settings,
    now: datetime,
) -> Iterator[Person]:
    """Our people as they are now, as far as a scope has them, by id."""
    rows = of(
        "csm",
        "SELECT csm_id, name, coalesce(role, 'csm'), team, region, languages, skills, fte, started_at, ended_at, schedule_id FROM {rows} "
        f"WHERE {reach.CSM_AT} ORDER BY csm_id",
        [now],
    )
    for csm, name, role, team, region, languages, skills, fte, began, ends, schedule in rows:
        if scope.owners is None or csm in scope.owners:
            yield Person(
                csm, name, role, team, region, _listed(languages), _listed(skills), fte,
                local_day(began, settings.timezone) if began else None,
                local_day(ends, settings.timezone) if ends else None, absences.get(csm, ()), calendars.get(schedule or settings.support.default_schedule or _only(calendars), Workdays()),
            )  # fmt: skip


def _listed(value: Any) -> tuple[str, ...] | None:
    """A column of lists: as JSON, or empty."""
    if not value:
        return None
    return tuple(json.loads(value)) if isinstance(value, str) else tuple(value)


def _only(calendars: Mapping[str, Workdays]) -> str:
    """The schedule that holds where none is named and there is but one."""
    return next(iter(calendars)) if len(calendars) == 1 else ""


def _calendars(desk: Desk) -> dict[str, Workdays]:
    """On which weekdays each schedule is open, and its public holidays."""
    weekdays: dict[str, set[int]] = {}
    for schedule, weekday in desk.store.rows(
        f"SELECT schedule_id, weekday FROM schedule_version WHERE {reach.CURRENT}"
    ):
        weekdays.setdefault(schedule, set()).add(int(weekday))
    closed: dict[str, set[date]] = {}
    for schedule, day in desk.store.rows(f'SELECT schedule_id, "date" FROM holiday_version WHERE {reach.CURRENT}'):
        closed.setdefault(schedule, set()).add(day)
    return {one: Workdays(frozenset(days), frozenset(closed.get(one, ()))) for one, days in weekdays.items()}


def _absences(desk: Desk, now: datetime, settings: Settings) -> dict[str, tuple[Away, ...]]:
    rows = desk.store.rows(
        f'SELECT csm_id, "from", "to", cover_csm_id FROM absence_version WHERE {reach.CURRENT} AND "to" > ? ORDER BY ALL',
        [now],
    )
    found: dict[str, tuple[Away, ...]] = {}
    for csm, begins, ends, cover in rows:
        first, last = (local_day(at, settings.timezone) for at in (begins, ends))
        found[csm] = (*found.get(csm, ()), Away(first, last, cover or ""))
    return found
