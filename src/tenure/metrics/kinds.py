"""What a metric gives: additive rows, never a finished number.

A metric is a function ``slug(w, p, axis="default", ...)`` in a file of its name. ``w`` is the world as known (lazy
tables), ``p`` the periods asked for, each further parameter an axis of variants whose options are its ``Literal`` type,
the default first. It returns one of the kinds below. Rows are lazy tables; each row carries

* ``account_id`` (null where there is none) and ``period`` (the period's first day),
* ``at``: the instant whose dimensions count (the opening for cohorts, the event for flows),
* the columns that the kind names, and
* optionally ``excluded``: why the row does not count (text; null for the rows that do).

Slicing, dividing and intervals happen later, once, in ``tenure.figures``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_type_hints

if TYPE_CHECKING:
    import ibis.expr.types as ir

Unit = Literal["share", "points", "money", "count", "score", "minutes", "days"]
Spread = Literal["wilson", "ratio", "nps", "mean"]
Window = Literal["period", "3m", "6m", "12m"]
#: Which way of a value is the good one; empty where neither is in itself.
Better = Literal["more", "less", ""]

#: The table of the accounts in sight, by ``account_id``, which is there where a question is narrowed to them.
IN_SIGHT = "seen"
#: Axes that any metric may opt into; they are applied by the world and by slicing, not by the metric.
SHARED_AXES: dict[str, tuple[str, ...]] = {
    "entity": ("account", "parent"),
    "rate": ("opening", "budget_rate"),
    "ownership": ("owner_at_start", "owner_months"),
    "dating": ("paid_end", "request_day"),
}
_COMPOUNDED = "owner_months"


@dataclass(frozen=True)
class Ratio:
    """A ratio of sums: ``sum(num) / sum(den)``.

    ``num`` and ``den`` name columns of ``rows``; money columns are integers of a ten-thousandth, and so cancel out.
    ``spread`` says how the interval is made: ``wilson`` for shares of independent rows, ``nps`` for rows of -1, 0, 1,
    ``mean`` for means of scores, ``ratio`` (bootstrap or delta method over accounts) for everything else.
    ``open`` names a 0/1 column of rows whose outcome is still out: they are in neither sum and give the bounds.
    ``steps`` names a column: the ratio is taken for each of its values and compounded. ``complement`` marks a share that
    is lost: compounded (over steps, or over an owner's months) it is one minus the product of one minus the ratios. ``respondents`` marks answers of people, to which the
    anonymity floor applies (rows then carry ``is_anonymous``). ``clustered`` says that an account may have several rows.
    ``money_num``, ``money_den``: the sums are money. ``note`` names a text column that says how a row was come by.
    ``extras``: further ratios shown beside it, name to (numerator, denominator), over all rows, excluded ones too;
    rows whose ``excluded`` is an empty text serve only these and are counted nowhere.
    ``lasting``: rows hold from ``at`` to ``until`` (instants) within ``[opens, closes)``, of which ``den`` is the
    measure: a row's part of it, and in slices the part that lies in each, is worked out by time; n counts accounts.
    ``den_parts``: how many of ``den`` make one. ``kinds``: dimensions that are always shown, as the ratio is one of each.
    ``capped``: of no unit more than all is kept (or less than nothing lost), so that no interval passes that either; with
    ``wilson`` it is so anyhow.
    """

    rows: ir.Table
    num: str
    den: str
    unit: Unit = "share"
    spread: Spread = "ratio"
    open: str | None = None
    steps: str | None = None
    complement: bool = False
    clustered: bool = False
    respondents: bool = False
    money_num: bool = False
    money_den: bool = False
    note: str | None = None
    extras: dict[str, tuple[str, str]] = field(default_factory=dict)
    lasting: bool = False
    den_parts: int = 1
    kinds: tuple[str, ...] = ()
    capped: bool = False


@dataclass(frozen=True)
class Total:
    """A sum: ``sum(value)``, of one column.

    Money is in integers of a ten-thousandth of the reporting currency. ``kinds``: dimensions that are always shown
    (``mrr_movements`` gives a row per ``kind``), ``order``: their values as they are to be read. ``stock`` says that the rows move the book's level, which moves between slices as
    ``transfer_in`` and ``transfer_out``. ``note`` names a text column that says how a row was come by. ``parts``: how many of
    ``value`` make one, other than of money. ``events``: where the unit is count, whether events are counted, one a row,
    so that chance is Poisson's. ``single``: an account has one row a period at most (and product or plan), so that rows are accounts.
    ``judged``: rows are what somebody or something judged, so that without any nothing is known, and the sum is not 0.
    """

    rows: ir.Table
    value: str
    unit: Unit = "money"
    kinds: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    stock: bool = False
    note: str | None = None
    parts: int = 1
    events: bool = True
    single: bool = False
    judged: bool = False


@dataclass(frozen=True)
class Cases:
    """Things of which each takes its time until it has happened: the median of the times, open cases included.

    ``lasted`` names a column of whole seconds: from a case's beginning to its end, or as long as it has lasted so far.
    ``ended`` names a 0/1 column: it has happened (Kaplan-Meier: whoever still waits has waited at least so long).
    ``left`` names another one: something else came first, after which it cannot happen any more (Aalen-Johansen: such
    a case stays in the base and never ends). ``unit``: what the seconds are shown in. ``kept``: shares shown beside it,
    name to seconds: of cases that have not ended by then. ``usual``: the value of a dimension of its own that is meant where
    the dimension is not asked for.

    ``model``: the value is instead what a model makes of the cases (``tenure.figures.models``), from the columns ``of``, whole
    numbers by which they are counted, and the sums of ``worth``, money; ``given``: what it is told besides.
    """

    rows: ir.Table
    lasted: str = "lasted"
    ended: str = "ended"
    left: str | None = None
    unit: Literal["minutes", "days", "money"] = "days"
    kept: dict[str, int] = field(default_factory=dict)
    usual: dict[str, str] = field(default_factory=dict)
    model: Literal["", "sbg", "bgnbd"] = ""
    of: tuple[str, ...] = ()
    worth: str = ""
    given: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Factor:
    """A figure that another is made of: that of ``metric``, asked for the same periods, slices and accounts.

    ``variant``: its options where they are not those of the question or the default. ``power``: 1, or -1 to divide by
    it. ``most``: not more of it than this, after the power. ``window``: another than is asked. ``months_before``: of so
    many whole months before the one in which the period closes, taken together.
    """

    metric: str
    variant: tuple[str, ...] = ()
    power: int = 1
    most: str = ""
    window: str = ""
    months_before: int = 0


@dataclass(frozen=True)
class Derived:
    """A product of other metrics' figures, and of ``times``. Undefined where one of them is, or is divided by and 0.

    ``of``: by the names under which they are shown beside it. ``note``: what is to be known of it.
    """

    of: dict[str, Factor]
    unit: Unit = "share"
    times: str = "1"
    note: str = ""


Part = Ratio | Total | Cases | Derived


@dataclass(frozen=True)
class Entry:
    """A metric's entry in the catalogue: what a reader must know of it, without its code.

    ``axes``: its variants, the options of each axis with the default first; ``own_axes`` are those its function takes.
    ``by``: the dimensions that are its own. ``window``: its default. ``better``: the good way for its value to go.
    ``counted``: its value is a share of things, of each of which something is so or not; ``uncounted``: the options
    under which it is something else. ``level``: it tells how things stand at a period's close, and does not add up over time.
    """

    slug: str
    family: str
    definition: str
    axes: dict[str, tuple[str, ...]]
    own_axes: tuple[str, ...]
    window: str
    kind: str
    by: tuple[str, ...]
    unit: str
    better: Better
    counted: bool
    uncounted: tuple[str, ...]
    level: bool

    def counts(self, options: Iterable[str] = ()) -> bool:
        """Whether its value is a share of counted things under these options, the others being the default ones."""
        return self.counted and {*self.uncounted, _COMPOUNDED}.isdisjoint(options)

    @property
    def summary(self) -> str:
        """The definition's first sentence."""
        return self.definition.split("\n\n")[0].replace("\n", " ")


@dataclass(frozen=True)
class Metric(Entry):
    """An entry with its function."""

    function: Callable[..., Part]


@dataclass(frozen=True, order=True)
class FactKey:
    """One materialised table: a fact, for a grain and window (empty where it has none), in a kind of world."""

    fact: str
    grain: str = ""
    window: str = ""
    detail: tuple[str, ...] = ()
    entity: str = "account"
    rate: str = "opening"
    dating: str = "paid_end"

    @property
    def table(self) -> str:
        """The name of the table."""
        plain = () if self.entity == "account" else (self.entity,)
        rate = () if self.rate == "opening" else (self.rate,)
        dating = () if self.dating == "paid_end" else (self.dating,)
        times = filter(None, (self.grain, self.window))
        return "_".join(("fact", self.fact, *times, *self.detail, *plain, *rate, *dating))

    @property
    def published(self) -> bool:
        """Whether it is kept for all readers, or made for one question."""
        return self == FactKey(self.fact, self.grain, self.window)


F = TypeVar("F", bound=Callable[..., Part])


def metric(
    *,
    window: Window = "period",
    axes: tuple[str, ...] = (),
    by: tuple[str, ...] = (),
    unit: Unit = "share",
    better: Better = "more",
    counted: bool = False,
    uncounted: tuple[str, ...] = (),
    level: bool = False,
) -> Callable[[F], F]:
    """Mark a function as a metric.

    ``window``: its default window. ``axes``: the shared axes it takes part in (``SHARED_AXES``). ``by``: the
    dimensions that are its own (columns of its rows). ``unit``: of its values. ``better``: which way is good.
    ``counted``: the ratio is a share of counted things (``spread="wilson"``), but under the options ``uncounted``.
    ``level``: the total is how things stand at a period's close, not what came in it.
    """
    marks = {
        "window": window, "axes": axes, "by": by, "unit": unit, "better": better, "counted": counted,
        "uncounted": uncounted, "level": level,
    }  # fmt: skip

    def mark(function: F) -> F:
        function.tenure_metric = marks  # type: ignore[attr-defined]
        return function

    return mark


def kind_of(part: type[Part]) -> str:
    """The name of a kind, as plans and the catalogue have it."""
    return part.__name__.lower()


def describe(function: Callable[..., Part], family: str) -> Metric:
    """The catalogue entry of a marked function. Raises ``TypeError`` where it breaks the house's form."""
    marks: dict[str, Any] = function.tenure_metric  # type: ignore[attr-defined]
    hints = get_type_hints(
        function, localns={"World": object, "Periods": object} | {kind.__name__: kind for kind in get_args(Part)}
    )
    own: dict[str, tuple[str, ...]] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[2:]:
        options = get_args(hints[name])
        if not options or parameter.default != options[0]:
            message = f"{function.__name__}: axis {name} must be a Literal whose first option is the default"
            raise TypeError(message)
        own[name] = options
    if not function.__doc__:
        message = f"{function.__name__} has no definition: write its docstring"
        raise TypeError(message)
    return Metric(
        slug=function.__name__,
        family=family,
        function=function,
        definition=inspect.cleandoc(function.__doc__),
        axes=own | {axis: SHARED_AXES[axis] for axis in marks["axes"]},
        own_axes=tuple(own),
        window=marks["window"],
        kind=kind_of((get_args(hints["return"]) or (hints["return"],))[0]),
        by=marks["by"],
        unit=marks["unit"],
        better=marks["better"],
        counted=marks["counted"],
        uncounted=marks["uncounted"],
        level=marks["level"],
    )
