"""What an expression is made of: typed pieces of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

DECIMAL = "DECIMAL(38,10)"
#: What may be written out.
Constant = str | Decimal | bool | None


class Kind(StrEnum):
    """What a piece of an expression gives. ``NOTHING`` is ``None`` written out, which fits everywhere."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "condition"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Value:
    """A piece of SQL that gives VARCHAR, DECIMAL(38,10), TIMESTAMP or BOOLEAN, by ``kind``.

    ``constant``: what was written out, if it was.
    """

    sql: str
    kind: Kind
    constant: Constant = None

    def as_text(self) -> str:
        """SQL of the value as VARCHAR: a plain number, an ISO date or time, ``true`` or ``false``; null if empty."""
        match self.kind:
            case Kind.TEXT:
                return f"nullif({self.sql}, '')"
            case Kind.NUMBER:
                return f"rtrim(rtrim(CAST({self.sql} AS VARCHAR), '0'), '.')"
            case Kind.DATE:
                return f"replace(regexp_replace(CAST({self.sql} AS VARCHAR), ' 00:00:00$', ''), ' ', 'T')"
        return f"CAST({self.sql} AS VARCHAR)"


NULL = Value("NULL", Kind.NOTHING)


@dataclass(frozen=True)
class Failure:
    """A condition (``sql``, may be null: does not hold) under which a function has no value for a row's ``value``."""

    sql: str
    value: str
    reason: str
    code: str


class Problem(Exception):  # noqa: N818 - it never leaves the compiler, which makes a UsageError of it
    """Something wrong in an expression, at a character (from 1) if known."""

    def __init__(self, message: str, position: int | None = None, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.fix = fix
