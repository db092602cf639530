"""The world as a metric sees it: lazy tables as known at a moment, and the periods asked for.

Nothing here runs a query. Tables are unbound Ibis tables over the names of the warehouse; what is asked at run time
(the periods, the days of the calendar) comes in small tables of its own, or stands open (``moment_now()``), so that the
SQL of a request does not depend on it and can be kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import ibis

from tenure.metrics.kinds import IN_SIGHT, FactKey
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.core.config import Settings

#: One row a period: its first day, which names it, the instants [opens, closes), the last instant inside, the local days [opens_day,
#: closes_day), and the same for the period before.
PERIODS = {
    "period": "date", "opens": "timestamp(6)", "closes": "timestamp(6)", "last": "timestamp(6)", "opens_day": "date",
    "closes_day": "date", "before_opens": "timestamp(6)", "before_closes": "timestamp(6)", "before_last": "timestamp(6)",
    "before_opens_day": "date", "before_closes_day": "date",
}  # fmt: skip
#: One row a local day: its instants, and its month and day as MMDD (29 February also on 28 February of other years).
CALENDAR = {"day": "date", "starts": "timestamp(6)", "ends": "timestamp(6)", "year": "int64", "mmdd": "int64"}
#: One row a schedule and piece of a UTC day: its own clock shows ``shown`` at ``starts``, from where it runs for
#: ``running`` seconds, and then stands until ``ends``.
OPEN_HOURS = {
    "schedule_id": "string", "day": "date", "starts": "timestamp(6)", "ends": "timestamp(6)", "shown": "int64",
    "running": "int64",
}  # fmt: skip


@dataclass(frozen=True)
class Periods:
    """The periods asked for: a lazy table and its grain and window. Attributes are those of the table."""

    grain: str
    window: str
    table: ir.Table = field(default_factory=lambda: ibis.table(PERIODS, name="periods"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.table, name)

    @property
    def first(self) -> ir.TimestampScalar:
        """The earliest opening. Beside a join with the periods: engines read less for a plain value."""
        return _first_opens()

    @property
    def end(self) -> ir.TimestampScalar:
        """The latest close, likewise."""
        return _last_closes()

    def before(self) -> Periods:
        """The same periods, each standing for the one before it."""
        t = self.table
        moved = {name: t[f"before_{name}"] for name in ("opens", "closes", "last", "opens_day", "closes_day")}
        return Periods(self.grain, "before", t.mutate(**moved))


@dataclass(frozen=True)
class World:
    """The tables of the warehouse as known at a moment.

    ``custom``: the accounts' custom attributes. ``foreign``: whether any amount is in another currency than the
    reporting one. ``detail``: columns that split an account (``product_id``, ``plan``). ``entity``: ``account`` or
    ``parent``. ``rate``: ``opening`` or ``budget_rate``. ``dating``: whether what was cancelled ends with the paid time
    (``paid_end``) or on the day of the request (``request_day``). ``narrow``: only what is in sight is asked for (``in_sight``).
    ``dimensions``: by which the rows of a metric are to be sliced or chosen. ``asked``: the facts that were asked for.
    """

    settings: Settings
    custom: tuple[str, ...] = ()
    foreign: bool = False
    detail: tuple[str, ...] = ()
    entity: str = "account"
    rate: str = "opening"
    dating: str = "paid_end"
    narrow: bool = False
    dimensions: tuple[str, ...] = ()
    asked: set[FactKey] = field(default_factory=set, compare=False)

    def __getattr__(self, name: str) -> ir.Table:
        """The canonical table of that name, as known."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.as_known(_versions(name, self.custom if name == "account" else ()))

    def as_known(self, versions: ir.Table) -> ir.Table:
        """The versions that were current at the moment of knowledge."""
        known = _moment_known()
        return versions.filter(versions.known_from < known, versions.known_to >= known)

    @property
    def now(self) -> ir.TimestampScalar:
        """Now, or the moment asked for with as-of."""
        return _moment_now()

    @property
    def calendar(self) -> ir.Table:
        """The local days from the first opening to the last close."""
        return ibis.table(CALENDAR, name="calendar")

    @property
    def open_hours(self) -> ir.Table:
        """The schedules' own clocks, from the first ticket or inquiry to a little after now."""
        return ibis.table(OPEN_HOURS, name="open_hours")

    @property
    def keys(self) -> list[str]:
        """What one unit is: the account, or the account with a product or plan."""
        return ["account_id", *self.detail]

    def in_sight(self, rows: ir.Table) -> ir.Table:
        """The rows of accounts in sight, before much is worked out of them; all, where everything is. Only for what is worked out of
        each unit by itself: what comes of it is narrowed again, whatever it is.
        """
        return (
            rows.semi_join(ibis.table({"account_id": "string"}, name=IN_SIGHT), "account_id") if self.narrow else rows
        )

    def plain(self) -> World:
        """The world of accounts, at the opening's rates."""
        return replace(self, detail=(), entity="account", rate="opening", dating="paid_end")

    def key(self, fact: str, p: Periods | None) -> FactKey:
        """The materialised table of a fact in this kind of world."""
        grain, window = (p.grain, p.window) if p else ("", "")
        return FactKey(fact, grain, window, self.detail, self.entity, self.rate, self.dating)


