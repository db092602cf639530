"""``dossier``: what is known now of one account, out of the tables that tell of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tenure.core.errors import unknown
from tenure.engine.laid import Laid, is_seen
from tenure.engine.verbs.rows import ACCOUNTS, Query, Rows, accounts_in, columns_of
from tenure.figures import dossiers
from tenure.figures.listing import Page, Source, page
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Brought:
    """When a source last brought something (UTC), and of which tables it ever did."""

    source: str
    at: datetime
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Dossier:
    """What is known of an account. ``account``: its row of the list of accounts; ``pages``: by table, the page of its rows
    that was asked for. ``as_of``: for when (UTC). ``brought``: how fresh what it is made of is, by source.
    """

    account: dict[str, Any]
    pages: dict[str, Page]
    as_of: datetime
    brought: tuple[Brought, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DossierOf:
    """``account_id``: whose. ``tables``: what of which table, by its name. ``scope``: whose accounts."""

    account_id: str
    tables: tuple[tuple[str, Query], ...] = ()
    scope: Scope = EVERYTHING


def dossier(desk: Desk, request: DossierOf) -> Dossier | None:
    """The account's dossier; None where the scope holds no such account. Raises ``UsageError`` for a table, column or
    operator that does not exist.
    """
    return _read(Laid.fresh(desk), request)


def from_published(home: Path, request: DossierOf, settings: Settings, now: datetime) -> tuple[Dossier | None] | None:
    """The same from the published files alone, in a tuple; None where they cannot answer."""
    lies = Laid.lying(home, settings, now)
    return None if lies is None else (_read(lies, request),)


def _read(lies: Laid, request: DossierOf) -> Dossier | None:
    known = dossiers.tables()
    for name, _ in request.tables:
        if name not in known:
            raise unknown("table", name, known, listing=f"Of accounts there are: {', '.join(known)}.")
    with lies.facts() as reader:
        if not is_seen(reader, request.account_id, request.scope, lies.now):
            return None
        mine = ((dossiers.ACCOUNT, "equals", request.account_id),)
        about = accounts_in(reader, Rows(ACCOUNTS, Query(where=mine, limit=1)), lies.settings, lies.now)
    if not about.rows:
        return None
    with lies.rows() as con:
        pages = {}
        for name, query in request.tables:
            table = known[name]
            # Whoever sees the account sees what is known of it: no more is asked of the scope.
            columns, parts = columns_of(table, lies.ready.custom.get(name, ()), request.scope, lies.settings)
            sql = dossiers.rows_of(lies.ready, table, parts, request.account_id)
            source = Source(name, sql, columns, (*table.key, *table.anonymous), lies.settings.timezone)
            pages[name] = page(lambda sql: ([], con.execute(sql).fetchall()), source, query, lies.now)
    return Dossier(about.rows[0], pages, about.as_of, brought(lies), about.notes)


def brought(lies: Laid) -> tuple[Brought, ...]:
    """When each source last brought something, the latest first."""
    found = [
        Brought(source, datetime.fromisoformat(at).replace(tzinfo=UTC), tables)
        for source, (at, tables) in lies.ready.brought.items()
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))
