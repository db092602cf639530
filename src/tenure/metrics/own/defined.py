"""A metric of the workspace's own, as the others are: an entry in the catalogue, and a function that gives its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import ibis

from tenure.core.config import Settings
from tenure.core.errors import UsageError
from tenure.metrics.elapsed import lasting
from tenure.metrics.join import beside
from tenure.metrics.kinds import Cases, Metric, Part, Ratio, Total
from tenure.metrics.own.definition import CODE, Definition, read
from tenure.metrics.own.typed import Typed, columns_of, compiled
from tenure.metrics.own.words import FAMILY, told
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World
from tenure.warehouse.expression_value import Kind
from tenure.warehouse.table import Type

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.core.written import Written

#: Values are whole numbers of a ten-thousandth, as money is.
_PARTS = 10_000
#: A row's value from which on it could not be added up any more.
_TOO_LARGE = 10**12
_NEEDED = {Kind.BOOLEAN: "a condition", Kind.NUMBER: "a number", Kind.DATE: "a time"}


def defined(written: Written, zone: str) -> Metric:
    """The metric that a file defines. ``zone``: the organisation's, in which dates that are written out are meant.

    Raises ``UsageError`` with file, line and what to do, for the first thing that is wrong.
    """
    own = _Own(read(written), zone)
    d = own.definition
    metric = Metric(
        slug=d.slug, family=FAMILY, definition=told(d), axes={}, own_axes=(), window=d.window,
        kind={"share": "ratio"}.get(d.kind, d.kind), by=d.by, unit=d.unit, better=d.better, counted=d.kind == "share",
        uncounted=(), level=False, function=own.part,
    )  # fmt: skip
    own.part(World(Settings("", zone), foreign=True), Periods("month", "period"))
    return metric


@dataclass(frozen=True)
class _Own:
    """What turns a definition into rows."""

    definition: Definition
    zone: str

    def part(self, w: World, p: Periods) -> Part:
        """The metric's rows. Raises ``UsageError`` for an expression that is wrong."""
        match self.definition.kind:
            case "share":
                return self._share(w, p)
            case "total":
                return self._total(w, p)
        return self._cases(w, p)

    def _share(self, w: World, p: Periods) -> Ratio:
        rows, columns = self._rows(w)
        counted = self._holds("counts", self.definition.counts, columns)
        more = {"counted": counted.ifelse(1, 0).cast("int64"), "base": ibis.literal(1).cast("int64")}
        anonymous = bool(self.definition.table.anonymous)
        if anonymous:
            more["is_anonymous"] = rows.is_anonymous.fill_null(False)
        laid = _laid(w, p, self._kept(w, rows, more | self._moment(rows)))
        return Ratio(laid, "counted", "base", spread="wilson", respondents=anonymous)

    def _total(self, w: World, p: Periods) -> Total:
        d = self.definition
        rows, columns = self._rows(w)
        one = ibis.literal(1).cast("int64")
        if not d.value:
            laid = _laid(w, p, self._kept(w, rows, {"amount": one} | self._moment(rows)))
            return Total(laid, "amount", unit="count")
        value, read_ = self._compiled("value", d.value, columns, Kind.NUMBER)
        self._check_unit(read_)
        number = value.expr
        large = (number >= _TOO_LARGE) | (number <= -_TOO_LARGE)
        reason = ibis.cases(
            (number.isnull(), "no value"), (large.fill_null(False), "too large to add up"), else_=ibis.null("string")
        )
        whole = (reason.isnull().ifelse(number, 0) * _PARTS).cast("decimal(38, 0)").cast("int64")
        more = {"amount": whole, "reason": reason}
        in_currency = d.unit == "money" and "currency" in d.table.names
        if in_currency:
            more["currency"] = rows.currency
        laid = _laid(w, p, self._kept(w, rows, more | self._moment(rows)))
        if in_currency:
            laid = converted(w, p, laid, "opens_day", amounts=("amount",))
        excluded = ibis.coalesce(laid.reason, laid.amount.isnull().ifelse("no exchange rate", ibis.null("string")))
        # Wider than one amount: it is multiplied by owners' shares.
        laid = laid.mutate(excluded=excluded, amount=laid.amount.cast("decimal(38, 0)"))
        return Total(laid, "amount", unit=d.unit, parts=1 if d.unit == "money" else _PARTS, events=False)

    def _cases(self, w: World, p: Periods) -> Cases:
        d = self.definition
        rows, columns = self._rows(w)
        times = {"starts": ("from", d.starts), "ends": ("until", d.until), "left": ("left", d.left)}
        more = {
            name: self._compiled(key, text, columns, Kind.DATE)[0].expr if text else ibis.null("timestamp(6)")
            for name, (key, text) in times.items()
        }
        unit = cast('Literal["minutes", "days"]', d.unit)
        return Cases(lasting(w, p, self._kept(w, rows, more)), left="left_before" if d.left else None, unit=unit)

    def _rows(self, w: World) -> tuple[ir.Table, Mapping[str, Typed]]:
        """The table's rows for which ``where`` holds, and what an expression may read of them."""
        d = self.definition
        rows = getattr(w, d.table.name)
        readable = [column for column in d.table.columns if column.name not in d.refused]
        if d.where:
            rows = rows.filter(self._holds("where", d.where, columns_of(rows, readable)))
        return rows, columns_of(rows, readable)

    def _holds(self, key: str, text: str, columns: Mapping[str, Typed]) -> ir.BooleanValue:
        """A condition, false where it is null."""
        holds: ir.BooleanValue = self._compiled(key, text, columns, Kind.BOOLEAN)[0].expr.fill_null(False)
        return holds

    def _compiled(self, key: str, text: str, columns: Mapping[str, Typed], kind: Kind) -> tuple[Typed, tuple[str, ...]]:
        d = self.definition
        value, read_ = compiled(text, columns, zone=self.zone, where=d.place(key), refused=d.refused)
        if value.kind is not kind:
            message = f"{key} is a {value.kind}, but must be {_NEEDED[kind]}."
            fix = f'Compare it with something, as {text} == "..."' if kind is Kind.BOOLEAN else ""
            raise UsageError(message, code=CODE, where=d.place(key), fix=fix)
        return value, read_

    def _check_unit(self, read_: tuple[str, ...]) -> None:
        """Raise ``UsageError`` where money is not said to be, or what is none is said to be."""
        d = self.definition
        money = [name for name in read_ if d.table.column(name).type in (Type.MONEY, Type.PRICE)]
        if money and d.unit != "money":
            raise UsageError(
                f"{money[0]} is money, but the unit is {d.unit!r}.", code=CODE, where=d.place("value"),
                fix='Add: unit = "money". Then amounts are converted into the reporting currency.',
            )  # fmt: skip
        if d.unit == "money" and not money:
            able = ", ".join(column.name for column in d.table.columns if column.type in (Type.MONEY, Type.PRICE))
            raise UsageError(
                "The unit is money, but the value is not.", code=CODE, where=d.place("unit"),
                fix=f"Columns of money: {able}." if able else f"{d.table.name} has no columns of money.",
            )  # fmt: skip

    def _moment(self, rows: ir.Table) -> dict[str, ir.Value]:
        return {"moment": rows[self.definition.at]}

    def _kept(self, w: World, rows: ir.Table, more: Mapping[str, ir.Value]) -> ir.Table:
        """The rows of accounts that count, with what is worked out of them, what slices them and what names them."""
        d = self.definition
        own = [name for name in (*d.by, *_named(d)) if name not in more]
        whose = next((column.name for column in d.table.columns if column.references == "person"), None)
        needs = whose is not None and not d.table.column("account_id").required
        asked = {"asked_by": rows[whose]} if whose and needs else {}
        kept = rows.select("account_id", **{name: rows[name] for name in dict.fromkeys(own)}, **more, **asked)
        if asked:
            people = w.person.select(asked_by="person_id", person_account="account_id")
            kept = beside(kept, people, ["asked_by"])
            kept = kept.mutate(account_id=ibis.coalesce(kept.account_id, kept.person_account))
            kept = kept.drop("asked_by", "person_account")
        return unit_of(w, kept)


def _named(d: Definition) -> list[str]:
    """What names a row, and what it is about: columns of text that are shown behind a figure."""
    about = [name for name in ("product_id", "plan") if name in d.table.names]
    keys = [name for name in d.table.key if d.table.column(name).type is Type.TEXT and name != "account_id"]
    return [name for name in (*keys, *about) if name not in d.refused]


def _laid(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """The rows of each period: those whose ``moment`` lies in it and has come, with that as ``at``.

    A civil day is the moment at which it begins.
    """
    if rows.moment.type().is_date():
        days = w.calendar.select("starts", moment="day").distinct()
        rows = beside(rows, days, ["moment"], how="inner").drop("moment").rename(moment="starts")
    rows = rows.filter(rows.moment < w.now)
    periods = p.table.select("period", "opens", "closes", "opens_day")
    j = periods.join(rows, [rows.moment >= periods.opens, rows.moment < periods.closes])
    return j.mutate(at=j.moment).drop("opens", "closes", "moment")