def _standing_open(name: str) -> Callable[[], ir.TimestampScalar]:
    """An instant that whoever runs the SQL puts in the place of ``name()``: with plain values engines plan well."""
    instant: Callable[[], ir.TimestampScalar]
    instant = ibis.udf.scalar.builtin(lambda: None, name=name, signature=((), "timestamp(6)"))
    return instant


_moment_now, _moment_known = _standing_open("moment_now"), _standing_open("moment_known")
_first_opens, _last_closes = _standing_open("first_opens"), _standing_open("last_closes")


#: Whether a period is one of those asked for: whoever runs the SQL puts their list in the place of this.
_is_asked = ibis.udf.scalar.builtin(lambda _period: None, name="is_asked", signature=(("date",), "boolean"))
#: Whether a thing is one of those whose rows are to be made: all are, unless whoever runs the SQL says which.
_is_meant = ibis.udf.scalar.builtin(lambda _thing: None, name="is_meant", signature=(("string",), "boolean"))


def meant(rows: ir.Table, thing: str) -> ir.Table:
    """The rows about things, by the column that names them (one of ``Fact.apiece``), whose rows of a fact are to be made."""
    return rows.filter(_is_meant(rows[thing]))


@functools.cache
def _versions(name: str, custom: tuple[str, ...]) -> ir.Table:
    table = all_tables()[name]
    schema = {column.name: column.type.ibis for column in table.columns}
    schema |= {derived.name: derived.ibis for derived in table.derived}
    schema |= {f"custom:{key}": "string" for key in custom}
    schema |= {"batch": "int32", "line": "int64", "known_from": "timestamp(6)", "known_to": "timestamp(6)"}
    return ibis.table(schema, name=f"{name}_version")


F = TypeVar("F", bound=Callable[..., "ir.Table"])
#: Every fact by name, registered by existing.
FACTS: dict[str, Fact] = {}
_SCHEMAS: dict[tuple[object, ...], dict[str, Any]] = {}


@dataclass(frozen=True)
class Fact:
    """A lazy table that several metrics share and that is worth keeping.

    ``kept``: the (grain, window) pairs for which it is materialised; empty for a fact that is not about periods and is
    kept once. ``dated``: its rows have an ``at`` and are kept with the stint that holds then (``stint_id``).
    ``everywhere``: it is the same in every kind of world. ``latest``: only the period that runs is kept, for lists of
    how things are now. ``apart``: so much is added up in each period that it is made a few periods at a time.
    ``passing``: only for those that ask for it (facts that are made apart, scores); it is never published.
    ``steady``: at another moment it is another only where a time in its own tables lies between the two: it compares
    these times with now, and reckons nothing from now. ``timeline``: a later moment adds only what begins later, and ends
    later what had not ended: whoever looks no further than to an earlier moment finds what it was then.
    ``apiece``: the columns that name what a row is about; each row has one. What it compares with now is told of its thing,
    or of what was merged into that, or says which account stands for which. It narrows what it reads by ``meant``, so that
    the rows about some things can be made alone.
    """

    name: str
    function: Callable[..., ir.Table]
    kept: tuple[tuple[str, str], ...]
    dated: bool
    everywhere: bool
    latest: bool
    apart: bool
    passing: bool
    steady: bool
    timeline: bool
    apiece: tuple[str, ...]


def fact(
    *,
    kept: tuple[tuple[str, str], ...] = (),
    dated: bool = False,
    everywhere: bool = False,
    latest: bool = False,
    apart: bool = False,
    passing: bool = False,
    steady: bool = False,
    timeline: bool = False,
    apiece: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Mark a function of ``(w)`` or ``(w, p)`` as a fact (see ``Fact``).

    Whoever calls it gets the materialised table; only for a grain and window that is not kept the expression itself.
    """

    def mark(function: F) -> F:
        name = function.__name__
        FACTS[name] = Fact(name, function, kept, dated, everywhere, latest, apart, passing, steady, timeline, apiece)

        @functools.wraps(function)
        def given(w: World, p: Periods | None = None) -> ir.Table:
            w = w.plain() if everywhere else w
            if p is not None and (p.grain, p.window) not in kept:
                return function(w, p)
            key = w.key(name, p)
            w.asked.add(key)
            table = ibis.table(_schema(w, FACTS[name], key), name=key.table)
            return table if p is None else table.filter(_is_asked(table.period))

        return cast("F", given)

    return mark


def is_kept(fact: str, p: Periods) -> bool:
    """Whether a fact about periods has a table for these: else whoever asks for less than all of it does well to make less."""
    return (p.grain, p.window) in FACTS[fact].kept


def expression(w: World, key: FactKey) -> ir.Table:
    """What a fact's table holds, over the tables of other facts."""
    p = Periods(key.grain, key.window) if key.grain else None
    function = FACTS[key.fact].function
    return function(w, p) if p else function(w)


def _schema(w: World, fact: Fact, key: FactKey) -> dict[str, Any]:
    """The columns of a fact's table, worked out once for each kind of world."""
    kind = (key.fact, key.detail, w.custom, w.foreign)
    if kind not in _SCHEMAS:
        scratch = replace(w, asked=set())
        _SCHEMAS[kind] = dict(expression(scratch, key).schema().items())
        if fact.dated:
            _SCHEMAS[kind]["stint_id"] = "int64"
    return _SCHEMAS[kind]
