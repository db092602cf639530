"""A page of rows out of any relation: filtered, searched, sorted and counted where the rows lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tenure.core.errors import UsageError, unknown
from tenure.core.period import instant
from tenure.core.titles import titled
from tenure.figures.reader import Rows
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

MOST = 10_000
#: Of as many rows joined columns are added last.
_FEW = 200
_TEXTS = {"text", "list", "json", "clock"}
#: The types of what can be added up.
NUMBERS = {"integer", "number", "money", "price", "rate", "value", "share"}
_ORDERED = {*NUMBERS, "time", "date", "text", "clock"}


@dataclass(frozen=True)
class Column:
    """A column of a list. ``type``: a word of ``warehouse.table.Type``. ``unit``: a currency's code, ``currency`` (the
    row's own), ``share`` (a fraction), ``minutes``, ``seconds``, or nothing. ``personal``: tells of a natural person.
    """

    name: str
    label: str
    type: str
    unit: str = ""
    meaning: str = ""
    personal: bool = False


@dataclass(frozen=True)
class Query:
    """What is wanted of a list.

    ``columns``: to be given (default: all that are not personal). ``where``: ``(column, operator, value)``, all of which
    hold; ``OPERATORS`` lists the operators. ``search``: a text that any shown text column contains. ``order``: columns to sort
    by, ``-`` before one for descending; what is empty comes last. ``limit``: 1 to 10,000.
    """

    columns: tuple[str, ...] = ()
    where: tuple[tuple[str, str, Any], ...] = ()
    search: str = ""
    order: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 50

    @property
    def names(self) -> frozenset[str]:
        """The names of all columns that it asks for, in whatever way."""
        order = (name.removeprefix("-") for name in self.order)
        return frozenset((*self.columns, *(name for name, *_ in self.where), *order))


@dataclass(frozen=True)
class Page:
    """A page of a list. ``rows``: dictionaries by column: money and numbers are decimals, times aware and in UTC, lists
    lists. ``total``: how many rows there are on all pages. ``as_of``: for when (UTC). ``notes``: what to know of it.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    total: int
    offset: int
    as_of: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A list to be read: SQL of its rows (a subquery without parentheses), its columns, and by which it is in order.

    ``core``: SQL of the same rows without the columns ``joined``, which cost more, are not searched, and are added last where
    nothing is filtered or sorted by them: ``among`` gives SQL of those rows whose ``identity``, a column, is one of a list.
    """

    name: str
    sql: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    zone: str
    core: str = ""
    joined: frozenset[str] = frozenset()
    identity: str = ""
    among: Callable[[str], str] | None = None

    def find(self, name: str) -> Column:
        """The column of that name. Raises ``UsageError`` with the nearest names."""
        for column in self.columns:
            if column.name == name:
                return column
        listing = f"{self.name} has: {', '.join(column.name for column in self.columns)}."
        raise unknown("column", name, [column.name for column in self.columns], listing=listing)


def label(name: str) -> str:
    """A column's name as its heading: ``Renewal due``, ``Account ID``."""
    return titled(name.removeprefix("custom:"))


def page(
    run: Callable[[str], Rows], source: Source, query: Query, as_of: datetime, notes: tuple[str, ...] = ()
) -> Page:
    """The page asked for. Raises ``UsageError`` for names that do not exist and values that make no sense."""
    if not 1 <= query.limit <= MOST or query.offset < 0:
        raise UsageError(
            f"No page has {query.limit} rows from {query.offset} on.", code="bad_page",
            fix=f"Ask for 1 to {MOST} rows, from 0 on.",
        )  # fmt: skip
    shown = tuple(source.find(name) for name in dict.fromkeys(query.columns)) or tuple(
        column for column in source.columns if not column.personal
    )
    asked = {name for name, *_ in query.where} | {name.removeprefix("-") for name in query.order}
    simple = bool(source.core) and not asked & source.joined
    where = where_of(source, query.where, query.search, shown)
    rows = f"FROM ({source.core if simple else source.sql}) AS listed{where}"
    order = ", ".join([*(_sorted(source, name) for name in query.order), *map(quoted, source.key)])
    cut = f"ORDER BY {order} LIMIT {int(query.limit)} OFFSET {int(query.offset)}"
    given = ", ".join(quoted(column.name) for column in shown)
    if simple and source.among and query.limit <= _FEW and any(column.name in source.joined for column in shown):
        names = [literal(name) for (name,) in run(f"SELECT {quoted(source.identity)} {rows} {cut}")[1]]
        some = source.among(f"{quoted(source.identity)} IN ({', '.join(names) or 'NULL'})")
        found = run(f"SELECT {given} FROM ({some}) AS listed ORDER BY {order}")[1]
    else:
        whole = source.sql if any(column.name in source.joined for column in shown) else ""
        found = run(f"SELECT {given} {f'FROM ({whole}) AS listed{where}' if whole else rows} {cut}")[1]
    all_here = query.offset == 0 and len(found) < query.limit
    total = len(found) if all_here else int(run(f"SELECT count(*) {rows}")[1][0][0])
    told = tuple({c.name: _given(c, value) for c, value in zip(shown, row, strict=True)} for row in found)
    return Page(source.name, shown, told, total, query.offset, as_of.replace(tzinfo=UTC), notes)


def where_of(
    source: Source, conditions: Iterable[tuple[str, str, Any]], search: str = "", among: Iterable[Column] = ()
) -> str:
    """SQL of the WHERE by which rows of a list are chosen, empty for all. ``search``: a text that any text column ``among``
    these contains. Raises ``UsageError`` for names that do not exist and values that make no sense.
    """
    parts = [_condition(source, *one) for one in conditions]
    if search.strip():
        texts = [column for column in among if column.type in _TEXTS and column.name not in source.joined]
        parts.append("(" + (" OR ".join(_contains(c, search.strip()) for c in texts) or "false") + ")")
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def _sorted(source: Source, name: str) -> str:
    descending = name.startswith("-")
    column = source.find(name.removeprefix("-"))
    return f"{quoted(column.name)} {'DESC' if descending else 'ASC'} NULLS LAST"


