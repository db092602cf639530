"""By what accounts are filtered: tests of a column, their words, and the conditions that the engine is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from tenure.web.kit.shell import Text

Kind = Literal["text", "number", "day", "boolean"]
Input = Literal["", "values", "text", "number", "days", "day"]
#: What a column's type is filtered as.
_KINDS: dict[str, Kind] = {
    "text": "text", "list": "text", "json": "text", "clock": "text", "integer": "number", "number": "number", "money": "number",
    "price": "number", "rate": "number", "value": "number", "share": "number", "time": "day", "date": "day", "boolean": "boolean",
}  # fmt: skip
#: Days that can be asked for: a hundred years.
_LONGEST = 36_500


@dataclass(frozen=True)
class Test:
    """``words``: what stands between column and value; ``kinds``: of columns; ``input``: what its values are, of which there
    are ``least`` at least.
    """

    words: Text
    kinds: tuple[Kind, ...]
    input: Input = ""
    least: int = 0

    def fits(self, type_: str, values: tuple[str, ...]) -> bool:
        """Whether a column of that type can be tested with these values."""
        return (
            kind_of(type_) in self.kinds and len(values) >= self.least and all(_READ[self.input](one) for one in values)
        )


TESTS: dict[str, Test] = {
    "is": Test(_("is"), ("text",), "values", 1),
    "not": Test(_("is not"), ("text",), "values", 1),
    "has": Test(_("contains"), ("text",), "text", 1),
    "lacks": Test(_("does not contain"), ("text",), "text", 1),
    "least": Test(_("at least"), ("number",), "number", 1),
    "most": Test(_("at most"), ("number",), "number", 1),
    "between": Test(_("between"), ("number",), "number", 2),
    "ahead": Test(_("within the next"), ("day",), "days", 1),
    "past": Test(_("in the last"), ("day",), "days", 1),
    "quiet": Test(_("not in the last"), ("day",), "days", 1),
    "over": Test(_("before today"), ("day",)),
    "from": Test(_("on or after"), ("day",), "day", 1),
    "until": Test(_("on or before"), ("day",), "day", 1),
    "during": Test(_("between"), ("day",), "day", 2),
    "yes": Test(_("yes"), ("boolean",)),
    "no": Test(_("no"), ("boolean",)),
    "none": Test(_("is empty"), ("text", "number", "day", "boolean")),
    "any": Test(_("is not empty"), ("text", "number", "day", "boolean")),
}


def kind_of(type_: str) -> Kind:
    """What a column of the engine's type is filtered as."""
    return _KINDS.get(type_, "text")


def conditions(column: str, test: str, values: tuple[str, ...], today: date) -> list[tuple[str, str, Any]]:
    """The conditions of a filter, which all have to hold; ``today`` is the day in the organisation's zone."""
    first, last = (values[0], values[-1]) if values else ("", "")
    days = timedelta(days=int(first)) if TESTS[test].input == "days" else timedelta()
    found: dict[str, list[tuple[str, Any]]] = {
        "is": [("one_of", list(values))],
        "not": [("none_of", list(values))],
        "has": [("contains", first)],
        "lacks": [("lacks", first)],
        "least": [("at_least", first)],
        "most": [("at_most", first)],
        "between": [("at_least", first), ("at_most", last)],
        "ahead": [("at_least", today), ("at_most", today + days)],
        "past": [("at_least", today - days), ("at_most", today)],
        "quiet": [("not_since", today - days)],
        "over": [("less", today)],
        "from": [("at_least", first)],
        "until": [("at_most", first)],
        "during": [("at_least", first), ("at_most", last)],
        "yes": [("equals", True)],
        "no": [("equals", False)],
        "none": [("empty", True)],
        "any": [("empty", False)],
    }
    return [(column, operator, value) for operator, value in found[test]]


def _is_number(text: str) -> bool:
    try:
        return len(text) < 30 and "e" not in text.lower() and Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_days(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= _LONGEST


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and 1900 <= date.fromisoformat(text).year < 3000
    except ValueError:
        return False


_READ = {
    "": lambda _text: False, "values": lambda _text: True, "text": bool, "number": _is_number, "days": _is_days, "day": _is_day,
}  # fmt: skip
