"""``agenda``: what there is to do about accounts now, and why: the cause that most revenue hangs on first."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError, unknown
from tenure.core.money import SCALE
from tenure.core.period import instant, local_day
from tenure.engine.causes import cadence, kinds
from tenure.engine.verbs.rows import provided
from tenure.figures.listing import MOST
from tenure.figures.published import current, is_fresh, staying
from tenure.figures.scope import EVERYTHING, SEEN, Scope
from tenure.warehouse.store import literal
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

_ABOUT = "account_id, name, owner, owner_name, tier, is_customer, customer_since, renewal_due, renewal_value, arr"
_SCORES = "health, band, before_30, since_30, band_before, risk_90, risk_before, risk_since"


@dataclass(frozen=True)
class AgendaOf:
    """``owner``: only the accounts that this one owns, as far as the ``scope`` holds them; empty for all of them. ``but``: causes
    (their ``key``) that are looked after already. ``names``: only these kinds, all where empty. ``ahead``: for so many days what falls due is told, too.
    """

    owner: str = ""
    but: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ahead: int = 14
    offset: int = 0
    limit: int = 50
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Cause:
    """Something about an account that asks for an act. ``key`` names it: the same cause has the same key. ``since``: since when it
    is so, ``due``: by when it is to be done (UTC; null where nobody can tell). ``number``: of how many things. ``parts``: the
    numbers of which a sentence is made, by name. ``stake``: the revenue that hangs on it, ``urgency``: from 0 to 1; causes are
    in the order of their product, ``weight``. ``table``: the canonical table in which its rows lie, ``thing``: the id of one, if it is about one.
    """

    key: str
    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    kind: str
    thing: str
    since: datetime | None
    due: datetime | None
    number: int
    parts: dict[str, Any]
    stake: Decimal | None
    urgency: Decimal
    weight: Decimal | None
    table: str


@dataclass(frozen=True)
class Ahead:
    """Something that falls due soon: a renewal, a goal, a milestone or an item of a hand-over. ``due``: the instant (UTC) at which its day
    begins; ``stake``: what hangs on it.
    """

    account_id: str
    account: str | None
    owner: str | None
    kind: str
    name: str | None
    due: datetime
    stake: Decimal | None


@dataclass(frozen=True)
class Agenda:
    """``causes``: those of the page, ``total``: of all pages, ``kinds``: how many there are of each. ``accounts``: in how many accounts there was looked.
    ``ahead``: what falls due soon, in the order of its days. Money in the reporting ``currency``.
    """

    as_of: datetime
    currency: str
    accounts: int
    causes: tuple[Cause, ...]
    total: int
    kinds: dict[str, int]
    ahead: tuple[Ahead, ...]
    notes: tuple[str, ...] = field(default=())


def agenda(desk: Desk, request: AgendaOf) -> Agenda:
    """The causes to act, those first of which urgency times revenue is highest. Raises ``UsageError`` for a kind that there is not,
    a page that makes no sense, and an ``agenda.toml`` that is not understood.
    """
    now = desk.clock()
    return _read(desk.home, request, desk.fresh(now), desk.settings, now)


def from_published(home: Path, request: AgendaOf, settings: Settings, now: datetime) -> Agenda | None:
    """The same from the published files alone; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    return _read(home, request, found, settings, now)


def _read(home: Path, request: AgendaOf, found: Published, settings: Settings, now: datetime) -> Agenda:
    _check(request)
    scope = _narrowed(request)
    with staying(home, found, settings, scope) as reader:
        notes = provided(reader, kinds.facts(), scope, settings, now)
        reader.run(f"CREATE OR REPLACE TEMP TABLE mine AS {_mine(scope)}")
        (accounts,) = reader.run("SELECT count(*) FROM mine")[1][0]
        reader.run(f"CREATE OR REPLACE TEMP TABLE causes AS {_causes(home, request, settings, now)}")
        counted = reader.run("SELECT kind, count(*) FROM causes GROUP BY kind ORDER BY kind")[1]
        rows = reader.run(f"SELECT * FROM causes ORDER BY {_ORDER} LIMIT {request.limit} OFFSET {request.offset}")[1]
        ahead = reader.run(_due_soon(request.ahead, now))[1] if request.ahead else []
        reader.run("DROP TABLE causes; DROP TABLE mine")
    return Agenda(
        now.replace(tzinfo=UTC), settings.currency, accounts, tuple(_cause(*row) for row in rows), sum(n for _, n in counted),
        dict(counted), tuple(_soon(*row) for row in ahead), notes,
    )  # fmt: skip


#: What has no revenue comes last, by its urgency; then the older cause.
_ORDER = "weight DESC NULLS LAST, urgency DESC, since NULLS LAST, account_id, kind"


def _check(request: AgendaOf) -> None:
    if not 1 <= request.limit <= MOST or request.offset < 0:
        raise UsageError(
            f"No page has {request.limit} causes from {request.offset} on.", code="bad_page",
            fix=f"Ask for 1 to {MOST}, from 0 on.",
        )  # fmt: skip
    for name in request.names:
        if name not in kinds.NAMES:
            raise unknown("kind", name, kinds.NAMES, listing=f"There are: {', '.join(kinds.NAMES)}.")


