"""The monthly recurring revenue of one account on any day, as is known now, at the rates of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.money import SCALE
from tenure.core.period import local_day
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.engine.laid import Laid

_LEVEL, _RATE = FactKey("level"), FactKey("rate")


@dataclass(frozen=True)
class Stretch:
    """Days ``[first, after)`` on which an account pays ``amount`` a month, in ten-thousandths of a currency (empty: the reporting one)."""

    first: date
    after: date
    currency: str
    amount: int


@dataclass(frozen=True)
class Levels:
    """``rates``: units of the reporting currency for one of another; a currency that has none is not in it."""

    stretches: tuple[Stretch, ...]
    rates: dict[str, Decimal]

    def on(self, day: date) -> Decimal | None:
        """MRR at the end of a day; None where an amount has no rate."""
        total = Decimal(0)
        for one in self.stretches:
            if not one.first <= day < one.after or not one.amount:
                continue
            if one.currency and one.currency not in self.rates:
                return None
            total += (one.amount * self.rates.get(one.currency, Decimal(1))).to_integral_value()
        return total / SCALE


def levels(lies: Laid, account: str) -> Levels:
    """The levels of an account. A rate that changes alone changes nothing: all amounts are at those of today."""
    home = lies.settings.currency
    today = local_day(lies.now, lies.settings.timezone).isoformat()
    with lies.facts() as reader:
        reader.provide(_LEVEL)
        rows = reader.run(
            f"SELECT day, next_day, currency, after FROM {_LEVEL.table} WHERE account_id = {literal(account)}"
        )[1]
        found = []
        for first, after, currency, amount in rows:
            assert isinstance(first, date)
            assert isinstance(after, date)
            named = "" if currency in (None, "", home) else str(currency)
            found.append(Stretch(first, after, named, int(str(amount))))
        rates: dict[str, Decimal] = {}
        if any(one.currency for one in found):
            reader.provide(_RATE)
            sql = (
                f"SELECT currency, rate FROM {_RATE.table} WHERE from_day <= DATE '{today}' AND to_day > DATE '{today}'"
            )
            rates = {str(currency): Decimal(str(rate)) for currency, rate in reader.run(sql)[1]}
    return Levels(tuple(found), rates)
