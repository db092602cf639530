"""How a column writes dates: ``03/04/2024`` is the third of April here and the fourth of March there.

A format is declared, or settled by the whole column, or refused as ambiguous. ISO dates (year, month, day) need none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from tenure.warehouse.store import literal

ISO = r"\s*\d{4}-\d{1,2}-\d{1,2}([T ].*)?\s*"
_TIMES = (
    "",
    " %H:%M",
    " %H:%M:%S",
    " %H:%M:%S.%f",
    " %I:%M %p",
    " %I:%M:%S %p",
    "T%H:%M",
    "T%H:%M:%S",
    ", %H:%M",
    ", %H:%M:%S",
    ", %I:%M %p",
    ", %I:%M:%S %p",
)
_EARLIEST = 1000  # strptime's %Y reads 24 as the year 24


@dataclass(frozen=True)
class DateFormat:
    """A way to write dates. ``formats`` are tried in order; ``words`` name the order of its parts, for messages."""

    formats: tuple[str, ...]
    words: str

    def moment(self, text: str) -> str:
        """SQL of the TIMESTAMP (or TIMESTAMPTZ, where the format has a zone) that the text writes; null for none."""
        formats = ", ".join(literal(form) for form in self.formats)
        read = f"try_strptime(trim({text}), [{formats}])"
        return f"CASE WHEN year({read}) >= {_EARLIEST} THEN {read} END"

    def reads(self, text: str) -> str:
        """SQL: whether the format reads the text; null for null."""
        return f"CASE WHEN {text} IS NULL THEN NULL ELSE ({self.moment(text)}) IS NOT NULL END"

    def plain(self, text: str) -> str:
        """SQL of the ISO date or time where the format reads the text, else the text as it is."""
        zoned = any("%z" in form or "%Z" in form for form in self.formats)
        moment = f"({self.moment(text)})"
        if zoned:
            written = f"strftime({moment} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') || 'Z'"
        else:
            written = f"regexp_replace(strftime({moment}, '%Y-%m-%dT%H:%M:%S.%f'), '(T00:00:00)?[.]000000$', '')"
        return f"coalesce({written}, {text})"


@dataclass(frozen=True)
class EpochFormat:
    """Seconds, or thousandths of seconds, since 1970 in UTC; only ever declared."""

    per_second: int

    @property
    def words(self) -> str:
        """The format for messages."""
        return "seconds since 1970" if self.per_second == 1 else "milliseconds since 1970"

    def reads(self, text: str) -> str:
        """SQL: whether the text is such a number; null for null."""
        pattern = rf"\s*-?\d{{1,{11 if self.per_second == 1 else 14}}}(\.\d*)?\s*"
        return f"regexp_full_match({text}, {literal(pattern)})"

    def plain(self, text: str) -> str:
        """SQL of the ISO time in UTC, else the text as it is."""
        micro = f"CAST(try_cast({text} AS DECIMAL(38,6)) * {1_000_000 // self.per_second} AS BIGINT)"
        written = f"strftime(make_timestamp({micro}), '%Y-%m-%dT%H:%M:%S.%f') || 'Z'"
        return f"CASE WHEN {self.reads(text)} THEN {written} ELSE {text} END"


def declared(form: str) -> DateFormat | EpochFormat | None:
    """The format a map declares; None for ISO."""
    if form == "iso":
        return None
    if form in ("epoch", "epoch_ms"):
        return EpochFormat(1 if form == "epoch" else 1000)
    return DateFormat((form,), form)


def _numeric(order: str) -> tuple[str, ...]:
    """All formats with the parts in that order, a year of two digits first: ``%Y`` would read it as the first century.

    Formats at one place in the result differ in the order of their parts alone.
    """
    formats = []
    for year, separator, time in product("yY", ("/", "-", ".", " ", ""), _TIMES):
        if separator or year == "Y":  # six digits without a mark are too little to be sure of a date
            parts = [f"%{year}" if part == "y" else f"%{part}" for part in order]
            formats.append(separator.join(parts) + time)
    return tuple(formats)


_NAMED = tuple(
    date + time
    for date, time in product(
        (
            "%d %b %Y",
            "%d %B %Y",
            "%d-%b-%Y",
            "%d-%B-%Y",
            "%d-%b-%y",
            "%d %b %y",
            "%d. %B %Y",
            "%b %d, %Y",
            "%B %d, %Y",
            "%b %d %Y",
            "%B %d %Y",
            "%Y-%b-%d",
            "%d/%b/%Y",
            "%a, %d %b %Y",
            "%A, %B %d, %Y",
        ),
        _TIMES,
    )
)

NUMERIC = (
    DateFormat(_numeric("dmy"), "day, month, year"),
    DateFormat(_numeric("mdy"), "month, day, year"),
    DateFormat(_numeric("ymd"), "year, month, day"),
)
NAMED = DateFormat(_NAMED, "the month's name")


def outline(text: str) -> str:
    """A date, or a format, with its numbers and words left out: what both must have in common to fit."""
    text = re.sub("%[bBaAp]", "a", text)
    return re.sub("[A-Za-z]+", "a", re.sub("[0-9]+", "9", re.sub("(%[a-zA-Z])+", "9", text)))


def candidates(seen: set[str]) -> list[DateFormat]:
    """The formats a column may have in which the single formats ``seen`` read something.

    Each order of the parts is kept with all shapes that any order was seen to read, so that later values decide.
    """
    places = [
        place
        for place, forms in enumerate(zip(*(order.formats for order in NUMERIC), strict=True))
        if seen.intersection(forms)
    ]
    found = [DateFormat(tuple(order.formats[place] for place in places), order.words) for order in NUMERIC if places]
    named = tuple(form for form in NAMED.formats if form in seen)
    return [*found, DateFormat(named, NAMED.words)] if named else found
