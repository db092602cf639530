"""How long it takes: the curve of who still waits, from counts by length, and the times at which it falls to a half and more.

Kaplan-Meier (1958) with Greenwood's variance on log(-log S); where something else may come first, the cumulative incidence
of Aalen and Johansen (1978) with its variance (Marubini and Valsecchi 1995, eq. 10.12), on log(-log F). All of it are
running sums over the lengths of one cell, worked out where the rows lie, so that a million cases come back as one row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.kinds import Cases

if TYPE_CHECKING:
    import ibis.expr.types as ir

_Z = 1.959963984540054
#: A curve that reaches a half does so for whoever adds its steps in floating point, too.
_CLOSE = 1e-9
#: What part of the cases has happened by the time shown.
HALF, MOST = 0.5, 0.9


def sums(rows: ir.Table, part: Cases, keys: list[str], scale: int) -> ir.Table:
    """One row for each cell (``keys``, of which ``excluded`` is one): ``n`` cases, ``num`` that ended, ``gone`` that left and ``den`` of all
    (both by weight), ``waited`` (the seconds of those that ended, by weight), and ``middle``, ``most``, ``low``, ``high``: the seconds at
    which a half and nine tenths have ended and the interval of the former; null where they are not reached.
    """
    lengths = _by_length(rows, part, keys)
    curve = (_incidence if part.left else _survival)(_at_risk(lengths, keys, scale), keys)
    kept = {name: _kept(curve, seconds) for name, seconds in part.kept.items()}
    return curve.group_by(keys).agg(
        **kept,
        n=curve.cases.sum(),
        num=curve.num.sum(),
        gone=curve.gone.sum(),
        den=curve.den.sum(),
        waited=(curve.lasted.cast("decimal(38, 0)") * curve.num.cast("decimal(38, 0)")).sum(),
        middle=curve.lasted.min(where=curve.happened >= HALF - _CLOSE),
        most=curve.lasted.min(where=curve.happened >= MOST - _CLOSE),
        low=curve.lasted.min(where=curve.at_most >= HALF - _CLOSE),
        high=curve.lasted.min(where=curve.at_least >= HALF - _CLOSE),
    )


def _kept(curve: ir.Table, seconds: int) -> ir.FloatingValue:
    """The share that has not happened by then; null where nobody was followed so long and some had not happened."""
    happened = curve.happened.max(where=curve.lasted <= seconds).fill_null(0.0)
    return ((curve.lasted.max() >= seconds) | (happened > 1 - _CLOSE)).ifelse(1 - happened, None)


def _by_length(rows: ir.Table, part: Cases, keys: list[str]) -> ir.Table:
    """The cases of each length: how many, and by weight those that ended, left, and all."""
    left = rows[part.left] if part.left else ibis.literal(0).cast("int64")
    rows = rows.mutate(lasted=rows[part.lasted], ended_w=rows[part.ended] * rows.weight, left_w=left * rows.weight)
    return rows.group_by([*keys, "lasted"]).agg(
        cases=rows.count(), num=rows.ended_w.sum(), gone=rows.left_w.sum(), den=rows.weight.sum()
    )


def _at_risk(t: ir.Table, keys: list[str], scale: int) -> ir.Table:
    """With ``d`` ended, ``o`` out for either reason and ``r`` still waiting just before each length, in cases."""
    so_far = t.den.sum().over(_running(keys))
    whole = t.den.sum().over(ibis.window(group_by=keys))
    one = ibis.literal(float(scale))
    return t.mutate(
        d=t.num.cast("float64") / one,
        o=(t.num + t.gone).cast("float64") / one,
        r=(whole - so_far + t.den).cast("float64") / one,
    )


def _running(keys: list[str]) -> ibis.expr.builders.WindowBuilder:
    return ibis.window(group_by=keys, order_by="lasted", preceding=None, following=0)


def _still(t: ir.Table, keys: list[str]) -> ir.Table:
    """With ``still``, the part that is not out at each length, and Greenwood's ``greenwood``."""
    some = t.o < t.r
    rest = some.ifelse(t.r - t.o, 1.0)
    t = t.mutate(
        log=some.ifelse((rest / t.r).ln(), 0.0),
        over=some.ifelse(0, 1),
        spread=some.ifelse(t.o / (t.r * rest), 0.0),
    )
    running = _running(keys)
    t = t.mutate(
        logs=t.log.sum().over(running), ends=t.over.max().over(running), greenwood=t.spread.sum().over(running)
    )
    return t.mutate(still=(t.ends == 1).ifelse(0.0, t.logs.exp()))


def _survival(t: ir.Table, keys: list[str]) -> ir.Table:
    """Kaplan-Meier: the part for which it has ``happened`` at each length, and the ends of its interval."""
    t = _still(t, keys)
    inside = (t.still > 0) & (t.logs < 0)
    log = inside.ifelse(t.logs, -1.0)
    power = (t.greenwood.sqrt() * _Z / -log).exp()
    return t.mutate(
        happened=1 - t.still,
        at_most=inside.ifelse(1 - (log * power).exp(), 1 - t.still),
        at_least=inside.ifelse(1 - (log / power).exp(), 0.0),
    )


def _incidence(t: ir.Table, keys: list[str]) -> ir.Table:
    """Aalen-Johansen: the same of what happened before something else came first."""
    t = _still(t, keys)
    t = t.mutate(before=ibis.coalesce(t.still.lag().over(ibis.window(group_by=keys, order_by="lasted")), 1.0))
    running = _running(keys)
    t = t.mutate(step=t.before * t.d / t.r)
    t = t.mutate(f=t.step.sum().over(running))
    sums = {
        "b": t.f * t.spread,
        "c": t.f * t.f * t.spread,
        "own": t.before * t.before * t.d * (t.r - t.d) / (t.r * t.r * t.r),
        "e": t.step / t.r,
        "h": t.f * t.step / t.r,
    }
    t = t.mutate(**{name: value.sum().over(running) for name, value in sums.items()})
    variance = t.f * t.f * t.greenwood - 2 * t.f * t.b + t.c + t.own - 2 * (t.f * t.e - t.h)
    inside = (t.f > 0) & (t.f < 1 - _CLOSE)
    log = inside.ifelse(t.f, 0.5).ln()
    reach = ibis.greatest(variance, 0.0).sqrt() * _Z / (inside.ifelse(t.f, 0.5) * -log)
    power = reach.exp()
    return t.mutate(
        happened=t.f,
        at_most=inside.ifelse((log / power).exp(), t.f),
        at_least=inside.ifelse((log * power).exp(), 0.0),
    )
