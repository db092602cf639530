"""The language in which a canonical table is defined, once.

A file in ``warehouse/tables`` holds one ``Table`` of the same name. The CSV template, the import checks, the DDL, the
types that metrics see and the reference page are all made from it. Nothing else lists tables or columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a column holds, and how it is stored. Values are the words of the reference page."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    PRICE = "price"
    RATE = "rate"
    VALUE = "value"
    SHARE = "share"
    BOOLEAN = "boolean"
    TIME = "time"
    DATE = "date"
    CLOCK = "clock"
    LIST = "list"
    JSON = "json"

    @property
    def sql(self) -> str:
        """The DuckDB type."""
        return _STORED[self][0]

    @property
    def ibis(self) -> str:
        """The type metrics see."""
        return _STORED[self][1]


_STORED: dict[Type, tuple[str, str]] = {
    Type.TEXT: ("VARCHAR", "string"),
    Type.INTEGER: ("BIGINT", "int64"),
    Type.NUMBER: ("DECIMAL(18,4)", "decimal(18, 4)"),
    Type.MONEY: ("DECIMAL(18,4)", "decimal(18, 4)"),  # exact to a ten-thousandth
    Type.PRICE: ("DECIMAL(18,8)", "decimal(18, 8)"),  # a price per unit may be far below a cent
    Type.RATE: ("DECIMAL(18,9)", "decimal(18, 9)"),  # an exchange rate
    Type.VALUE: ("DECIMAL(28,8)", "decimal(28, 8)"),  # a metric's value: a share needs decimals, a yen amount digits
    Type.SHARE: ("DECIMAL(9,6)", "decimal(9, 6)"),  # 0.25 is 25 %
    Type.BOOLEAN: ("BOOLEAN", "boolean"),
    Type.TIME: ("TIMESTAMP", "timestamp(6)"),  # an instant, in UTC
    Type.DATE: ("DATE", "date"),  # a civil date of the organisation
    Type.CLOCK: ("VARCHAR", "string"),  # a time of day, HH:MM
    Type.LIST: ("VARCHAR", "string"),  # a JSON array of texts
    Type.JSON: ("VARCHAR", "string"),
}

BEGINNING = ""  # learned=(BEGINNING,) : known from the beginning of time


@dataclass(frozen=True)
class Column:
    """One column: what it holds, what a valid value is and how it came to be known.

    ``required``: a row without it is rejected. ``default``: taken where the file has none or an empty cell.
    ``choices``: the only values allowed; with ``open_choices`` they are the usual ones and any other is kept.
    ``low``/``high``: the inclusive range of a number. ``references``: the table whose key this names; an orphan is
    kept and reported. ``personal``: tells of a natural person (erased on demand, never in a fact or a hash).
    ``people``: names people of customers by their ids, also where it refers to nobody else (``Table.people``).
    ``is_end``: an exclusive end, which ``ends = "inclusive"`` in a map moves by a day.
    ``check_only``: read by checks, never by a metric.
    ``learned``: for a first import of the past (``--history``), the columns whose first non-empty value says when this
    column's value was learned; ``None``, or none of them filled, means with the row itself (``Table.known``).
    ``before``: what stood in the column until then; ``None`` means nothing.
    """

    name: str
    type: Type
    meaning: str
    required: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    open_choices: bool = False
    low: float | None = None
    high: float | None = None
    references: str | None = None
    personal: bool = False
    people: bool = False
    is_end: bool = False
    check_only: bool = False
    learned: tuple[str, ...] | None = None
    before: str | None = None


@dataclass(frozen=True)
class Derived:
    """A column worked out from the row's own columns when versions are derived.

    ``sql`` is DuckDB SQL over the table's columns; ``{zone}`` stands for the organisation's time zone, quoted.
    Work that other engines round differently (division, zone casts) is done here, once.
    """

    name: str
    type: str
    ibis: str
    sql: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A canonical table.

    ``key`` identifies a row. ``events`` tables never supersede: a row with a known id and other content is kept and
    flagged. Other tables hold state: the latest known row of a key is current, the older ones stay readable.
    ``known``: the column whose instant says when a row became known in an import of the past; ``None``, or an empty
    value, means from the beginning. ``own_time``: the column that decides between two rows of one key learned at the
    same moment. ``one_of``: groups of columns of which at least one must be given. ``starts``/``ends``: the columns of
    the time in which the row holds (a row that ends before it starts is refused); ``no_overlap``: the columns within
    which such times must not overlap.
    ``generated_key``: rows may come without the key, which is then made from their content; for a state table from
    the columns ``made_from``, so that a later row with other content is still the same thing.
    ``reference``: about our own organisation or what it sells, and no account: whoever sees anything sees it.
    ``anonymous``: what may still be told of a row that is marked ``is_anonymous``.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    events: bool = False
    known: str | None = None
    own_time: str | None = None
    one_of: tuple[tuple[str, ...], ...] = ()
    starts: str | None = None
    ends: str | None = None
    no_overlap: tuple[str, ...] = ()
    generated_key: bool = False
    made_from: tuple[str, ...] = ()
    derived: tuple[Derived, ...] = ()
    reference: bool = False
    anonymous: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name. Raises ``KeyError``."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def wraps(self) -> bool:
        """Whether its times are of a clock, on which what ends before it starts does so the next day."""
        return self.ends is not None and self.column(self.ends).type is Type.CLOCK

    @property
    def people(self) -> tuple[Column, ...]:
        """The columns that name people of customers by their ids: one, or a list of them."""
        return tuple(c for c in self.columns if c.people or c.references == "person" or c.name == "person_id")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the order of the template."""
        return tuple(column.name for column in self.columns)


