"""Turning a question into SQL: the only place that joins dimensions and sums.

Compiling needs Ibis, which takes a second to import; what comes out is plain text that ``kept`` stores, so that the
usual question never gets here.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import ibis
import ibis.expr.operations as ops

import tenure.figures.assigned
import tenure.figures.causes
import tenure.figures.holding
import tenure.figures.portrait
import tenure.figures.rated
import tenure.figures.renewals
import tenure.figures.target  # noqa: F401 - facts by existing
from tenure.core.errors import UsageError, unknown
from tenure.figures.compared import compared
from tenure.figures.compiledform import Plan, Recipe
from tenure.figures.lasting import measured, split
from tenure.figures.needed import needed
from tenure.figures.question import (
    DETAIL,
    DIMENSIONS,
    EACH,
    HELD,
    LAID,
    Ground,
    Question,
    column,
    factor_of,
    one_of,
    or_none,
)
from tenure.figures.scope import HOLDER, SEEN, STANDS_ON
from tenure.figures.stints import WHOLE, stint
from tenure.figures.sums import Rows, shared, sums, values
from tenure.figures.transfer import transfers
from tenure.metrics.catalogue import find, metrics
from tenure.metrics.join import beside
from tenure.metrics.kinds import Cases, Derived, FactKey, Metric, Part, Ratio, Total, kind_of
from tenure.metrics.own.defined import defined
from tenure.metrics.portfolio.identity import identity, unit_of
from tenure.metrics.world import FACTS, Periods, World, expression
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.core.config import Settings


def recipe(key: FactKey, ground: Ground, settings: Settings) -> Recipe:
    """How a fact's table is made. A dated fact gets the stint that holds at each row's ``at``."""
    metrics()  # importing them is what defines the facts
    w = World(settings, ground.custom, ground.foreign, key.detail, key.entity, key.rate, key.dating)
    rows = expression(w, key)
    stints = stint(w).get_name() if FACTS[key.fact].dated else ""
    asked_for = sorted(asked for asked in w.asked if FACTS[asked.fact].passing)
    under = [recipe(asked, ground, settings) for asked in asked_for]
    # Each after those that it stands on.
    passing = tuple(dict.fromkeys([*chain.from_iterable(each.passing for each in under), *asked_for]))
    facts = w.asked.union(*(each.facts for each in under)) - {*passing}
    tables = {*_tables([rows]), stints}.union(*(each.tables for each in under)) - {
        "",
        *(each.table for each in passing),
    }
    sql = _whole(rows, _text(rows, ground))
    own = FACTS[key.fact]
    steady = own.steady and all(FACTS[asked.fact].steady for asked in facts)
    return Recipe(
        sql,
        tuple(sorted(facts)),
        tuple(sorted(tables)),
        stints,
        own.apart,
        passing,
        steady=steady,
        timeline=own.timeline,
        apiece=own.apiece,
        compared=compared(rows),
        needed=needed(rows),
    )


def _whole(rows: ir.Table, sql: str) -> str:
    """The SQL with whole numbers as wide as they are meant to be: sums come out of engines twice as wide, or wider."""
    columns = [
        f"CAST({quoted(name)} AS BIGINT) AS {quoted(name)}" if kind.is_int64() else quoted(name)
        for name, kind in rows.schema().items()
    ]
    return f"SELECT {', '.join(columns)} FROM ({sql}) AS rows"


def published_facts(*, latest: bool = False) -> list[FactKey]:
    """Every fact that is kept for all readers: for all months, or of the month that runs only."""
    metrics()
    facts = [fact for fact in FACTS.values() if fact.latest == latest and not fact.passing]
    return sorted(FactKey(fact.name, *pair) for fact in facts for pair in (fact.kept or ((),)))


def compiled(question: Question, ground: Ground, settings: Settings) -> Plan:
    """The SQL of a question's sums. Raises ``UsageError`` for a dimension that the metric does not have."""
    built = _asked(question, ground, settings)
    if isinstance(built, Derived):
        return _derived(question, built, ground, settings)
    metric, w, part, rows, names, under = built
    scale = WHOLE if shared(set(names) - set(metric.by)) else 1
    rows, names = _narrowed(rows, names, question)
    added = sums(rows, part, names, scale)
    more: dict[str, Any] = {}
    if isinstance(part, Total):
        counted = part.unit == "count" and part.events
        more = {"order": part.order, "den_parts": part.parts, "spread": "poisson" if counted else "",
                "judged": part.judged}  # fmt: skip
    if isinstance(part, Cases):
        more = {"kept": tuple(part.kept), "model": part.model, "of": part.of, "worth": part.worth, "given": part.given}
    if isinstance(part, Ratio):
        more = {
            "spread": part.spread, "stepped": part.steps is not None, "steps": part.steps or "", "complement": part.complement,
            "respondents": part.respondents, "money_num": part.money_num, "money_den": part.money_den,
            "bounded": part.open is not None, "extras": tuple(part.extras), "den_parts": part.den_parts,
            "capped": part.capped or part.spread == "wilson",
        }  # fmt: skip
    shown = _shown(question, part)
    # Who is seen stands on these, whatever the figure itself stands on.
    owners = (STANDS_ON.table, FactKey("stint").table) if question.scoped or question.held else ()
    return Plan(
        kind=kind_of(type(part)), unit=part.unit, by=shown, where=tuple(n for n in names if n not in shown),
        sums=_text(added, ground), facts=tuple(sorted(w.asked)), tables=(*(name for name in _tables([added]) if name != LAID), *owners, *under),
        adds=_adds(part), scale=scale, **more,
    )  # fmt: skip


