"""How what is asked of the list is said: a filter as a sentence, a value as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.book.asked import LIST, Filter
from tenure.web.book.columns import BANDS, LABELS, Column
from tenure.web.book.conditions import TESTS
from tenure.web.kit import formats


@dataclass(frozen=True)
class Chip:
    """A filter in words, and where one goes to change it or to take it away."""

    text: str
    change: str
    remove: str


def sentence(of: Filter, columns: Mapping[str, Column], people: Mapping[str, str], lists: Mapping[str, str]) -> str:
    """``ARR at least €10,000``. ``people``: names of ours by id; ``lists``: of static lists by number."""
    test = TESTS[of.test]
    if of.column == LIST:
        named = [lists.get(number, _("a list that is not there")) for number in of.values]
        words = _("On the list") if of.test == "is" else _("Not on the list")
        return f"{words} {_joined(named)}"
    column = columns[of.column]
    label = str(LABELS.get(column.name, column.label))
    told = [_value(column, value, of.test, people) for value in of.values]
    if not told:
        return f"{label} {test.words}" if of.test not in ("yes", "no") else f"{label}: {test.words}"
    between = of.test in ("between", "during")
    return f"{label} {test.words} {_('%s and %s') % (told[0], told[-1]) if between else _joined(told)}"


def _value(column: Column, value: str, test: str, people: Mapping[str, str]) -> str:
    if TESTS[test].input == "days":
        days = int(value)
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": formats.number(days)}
    if TESTS[test].input == "day":
        return formats.day(date.fromisoformat(value))
    if TESTS[test].input == "number":
        number = Decimal(value)
        if column.type in ("money", "price"):
            return formats.money_short(number, column.unit)
        return (
            formats.percent(number, 0 if number * 100 == int(number * 100) else 1)
            if column.type == "share"
            else formats.number(number)
        )
    if column.name == "owner":
        return people.get(value, value)
    return str(BANDS.get(column.name, {}).get(value, value))


def _joined(told: list[str]) -> str:
    if len(told) > 3:  # more is read by nobody
        return _("%(some)s and %(more)s more") % {"some": ", ".join(told[:2]), "more": formats.number(len(told) - 2)}
    return _(" or ").join(told)
