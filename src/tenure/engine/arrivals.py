"""Arrivals as programs and pages have them: rows are taken, and what became of the last ones is told, without the warehouse."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core import config
from tenure.core.chain import By
from tenure.core.errors import DataError, UsageError
from tenure.warehouse import arrivals
from tenure.warehouse.arrivals import DONE, REFUSED, WAITS, Arrival, Outcome, Refusal
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load import Report
from tenure.warehouse.store import literal
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.store import Store

__all__ = ["DONE", "DROPPED", "REFUSED", "ROWS", "WAITS", "Arrival", "Outcome", "Refusal", "arrived", "found", "send"]

#: Of whom arrivals are: rows that programs send, and files that are dropped.
ROWS, DROPPED = "api", "drop"
#: Rows of one sending, columns of one row, and ways in which rows may differ in what they say.
MOST_ROWS, MOST_COLUMNS, MOST_KINDS = 10_000, 500, 16
#: Refused rows whose reasons are kept with an arrival; all of them are among the failed rows.
_MOST_TOLD = 1_000
_LONGEST_NAME = 200
#: What is wrong with the warehouse or the archive, and not with what arrived.
_OF_STORE = {"damaged", "older_format", "archive_damaged", "archive_missing", "no_warehouse"}


def send(home: Path, table: str, rows: Sequence[Any], *, by: By, key: str = "", strict: bool = False) -> Arrival:
    """Take rows of a table, on disk when this returns; they are loaded in their turn (``take_rows``).

    ``rows``: texts, numbers, truth values, lists and objects by column; null is empty, and what a row does not name keeps its
    value. What is no such row is refused in its turn. ``by``: who sends them, and by which way. ``key``: names this sending for ever, within what this person sends: sent again it is the one of
    before. Raises ``UsageError`` for a table that does not exist, rows that are none (``no_rows``, ``too_many_rows``,
    ``too_many_columns``, ``uneven_rows``), and a key that named other rows (``key_reused``).
    """
    name = find(table).name
    texts = [{c: _text(value) for c, value in row.items()} if isinstance(row, Mapping) else str(row) for row in rows]
    _check(texts)
    told = json.dumps([name, strict, texts], sort_keys=True)
    said = {
        "table": name, "rows": texts, "by": by.who, "via": by.via, "request": by.request, "strict": strict, "zone": config.read(home).timezone, "count": len(rows),
        "sha256": hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest(),
    }  # fmt: skip
    with Inbox.open(home) as inbox:
        inbox.log.by = by
        called = f"{by.who}:{key}" if key else f"-{secrets.token_hex(16)}"
        taken = arrivals.take(inbox, ROWS, called, said, datetime.now(UTC))
    if taken.said["sha256"] != said["sha256"]:
        raise UsageError(
            "This key has named other rows.", code="key_reused", where=key, fix="Give every sending a key of its own.",
        )  # fmt: skip
    return taken


@contextmanager
def on_behalf(desk: Desk, arrival: Arrival) -> Iterator[None]:
    """Until the end of the block what is done is done for whoever sent an arrival, so that the audit log tells that."""
    before, said = desk.by, arrival.said
    desk.by = By(said["by"], said["via"], said["request"])
    try:
        yield
    finally:
        desk.by = before


def found(home: Path, arrival: Arrival) -> Arrival:
    """An arrival as it is now."""
    with Inbox.open(home) as inbox:
        now = arrivals.find(inbox, arrival.source, arrival.name)
    return now or arrival


def arrived(home: Path, limit: int = 50, *, of: str = "") -> list[Arrival]:
    """What arrived last, the newest first, and what became of it; ``of`` rows (``ROWS``) or files (``DROPPED``)."""
    with Inbox.open(home) as inbox:
        return arrivals.last(inbox, limit, of)


def reason(error: Exception) -> dict[str, str] | None:
    """Why what arrived cannot be loaded, ``code, message, where, fix``, where that is its own fault; None where it is the
    disk's, the warehouse's or ours, so that it waits.
    """
    import duckdb

    if isinstance(error, DataError | UsageError):
        return None if error.code in _OF_STORE else error.as_dict()
    if isinstance(error, duckdb.ProgrammingError | duckdb.DataError | duckdb.NotSupportedError):
        what = str(error).partition("\n")[0]
        return {
            "code": "unreadable",
            "message": f"This cannot be read: {what}",
            "where": "",
            "fix": "Write it plainly.",
        }
    return None


def refusals(store: Store, batches: Sequence[int]) -> list[Refusal]:
    """Why rows of some batches were refused, by row; of many the first."""
    if not batches:
        return []
    listed = ", ".join(str(batch) for batch in batches)
    rows = store.rows(
        f"SELECT file, line, column_name, reason, code FROM main.failed_row WHERE batch IN ({listed}) "
        f"AND code <> 'contradicted' ORDER BY line, column_name, code LIMIT {_MOST_TOLD}"
    )
    return [Refusal(*row) for row in rows]


def remembered(store: Store, messages: Sequence[str]) -> Outcome:
    """What the warehouse has of the files that an arrival brought before a crash."""
    listed = ", ".join(literal(name) for name in messages)
    rows = store.rows(
        "SELECT file, table_name, read, loaded, unchanged, superseded, rejected, batch FROM main.batch "
        f"WHERE message_id IN ({listed}) ORDER BY batch"
    )
    reports = [Report(*row) for row in rows]
    return Outcome.of(reports, refusals(store, [row[-1] for row in rows]))


def _check(sent: Sequence[Any]) -> None:
    rows = [row for row in sent if isinstance(row, Mapping)]
    if not sent:
        raise UsageError("There are no rows.", code="no_rows", fix="Send at least one.")
    if len(sent) > MOST_ROWS:
        raise UsageError(
            f"There are {len(sent):,} rows; {MOST_ROWS:,} may come at once.", code="too_many_rows",
            fix="Send them in parts, or as a file: tenure load",
        )  # fmt: skip
    names = set[str]().union(*rows)
    if odd := sorted(name for name in names if not name.strip() or "\0" in name or len(name) > _LONGEST_NAME):
        raise UsageError(
            f"{odd[0][:_LONGEST_NAME]!r} is no name of a column.", code="bad_column", fix="Name it by a word or two."
        )  # fmt: skip
    if len(names) > MOST_COLUMNS:
        raise UsageError(
            f"The rows name more than {MOST_COLUMNS} columns.", code="too_many_columns", fix="Send less of each."
        )
    if len({tuple(sorted(row)) for row in rows}) > MOST_KINDS:
        raise UsageError(
            f"The rows name more than {MOST_KINDS} different sets of columns.", code="uneven_rows",
            fix="Give all rows the same columns (an empty value is null), or send them apart.",
        )  # fmt: skip


def _text(value: Any) -> str | None:
    """A value of JSON as a file would have it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