def _derived(question: Question, part: Derived, ground: Ground, settings: Settings) -> Plan:
    """The plan of a product: it stands on all that its factors do."""
    plans = [
        compiled(factor_of(question, factor, find(factor.metric).axes), ground, settings) for factor in part.of.values()
    ]
    return Plan(
        kind=kind_of(Derived), unit=part.unit, by=question.by, where=tuple(n for n in question.where if n not in question.by),
        sums="", facts=tuple(sorted({key for plan in plans for key in plan.facts})),
        tables=tuple(sorted({name for plan in plans for name in plan.tables})), adds=(),
        respondents=any(plan.respondents for plan in plans), factors=part.of, times=part.times, note=part.note,
    )  # fmt: skip


def _adds(part: Rows) -> tuple[str, ...]:
    """The columns of a part's rows that add up to its figure."""
    match part:
        case Ratio():
            return part.num, part.den
        case Total():
            return (part.value,)
        case Cases():
            return tuple(dict.fromkeys((*part.of, part.worth))) if part.model else (part.ended, part.lasted)


def detailed(question: Question, ground: Ground, settings: Settings, what: Literal["values", "rows", "laid"]) -> Recipe:
    """The SQL of a ratio's single numerators and denominators, of the rows behind a figure, or of these as they are laid; none of a
    product's.
    """
    built = _asked(question, ground, settings)
    if isinstance(built, Derived):
        return Recipe("", (), ())
    _, w, part, rows, names, _ = built
    if what == "laid":
        return Recipe(_text(rows, ground), tuple(sorted(w.asked)), _tables([rows]))
    found = values(rows, part, names) if what == "values" and isinstance(part, Ratio) else _behind(w, rows)
    return Recipe(_text(found, ground), tuple(sorted(w.asked)), _tables([found]))


class Built(NamedTuple):
    """A question's metric, its world, its part, the part's rows with their dimensions, the dimensions' names, and what was read when the
    rows were laid.
    """

    metric: Metric
    world: World
    part: Rows
    rows: ir.Table
    names: tuple[str, ...]
    under: tuple[str, ...] = ()


#: What was built last: a question's sums, its single values and its rows are made of the same, in whatever dialect; and so are others of
#: the same laid rows.
_last: dict[tuple[Question, Ground], Built | Derived] = {}
_MOST_BUILT = 2
_looking = Lock()


