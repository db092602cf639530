"""What an address asks of the list of accounts: a search, filters, an order and columns. All of it is in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tenure.web.book.conditions import TESTS, conditions
from tenure.web.kit.table import address

if TYPE_CHECKING:
    from tenure.web.book.columns import Column

#: What of an address is the view's; the rest (a page, a format) is of the moment.
STATE = ("q", "status", "f", "order", "cols")
#: Words of addresses that stand for a filter of that name: other pages link by them.
SHORT = ("segment", "tier", "lifecycle", "team", "region", "industry", "health_band", "risk_band", "owner")
DEFAULT_ORDER = ("-arr",)
DEFAULT_COLUMNS = (
    "owner_name", "segment", "arr", "renewal_due", "health", "churn_risk_90", "last_touch", "nps", "open_tickets",
)  # fmt: skip
STATUSES = ("customers", "former", "all")
#: As many filters, columns of an order, and columns are taken.
_MOST_FILTERS, _MOST_SORTS, _MOST_COLUMNS = 20, 4, 30
_ESCAPED = {"%": "%25", ";": "%3B", "~": "%7E", "|": "%7C", ",": "%2C"}
#: Of which static list accounts are, as if it were a column.
LIST = "list"


@dataclass(frozen=True)
class Filter:
    """``column``: its name in the list, or ``list``; ``test``: a name of ``TESTS``; ``values``: what it is tested with."""

    column: str
    test: str
    values: tuple[str, ...] = ()

    def text(self) -> str:
        """As an address has it."""
        return "~".join(
            [_escaped(self.column), self.test, *(["|".join(map(_escaped, self.values))] if self.values else [])]
        )


@dataclass(frozen=True)
class Asked:
    """What is asked. ``status``: customers, former or all."""

    search: str = ""
    status: str = "customers"
    filters: tuple[Filter, ...] = ()
    order: tuple[str, ...] = DEFAULT_ORDER
    columns: tuple[str, ...] = DEFAULT_COLUMNS

    def parameters(self) -> dict[str, str]:
        """As an address has it; what is so anyway is left out."""
        told = {
            "q": self.search,
            "status": "" if self.status == "customers" else self.status,
            "f": ";".join(each.text() for each in self.filters),
            "order": "" if self.order == DEFAULT_ORDER else ",".join(map(_escaped, self.order)),
            "cols": "" if self.columns == DEFAULT_COLUMNS else ",".join(map(_escaped, self.columns)),
        }
        return {name: value for name, value in told.items() if value}

    def question(self, today: date, members: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        """For ``Sight.rows`` and ``Sight.tally``. ``members``: of static lists, by their numbers; of others nobody is one."""
        where: list[tuple[str, str, Any]] = []
        if self.status != "all":
            where.append(("is_customer", "equals", self.status == "customers"))
        for each in self.filters:
            if each.column == LIST:
                ids = [account for number in each.values for account in members.get(number, ())]
                where.append(("account_id", "one_of" if each.test == "is" else "none_of", ids))
            else:
                where += conditions(each.column, each.test, each.values, today)
        return {"where": tuple(where), "search": self.search}

    def without(self, number: int) -> Asked:
        """The same without one of its filters."""
        return replace(self, filters=self.filters[:number] + self.filters[number + 1 :])

    def adding(self, one: Filter, at: int | None = None) -> Asked:
        """The same with a filter more, or in the place of another one."""
        if at is not None and 0 <= at < len(self.filters):
            return replace(self, filters=(*self.filters[:at], one, *self.filters[at + 1 :]))
        return self if one in self.filters else replace(self, filters=(*self.filters, one))


def asked(given: Mapping[str, str]) -> Asked:
    """What the parameters of an address ask. What makes no sense is left out."""
    filters = [found for text in given.get("f", "").split(";") if (found := filter_of(text))]
    filters += [Filter(name, "is", (value,)) for name in SHORT if (value := given.get(name, ""))]
    status = given.get("status", "customers")
    return Asked(
        search=given.get("q", "").strip()[:100],
        status=status if status in STATUSES else "customers",
        filters=tuple(dict.fromkeys(filters))[:_MOST_FILTERS],
        order=_names(given.get("order", ""))[:_MOST_SORTS] or DEFAULT_ORDER,
        columns=_names(given.get("cols", ""))[:_MOST_COLUMNS] or DEFAULT_COLUMNS,
    )


def filter_of(text: str) -> Filter | None:
    """A filter as an address has it; None where it is none."""
    column, _, rest = text.partition("~")
    test, _, values = rest.partition("~")
    if not column or test not in TESTS:
        return None
    told = tuple(_plain(value) for value in values.split("|")) if values else ()
    return Filter(_plain(column), test, told) if len(told) >= TESTS[test].least else None


def known_only(of: Asked, columns: Mapping[str, Column]) -> Asked:
    """The same without columns that there are not (``columns``: those that there are), and without tests that
    make no sense of theirs.
    """
    filters = tuple(
        each for each in of.filters
        if each.column == LIST or (each.column in columns and TESTS[each.test].fits(columns[each.column].type, each.values))
    )  # fmt: skip
    order = tuple(name for name in of.order if name.removeprefix("-") in columns) or DEFAULT_ORDER
    shown = tuple(name for name in of.columns if name in columns and name != "name") or DEFAULT_COLUMNS
    return replace(of, filters=filters, order=order, columns=shown)


def link(of: Asked, **more: str) -> str:
    """The address of what is asked, with more parameters. A view that is looked at is told the status, so that its address is
    never empty.
    """
    told = of.parameters()
    return address({"status": of.status, **told} if more.get("view") else told, **more)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_plain(name) for name in text.split(",") if name))


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in text)


def _plain(text: str) -> str:
    for letter, escaped in reversed(_ESCAPED.items()):
        text = text.replace(escaped, letter)
    return text
