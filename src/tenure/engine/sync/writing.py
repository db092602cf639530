"""What Tenure found out, written into the fields of a vendor's accounts: health, risk, owner.

Only what differs from what was written last is written, and only to accounts that the source brought. What was written is kept
beside the source's file, account by account as the vendor took it, so that whatever is cut off is done again and changes nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from tenure.engine.sync.configured import WRITTEN, Configured
from tenure.engine.sync.means import Means
from tenure.engine.sync.pull import held, opened
from tenure.engine.verbs.rows import Rows
from tenure.figures.listing import MOST, Query
from tenure.sources.api import Told, find
from tenure.sources.fetching.pulled import FOLDER, Pulled

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS told (id TEXT PRIMARY KEY, fields TEXT NOT NULL, refused TEXT NOT NULL) WITHOUT ROWID"
)
#: Digits behind the point with which a value is written: a change that nobody sees is none.
_DIGITS = {"health": 1, "risk": 4}


@dataclass
class Wrote:
    """``written``: accounts whose fields were set; ``refused``: why not, by account."""

    source: str
    written: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def write(home: Path, source: Configured, means: Means, call: Callable[[str, Any], Any]) -> Wrote:
    """Write what changed since it was written last; nothing where nothing is to be written. Raises ``TenureError`` where the
    vendor cannot be reached: what it took is kept.
    """
    done = Wrote(source.name)
    if not source.write:
        return done
    writing = find(source.kind).writing
    assert writing is not None, "a source that is told what to write can be written to"
    with held(home, source.name):
        with Pulled.open(home, source.name) as pulled:
            theirs = set(pulled.ids(writing.stream))
        with closing(_kept(home, source.name)) as con, opened(home, source, means) as session:
            changed = _changed(con, source, theirs, call)
            while some := tuple(islice(changed, writing.most)):
                refused = writing.write(session, some)
                con.executemany(
                    "INSERT OR REPLACE INTO told VALUES (?, ?, ?)",
                    [(one.id, json.dumps(one.fields), refused.get(one.id, "")) for one in some],
                )
                done.written += len(some) - len(refused)
                done.refused |= refused
    return done


def _kept(home: Path, name: str) -> sqlite3.Connection:
    con = sqlite3.connect(home / FOLDER / f"{name}.told.db", timeout=10, isolation_level=None)
    con.execute("PRAGMA synchronous = FULL")
    con.execute(_SCHEMA)
    return con


def _changed(
    con: sqlite3.Connection, source: Configured, theirs: set[str], call: Callable[[str, Any], Any]
) -> Iterator[Told]:
    """The accounts that are to be told anew. One that was refused is told again when its values are others."""
    last: dict[str, str] = dict(con.execute("SELECT id, fields FROM told").fetchall())
    columns = ("account_id", *(WRITTEN[name] for name in source.write))
    offset, total = 0, 1
    while offset < total:
        page = call("rows", Rows("accounts", Query(columns, order=("account_id",), offset=offset, limit=MOST)))
        offset, total = offset + MOST, page.total
        for row in page.rows:
            fields = _fields(source.write, row)
            known = last.get(row["account_id"])
            new = any(value is not None for value in fields.values()) if known is None else known != json.dumps(fields)
            if row["account_id"] in theirs and new:
                yield Told(row["account_id"], fields)


def _fields(wanted: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an account by the vendor's fields, as JSON has them."""
    return {own: _plain(name, row[WRITTEN[name]]) for name, own in wanted.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Decimal | float):
        return round(float(value), _DIGITS.get(name, 4))
    return value
