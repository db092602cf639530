"""What a delivery brings of rows that were refused before: the same rows of the same file, with other texts in some cells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.warehouse.incoming import AfterRead, Incoming, Lines
from tenure.warehouse.load.stage import stage
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.timeline import pointer

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Mended:
    """A refused row. ``id``: the failed row's; ``row``: its number in the file, from 0 (None: a line that is no row);
    ``cells``: what it is to say, by the file's column, where that is something else.
    """

    id: str
    row: int | None
    line: int
    cells: Mapping[str, str | None]


@dataclass(frozen=True)
class Mends:
    """``of``: the message of the load that refused the ``rows``. ``by`` and ``reason``: who has them brought again, and why.

    ``anew``: the file holds these rows only, made for the purpose, and ``line`` is the line in it.
    """

    of: str
    by: str
    reason: str
    rows: tuple[Mended, ...]
    anew: bool = False

    @classmethod
    def said(cls, payload: Mapping[str, Any] | None) -> Mends | None:
        """As a message of the inbox tells them (``told``)."""
        if payload is None:
            return None
        return cls(**{**payload, "rows": tuple(Mended(**row) for row in payload["rows"])})

    def told(self) -> dict[str, Any]:
        """As a message of the inbox has them."""
        return {**asdict(self), "rows": [{**asdict(row), "cells": dict(row.cells)} for row in self.rows]}


def narrowed(con: duckdb.DuckDBPyConnection, incoming: Incoming, mends: Mends, home_zone: str) -> Incoming:
    """The file's refused rows only, mended. How it writes dates and numbers is settled by all of its rows, as it was.

    A full file takes nothing back by a few of its rows.
    """
    staged, _ = stage(con, incoming, home_zone, "load_settled")
    settled = staged.incoming
    names = file_columns(con, settled)
    told = [{"nth": nth, "row": row.row, "cells": dict(row.cells)} for nth, row in enumerate(mends.rows)]
    kinds = '[{"nth": "BIGINT", "row": "BIGINT", "cells": "JSON"}]'
    edits = f"(SELECT unnest(from_json({literal(json.dumps(told, ensure_ascii=False))}, {literal(kinds)}), recursive := false) AS e)"
    edited = {name for row in mends.rows for name in row.cells}
    if not edited <= set(names):
        raise UsageError(
            f"The file has no column {min(edited - set(names))!r}.", code="unknown_column", where=incoming.file,
            fix=f"It has: {', '.join(names)}.",
        )  # fmt: skip
    cells = ", ".join(_cell(name, changed=name in edited) for name in names)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_mended AS SELECT {cells} FROM {edits} m LEFT JOIN (SELECT row_number() OVER () - 1 "
        f'AS "r:", * FROM {settled.relation}) s ON s."r:" = m.e.row ORDER BY m.e.nth'
    )
    lines = Lines(range(len(mends.rows)), [row.line for row in mends.rows])
    made = replace(
        settled,
        relation="temp.load_mended",
        mode="upsert",
        resolve=lambda *_: made,
        after_read=lambda _con: AfterRead((), lines),
    )
    return made


def file_columns(con: duckdb.DuckDBPyConnection, incoming: Incoming) -> list[str]:
    """The names of a file's columns, in order."""
    return [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {incoming.relation}").fetchall()]


def _cell(name: str, *, changed: bool) -> str:
    own = f"s.{quoted(name)}"
    if changed:
        path = pointer(name)
        own = f"CASE WHEN json_exists(m.e.cells, {path}) THEN json_extract_string(m.e.cells, {path}) ELSE {own} END"
    return f"{own} AS {quoted(name)}"
