"""``explain``: what one number means, and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.config import in_force
from tenure.core.money import SCALE
from tenure.figures import kept
from tenure.figures.answer import answer, rows_behind
from tenure.figures.figure import Figure
from tenure.figures.finish import SECONDS, in_whole
from tenure.figures.question import factor_of
from tenure.figures.request import Asked, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import Entry

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.figures.compiledform import Plan
    from tenure.figures.question import Question


@dataclass(frozen=True)
class Explain:
    """``asked`` names one period, the last of those it spans; ``rows``: how many rows to give at most, 0 for all;
    ``scope``: whose accounts.
    """

    asked: Asked
    rows: int = 0
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Explanation:
    """What stands behind a number.

    ``rows``: dictionaries with the account, the dimensions and the columns that add up (``adds``, money as decimals);
    ``sums``: what they add up to, which is the figure's numerator and denominator; ``count``: how many there are.
    ``made_of``: the metrics that it is a product of; the rows are theirs then. ``model``: what is fitted to the rows.
    """

    entry: Entry
    settings: dict[str, object]
    figures: tuple[Figure, ...]
    sql: str
    adds: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    count: int
    sums: dict[str, Decimal]
    made_of: tuple[str, ...] = ()
    model: str = ""


def explain(desk: Desk, request: Explain) -> Explanation:
    """The definition, the settings in force, the SQL and the rows of one number."""
    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    asked = resolved(request.asked, settings, now, request.scope)
    asked = replace(asked, spans=asked.spans[-1:])
    plan = kept.plan(asked.question, found.ground, settings)
    with desk.reader(asked, plan, now) as reader:
        figures = tuple(answer(asked, reader, settings, found.held))
        rows = [] if any(f.status == "suppressed" for f in figures) else rows_behind(asked, reader, settings)
    shaped = [_shaped(plan, row) for row in rows if row["excluded"] != ""]
    counted = [row for row in shaped if row.get("excluded") is None]
    sums = {name: sum((row[name] * row["weight"] for row in counted), Decimal(0)) for name in plan.adds}
    if plan.kind == "ratio" and plan.den_parts > 1:
        of = [Decimal(row[plan.adds[1]] or 0) * row["weight"] for row in rows if row["excluded"] is None]
        sums[plan.adds[1]] = in_whole(sum(of, Decimal(0)) / plan.scale / plan.den_parts, plan)
    names = list(dict.fromkeys(name for row in shaped for name in row))
    shaped = [
        {name: row.get(name) for name in names} for row in shaped
    ]  # what is empty in one is a column all the same
    shaped.sort(key=lambda row: tuple(-abs(row[name]) for name in plan.adds))
    shown = shaped[: request.rows] if request.rows else shaped
    return Explanation(
        asked.entry,
        in_force(settings),
        figures,
        asked.moment.fill(_sql(asked.question, plan, desk, found.ground), asked.spans),
        plan.adds,
        tuple(shown),
        len(shaped),
        sums,
        tuple(dict.fromkeys(factor.metric for factor in plan.factors.values())),
        plan.model,
    )


def _shaped(plan: Plan, row: dict[str, Any]) -> dict[str, Any]:
    """A row as a person reads it: who, when, the dimensions, what adds up; money in decimals."""
    money = dict.fromkeys(plan.adds, plan.unit == "money" and plan.kind == "total")
    if plan.kind == "ratio":
        money = {plan.adds[0]: plan.money_num, plan.adds[1]: plan.money_den}
    shown: dict[str, Any] = {name: row.get(name) for name in ("account_id", "account", "at")}
    if plan.model:
        money[plan.worth] = True
    last = SECONDS[plan.unit] if plan.kind == "cases" and not plan.model else plan.den_parts
    for name, value in row.items():
        if name in plan.adds:
            parts = last if name == plan.adds[-1] else 1
            shown[name] = Decimal(value or 0) / (SCALE if money[name] else parts)
        elif name.startswith("by_"):
            shown[name.removeprefix("by_")] = value
        elif isinstance(value, str | bool) and name not in shown:
            shown[name] = value
    shown["weight"] = Decimal(row["weight"]) / plan.scale
    shown["excluded"] = row["excluded"]
    if plan.respondents and row.get("is_anonymous"):  # nothing is shown that could tell who it was
        told = {*plan.adds, *plan.by, "weight", "excluded", "is_anonymous"}
        shown = {name: value if name in told else None for name, value in shown.items()}
    return shown


def _sql(question: Question, plan: Plan, desk: Desk, ground: Any) -> str:
    """The statements of the sums (of a product: of its factors), after those of the facts they stand on."""
    parts: dict[str, str] = {}

    def place(key: Any) -> None:
        how = kept.recipe(key, ground, desk.settings)
        for needed in how.facts:
            place(needed)
        parts.setdefault(key.table, f"CREATE TEMP TABLE {key.table} AS\n{how.dated(f'({how.sql})')};")

    for key in plan.facts:
        place(key)
    asked = [factor_of(question, factor, kept.entry(factor.metric).axes) for factor in plan.factors.values()]
    statements = [kept.plan(one, ground, desk.settings).sums for one in asked] or [plan.sums]
    return "\n\n".join([*parts.values(), *(sums + ";" for sums in statements)])