def _asked(question: Question, ground: Ground, settings: Settings) -> Built | Derived:
    """What a question's SQL is made of, with a world of the caller's own; a product, which is made of others, as it is."""
    key = question, replace(ground, dialect="")
    with _looking:
        built = _last.pop(key, None)
    if built is None:
        built = _build(question, ground, settings)
    with _looking:
        _last[key] = built
        while len(_last) > _MOST_BUILT:
            _last.pop(next(iter(_last)))
    return (
        built if isinstance(built, Derived) else built._replace(world=replace(built.world, asked={*built.world.asked}))
    )


def _build(question: Question, ground: Ground, settings: Settings) -> Built | Derived:
    if question.laid:
        return _of_laid(question, ground, settings)
    metric, w, p, part = _part(question, ground, settings)
    if isinstance(part, Derived):
        return part
    shown = _shown(question, part)
    names = tuple(dict.fromkeys((*shown, *question.where, *question.among)))
    if question.scoped:  # before dimensions are joined, which costs the more the more rows there are
        part = replace(part, rows=_in_sight(w, part.rows))
    rows = _dimensioned(w, part, metric, names)
    if isinstance(part, Total) and part.stock:
        rows = _with_transfers(w, p, rows, names)
    if question.held:
        rows, names = beside(rows, _table(HOLDER, **{column(HELD): "owners"}), ["account_id"]), (*names, HELD)
    if question.each:
        rows, names = rows.mutate(**{column(EACH): rows.account_id}), (*names, EACH)
    return Built(metric, w, part, rows, names)


def _of_laid(question: Question, ground: Ground, settings: Settings) -> Built | Derived:
    """The same of rows that were laid with more dimensions than are asked for."""
    whole = _asked(replace(question, by=question.laid, where=(), laid=()), ground, settings)
    if isinstance(whole, Derived):
        return whole
    shown = _shown(question, whole.part)
    return whole._replace(
        world=replace(whole.world, asked=set()), rows=ibis.table(whole.rows.schema(), name=LAID),
        names=tuple(dict.fromkeys((*shown, *question.where))), under=_tables([whole.rows]),
    )  # fmt: skip


def _narrowed(rows: ir.Table, names: tuple[str, ...], question: Question) -> tuple[ir.Table, tuple[str, ...]]:
    """The rows with the values that count together, and the dimensions that are left to add up by."""
    for name in question.among:
        value = rows[column(name)]
        none = value.isnull() & (ibis.literal("yes") == or_none(name))
        rows = rows.filter(value.cast("string").isin([one_of(name)]) | none)
    kept = tuple(name for name in names if name not in question.among or name in question.by)
    return rows, kept


def _part(question: Question, ground: Ground, settings: Settings) -> tuple[Metric, World, Periods, Part]:
    """A question's metric, its world and periods, and what the metric gives."""
    metric = defined(question.own, question.zone) if question.own else find(question.metric)
    w, p = _world(question, ground, settings), Periods(question.grain, question.window)
    part = metric.function(w, p, **{axis: option for axis, option in question.variant if axis in metric.own_axes})
    return metric, w, p, part


def _in_sight(w: World, rows: ir.Table) -> ir.Table:
    """The rows of accounts that are seen. A family counts as one only where all of it is seen."""
    seen = _table(SEEN)
    rows = rows.semi_join(seen, "account_id")
    if w.entity != "parent":
        return rows
    members = unit_of(w, identity(w).select("account_id", member="account_id"))
    hidden = members.anti_join(seen, members.member == seen.account_id)
    return rows.anti_join(hidden, "account_id")


def _table(name: str, **named: str) -> ir.Table:
    """A small table of the scope: ``account_id``, and its columns under other names."""
    schema = dict.fromkeys(["account_id", *named.values()], "string")
    return ibis.table(schema, name=name).select("account_id", **named)


def _shown(question: Question, part: Rows) -> tuple[str, ...]:
    """The dimensions of the output: those that a part always shows, and those asked for."""
    kinds = () if isinstance(part, Cases) else part.kinds
    return (*(name for name in kinds if name not in question.by), *question.by)


def _world(question: Question, ground: Ground, settings: Settings) -> World:
    return World(
        settings=settings,
        custom=ground.custom,
        foreign=ground.foreign,
        detail=tuple(DETAIL[name] for name in question.dimensions if name in DETAIL),
        entity=question.option("entity", "account"),
        rate=question.option("rate", "opening"),
        dating=question.option("dating", "paid_end"),
        narrow=question.scoped,
        dimensions=question.dimensions,
    )


