"""A filter that is being filled in: what the column is, how it can be tested, and the values that there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext as _

from tenure.web.book.asked import LIST, Filter
from tenure.web.book.columns import BANDS, Column
from tenure.web.book.conditions import TESTS, Kind, kind_of
from tenure.web.kit import formats
from tenure.web.kit.shell import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.web.book.looking import Looking
    from tenure.web.kit.asking import Answers

#: Days that are offered at first.
_DAYS = "30"


@dataclass(frozen=True)
class Option:
    """A test, or a value that accounts have; ``count``: how many."""

    value: str
    label: Text
    count: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Filling:
    """``at``: which filter is changed, empty for a new one. ``first``, ``last``: the values as they are typed; ``days``: of those
    that are days' numbers; ``unit``: said behind a number.
    """

    column: str
    label: Text
    kind: Kind
    at: str
    tests: tuple[Option, ...]
    values: tuple[Option, ...]
    first: str
    last: str
    days: str
    unit: str


def filling(
    answers: Answers, at: Looking, column: str, number: str, people: Mapping[str, str], lists: Mapping[str, str]
) -> Filling | None:
    """The filter that the address asks to fill in; None where it asks for none."""
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else None
    before = at.of.filters[place] if place is not None and place < len(at.of.filters) else None
    if before is not None and before.column != column:
        before = None
    changed = number if before else ""
    if column == LIST:
        chosen = before.values if before else ()
        options = tuple(Option(each, name, chosen=each in chosen) for each, name in lists.items())
        tests = _tests(("is", "not"), before)
        return Filling(LIST, _("Static list"), "text", changed, tests, options, "", "", "", "") if options else None
    of = at.columns.get(column)
    if of is None:
        return None
    kind = kind_of(of.type)
    usable = tuple(name for name, test in TESTS.items() if kind in test.kinds)
    typed = (
        [_shown(of, value) for value in before.values]
        if before and TESTS[before.test].input in ("number", "day", "text")
        else []
    )
    days = before.values[0] if before and TESTS[before.test].input == "days" else _DAYS
    label = next((each.label for each in at.columns.values() if each.filtered == column), of.label)
    return Filling(
        column, label, kind, changed, _tests(usable, before), _values(answers, at, of, before, people) if kind == "text" else (),
        typed[0] if typed else "", typed[-1] if len(typed) > 1 else "", days, _unit(of),
    )  # fmt: skip


def _tests(usable: Sequence[str], before: Filter | None) -> tuple[Option, ...]:
    return tuple(Option(name, TESTS[name].words, chosen=bool(before and before.test == name)) for name in usable)


def _values(
    answers: Answers, at: Looking, of: Column, before: Filter | None, people: Mapping[str, str]
) -> tuple[Option, ...]:
    """The values that accounts in sight have, with how many: of those that are customers, or are not, as it is asked."""
    where = () if at.of.status == "all" else (("is_customer", "equals", at.of.status == "customers"),)
    found = [each for each in answers.sight.tally(of.name, where=where).groups if each.value not in (None, "")]
    counts = {str(each.value): each.accounts for each in found}
    chosen = before.values if before and before.test in ("is", "not") else ()
    words = BANDS.get(of.name, people if of.name == "owner" else {})
    there = [*counts, *(value for value in chosen if value not in counts)]
    return tuple(
        Option(value, words.get(value, value), formats.number(counts.get(value, 0)), value in chosen) for value in there
    )


def _unit(of: Column) -> str:
    return "%" if of.type == "share" else of.unit if of.type in ("money", "price") else ""


def _shown(of: Column, value: str) -> str:
    """A value as it is typed: shares in percent."""
    return f"{Decimal(value) * 100:f}".rstrip("0").rstrip(".") if of.type == "share" else value


class Filled(forms.Form):
    """What was filled in of a filter."""

    column = forms.CharField(max_length=300)
    test = forms.ChoiceField(choices=[(name, name) for name in TESTS])
    at = forms.IntegerField(required=False, min_value=0, max_value=99)
    first = forms.CharField(required=False, max_length=200)
    last = forms.CharField(required=False, max_length=200)
    days = forms.CharField(required=False, max_length=6)

    def filter_of(self, columns: Mapping[str, Column], values: Sequence[str]) -> Filter | None:
        """The filter; None where it is not whole, or makes no sense of its column."""
        told = self.cleaned_data
        column, test = columns.get(told["column"]), TESTS[told["test"]]
        match test.input:
            case "values":
                given = tuple(dict.fromkeys(value for value in values if value))
            case "days":
                given = (told["days"],)
            case "":
                given = ()
            case _:
                given = tuple(told[name].strip() for name in ("first", "last")[: test.least])
        if column is None:
            return (
                Filter(LIST, told["test"], given)
                if told["column"] == LIST and given and test.input == "values"
                else None
            )
        if test.input == "number":
            given = tuple(map(_number, given)) if column.type != "share" else tuple(map(_of_percent, given))
        return Filter(column.name, told["test"], given) if test.fits(column.type, given) else None


def _number(text: str) -> str:
    """A number as it is meant, without what was typed for the eye."""
    return text.replace(",", "").replace(" ", "").replace("’", "").replace("'", "")


def _of_percent(text: str) -> str:
    try:
        return f"{Decimal(_number(text).rstrip('%')) / 100:f}"
    except ArithmeticError:
        return text
