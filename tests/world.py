"""A builder and a cast, so that a test reads as a story.

``World`` is a warehouse in memory, filled with canonical rows (not with metrics' inputs): what it tells goes through
the versions, facts and figures that users get. The cast: **Acme** and **Birch** are customers, **Cedar** comes later;
**Ada** and **Ben** look after them.
"""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from tenure.core.config import Settings
from tenure.core.period import instant
from tenure.figures.answer import answer, rows_behind
from tenure.figures.figure import Figure
from tenure.figures.question import Ground, meaning_of
from tenure.figures.reader import Reader, Rows
from tenure.figures.request import Asked, Request, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse import versions
from tenure.warehouse.schema import lay, quoted, widen
from tenure.warehouse.tables import all_tables

ACME, BIRCH, CEDAR = "acme", "birch", "cedar"
ADA, BEN = "ada", "ben"
LONG_AGO = datetime(1900, 1, 1)


@cache
def _empty() -> Path:
    """The file of an empty warehouse, its versions derived, to be copied: to make one would cost most of a test."""
    folder = Path(mkdtemp(prefix="world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "empty.duckdb"
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{path}' AS empty")
        lay(con, all_tables().values())
        versions.derive(con, "UTC")
        con.execute("COPY FROM DATABASE memory TO empty")
    return path


class World:
    """A company as its files would tell it.

    ``now`` is the moment at which it is looked at; times are the organisation's local days unless they are datetimes,
    which are UTC. ``settings`` are given as keyword arguments of ``Settings``.
    """

    def __init__(self, now: str = "2026-07-01", zone: str = "UTC", currency: str = "EUR", **settings: Any) -> None:
        self.settings = Settings(currency=currency, timezone=zone, **settings)
        self.now = self._instant(now)
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'; SET GLOBAL threads = 1")
        self.con.execute(f"ATTACH '{_empty()}' AS empty (READ_ONLY); COPY FROM DATABASE empty TO memory; DETACH empty")
        self._batch = 0
        self._reader: tuple[int, Reader] | None = None
        self._count = 0
        self._told: set[str] = set()

    # -- telling ---------------------------------------------------------------------------------------------------

    def add(self, table: str, *rows: dict[str, Any], known: str | None = None) -> World:
        """Rows of a canonical table, as one load. ``known``: when they were learned (default: ever since)."""
        definition = all_tables()[table]
        self._batch += 1
        self._told.add(table)
        known_at = self._instant(known) if known else LONG_AGO
        columns = [column.name for column in definition.columns]
        custom = sorted({name for row in rows for name in row if name not in columns})
        self.con.execute(
            "INSERT INTO batch (batch, table_name, columns, known_at) VALUES (?, ?, ?, ?)",
            [self._batch, table, _json_list([*columns, *(f"custom:{name}" for name in custom)]), known_at],
        )
        told: list[dict[str, Any]] = []
        for row in rows:
            self._count += 1
            values = {name: self._value(definition.column(name).type.value, row.get(name)) for name in columns}
            for name in definition.key:  # as the loader does: a key is whole
                values[name] = definition.column(name).default if values[name] is None else values[name]
            if definition.generated_key and values[definition.key[0]] is None:
                values[definition.key[0]] = f"row {self._count}"
            more = {name: row[name] for name in custom if name in row}
            values |= {"custom": _json_object(more) if more else None, "batch": self._batch, "line": self._count}
            values["known_at"] = known_at
            told.append(values)
        if rows:  # in one statement: row by row is slow
            names = [name for name in told[0] if any(values[name] is not None for values in told)]
            marks = ", ".join("(" + ", ".join("?" for _ in names) + ")" for _ in rows)
            listed = ", ".join(quoted(name) for name in names)
            self.con.execute(
                f"INSERT INTO {widen(self.con, definition, names)} ({listed}) VALUES {marks}",
                [values[name] for values in told for name in names],
            )
        return self

    def account(self, account_id: str, known: str | None = None, **more: Any) -> World:
        """An account."""
        return self.add("account", {"account_id": account_id, "name": account_id.title(), **more}, known=known)

    def pays(
        self, account_id: str, amount: float | str, start: str, end: str | None = None, *, line: str = "",
        known: str | None = None, **more: Any,
    ) -> World:  # fmt: skip
        """A subscription line: so much a month from ``start`` until ``end`` (exclusive)."""
        row = {"subscription_id": line or account_id, "account_id": account_id, "amount": amount, "started_at": start}
        return self.add("subscription", {**row, "ended_at": end, **more}, known=known)

    def owns(self, csm_id: str, account_id: str, since: str = "2000-01-01", **more: Any) -> World:
        """An assignment."""
        return self.add("assignment", {"account_id": account_id, "csm_id": csm_id, "valid_from": since, **more})

    # -- asking ----------------------------------------------------------------------------------------------------

    def reader(self) -> Reader:
        """A reader over the versions of what was told."""
        if self._reader is None or self._reader[0] != self._batch:
            versions.derive(
                self.con, self.settings.timezone, None if "retraction" in self._told else sorted(self._told)
            )
            cursor = self.con.cursor()  # with temporary tables of its own

            def run(sql: str) -> Rows:
                done = cursor.execute(sql)
                return [item[0] for item in done.description or ()], done.fetchall()

            self._reader = self._batch, Reader(run, self.ground(), self.settings)
        return self._reader[1]

    def ground(self) -> Ground:
        """What the SQL of this world stands on."""
        found = self.con.execute(
            "SELECT count(*) FROM (SELECT currency FROM subscription UNION SELECT currency FROM contract"
            " UNION SELECT currency FROM invoice UNION SELECT currency FROM opportunity) WHERE currency IS NOT NULL AND currency <> ?",
            [self.settings.currency],
        ).fetchall()
        return Ground(
            settings=meaning_of(self.settings, foreign=bool(found[0][0])),
            custom=tuple(versions.custom_keys(self.con, "account")),
            foreign=bool(found[0][0]),
        )

    def ask(self, metric: str, start: str = "", end: str = "", **more: Any) -> list[Figure]:
        """The figures of a metric; further arguments are ``scope`` and those of ``Asked``."""
        return answer(self._request(metric, start, end, **more), self.reader(), self.settings)

    def rows(self, metric: str, start: str = "", end: str = "", **more: Any) -> list[dict[str, Any]]:
        """The rows behind the figures of a metric."""
        return rows_behind(self._request(metric, start, end, **more), self.reader(), self.settings)

    def value(self, metric: str, period: str, **more: Any) -> Decimal | None:
        """The one figure's value."""
        (figure,) = self.ask(metric, period, period, **more)
        return figure.value

    def values(self, metric: str, period: str, by: str, **more: Any) -> dict[Any, Decimal | None]:
        """One period's values by one dimension."""
        return {figure.slice[by]: figure.value for figure in self.ask(metric, period, period, by=(by,), **more)}

    def _request(self, metric: str, start: str, end: str, *, scope: Scope = EVERYTHING, **more: Any) -> Request:
        return resolved(Asked(metric, start, end or start, **more), self.settings, self.now, scope)

    def _instant(self, text: str | datetime) -> datetime:
        if isinstance(text, datetime):
            return text
        if len(text) == len("2026-01-01"):
            return instant(date.fromisoformat(text), self.settings.timezone)
        return datetime.fromisoformat(text)

    def _value(self, kind: str, value: Any) -> Any:
        if kind == "time" and isinstance(value, str):
            return self._instant(value)
        return value


def _json_list(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _json_object(values: dict[str, Any]) -> str:
    return "{" + ", ".join(f'"{name}": "{value}"' for name, value in values.items()) + "}"


def day_after(text: str, days: int = 1) -> str:
    """The date so many days later."""
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
