"""What single accounts add to a figure: the sums behind it by account, before anything is divided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure.core.money import SCALE
from tenure.figures import kept
from tenure.figures.answer import filtered, look
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.figures.reader import Reader
    from tenure.figures.request import Request


def by_account(
    request: Request, plan: Plan, reader: Reader, settings: Settings, only: Collection[tuple[str, date]] | None = None
) -> list[dict[str, Any]]:
    """``account_id, period, num, den`` and the dimensions asked for (``by_...``), of a ratio or a total.

    ``num`` and ``den`` are floats in the figure's unit (money in the reporting currency; ``den`` is 1 of a total). Only rows
    that count are in them, and none of anonymous answers, which must not be told by account. An account that adds
    nothing has no row. ``only``: these accounts, each in this period (by its first day).
    """
    if only is not None and not only:
        return []
    found = reader.rows(_prepared(request, plan, reader, settings, only))
    top, bottom = _units(plan)
    for row in found:
        row["num"] = float(row["num"] or 0) * top
        row["den"] = float(row["den"] or 0) * bottom if plan.kind == "ratio" else 1.0
    return found


def lay_values(table: str, request: Request, plan: Plan, reader: Reader, settings: Settings) -> None:
    """Lay the value of every account (``account_id``, ``value``) in a temporary table of the reader's, for a request of one period; an
    account that adds nothing has none.
    """
    top, bottom = _units(plan)
    den = f"CAST(den AS DOUBLE) * {bottom!r}" if plan.kind == "ratio" else "1.0"
    value = f"CAST(round(coalesce(CAST(num AS DOUBLE), 0.0) * {top!r} / nullif({den}, 0.0), 6) AS DECIMAL(38,6))"
    sql = _prepared(request, plan, reader, settings, None)
    reader.run(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT account_id, {value} AS value FROM ({sql}) AS summed "
        f"WHERE period = DATE '{request.spans[0][0].period.start.isoformat()}'"
    )


def _prepared(
    request: Request, plan: Plan, reader: Reader, settings: Settings, only: Collection[tuple[str, date]] | None
) -> str:
    """The statement of the sums by account; all that it reads is there."""
    look(request, reader)
    how = kept.detail(request.question, reader.ground, settings, "rows")
    num, den = plan.adds[0], plan.adds[-1]
    keys = ["account_id", "period", *(quoted(f"by_{name}") for name in plan.by)]
    conditions = ["excluded IS NULL", "account_id IS NOT NULL"]
    conditions += ["NOT coalesce(is_anonymous, false)"] if plan.respondents else []
    wanted = ""
    if only is not None:  # laid in the statement: beside the rows of all accounts in all periods they are few
        pairs = ", ".join(f"({literal(account)}, DATE '{day.isoformat()}')" for account, day in only)
        wanted = f" JOIN (VALUES {pairs}) AS wanted (account_id, period) USING (account_id, period)"
    sql = (
        f"SELECT {', '.join(keys)}, sum({quoted(num)}) AS num, sum({quoted(den)}) AS den "
        f"FROM ({filtered(how.sql, request, request.spans)}) AS counted{wanted} WHERE {' AND '.join(conditions)} "
        f"GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}"
    )
    reader.prepare(how.facts, sql, request.spans, request.moment)
    return sql


def _units(plan: Plan) -> tuple[float, float]:
    """What the stored sums of numerator and denominator are to be multiplied with."""
    if plan.kind == "total":
        return 1 / (float(SCALE) if plan.unit == "money" else plan.den_parts), 1.0
    top = 100.0 if plan.unit == "points" else 1 / float(SCALE) if plan.money_num else 1.0
    return top, (1 / float(SCALE) if plan.money_den else 1.0) / plan.den_parts
