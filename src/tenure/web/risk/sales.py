"""Sales that are open with customers: what the list of who is ready to grow leads on to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tenure.engine.renewals import GROWING
from tenure.web.kit import formats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine import Sight
    from tenure.web.kit.shell import Text

#: A parameter of the address, and its values.
ASKED = "sale"
NONE, OPEN = "none", "open"
NAMED: tuple[tuple[str, Text], ...] = ((NONE, _("none open")), (OPEN, _("one open")))
_OPEN: tuple[tuple[str, str, Any], ...] = (("status", "equals", "open"), ("kind", "one_of", list(GROWING)))


@dataclass(frozen=True)
class Sale:
    """A sale that is open with a customer. ``more``: how many others are."""

    id: str
    amount: str
    stage: str
    more: int


def open_with(sight: Sight, accounts: Sequence[str], currency: str) -> dict[str, Sale]:
    """By account the open sale that is to be decided first, where there is one."""
    found: dict[str, list[dict[str, Any]]] = {}
    if accounts:
        where = [*_OPEN, ("account_id", "one_of", list(accounts))]
        order = ("expected_close", "opportunity_id")
        columns = ("opportunity_id", "account_id", "amount", "stage")
        for row in sight.every("opportunities", where=where, columns=columns, order=order):
            found.setdefault(row["account_id"], []).append(row)
    return {account: _sale(rows, currency) for account, rows in found.items()}


def condition(sight: Sight, given: Mapping[str, str]) -> tuple[tuple[str, str, Any], ...]:
    """Conditions on accounts: with those that the address wants a sale is open, or none is."""
    asked = given.get(ASKED, "")
    if asked not in (NONE, OPEN):
        return ()
    rows = sight.every("opportunities", where=_OPEN, columns=("account_id",), order=("opportunity_id",))
    busy = sorted({row["account_id"] for row in rows})
    if asked == NONE:
        return (("account_id", "none_of", busy),) if busy else ()
    return (("account_id", "one_of", busy or [""]),)


def _sale(rows: Sequence[Mapping[str, Any]], currency: str) -> Sale:
    first = rows[0]
    return Sale(
        first["opportunity_id"], formats.money_short(first["amount"], currency), first["stage"] or "", len(rows) - 1
    )
