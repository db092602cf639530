"""What a reader is told of a metric of the workspace's own: its author's words, and exactly what is counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.metrics.own.definition import Definition

#: The family of a workspace's own metrics.
FAMILY = "own"


def told(d: Definition) -> str:
    """The definition as every screen shows it."""
    file = "/".join(Path(d.written.path).parts[-2:])
    origin = f"Defined by this workspace in ``{file}``."
    return "\n\n".join(
        [d.definition.strip(), f"Formula: {_formula(d)} {_rows(d)}", _whose(d), f"{_ending(d)} {origin}"]
    )


def _code(text: str) -> str:
    return f"``{' '.join(text.split())}``"


def _formula(d: Definition) -> str:
    match d.kind:
        case "share":
            return f"rows for which {_code(d.counts)} / all rows."
        case "total" if d.value:
            return f"the sum of {_code(d.value)} over the rows. A row without a value is left out (``no value``)."
        case "total":
            return "the number of rows."
    left = f" Where {_code(d.left)} comes first, it never will (Aalen-Johansen)." if d.left else ""
    return (
        f"the median (Kaplan-Meier) of the time from {_code(d.starts)} to {_code(d.until)} over the rows. Where that has not "
        f"come yet, it has taken at least so long.{left}"
    )


def _rows(d: Definition) -> str:
    which = f"for which {_code(d.where)}" if d.where else "all of them"
    return (
        f"The rows are those of the table ``{d.table.name}``, {which}; each belongs to the period of its "
        f"{_code(d.at or d.starts)}, and what lies in the future is none yet."
    )


def _whose(d: Definition) -> str:
    told_ = "Merged accounts count as their survivor, test accounts are left out."
    if not d.table.column("account_id").required:
        asks = any(column.references == "person" for column in d.table.columns)
        person = " and without a person who has one" if asks else ""
        told_ = f"Rows without an account{person} count too, in no slice of accounts. {told_}"
    return told_


def _ending(d: Definition) -> str:
    owner = f"Owner: at {_code(d.at or d.starts)}."
    match d.kind:
        case "share":
            return f"Undefined (null) without rows. Unit: share. Interval: Wilson, 95 %. {owner}"
        case "total" if d.unit == "money":
            rate = (
                "the reporting currency, at the rate of the opening"
                if "currency" in d.table.names
                else "the reporting currency"
            )
            return f"Unit: {rate}. n: accounts. No interval. {owner}"
        case "total" if d.value:
            return f"Unit: {d.unit}. n: accounts. No interval. {owner}"
        case "total":
            return f"Unit: count (rows). n: accounts. Interval: exact Poisson, 95 %. {owner}"
    return (
        "Undefined (null) as long as it has not come for half of them. Beside it: by when it has for nine of ten, the mean of "
        f"those for which it has, and how many wait. Unit: {d.unit}. Interval: Greenwood's on log(-log S), 95 %. {owner}"
    )
