"""What a vendor's folder says of itself, so that files exported from the vendor's tool can be loaded as they are.

A vendor is a package of ``tenure.sources`` with a module ``staging`` that holds ``VENDOR``, and is there by existing. Its
files are told apart by their **stream**: the name of the vendor's table. What a map can say is in the package's
``map.toml``; what it cannot (rows that must be reshaped, or put together from several files) is SQL over the streams.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import tenure.sources
from tenure.core.errors import unknown

#: Runs SQL over a vendor's streams and gives the rows.
Ask = Callable[[str], list[tuple[Any, ...]]]

_SUFFIX = "_data"


@dataclass(frozen=True)
class Made:
    """Rows made of a vendor's files, as the SQL of a SELECT over the streams, in an order that is always the same.

    ``of``: the streams it reads. It is made where the first of them is there; of the others there may be no row.
    """

    of: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Personal:
    """What a stream tells of the customers' people, so that one can be erased from what the vendor's interface gave.

    ``ids``: the columns that name somebody by id. ``texts``: those that tell of whom the row is about, and that nothing is
    counted by. ``own``: a row is a person, whom all of its ids name.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Vendor:
    """How the exports of a vendor's tool are loaded.

    ``name``: as ``--from`` has it, and the package. ``columns``: the streams that SQL reads, with the columns it needs; a
    column that a file lacks is null. ``made``: by the file name that the map and its lookups name. ``remarks``: what people
    should know of these files; it is given a function that runs SQL over the streams. ``aside``: streams that are known and of
    which nothing is read. ``prefixes``: what connectors put before the name of a table, but for the vendor's own name.
    ``table`` and ``column``: a table's name, and of a stream a column's, in the one form that map and SQL use, whichever way
    a connector writes it. ``keep``: by stream, patterns: the columns of its file that fit one, and that nothing else takes, are
    custom attributes. ``tells_now``: what is made that the vendor tells of as it is now alone: what it no longer tells was so all the
    same, and stays known. ``personal``: by stream, what of its columns tells of people of customers; in the vendor's objects nothing is
    personal but that and what no column is made of.

    The map is a map like any other (docs/reference/map.md), but that ``file`` names a stream or something made, a column
    that ends in ``?`` need not be in the file, and expressions read ``None`` where the file lacks a column.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    made: Mapping[str, Made] = field(default_factory=dict)
    remarks: Callable[[Ask], Iterable[str]] = lambda _ask: ()
    aside: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    table: Callable[[str], str] = str.lower
    column: Callable[[str, str], str] = lambda _stream, name: name.lower()
    tells_now: frozenset[str] = frozenset()
    personal: Mapping[str, Personal] = field(default_factory=dict)

    @property
    def map(self) -> str:
        """The text of its map."""
        return resources.files(f"tenure.sources.{self.name}").joinpath("map.toml").read_text(encoding="utf-8")

    def stream(self, path: Path) -> str:
        """The stream of a file: its name in small letters, without what connectors put before and after it."""
        name = path.name.split(".")[0]
        for prefix in (f"{self.name}_", *self.prefixes):
            if name.lower().startswith(prefix):
                name = name[len(prefix) :]
                break
        return self.table(name[: -len(_SUFFIX)] if name.lower().endswith(_SUFFIX) else name)

    def written(self, stream: str, names: Iterable[str]) -> dict[str, str]:
        """The columns of a stream's file, by their names in the map: as the file writes them, the first of each."""
        found: dict[str, str] = {}
        for name in names:
            found.setdefault(self.column(stream, name.strip()), name)
        return found


def vendors() -> tuple[str, ...]:
    """The names of all vendors."""
    packages = (module.name for module in pkgutil.iter_modules(tenure.sources.__path__) if module.ispkg)
    return tuple(sorted(name for name in packages if importlib.util.find_spec(f"tenure.sources.{name}.staging")))


def find(name: str, also: Iterable[str] = ()) -> Vendor:
    """The vendor of that name. Raises ``UsageError`` with the nearest ones. ``also``: what else could have been named."""
    if name not in vendors():
        known = sorted([*vendors(), *also])
        raise unknown("vendor", name, known, listing=f"Files can be loaded from: {', '.join(known)}.")
    vendor: Vendor = importlib.import_module(f"tenure.sources.{name}.staging").VENDOR
    return vendor


def moment(text: str) -> str:
    """SQL (TIMESTAMP in UTC, or null) of the instant that a text of a stream writes; without an offset it is in UTC."""
    joined = f"regexp_replace({text}, ' ([+-])', '\\1')"
    return (
        f"CASE WHEN regexp_matches({text}, ':[0-9.]+ ?[+-][0-9]{{2}}') "
        f"THEN make_timestamp(epoch_us(TRY_CAST({joined} AS TIMESTAMPTZ))) ELSE TRY_CAST({text} AS TIMESTAMP) END"
    )


def bare(name: str) -> str:
    """A name in small letters and digits alone, however an export writes it: ``Company Id``, ``company_id``, ``CompanyId``."""
    return re.sub("[^a-z0-9]", "", name.lower())


#: Words that tell how people were in contact, the first that is found; whatever tells of none is no contact.
_CHANNELS = (
    ("review", "qbr|ebr|business review"), ("visit", "visit|on-?site|in[ -]person|travel"), ("email", "e-?mail"),
    ("chat", "chat|slack|teams|whatsapp|sms|message"), ("call", "call|phone"),
    ("meeting", "meeting|demo|training|webinar|workshop|kick-?off|check-?in|conference"),
)  # fmt: skip


def channel(kind: str) -> str:
    """SQL of the channel of a contact that a tool for customer success names in its own words; null where it is none."""
    cases = " ".join(f"WHEN regexp_matches(lower({kind}), '{words}') THEN '{name}'" for name, words in _CHANNELS)
    return f"CASE {cases} END"
