"""``dossier``: what is known now of one account, out of the tables that tell of accounts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenure.core.errors import unknown
from tenure.engine.verbs.rows import ACCOUNTS, Query, Rows, accounts_in, columns_of
from tenure.figures import dossiers
from tenure.figures.listing import Page, Source, page
from tenure.figures.published import PublishedReader, current, is_fresh, opened
from tenure.figures.scope import EVERYTHING, SEEN, Scope, laid
from tenure.warehouse.store import literal
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.dossiers import Dossiers
    from tenure.figures.published import Published


@dataclass(frozen=True)
class Dossier:
    """What is known of an account. ``account``: its row of the list of accounts; ``pages``: by table, the page of its rows
    that was asked for. ``as_of``: for when (UTC).
    """

    account: dict[str, Any]
    pages: dict[str, Page]
    as_of: datetime
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
    now = desk.clock()
    found = desk.fresh(now)
    ready = dossiers.refresh(desk.home, desk.store, found.seen)
    return _read(desk.home, request, found, ready, desk.settings, now)


def from_published(home: Path, request: DossierOf, settings: Settings, now: datetime) -> tuple[Dossier | None] | None:
    """The same from the published files alone, in a tuple; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    ready = dossiers.current(home, found.seen)
    return (_read(home, request, found, ready, settings, now),) if ready else None


def _read(
    home: Path, request: DossierOf, found: Published, ready: Dossiers, settings: Settings, now: datetime
) -> Dossier | None:
    known = dossiers.tables()
    for name, _ in request.tables:
        if name not in known:
            raise unknown("table", name, known, listing=f"Of accounts there are: {', '.join(known)}.")
    mine = ((dossiers.ACCOUNT, "equals", request.account_id),)
    with closing(PublishedReader(home, found, settings)) as reader:
        if request.scope.narrow and not reader.owned(_is_seen(request, now), now):
            return None
        about = accounts_in(reader, Rows(ACCOUNTS, Query(where=mine, limit=1)), settings, now)
    if not about.rows:
        return None
    with closing(opened(home, **ready.files)) as con:
        con.execute(dossiers.FEW_ROWS)
        pages = {}
        for name, query in request.tables:
            table = known[name]
            # Whoever sees the account sees what is known of it: no more is asked of the scope.
            columns, parts = columns_of(table, ready.custom.get(name, ()), request.scope, settings)
            sql = dossiers.rows_of(ready, table, parts)
            source = Source(name, sql, columns, (*table.key, *table.anonymous), settings.timezone)
            asked = Query(query.columns, (*mine, *query.where), query.search, query.order, query.offset, query.limit)
            pages[name] = page(lambda sql: ([], con.execute(sql).fetchall()), source, asked, now)
    return Dossier(about.rows[0], pages, about.as_of, about.notes)


def _is_seen(request: DossierOf, now: datetime) -> str:
    """SQL of a row, where the scope holds the account: cheaper than all accounts that it holds."""
    return f"SELECT 1 FROM ({laid(SEEN, request.scope, now)}) seen WHERE account_id = {literal(request.account_id)}"