def _text(rows: ir.Table, ground: Ground) -> str:
    return str(ibis.to_sql(rows, dialect=ground.dialect))


def _tables(expressions: list[ir.Table]) -> tuple[str, ...]:
    found = {node.name for e in expressions for node in e.op().find(ops.UnboundTable)}
    return tuple(sorted(found))


def _dimensioned(w: World, part: Rows, metric: Metric, names: tuple[str, ...]) -> ir.Table:
    """The part's rows with a column for each dimension and the weight of their owner's share."""
    rows = part.rows
    for name, value in part.usual.items() if isinstance(part, Cases) else ():
        rows = rows if name in names else rows.filter(rows[name] == value)
    if "excluded" not in rows.columns:
        rows = rows.mutate(excluded=ibis.null("string"))
    own = {name: rows[DETAIL.get(name, name)] for name in names if name in metric.by or name in DETAIL
           if DETAIL.get(name, name) in rows.columns}  # fmt: skip
    rows = rows.mutate(**{column(name): value for name, value in own.items()})
    joined = [name for name in names if name not in own]
    for name in joined:
        if name not in DIMENSIONS and name not in w.custom:
            raise _no_dimension(w, metric, name)
    lasting = part.den if isinstance(part, Ratio) and part.lasting else ""
    if not joined:
        rows = measured(rows, lasting) if lasting else rows
        return rows.mutate(weight=ibis.literal(1).cast("int64"))
    owners = shared(joined)
    s = stint(w)
    if not owners:
        s = s.filter(s.is_lead)
    s = s.select("stint_id", "account_id", "valid_from", "valid_to",
                 weight="share", **{column(n): f"custom:{n}" if n in w.custom and n not in DIMENSIONS else n
                                    for n in joined})  # fmt: skip
    if owners and "owner" not in joined:  # whose owners stand in one slice stands there once, with all their shares
        s = s.group_by([name for name in s.columns if name != "weight"]).agg(weight=s.weight.sum().cast("int64"))
    if lasting:
        rows = measured(split(rows, s.drop("stint_id")), lasting)
    elif "stint_id" in rows.columns:
        rows = beside(rows, s.drop("account_id", "valid_from", "valid_to"), ["stint_id"])
    else:
        rows = beside(rows, s.drop("stint_id"), ["account_id"], within=("at", "valid_from", "valid_to"))
    return rows.mutate(weight=rows.weight.fill_null(WHOLE) if owners else ibis.literal(1).cast("int64"))


def _no_dimension(w: World, metric: Metric, name: str) -> UsageError:
    known = {*DIMENSIONS, *metric.by, *w.custom, *DETAIL}
    if name in DETAIL:
        return UsageError(
            f"{metric.slug} has no dimension {name!r}: its rows are not about products.",
            code="unknown_dimension", fix=f"It can be sliced by {', '.join(sorted(known - set(DETAIL)))}.",
        )  # fmt: skip
    return unknown("dimension", name, known, listing=f"{metric.slug} has: {', '.join(sorted(known))}.")


def _with_transfers(w: World, p: Periods, rows: ir.Table, names: tuple[str, ...]) -> ir.Table:
    moving = tuple(name for name in names if name in DIMENSIONS or name in w.custom)
    if not moving:
        return rows
    columns = {name: column(name) for name in moving}
    moved = transfers(w, p, columns)
    moved = _in_sight(w, moved) if w.narrow else moved
    moved = moved.mutate(**{column(name): moved[DETAIL[name]] for name in names if name in DETAIL})
    missing = {name: ibis.null(rows[name].type()) for name in rows.columns if name not in moved.columns}
    moved = moved.mutate(**missing)
    if column("kind") in rows.columns:
        moved = moved.mutate(**{column("kind"): moved.kind})
    return rows.union(moved.select({name: moved[name].cast(rows[name].type()) for name in rows.columns}))


def _behind(w: World, rows: ir.Table) -> ir.Table:
    who = identity(w).select("account_id", account="name")
    return beside(rows, who, ["account_id"])
