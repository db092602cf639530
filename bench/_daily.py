"""The simulated company's exports, day by day: what each day's files would have brought.

A table of events brings what happened on the day. A table of state brings the rows that the day changed, with what was
known then (``Column.learned``); accounts come whole each day, as CRMs export them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenure.sources.demo import simulate
from tenure.warehouse.table import Table
from tenure.warehouse.tables import all_tables

#: Exported whole every day.
WHOLE = ("account",)
#: Not told of: attributes that others make, and what is set once.
_ONCE = {"target", "reported_figure", "judgement"}
#: Lines that are told with what they belong to.
_LINES = {"invoice_line": "invoice", "opportunity_line": "opportunity", "credit": "opportunity"}
Row = dict[str, Any]


@dataclass
class File:
    """A day's export of a table: its columns and rows. ``text``: written in place of them, where that is set."""

    table: str
    columns: list[str]
    rows: list[Row]
    text: str = ""

    def written(self) -> str:
        """The file's text."""
        if self.text:
            return self.text
        out = io.StringIO()
        writer = csv.DictWriter(out, self.columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows({name: _told(value) for name, value in row.items()} for row in self.rows)
        return out.getvalue()

    def write(self, folder: Path) -> Path:
        """The file, written."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.table}.csv"
        path.write_text(self.written(), "utf-8")
        return path


@dataclass
class Company:
    """What is known of the company, and when."""

    today: date
    tables: dict[str, list[Row]] = field(default_factory=dict)
    _since_of: dict[str, dict[str, datetime | None]] = field(default_factory=dict)
    _lines_of: dict[str, list[Row]] = field(default_factory=dict)
    _signed_at: dict[tuple[str, date], datetime | None] = field(default_factory=dict)

    def until(self, day: date) -> dict[str, File]:
        """All that was known before a day began, as the first export."""
        end = _begins(day)
        known = {name: self._known(name, rows, end) for name, rows in self.tables.items()}
        return {name: _file(name, rows) for name, rows in known.items() if rows}

    def of(self, day: date) -> dict[str, File]:
        """What a day brought."""
        begin, end = _begins(day), _begins(day + timedelta(days=1))
        files = {}
        for name, rows in self.tables.items():
            table = all_tables()[name]
            if name in _ONCE or not (table.known or name in (*WHOLE, *_LINES, "exchange_rate")):
                continue
            changed = rows if name in WHOLE else [row for row in rows if self._changed(table, row, begin, end)]
            known = self._known(name, changed, end)
            if known:
                files[name] = _file(name, known)
        return files

    def _changed(self, table: Table, row: Row, begin: datetime, end: datetime) -> bool:
        moments = [self._since(table, row), *(at for _, at in _learned(table, row))]
        if table.name == "contract":  # it is written anew when what was sold changes
            moments += [_moment(line["started_at"]) for line in self._lines().get(row["contract_id"], ())]
        return any(at is not None and begin <= at < end for at in moments)

    def _known(self, name: str, rows: list[Row], end: datetime) -> list[Row]:
        """The rows known before a moment, without what was learned later."""
        table, found = all_tables()[name], []
        for row in rows:
            known = self._since(table, row)
            if known is None or known < end:
                later = {column for column, at in _learned(table, row) if at is not None and at >= end}
                told = {c: table.column(c).before if c in later else value for c, value in row.items()}
                if name == "contract":
                    told["value"] = self._worth(row, end)
                begins = _moment(row["created_at"]) if name == "account" else None
                if begins and begins >= end:
                    told["created_at"] = None
                found.append(told)
        return found

    def _since(self, table: Table, row: Row) -> datetime | None:
        """From when on a row is known; None for always."""
        if table.name in _LINES:
            return self._owners(_LINES[table.name]).get(row[f"{_LINES[table.name]}_id"])
        if table.name in ("contract", "subscription"):  # signed, and entered, when the one before was decided
            signed = self._signed().get((row["contract_id"], row["started_at"]))
            return min(at for at in (signed, _moment(row["started_at"])) if at)
        if table.name == "account":  # in the CRM as soon as somebody hopes to sell it something
            hoped = self._hopes().get(row["account_id"])
            return min((at for at in (hoped, _moment(row["created_at"])) if at), default=None)
        return _moment(row.get("date" if table.name == "exchange_rate" else table.known or ""))

    def _hopes(self) -> dict[str, datetime | None]:
        """When the first opportunity with each account was written down."""
        if "hopes" not in self._since_of:
            rows = sorted(self.tables["opportunity"], key=lambda row: str(_moment(row["created_at"])), reverse=True)
            self._since_of["hopes"] = {row["account_id"]: _moment(row["created_at"]) for row in rows}
        return self._since_of["hopes"]

    def _lines(self) -> dict[str, list[Row]]:
        """The lines of each contract."""
        if not self._lines_of:
            for line in self.tables["subscription"]:
                self._lines_of.setdefault(line["contract_id"], []).append(line)
        return self._lines_of

    def _worth(self, contract: Row, end: datetime) -> Decimal:
        """What a contract was worth in a year by the lines that had begun before a moment; as it is told where they say less."""
        lines = self._lines().get(contract["contract_id"], [])
        value, now = Decimal(contract["value"]), _yearly(lines)
        begun = [line for line in lines if (at := _moment(line["started_at"])) and at < end]
        return _yearly(begun) if begun and len(begun) < len(lines) and now == value else value

    def _signed(self) -> dict[tuple[str, date], datetime | None]:
        """When the contracts that follow another, and the lines that begin with them, were signed: by contract and beginning."""
        if not self._signed_at:
            rows = self.tables["contract"]
            begins = {row["contract_id"]: row["started_at"] for row in rows}
            self._signed_at = {
                (row["successor_id"], begins[row["successor_id"]]): _moment(row["decided_at"])
                for row in rows
                if row["successor_id"]
            }
        return self._signed_at

    def _owners(self, name: str) -> dict[str, datetime | None]:
        if name not in self._since_of:
            table = all_tables()[name]
            self._since_of[name] = {row[f"{name}_id"]: self._since(table, row) for row in self.tables[name]}
        return self._since_of[name]


def company(accounts: int, months: int, today: date, seed: int = 7) -> Company:
    """The company as of ``today``."""
    made = simulate(accounts, months, today=today, seed=seed)
    return Company(today, {name: table.to_pylist() for name, table in made.tables.items()})


def _yearly(lines: list[Row]) -> Decimal:
    """What lines come to in a year after discount: of each subscription the last of its rows."""
    last = {line["subscription_id"]: line for line in sorted(lines, key=lambda line: line["started_at"])}
    times = {"month": 12, "quarter": 4, "year": 1}
    total = sum(
        (line["amount"] or line["unit_amount"] * line["quantity"]) * times[line["interval"]]
        * (1 - (line["discount_share"] or Decimal(0)))
        for line in last.values()
    )  # fmt: skip
    return round(Decimal(total), 2)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return _begins(value) if isinstance(value, date) else None


def _learned(table: Table, row: Row) -> Iterator[tuple[str, datetime | None]]:
    """The columns that are learned later than the row, and when."""
    for column in table.columns:
        if column.learned and column.name in row:
            yield column.name, next((at for name in column.learned if (at := _moment(row.get(name)))), None)


def _file(name: str, rows: list[Row]) -> File:
    columns = list(rows[0]) if rows else [*all_tables()[name].key]
    return File(name, columns, [dict(row) for row in rows])


def _told(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return json.dumps(value) if isinstance(value, list | Mapping) else value
