"""Signals that do not go together, as a person reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.engine.verbs.disagreements import DisagreementsFound, Read

_SHARES = ("churn_risk_90", "payment_regularity", "use")


def told(found: DisagreementsFound, most: int, style: Style) -> list[str]:
    """How many there are of each kind, then those that pay most."""
    accounts = len({one.account_id for one in found.found})
    head = f"Signals that disagree: {numbers.counted(accounts, 'customer')}, {found.since} to {found.day}"
    lines = [style.bold(head), ""]
    lines += [f"{kind:32}{count:>6,}" for kind, count in found.kinds.items()]
    if not found.found:
        return lines
    shown = found.found[:most] if most else found.found
    table = Table(
        [
            Column("account"), Column("name", flexible=True, rank=2), Column("owner", flexible=True, rank=3),
            Column(f"MRR {found.currency}", right=True, rank=1), Column("looks well"), Column("does not"),
        ]
    )  # fmt: skip
    for one in shown:
        table.rows.append(
            [
                one.account_id, clean(one.name or ""), clean(one.owner_name or one.owner or ""),
                numbers.NOTHING if one.mrr is None else numbers.plain(one.mrr, 0), reading(one.good), reading(one.bad),
            ]
        )  # fmt: skip
    lines += ["", *table.lines(style)]
    if len(shown) < len(found.found):
        lines += ["", style.grey(f"{len(found.found) - len(shown)} more: --rows 0 shows all.")]
    return lines


def reading(of: Read) -> str:
    """One thing from then to now: ``use 61 % → 22 %``."""
    ends = [_value(of.what, end) for end in (of.before, of.now)]
    name = clean(of.what.replace("_90", "").replace("_", " "))
    return f"{name} {ends[1]}" if of.before == of.now else f"{name} {ends[0]} → {ends[1]}"


def _value(what: str, value: Decimal | None) -> str:
    if value is None:
        return "?"
    if what in _SHARES:
        return f"{numbers.plain(value * 100, 0)} %"
    return numbers.plain(value, 1 if what == "health" else 0)