def state(name: str, meaning: str, *, key: str, columns: tuple[Column, ...], **more: object) -> Table:
    """A table whose rows supersede each other. ``key`` is written with spaces: ``"account_id valid_from"``."""
    return Table(name, meaning, tuple(key.split()), columns, **more)  # type: ignore[arg-type]


def events(name: str, meaning: str, *, key: str, columns: tuple[Column, ...], **more: object) -> Table:
    """A table of things that happened, which never supersede."""
    return Table(name, meaning, tuple(key.split()), columns, events=True, **more)  # type: ignore[arg-type]


def text(name: str, meaning: str, **more: object) -> Column:
    """A text column; keys are text, so that ``007`` stays ``007``."""
    return Column(name, Type.TEXT, meaning, **more)  # type: ignore[arg-type]


def integer(name: str, meaning: str, **more: object) -> Column:
    """A whole number."""
    return Column(name, Type.INTEGER, meaning, **more)  # type: ignore[arg-type]


def number(name: str, meaning: str, **more: object) -> Column:
    """A number with up to four decimals."""
    return Column(name, Type.NUMBER, meaning, **more)  # type: ignore[arg-type]


def money(name: str, meaning: str, **more: object) -> Column:
    """An amount in the row's currency, exact to a ten-thousandth."""
    return Column(name, Type.MONEY, meaning, **more)  # type: ignore[arg-type]


def share(name: str, meaning: str, **more: object) -> Column:
    """A fraction: 0.25 is 25 %."""
    more = {"low": 0, "high": 1} | more
    return Column(name, Type.SHARE, meaning, **more)  # type: ignore[arg-type]


def boolean(name: str, meaning: str, **more: object) -> Column:
    """True or false."""
    return Column(name, Type.BOOLEAN, meaning, **more)  # type: ignore[arg-type]


def time(name: str, meaning: str, **more: object) -> Column:
    """An instant. A date without a time is the start of that day in the organisation's zone."""
    return Column(name, Type.TIME, meaning, **more)  # type: ignore[arg-type]


def date(name: str, meaning: str, **more: object) -> Column:
    """A civil date of the organisation."""
    return Column(name, Type.DATE, meaning, **more)  # type: ignore[arg-type]
