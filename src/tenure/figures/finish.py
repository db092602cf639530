"""From additive sums to figures: divide last, put the interval, say what is left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure.core import confidence
from tenure.core.confidence import UNKNOWN, Interval
from tenure.core.money import SCALE, ratio

if TYPE_CHECKING:
    from tenure.figures.compiledform import Plan
    from tenure.metrics.kinds import Factor

_PLACES = Decimal("0.000001")
#: A value is its numerator over its denominator, rounded, where it differs by less.
_ROUNDED = Fraction(1, 10**9)


@dataclass
class Sums:
    """The additive sums of one cell (a period and a slice), in the units of the plan."""

    n: int = 0
    clusters: int = 0
    num: Decimal = Decimal(0)
    den: Decimal = Decimal(0)
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0
    top: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    anonymous: int = 0
    notes: set[str] = field(default_factory=set)
    excluded: dict[str, int] = field(default_factory=dict)
    extras: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    steps: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    times: dict[str, Decimal] = field(default_factory=dict)
    alike: list[tuple[float, ...]] = field(default_factory=list)
    log_variance: float | None = None

    def add(self, row: Mapping[str, Any], plan: Plan) -> None:
        """Take in one row of the plan's sums."""
        scale = Decimal(plan.scale)
        if row.get("note"):
            self.notes.add(row["note"])
        for name in plan.extras:
            num, den = (Decimal(row[f"extra_{name}_{end}"] or 0) / scale for end in ("num", "den"))
            before = self.extras.get(name, (Decimal(0), Decimal(0)))
            self.extras[name] = (before[0] + num, before[1] + den)
        if plan.kind == "ratio":
            self.open += Decimal(row.get("open") or 0) / scale
        if row["excluded"] is not None:
            if row["excluded"]:  # without a reason the row only serves what is shown beside
                self.excluded[row["excluded"]] = self.excluded.get(row["excluded"], 0) + int(row["n"])
            return
        self.n += int(row["n"])
        if plan.kind == "total":
            self.value += Decimal(row["value"] or 0) / scale
            return
        if plan.model:
            told = (*(row[f"of_{name}"] for name in plan.of), row["worth"] / plan.scale, row["many"] / plan.scale)
            self.alike.append(tuple(float(value) for value in told))
            return
        num, den = Decimal(row["num"] or 0) / scale, Decimal(row["den"] or 0) / scale / plan.den_parts
        if plan.kind == "cases":  # a cell has one such row
            self.num, self.den = num, den
            names = ("middle", "most", "low", "high", *plan.kept)
            self.times = {name: Decimal(row[name]) for name in names if row[name] is not None}
            self.times |= {name: Decimal(row[name] or 0) / scale for name in ("waited", "gone")}
            return
        self.num, self.den = self.num + num, self.den + den
        self.clusters += int(row["clusters"])
        self.anonymous += int(row.get("anonymous") or 0)
        self.top = max(self.top, Decimal(row.get("top") or 0) / scale)
        square = float(plan.scale) ** 2
        self.xx += (row.get("xx") or 0) / square
        self.yy += (row.get("yy") or 0) / square / plan.den_parts**2
        self.xy += (row.get("xy") or 0) / square / plan.den_parts
        if plan.stepped:
            self.steps.append((num, den))

    def join(self, other: Sums) -> None:
        """Take in another cell's sums, of a ratio."""
        for name in ("n", "clusters", "num", "den", "xx", "yy", "xy", "open", "anonymous"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.top = max(self.top, other.top)
        self.notes |= other.notes
        for reason, count in other.excluded.items():
            self.excluded[reason] = self.excluded.get(reason, 0) + count


@dataclass(frozen=True)
class Finished:
    """A cell's numbers, ready to become a figure: exact value, parts and interval."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    interval: Interval
    bounds: tuple[Decimal, Decimal] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def finish(plan: Plan, sums: Sums, values: tuple[list[float], list[float]] | None) -> Finished:
    """The numbers of one cell. ``values``: its single numerators and denominators where the bootstrap needs them."""
    if plan.judged and not sums.n:
        return Finished(None, None, None, UNKNOWN)
    if plan.kind == "total":
        total = sums.value / (SCALE if plan.unit == "money" else plan.den_parts)
        interval = confidence.poisson_exact(int(sums.value)) if plan.spread == "poisson" else UNKNOWN
        return Finished(plain(total), plain(total), None, _printed(interval, 1))
    if plan.model:
        from tenure.figures.models import modelled  # fitting needs SciPy, which takes long to import

        return modelled(plan, sums)
    if plan.kind == "cases":
        return _waited(plan, sums)
    factor = 100 if plan.unit == "points" else 1
    value = _stepped(plan, sums) if plan.stepped else ratio(sums.num * factor, sums.den)
    reach: float = factor
    if value is not None and plan.money_num and not plan.money_den:
        value, reach = value / SCALE, 1 / SCALE
    return Finished(
        None if value is None else plain(value),
        plain(sums.num / SCALE if plan.money_num else sums.num),
        plain(sums.den / SCALE if plan.money_den else in_whole(sums.den, plan)),
        UNKNOWN if value is None else _printed(_interval(plan, sums, values, float(value)), reach),
        _bounds(plan, sums),
        _extra(plan, sums),
    )


def product(plan: Plan, factors: Mapping[str, Finished | None]) -> Finished:
    """The product of a plan's factors. Its interval: by square and add on the logarithms, as if they were independent."""
    extra = {name: None if done is None else done.value for name, done in factors.items()}
    value, parts = Fraction(plan.times), []
    for name, done in factors.items():
        ends = _powered(plan.factors[name], done)
        if ends is None:
            return Finished(None, None, None, UNKNOWN, None, extra)
        parts.append(ends)
        value = value * ends[0]
    low, high = (_reach(float(value), [(float(own), ends[at]) for own, *ends in parts], at) for at in (0, 1))
    shown = ratio(value.numerator, value.denominator)
    return Finished(None if shown is None else plain(shown), None, None, Interval(low, high), None, extra)


def _powered(factor: Factor, done: Finished | None) -> tuple[Fraction, float | None, float | None] | None:
    """A factor's exact value and the ends of its interval after its power; None where it is undefined."""
    if done is None or done.value is None or (factor.power < 0 and not done.value):
        return None
    value = Fraction(done.value)
    if (
        done.numerator
        and done.denominator
        and abs((exactly := Fraction(done.numerator) / Fraction(done.denominator)) - value) < _ROUNDED
    ):
        value = exactly
    value = value if factor.power > 0 else 1 / value
    low, high = done.interval.low, done.interval.high
    if factor.power < 0:
        low, high = (None if not end or end < 0 else 1 / end for end in (high, low))
    if factor.most:
        value = min(value, Fraction(factor.most))
        low, high = (None if end is None else min(end, float(factor.most)) for end in (low, high))
    return value, low, high


def _reach(value: float, parts: list[tuple[float, float | None]], at: int) -> float | None:
    """An end of a product's interval from the same ends of its factors."""
    if value <= 0 or any(end is None for _own, end in parts):
        return None
    if any(not end or end < 0 for _own, end in parts):
        return 0.0
    far = math.sqrt(sum(math.log(own / end) ** 2 for own, end in parts if end))
    return value * math.exp(far if at else -far)


#: Seconds in one of the units of times.
SECONDS = {"minutes": 60, "days": 86_400}


def _waited(plan: Plan, sums: Sums) -> Finished:
    """A cell of times: the median and, beside it, by when nine of ten have ended, their mean, and how many wait."""
    unit = SECONDS[plan.unit]

    def shown(name: str) -> Decimal | None:
        found = ratio(sums.times[name], unit) if name in sums.times else None
        return None if found is None else plain(found)

    ends = Interval(*(None if end is None else float(end) for end in (shown("low"), shown("high"))))
    gone = sums.times.get("gone", Decimal(0))
    extra = {
        "p90": shown("most"),
        "mean": ratio(sums.times.get("waited", Decimal(0)), sums.num * unit),
        "open": plain(sums.den - sums.num - gone),
        **({"left": plain(gone)} if gone else {}),
        **{name: exact(float(sums.times[name])) if name in sums.times else None for name in plan.kept},
    }
    return Finished(
        shown("middle"),
        plain(sums.num),
        plain(sums.den),
        ends if sums.n > 1 else UNKNOWN,
        None,
        extra if sums.n else {},
    )


def plain(value: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    return Decimal(f"{value.normalize():f}")


def in_whole(den: Decimal, plan: Plan) -> Decimal:
    """A denominator that was added up in parts, as it is shown: with six decimals."""
    return den if plan.den_parts == 1 else den.quantize(_PLACES)


def _printed(interval: Interval, factor: float) -> Interval:
    low, high = (None if end is None else end * factor for end in (interval.low, interval.high))
    return Interval(low, high)


def _stepped(plan: Plan, sums: Sums) -> Decimal | None:
    """The product over the steps."""
    if not sums.steps or any(den == 0 for _, den in sums.steps):
        return None
    product = Decimal(1)
    for num, den in sums.steps:
        product *= (1 - num / den) if plan.complement else num / den
    return ratio(1 - product if plan.complement else product, 1)


def _interval(plan: Plan, sums: Sums, values: tuple[list[float], list[float]] | None, value: float) -> Interval:
    num, den = float(sums.num), float(sums.den)
    if plan.stepped:
        kept = 1 - value if plan.complement else value
        if sums.log_variance is None or kept <= 0:
            return UNKNOWN
        found = confidence.product_interval(kept, sums.log_variance, capped=plan.capped)
        return _lost(found) if plan.complement else found
    if plan.spread == "wilson":
        return confidence.wilson(num, den)
    if plan.spread == "nps":
        promoters, detractors = (sums.xx + num) / 2, (sums.xx - num) / 2
        found = confidence.nps_adjusted_wald(promoters, den - promoters - detractors, detractors)
        return Interval(*(None if end is None else end / 100 for end in (found.low, found.high)))
    if plan.spread == "mean":
        return confidence.mean_interval(sums.clusters, num, sums.xx)
    if values is not None:
        import numpy as np

        return confidence.ratio_bca(np.array(values[0]), np.array(values[1]))
    found = confidence.ratio_delta(sums.clusters, num, den, sums.xx, sums.yy, sums.xy)
    if not plan.capped or found.low is None or found.high is None:
        return found
    return Interval(max(found.low, 0.0), found.high) if plan.complement else Interval(found.low, min(found.high, 1.0))


def _lost(kept: Interval) -> Interval:
    """The interval of what is lost."""
    return Interval(*(None if end is None else 1 - end for end in (kept.high, kept.low)))


def _bounds(plan: Plan, sums: Sums) -> tuple[Decimal, Decimal] | None:
    """The value if all that is open is lost, and if all of it is won."""
    if not plan.bounded or not sums.open:
        return None
    base = sums.den + sums.open
    worst, best = ratio(sums.num, base), ratio(sums.num + sums.open, base)
    return None if worst is None or best is None else (worst, best)


def _extra(plan: Plan, sums: Sums) -> dict[str, Any]:
    extra: dict[str, Any] = {name: ratio(num, den) for name, (num, den) in sums.extras.items()}
    if plan.money_den and sums.den > 0:
        extra["top1_share"] = ratio(sums.top, sums.den)
    return extra


def compounded(months: Iterable[Sums], *, complement: bool) -> Sums:
    """Months under one owner as one cell: the ratios are multiplied, the base is the first month's.

    Used for the variant ``owner_months``. ``complement``: the ratios are what is lost, and what is kept is multiplied.
    The variance of the logarithm adds up over the months; where a month has steps of its own there is none.
    """
    parts = [month for month in months if month.den]
    total = Sums()
    for month in parts:
        total.steps += month.steps or [(month.num, month.den)]
        total.excluded = {k: total.excluded.get(k, 0) + v for k, v in {**total.excluded, **month.excluded}.items()}
    if not parts:
        return total
    first = parts[0]
    total.n, total.clusters, total.den, total.top = first.n, first.clusters, first.den, first.top
    product, variance = Decimal(1), 0.0
    for num, den in total.steps:
        product *= (den - num) / den if complement else num / den
    for month in parts:
        variance += _log_variance(month, complement=complement)
    total.num = round(first.den * (1 - product if complement else product), 12)  # not the noise of dividing
    total.log_variance = None if first.steps else variance
    return total


def _log_variance(month: Sums, *, complement: bool) -> float:
    """The variance of the logarithm of a month's ratio (of what it leaves), by the delta method."""
    num, den, n = float(month.num), float(month.den), month.clusters
    kept = den - num if complement else num
    if n < 2 or kept <= 0:
        return 0.0
    r = num / den
    spread = month.xx - 2 * r * month.xy + r * r * month.yy
    return max(spread, 0.0) * n / (n - 1) / kept**2


def suppress(cells: Mapping[Any, Sums], floor: int) -> set[Any]:
    """Which cells of one table must not be shown, so that no anonymous answer can be told.

    A cell with an anonymous answer and under ``floor`` respondents is hidden; then the smallest others too, until what
    the remainder of the table gives away has at least ``floor`` respondents in at least two cells.
    """
    hidden = {key for key, cell in cells.items() if cell.anonymous and cell.n < floor}
    shown = sorted(
        (key for key in cells if key not in hidden and cells[key].n), key=lambda key: (cells[key].n, str(key))
    )
    while hidden and shown and (len(hidden) == 1 or sum(cells[key].n for key in hidden) < floor):
        hidden.add(shown.pop(0))
    return hidden


def exact(value: float | None) -> Decimal | None:
    """An end of an interval as it is printed: six decimals."""
    return None if value is None else plain(Decimal(repr(value)).quantize(_PLACES))
