"""A figure: one number with everything a reader must know to believe it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

#: The note of a figure that cannot be told from the one it is compared with.
SAME = {"before": "not different from the period before", "year": "not different from a year before"}
#: What stands beside a time and is in its unit.
TIMES = ("p90", "mean")
#: What a target puts beside a figure (``figures.attain``).
AIMED = ("target", "attainment", "to_target")
#: The note of a figure of a period that still runs.
NOT_OVER = "the period is not over"
#: The note of a time that has no median yet.
NOT_YET = "fewer than half of the cases have ended"


def asked_as(value: Any) -> str:
    """A dimension's value as a question names it: none is empty, truth is ``true``."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Figure:
    """One metric, one period, one slice: the shape in which every command, page and answer gives it.

    ``period_start``, ``period_end``: civil dates, the end exclusive. ``value`` is null where it is undefined;
    ``numerator``, ``denominator`` and ``n`` are what it was made of, ``low`` and ``high`` its 95 % interval. Money is in
    the reporting currency, shares are fractions. ``status``: ``ok``, ``small`` (rests on few cases), ``held`` (a check
    holds it) or ``suppressed`` (too few respondents to stay anonymous). ``bounds``: the value if everything still open
    turns out badly or well. ``as_of``: the moment it stands for, in UTC. ``excluded``: what does not count, by reason. ``extra``: what is shown beside it.
    """

    metric: str
    variant: str
    period_start: date
    period_end: date
    window: str
    slice: dict[str, Any]
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    low: Decimal | None
    high: Decimal | None
    unit: str
    as_of: datetime
    status: str = "ok"
    bounds: tuple[Decimal, Decimal] | None = None
    excluded: dict[str, int] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
