"""``billing``: what is billed against what was signed, account by account, today."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.engine.verbs.check import whole
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.checks.run import world_of
from tenure.warehouse.reconciling import reconciled

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: Billed by the month, as it were: nothing to compare with.
UNSIGNED = "no_contract"
#: Why two amounts differ, as far as can be told, in the words of the list.
CAUSES = {
    "agrees": "both agree",
    "no_contract": "billed, and never had a contract",
    "contract_ended": "billed; the last contract has ended, and none follows",
    "contract_to_come": "billed; the contract only begins in the next weeks",
    "not_billed": "signed, but nothing is billed",
    "billing_to_come": "signed; billing only begins in the next weeks",
    "trial": "signed, but billing still has a trial",
    "currency": "in different currencies",
    "discount": "the contract states the price before discount",
    "timing": "the change of price or quantity is on another day",
    "term": "the contract states the value of its whole term",
    "monthly": "the one is monthly, the other yearly",
    "usage": "a part is billed by use",
    "amount": "the amounts differ",
}


@dataclass(frozen=True)
class Billing:
    """``everything``: the accounts that agree, too. ``scope``: only who sees everything may ask."""

    everything: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Line:
    """An account: what was ``signed`` and is ``billed`` in a year, each in its currency; null where there is none.
    ``difference``: billed less signed; null between currencies. ``cause``: a word of ``CAUSES``.
    """

    account_id: str
    name: str | None
    signed: Decimal | None
    signed_currency: str | None
    billed: Decimal | None
    billed_currency: str | None
    difference: Decimal | None
    agrees: bool
    cause: str
    told: str


@dataclass(frozen=True)
class Sum:
    """All accounts in a currency. ``reconciled``: what is billed to those that agree."""

    currency: str
    signed: Decimal
    billed: Decimal
    reconciled: Decimal


@dataclass(frozen=True)
class BillingFound:
    """``accounts``: how many can be compared; ``agree``: of how many both agree, within 1 %; ``share``: that as a fraction.
    ``unsigned``: how many more are billed and never had a contract; ``sums`` and ``lines`` leave them out. ``causes``: how
    many accounts by cause. ``lines``: the largest difference first.
    """

    as_of: datetime
    accounts: int
    agree: int
    share: Decimal | None
    unsigned: int
    sums: tuple[Sum, ...]
    causes: dict[str, int]
    lines: tuple[Line, ...]


def billing(desk: Desk, request: Billing) -> BillingFound:
    """Raises ``UsageError`` through a narrow scope."""
    whole(request.scope)
    now, settings = desk.clock(), desk.settings
    desk.fresh(now)
    with closing(desk.store.cursor()) as cursor:
        sql = reconciled(world_of(cursor, settings, now))
        rows = cursor.execute(
            "SELECT account_id, name, signed, signed_currency, billed, billed_currency, difference, agrees, cause FROM "
            f"({sql}) ORDER BY agrees, abs(difference) DESC NULLS FIRST, account_id"
        ).fetchall()
    every = [_line(tuple(_plain(value) for value in row)) for row in rows]
    lines = [line for line in every if line.cause != UNSIGNED]
    agree, causes = sum(line.agrees for line in lines), Counter(line.cause for line in lines)
    return BillingFound(
        now.replace(tzinfo=UTC), len(lines), agree, round(Decimal(agree) / len(lines), 4) if lines else None,
        len(every) - len(lines), _sums(lines),
        dict(sorted(causes.items(), key=lambda one: (-one[1], one[0]))),
        tuple(line for line in lines if request.everything or not line.agrees),
    )  # fmt: skip


def _line(row: tuple[Any, ...]) -> Line:
    account, name, signed, signed_currency, billed, billed_currency, difference, agrees, cause = row
    return Line(
        account, name, signed, signed_currency, billed, billed_currency, difference, agrees, cause, CAUSES[cause]
    )


def _plain(value: Any) -> Any:
    return round(value, 2) if isinstance(value, Decimal) else value


def _sums(lines: list[Line]) -> tuple[Sum, ...]:
    codes = sorted({code for line in lines for code in (line.signed_currency, line.billed_currency) if code})
    return tuple(
        Sum(
            code,
            sum((line.signed or Decimal(0) for line in lines if line.signed_currency == code), Decimal(0)),
            sum((line.billed or Decimal(0) for line in lines if line.billed_currency == code), Decimal(0)),
            sum((line.billed or Decimal(0) for line in lines if line.billed_currency == code and line.agrees), Decimal(0)),
        )
        for code in codes
    )  # fmt: skip
