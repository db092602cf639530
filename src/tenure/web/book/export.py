"""The list as a file: all rows of what is looked at, with its columns, as CSV or XLSX, and nothing that a spreadsheet runs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.engine.measuring import PREFIX as METRIC
from tenure.web.kit.sheet import sheet
from tenure.web.kit.table import exported as as_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine import Sight
    from tenure.web.book.looking import Looking
    from tenure.web.kit.table import Export

#: Always there, so that a file that was worked on can be loaded again.
_FIRST = ("account_id", "name")
_STEP_AT, _STEP = "next_step_at", "next_step"
#: As many accounts are asked about at once.
_AT_ONCE = 5_000
#: How numbers are shown, by the columns' types.
_SHOWN = {"money": "#,##0.00", "share": "0.0%"}


def exported(sight: Sight, at: Looking, format_: str) -> Export:
    """All accounts of what is looked at, with the chosen columns by their names, times in UTC."""
    columns = tuple(dict.fromkeys([*_FIRST, *at.of.columns]))
    if _STEP_AT in columns:
        columns = (*columns, _STEP)
    rows = list(sight.every("accounts", **at.question, order=(*at.of.order, "account_id")))
    for column, values in metrics_of(sight, at, rows).items():
        for row in rows:
            row[column] = values.get(row["account_id"])
    if _STEP in columns:
        _add_steps(sight, rows)
    name = "accounts"
    if format_ == "csv":
        return as_csv(name, columns, rows)
    shown = {each.name: _SHOWN[each.type] for each in at.columns.values() if each.type in _SHOWN}
    return sheet(name, columns, rows, shown)


def _add_steps(sight: Sight, rows: list[dict[str, Any]]) -> None:
    """What is to be done next, beside when that was noted."""
    ids = [row["account_id"] for row in rows if row[_STEP_AT]]
    texts = {
        each.account_id: each.text
        for start in range(0, len(ids), _AT_ONCE)
        for each in sight.next_steps(ids[start : start + _AT_ONCE])
    }
    for row in rows:
        row[_STEP] = texts.get(row["account_id"])


def metrics_of(sight: Sight, at: Looking, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Decimal]]:
    """The values of the metrics among the columns, by column and account."""
    slugs = tuple(name.removeprefix(METRIC) for name in at.of.columns if at.columns[name].measure)
    found: dict[str, dict[str, Decimal]] = {METRIC + slug: {} for slug in slugs}
    ids = [row["account_id"] for row in rows]
    for start in range(0, len(ids) if slugs else 0, _AT_ONCE):
        for one in sight.measured(slugs, ids[start : start + _AT_ONCE]):
            found[METRIC + one.metric] |= one.values
    return found
