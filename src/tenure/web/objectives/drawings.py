"""The charts of objectives: the course of a window, and the windows before."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.kit import figure
from tenure.web.kit.charts import Chart, Estimates, Series, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.objectives.measured import Measured, Point
    from tenure.engine.objectives.told import Objective
    from tenure.web.kit.aims import Teller


def course(one: Objective, found: Measured, goal: Decimal | None, teller: Teller) -> Chart | None:
    """The window part by part, with the target; None where too little of it is over."""
    points = [each for each in found.course if each.value is not None]
    if not points or goal is None:
        return None
    names = [figure.period(each.start, each.end) for each in points]
    forecast = found.forecast
    if forecast is not None and forecast.how != "final":
        names.append(_("expected at the end"))
    values = [_real(each.value) for each in points]
    lows, highs = [_real(each.low) for each in points], [_real(each.high) for each in points]
    if forecast is not None and forecast.how != "final":
        values.append(float(forecast.value))
        lows.append(_real(forecast.low))
        highs.append(_real(forecast.high))
    rows = [
        (name, *_told(one, part, teller))
        for name, part in zip(names, zip(values, lows, highs, strict=True), strict=True)
    ]
    told = _("there by then") if found.flow else titled(one.metric)
    series = (Series(told, tuple(values), "new", tuple(lows), tuple(highs)),)
    began = len(points) if len(names) > len(points) else None
    says = _("%(name)s: last %(value)s; the target is %(target)s.") % {
        "name": one.name, "value": teller.value(one, points[-1].value), "target": teller.target(one, goal),
    }  # fmt: skip
    columns = (_("when"), told, _("95 % interval"))
    scale = figure.scale(teller.unit(one), teller.currency)
    return Estimates(says, Table(columns, tuple(rows)), scale, tuple(names), series, level=float(goal), began=began)


def past(one: Objective, points: Sequence[Point], teller: Teller) -> Chart | None:
    """The windows before, each with its interval, and the target as a line; None where nothing is known of them."""
    known = [each for each in points if each.value is not None]
    if not known or one.target is None:
        return None
    names = tuple(figure.period(each.start, each.end) for each in known)
    values, lows, highs = (tuple(_real(getattr(each, part)) for each in known) for part in ("value", "low", "high"))
    rows = tuple(
        (name, *_told(one, part, teller))
        for name, part in zip(names, zip(values, lows, highs, strict=True), strict=True)
    )
    says = _("%(metric)s in the windows before, against the target of %(target)s.") % {
        "metric": titled(one.metric), "target": teller.value(one, one.target),
    }  # fmt: skip
    columns = (_("window"), titled(one.metric), _("95 % interval"))
    series = (Series(titled(one.metric), values, "new", lows, highs),)
    scale = figure.scale(teller.unit(one), teller.currency)
    return Estimates(says, Table(columns, rows), scale, names, series, level=float(one.target))


def _told(one: Objective, part: tuple[float | None, float | None, float | None], teller: Teller) -> tuple[str, str]:
    value, low, high = (None if each is None else _exact(each) for each in part)
    return teller.value(one, value), teller.interval(one, low, high)


def _exact(value: float) -> Decimal:
    return Decimal(repr(value))


def _real(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
