"""How customers and their revenue grew: month by month, out of the figures that everybody reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tenure.core.period import add_months
from tenure.engine.result import Result
from tenure.portfolio.headcount import Past


def grown(show: Callable[..., Result], day: date, months: int) -> list[Past]:
    """The last months that are over, the earliest first; those before the first customer are left out.

    Who was won is what makes the number of customers come out: those of the next month, less those of this one, and more those who were lost. What
    revenue did besides what new and lost customers make is growth.
    """
    this = day.replace(day=1)
    asked: dict[str, Any] = {"start": f"{add_months(this, -months):%Y-%m}", "end": f"{this:%Y-%m}"}
    lost = {one.period_start: one for one in show("customer_churn_rate", window="period", **asked)}
    moved: dict[date, dict[str, float]] = {}
    for one in show("mrr_movements", **asked):
        kind = dict(one.slice).get("kind") or ""
        moved.setdefault(one.period_start, {})[kind] = float(one.value or 0)
    worth = {
        one.period_start: float(one.value or 0)
        for one in show("mrr", **{**asked, "start": f"{add_months(this, -months - 1):%Y-%m}"})
    }
    found = []
    for month in (add_months(this, -back) for back in range(months, 0, -1)):
        now, then = lost.get(month), lost.get(add_months(month, 1))
        if now is None or then is None or not now.denominator:
            continue
        here, gone, after = int(now.denominator), int(now.numerator or 0), int(then.denominator or 0)
        opening, moves = worth.get(add_months(month, -1), 0.0), moved.get(month, {})
        rest = sum(value for kind, value in moves.items() if kind != "new")
        found.append(Past(
            month, here, max(0, after - here + gone), gone, rest / opening if opening else 0.0, 12 * moves.get("new", 0.0),
        ))  # fmt: skip
    return found
