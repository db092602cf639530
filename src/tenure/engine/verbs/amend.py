"""``amend``: an attribute of accounts has another value from now on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError, unknown
from tenure.engine import reach
from tenure.engine.verbs.record import Record, record
from tenure.engine.verbs.rows import columns_of
from tenure.figures.scope import EVERYTHING, SEEN, Scope
from tenure.warehouse import versions
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    import duckdb

    from tenure.engine.desk import Desk

#: What of an account may be told here, besides custom attributes that are known already.
ATTRIBUTES = ("segment", "tier", "lifecycle", "region", "industry")
_CUSTOM = "custom:"


@dataclass(frozen=True)
class Amend:
    """``values``: ``(account, value)`` of the attribute ``column``, told by ``by`` in a message of that id."""

    column: str
    values: tuple[tuple[str, str | None], ...]
    by: str
    message_id: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Change:
    """What an attribute of an account was, and is from now on; null: nothing."""

    account_id: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Amended:
    """The accounts that had another value. ``at``: from when on (UTC)."""

    column: str
    message_id: str
    changes: tuple[Change, ...]
    at: datetime


def amend(desk: Desk, request: Amend) -> Amended:
    """Record a dated row for each account whose attribute has another value now.

    A row of ``account`` holds all attributes, so that the others are told again as they are; ``is_amended`` says so, and who the
    account is stays what its other rows say. Raises ``UsageError`` for an
    attribute that there is not, and for accounts that are not to be seen.
    """
    now, wanted = desk.clock(), {account: value or None for account, value in request.values}
    with reach.cursor(desk, desk.fresh(now), request.scope) as con:
        custom = versions.custom_keys(con, "account")
        known = [*ATTRIBUTES, *(_CUSTOM + name for name in custom)]
        if request.column not in known:
            raise unknown("attribute", request.column, known, listing=f"There are: {', '.join(known)}.")
        rows = _standing(con, desk, request.scope, tuple(wanted), custom, now)
    missing = wanted.keys() - {row["account_id"] for row in rows}
    if missing:
        raise UsageError(
            f"There is no account {min(missing)!r}.", code="not_found", where=min(missing),
            fix="Name accounts that you can see: rows of accounts list them.",
        )  # fmt: skip
    changes = tuple(
        Change(row["account_id"], row[request.column], value)
        for row in rows
        if (value := wanted[row["account_id"]]) != row[request.column]
    )
    if changes:
        changed = {one.account_id for one in changes}
        told = tuple(
            row | {"valid_from": now.replace(tzinfo=UTC), "is_amended": True, request.column: wanted[row["account_id"]]}
            for row in rows
            if row["account_id"] in changed
        )
        record(desk, Record("account", told, request.by, request.message_id))
    return Amended(request.column, request.message_id, changes, now.replace(tzinfo=UTC))


def _standing(
    con: duckdb.DuckDBPyConnection,
    desk: Desk,
    scope: Scope,
    accounts: tuple[str, ...],
    custom: list[str],
    now: datetime,
) -> list[dict[str, Any]]:
    """The row that stands now of each of these accounts, as far as the scope holds them, in the order of their ids."""
    columns, parts = columns_of(find("account"), custom, EVERYTHING, desk.settings)
    listed = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in parts.items())
    inside = f" AND v.account_id IN (SELECT account_id FROM {SEEN})" if scope.narrow else ""
    latest = "PARTITION BY v.account_id ORDER BY v.valid_from DESC NULLS LAST"
    found = con.execute(
        f"SELECT {listed} FROM account_version v WHERE v.{reach.CURRENT} AND list_contains(?::VARCHAR[], v.account_id) "
        f"AND coalesce(v.valid_from < ?, true){inside} QUALIFY row_number() OVER ({latest}) = 1 ORDER BY v.account_id",
        [list(accounts), now],
    ).fetchall()
    names = [column.name for column in columns]
    return [{name: _aware(value) for name, value in zip(names, row, strict=True)} for row in found]


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
