"""Charts: what is drawn, what it says in a sentence, and the same as a table.

A page makes one of these and gives it to ``kit/chart.html``. The drawing is done in the browser (``static/kit/chart.js``);
the table is there without it. Numbers are written in the reader's locale on both sides, by the same ``Scale``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

#: The same colour for the same thing everywhere: the four movements, two more series, and what a colour may mean.
Tone = Literal["new", "expansion", "contraction", "churn", "fifth", "sixth", "muted", "good", "warn", "bad"]
Values = tuple[float | None, ...]
#: What a dot of a funnel plot is: inside the limits, outside the inner ones only, or outside the outer ones, where its
#: colour says what that means.
Mark = Literal["", "noted", "outside", "good", "bad"]


@dataclass(frozen=True)
class Scale:
    """How numbers are written. ``digits`` behind the point; ``currency``: an ISO code, for ``currency`` only.

    Shares are fractions: 0.25 is written as 25 %.
    """

    style: Literal["number", "percent", "currency"] = "number"
    digits: int = 0
    currency: str = ""


@dataclass(frozen=True)
class Table:
    """What a chart shows, as text: the first cell of a row names it.

    ``links``: row by row, where each cell leads to (empty: nowhere); a click on what is drawn leads there too.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[tuple[str, ...], ...] = ()

    @property
    def linked(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The rows, each cell with where it leads to."""
        links = self.links or (("",) * len(self.columns),) * len(self.rows)
        return tuple(tuple(zip(row, of, strict=True)) for row, of in zip(self.rows, links, strict=True))


@dataclass(frozen=True)
class Flag:
    """A moment that a chart marks, under a number: at which category (counted from 0), what happened then, and who says so.

    ``link``: where the reader can change it; empty where she may not.
    """

    at: int
    number: int
    day: str
    text: str
    by: str
    link: str = ""


@dataclass(frozen=True)
class Series:
    """One line or colour of a chart. ``low`` and ``high``: the ends of each value's interval, where it has one.

    ``dashed``: a line of what is meant, not of what is.
    """

    name: str
    values: Values
    tone: Tone = "new"
    low: Values = ()
    high: Values = ()
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """What all charts have. ``says``: one sentence for whoever does not see it. ``scale``: of the values. ``flags``: what is
    to be known of its moments, drawn where the categories are periods.
    """

    kind: ClassVar[str]

    says: str
    table: Table
    scale: Scale
    flags: tuple[Flag, ...] = field(default=(), kw_only=True)

    def spec(self) -> str:
        """What the browser draws, as JSON."""
        drawn: dict[str, Any] = asdict(self)
        del drawn["says"], drawn["table"], drawn["flags"]
        if self.flags:
            drawn["flags"] = [{"at": flag.at, "number": flag.number, "text": flag.text} for flag in self.flags]
        if self.table.links:
            drawn["links"] = self.table.links
        return json.dumps({"kind": self.kind, **drawn}, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Lines(Chart):
    """Values over time, each with the band of its interval. ``from_zero``: the axis starts at zero."""

    kind = "lines"

    categories: tuple[str, ...]
    series: tuple[Series, ...]
    from_zero: bool = False


@dataclass(frozen=True)
class Estimates(Chart):
    """Values by category, each a dot with the ends of its interval; of several series, each in its colour.

    ``across``: the categories stand one below the other. ``level``: a value at which a line is drawn. ``began``: the
    category, counted from 0, before which a line parts what was before from what came after.
    """

    kind = "estimates"

    categories: tuple[str, ...]
    series: tuple[Series, ...]
    across: bool = False
    level: float | None = None
    began: int | None = None
    category_name: str = ""


@dataclass(frozen=True)
class Bars(Chart):
    """Sums by category; of several series, stacked, what is negative downwards."""

    kind = "bars"

    categories: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Step:
    """One step of a waterfall: an ``amount`` that is added, or (``level``) a level that is reached."""

    name: str
    amount: float
    tone: Tone
    level: bool = False


@dataclass(frozen=True)
class Waterfall(Chart):
    """How one level becomes another, step by step."""

    kind = "waterfall"

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Cascade(Chart):
    """How parts add up, line by line from the top, each bar beginning where the one before it ends."""

    kind = "cascade"

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class HeatMap(Chart):
    """Cohorts (rows) by age (columns); what has not happened is None. ``low``, ``high``: the ends of the colours."""

    kind = "heat"

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    values: tuple[Values, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Point:
    """One unit of a funnel plot: its size, its rate, where it lies, and whether it rests on few (``small``)."""

    name: str
    size: float
    rate: float
    mark: Mark = ""
    small: bool = False


@dataclass(frozen=True)
class Limit:
    """A pair of control limits: the rate's ``low`` and ``high`` at each of ``sizes``. The inner pair comes first."""

    name: str
    sizes: tuple[float, ...]
    low: Values
    high: Values


@dataclass(frozen=True)
class FunnelPlot(Chart):
    """Rates against sizes, with the limits inside which chance alone would keep them, and the mean of all."""

    kind = "funnel"

    points: tuple[Point, ...]
    limits: tuple[Limit, ...]
    mean: float
    mean_name: str
    size_name: str


@dataclass(frozen=True)
class Distribution(Chart):
    """How many units lie in each class of a value. ``size_name``: what is counted."""

    kind = "distribution"

    classes: tuple[str, ...]
    counts: Values
    size_name: str
    tone: Tone = "new"


@dataclass(frozen=True)
class Node:
    """A place that something flows from, through or to. ``layer``: how far along, counted from 0."""

    name: str
    layer: int
    tone: Tone = "muted"


@dataclass(frozen=True)
class Link:
    """How much flows between two nodes, by their place among the nodes."""

    source: int
    target: int
    amount: float


@dataclass(frozen=True)
class Flow(Chart):
    """What flows from where, through what, to where: bands as wide as the amounts."""

    kind = "flow"

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