def _narrowed(request: AgendaOf) -> Scope:
    """The accounts of the owner asked about, if the scope holds that owner's; else none."""
    if not request.owner:
        return request.scope
    held = request.scope.owners is None or request.owner in request.scope.owners
    return Scope((request.owner,) if held else ())


def _mine(scope: Scope) -> str:
    """SQL of the accounts in sight, as they are now."""
    inside = f" WHERE p.account_id IN (SELECT account_id FROM {SEEN})" if scope.narrow else ""
    told = ", ".join(f"p.{name.strip()}" for name in _ABOUT.split(","))
    scores = ", ".join(f"r.{name.strip()}" for name in _SCORES.split(","))
    return f"SELECT {told}, {scores} FROM {kinds.PORTRAIT.table} p LEFT JOIN {kinds.RATED.table} r ON r.account_id = p.account_id{inside}"


def _causes(home: Path, request: AgendaOf, settings: Settings, now: datetime) -> str:
    """SQL of all causes, with what hangs on each."""
    allowed = cadence.sql(cadence.of_tiers(home), settings, literal)
    facts = ", ".join(f"{key.fact} AS (FROM {key.table})" for key in kinds.facts()[2:])
    month = local_day(now, settings.timezone).replace(day=1)
    moment, began = (f"TIMESTAMP '{at.isoformat(sep=' ')}'" for at in (now, instant(month, settings.timezone)))
    union = " UNION ALL ".join(
        f"SELECT *, '{one.table}' AS told_in FROM ({one.sql})" for one in kinds.KINDS
    ).replace(kinds.NOW, moment).replace(kinds.MONTH, f"DATE '{month}'").replace(kinds.BEGAN, began).replace(kinds.CADENCE, allowed)  # fmt: skip
    but = f" AND key NOT IN ({', '.join(map(literal, request.but))})" if request.but else ""
    names = f" AND kind IN ({', '.join(map(literal, request.names))})" if request.names else ""
    stake = "CASE WHEN c.kind = 'renewal_near' THEN coalesce(m.renewal_value, m.arr) ELSE m.arr END"
    return (
        f"WITH {facts}, every AS (SELECT c.kind || ':' || c.account_id || ':' || c.thing AS key, c.*, m.name, m.owner, m.owner_name,"
        f" {stake} AS stake FROM ({union}) c JOIN mine m ON m.account_id = c.account_id)"
        f" SELECT key, account_id, name, owner, owner_name, kind, thing, since, due, number, parts, stake, urgency,"
        f" CASE WHEN stake > 0 THEN CAST(stake AS HUGEINT) * urgency END AS weight, told_in FROM every WHERE true{but}{names}"
    )  # fmt: skip


def _due_soon(days: int, now: datetime) -> str:
    """SQL of what falls due within so many days, today included."""
    moment = f"TIMESTAMP '{now.isoformat(sep=' ')}'"
    pledged = (
        f"SELECT m.account_id, m.name AS account, m.owner, g.kind, g.name, g.due_at, m.arr FROM {_PLEDGE} g JOIN mine m"
        f" ON m.account_id = g.account_id WHERE g.due_end > {moment} AND g.due_at <= {moment} + to_days({int(days)}) AND {kinds.NOT_LOST}"
    )
    renewals = (
        "SELECT account_id, name, owner, 'renewal', NULL, renewal_due, coalesce(renewal_value, arr) FROM mine m"
        f" WHERE is_customer AND {kinds.undecided(_DUE)} AND renewal_due BETWEEN {moment} AND {moment} + to_days({int(days)})"
    )
    return f"{pledged} UNION ALL {renewals} ORDER BY due_at, arr DESC NULLS LAST, m.account_id LIMIT {MOST}"


_PLEDGE, _DUE = (next(key.table for key in kinds.facts() if key.fact == name) for name in ("pledge", "renewal_due"))


def _cause(
    key: str, account: str, name: str | None, owner: str | None, owner_name: str | None, kind: str, thing: str,
    since: datetime | None, due: datetime | None, number: int, parts: str, stake: int | None, urgency: int, weight: int | None,
    table: str,
) -> Cause:  # fmt: skip
    return Cause(
        key, account, name, owner, owner_name, kind, thing, _aware(since), _aware(due), number,
        json.loads(parts, parse_float=Decimal), _money(stake), Decimal(urgency) / 100,
        None if weight is None else _money(weight // 100), table,
    )  # fmt: skip


def _soon(
    account_id: str,
    account: str | None,
    owner: str | None,
    kind: str,
    name: str | None,
    due: datetime,
    stake: int | None,
) -> Ahead:
    return Ahead(account_id, account, owner, kind, name, due.replace(tzinfo=UTC), _money(stake))


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


def _money(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount) / SCALE