def _given(column: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    return json.loads(value) if column.type == "list" and value else value


# Filters


def _condition(source: Source, name: str, operator: str, value: Any) -> str:
    column = source.find(name)
    if operator not in OPERATORS:
        listing = f"There are: {', '.join(OPERATORS)}."
        raise unknown("operator", operator, OPERATORS, listing=listing)
    return OPERATORS[operator](source, column, value)


def _equals(source: Source, column: Column, value: Any) -> str:
    if column.type == "time" and (day := _day(value)):
        opens, closes = (_moment(instant(d, source.zone)) for d in (day, day + timedelta(days=1)))
        return f"({quoted(column.name)} >= {opens} AND {quoted(column.name)} < {closes})"
    return f"{quoted(column.name)} = {_value(source, column, value)}"


def _one_of(source: Source, column: Column, value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _bad_value(column, value, "Give a list of values.")
    return "(" + (" OR ".join(_equals(source, column, one) for one in value) or "false") + ")"


def _none_of(source: Source, column: Column, value: Any) -> str:
    """What is empty is none of them."""
    return f"NOT coalesce({_one_of(source, column, value)}, false)"


def _contained(_source: Source, column: Column, value: Any) -> str:
    if column.type not in _TEXTS:
        raise _no_use("contains", column)
    return _contains(column, str(value))


def _lacking(source: Source, column: Column, value: Any) -> str:
    """What is empty contains nothing."""
    return f"NOT coalesce({_contained(source, column, value)}, false)"


def _contains(column: Column, text: str) -> str:
    return f"contains(lower({quoted(column.name)}), lower({literal(text)}))"


def _less(source: Source, column: Column, value: Any) -> str:
    if column.type not in _ORDERED:
        raise _no_use("less", column)
    return f"{quoted(column.name)} < {_value(source, column, value)}"


def _greater(source: Source, column: Column, value: Any) -> str:
    """Greater than a day is after its end."""
    if column.type not in _ORDERED:
        raise _no_use("greater", column)
    if column.type == "time" and (day := _day(value)):
        return f"{quoted(column.name)} >= {_moment(instant(day + timedelta(days=1), source.zone))}"
    return f"{quoted(column.name)} > {_value(source, column, value)}"


def _at_least(source: Source, column: Column, value: Any) -> str:
    return f"NOT ({_less(source, column, value)})"


def _at_most(source: Source, column: Column, value: Any) -> str:
    """Up to a day is up to its end."""
    return f"NOT ({_greater(source, column, value)})"


def _not_since(source: Source, column: Column, value: Any) -> str:
    """Earlier, or never."""
    return f"coalesce({_less(source, column, value)}, true)"


def _empty(_source: Source, column: Column, value: Any) -> str:
    if not isinstance(value, bool):
        raise _bad_value(column, value, "Give true for what is empty, false for what is not.")
    name = quoted(column.name)
    empty = f"({name} IS NULL OR {name} = '')" if column.type in _TEXTS else f"{name} IS NULL"
    return empty if value else f"NOT {empty}"


#: By name; ``empty`` takes true or false, ``one_of`` and ``none_of`` a list, all others a value of the column's type.
OPERATORS: dict[str, Callable[[Source, Column, Any], str]] = {
    "equals": _equals,
    "one_of": _one_of,
    "none_of": _none_of,
    "contains": _contained,
    "lacks": _lacking,
    "less": _less,
    "greater": _greater,
    "at_least": _at_least,
    "at_most": _at_most,
    "not_since": _not_since,
    "empty": _empty,
}


def _value(source: Source, column: Column, value: Any) -> str:
    """SQL of a value of the column's type: a number, or a quoted text. Nothing of the caller's is SQL."""
    if column.type in NUMBERS:
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise _bad_value(column, value, "Give a number.") from None
        if isinstance(value, bool) or not number.is_finite():
            raise _bad_value(column, value, "Give a number.")
        return f"{number:f}"
    if column.type == "boolean":
        if str(value).lower() not in ("true", "false"):
            raise _bad_value(column, value, "Give true or false.")
        return str(value).lower()
    if column.type == "date":
        if not (day := _day(value)):
            raise _bad_value(column, value, "Give a date, as 2026-03-31.")
        return f"DATE '{day.isoformat()}'"
    if column.type == "time":
        day = _day(value)
        return _moment(instant(day, source.zone) if day else _instant(column, value))
    return literal(str(value))


def _day(value: Any) -> date | None:
    """The day that a value names; null where it names none."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _instant(column: Column, value: Any) -> datetime:
    """The moment that a value names, in UTC."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise _bad_value(column, value, "Give a date, or a time with its zone, as 2026-03-31T10:00:00Z.")
    return at.astimezone(UTC).replace(tzinfo=None)


def _moment(at: datetime) -> str:
    return f"TIMESTAMP '{at.isoformat(sep=' ')}'"


def _bad_value(column: Column, value: Any, fix: str) -> UsageError:
    return UsageError(f"{column.name} cannot be compared with {value!r}.", code="bad_value", where=column.name, fix=fix)


def _no_use(operator: str, column: Column) -> UsageError:
    return UsageError(
        f"{column.name} is {column.type}, of which nothing is asked by {operator}.", code="bad_operator",
        where=column.name, fix="Compare it with equals, one_of or empty.",
    )  # fmt: skip
