"""Which column of a file is which of a table: a proposal by names and by what stands in them, for somebody to confirm."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from tenure.engine.column_words import COLUMNS, IDS, NAMES, THINGS
from tenure.sources.files.map_reader import parse_map
from tenure.sources.vendor import find, vendors
from tenure.warehouse.table import Column, Table, Type

if TYPE_CHECKING:
    from tenure.sources.files.mapping import Target

#: Why a column is proposed: it bears the name; a vendor calls it so; it is a usual word; the name is nearly the same.
Why = Literal["same", "vendor", "word", "like"]
_WORTH: dict[Why, int] = {"same": 100, "vendor": 90, "word": 80, "like": 60}
#: A thing alone, as ``Customer``, may be its number or its name: whatever says which goes before.
_ALONE = 10
_THINGS = {word for words in THINGS.values() for word in words.split()}
#: Names that are shorter are never nearly the same, and how near they have to be.
_SHORTEST, _NEAR = 5, 0.84
_DATES = re.compile(r"\d{1,4}[-/. ]\w{1,9}[-/., ]+\d{1,4}.*|\d{8}|\d{10}|\d{13}|[A-Za-z]{3,9} \d{1,2},? \d{4}.*")
_NUMBERS = re.compile(r"[^\dA-Za-z]{0,4}-?\d[\d.,' ]*\s*(?:%|[A-Z]{3}|[€$£])?")
_FLAGS = {"0", "1", "true", "false", "yes", "no", "y", "n", "t", "f", "ja", "nein", "x", "on", "off"}


@dataclass(frozen=True)
class Guess:
    """``source``: the file's column that is taken for a table's. ``vendor``: whose files call it so, where that is ``why``."""

    column: str
    source: str
    why: Why
    vendor: str = ""


def propose(table: Table, samples: Mapping[str, Sequence[str]]) -> tuple[Guess, ...]:
    """What the columns of a file are likely to be, each for one of the table's; the surest first. ``samples``: by the file's
    column, some of its texts. What holds other things than a column takes is proposed for none by a word.
    """
    found = []
    for place, source in enumerate(samples):
        for column in table.columns:
            why, vendor = _why(table, column, source)
            if why == "same" or (why and _fits(column, samples[source])):
                worth = _WORTH[why] - (_ALONE if why != "same" and _plain(source) in _THINGS else 0)
                found.append((-worth, not column.required, place, Guess(column.name, source, why, vendor)))
    taken, given, proposed = set[str](), set[str](), list[Guess]()
    for *_order, guess in sorted(found, key=lambda one: one[:3]):
        if guess.source not in taken and guess.column not in given:
            proposed.append(guess)
            taken.add(guess.source)
            given.add(guess.column)
    return tuple(proposed)


def _why(table: Table, column: Column, source: str) -> tuple[Why | None, str]:
    own = source.strip().lower()
    if own == column.name:
        return "same", ""
    plain, name = _plain(source), _plain(column.name)
    if plain == name:
        return "word", ""
    vendor = _vendors().get((table.name, column.name), {}).get(plain, "")
    if vendor:
        return "vendor", vendor
    if plain in _words(table, column):
        return "word", ""
    near = min(len(plain), len(name)) >= _SHORTEST and difflib.SequenceMatcher(None, plain, name).ratio() >= _NEAR
    return ("like" if near else None), ""


def _plain(name: str) -> str:
    """A name in small letters and figures alone, without what marks a field of one's own or, in connectors' tables, any field."""
    return re.sub(r"[\W_]", "", re.sub(r"^property_|__c$", "", name.strip()).casefold())


def _words(table: Table, column: Column) -> set[str]:
    """Usual words for a column of a table."""
    found = set(COLUMNS.get(column.name, "").split())
    thing, _underscore, end = column.name.rpartition("_")
    if end in ("id", "ids"):
        things = THINGS.get(thing, thing).split()
        found |= {word + mark for word in things for mark in IDS} | set(things)
        if column.name in table.key:
            found |= set(IDS)
    elif column.name == "name":
        things = THINGS.get(table.name, table.name).split()
        found |= {word + mark for word in things for mark in NAMES} | set(things)
    else:
        found |= {word + _plain(column.name) for word in THINGS.get(table.name, table.name).split()}
    return found


@cache
def _vendors() -> dict[tuple[str, str], dict[str, str]]:
    """By table and column, what vendors' exports call it, and whose they are."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for vendor in vendors():
        for entry in parse_map(find(vendor).map, vendor).entries:
            for column, target in entry.columns.items():
                for name in _sources(target):
                    found.setdefault((entry.table or "", column), {}).setdefault(name, vendor)
    return found


def _sources(target: Target) -> Iterator[str]:
    """The column that is taken as it is: what is looked up by it is another thing."""
    if target.source and not target.lookup and (name := _plain(target.source.rstrip("?"))) not in IDS:
        yield name


def _fits(column: Column, texts: Sequence[str]) -> bool:
    """Whether most of what stands in a file's column may be what a table's column takes. Of an empty one anything may be."""
    texts = [text.strip() for text in texts if text and text.strip()]
    match column.type:
        case Type.TIME | Type.DATE:
            fits = [bool(_DATES.fullmatch(text)) for text in texts]
        case Type.BOOLEAN:
            fits = [text.lower() in _FLAGS for text in texts]
        case Type.INTEGER | Type.NUMBER | Type.MONEY | Type.PRICE | Type.RATE | Type.VALUE | Type.SHARE:
            fits = [bool(_NUMBERS.fullmatch(text)) for text in texts]
        case _:
            fits = []
    return 2 * sum(fits) >= len(fits)
