"""A map as a form has it: which column of a file is which of a table. What is stored is the map's text (TOML)."""

from __future__ import annotations

import fnmatch
import glob
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tomlkit
from django.utils.translation import gettext_lazy as _

from tenure.core.errors import UsageError
from tenure.engine.catalogue import map_of, tables

if TYPE_CHECKING:
    from tenure.web.data.kept import Kept
    from tenure.web.kit.shell import Text

#: What a file lacks whose columns have other names: on a page one chooses, and writes no map.
NO_COLUMN = "missing_column"
#: How dates are written, where a file leaves it open, and numbers: the mark before decimals.
DATES: dict[str, Text] = {
    "": _("As they can only be read"), "%d/%m/%Y": _("31/12/2026: the day first"), "%m/%d/%Y": _("12/31/2026: the month first"),
    "%d.%m.%Y": _("31.12.2026: the day first"), "%d-%m-%Y": _("31-12-2026: the day first"),
    "%m-%d-%Y": _("12-31-2026: the month first"),
}  # fmt: skip
DECIMALS: dict[str, Text] = {"": _("As they can only be read"), ",": _("1.234,56"), ".": _("1,234.56")}


@dataclass(frozen=True)
class Chosen:
    """``columns``: the file's column for a table's, ``always``: the same text for every row instead. ``inclusive``: ends are last days;
    ``others``: the file's other columns are kept as attributes, but for those that are ``left``: they bear a name of the table's.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    always: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    decimal: str = ""
    inclusive: bool = False
    others: bool = True
    left: tuple[str, ...] = ()


def chosen(given: Mapping[str, str], table: str, names: list[str]) -> Chosen:
    """What somebody chose in the form; ``names``: the file's columns, which it has by their places."""
    columns, always = {}, {}
    for column in tables()[table].columns:
        place, text = given.get(f"from-{column.name}", ""), _taken(given.get(f"always-{column.name}", ""))
        if place.isdecimal() and int(place) < len(names):
            columns[column.name] = names[int(place)]
        elif text:
            always[column.name] = text
    dates, decimal = given.get("dates", ""), given.get("decimal", "")
    own = {column.name for column in tables()[table].columns} - columns.keys() - always.keys()
    left = tuple(name for name in names if name.strip().lower() in own and name not in columns.values())
    return Chosen(
        columns, always, dates if dates in DATES else "", decimal if decimal in DECIMALS else "", "inclusive" in given,
        "others" in given, left,
    )  # fmt: skip


def _taken(text: str) -> str:
    """What the form takes of a text."""
    return text.strip()[:200]


def text_of(file: str, table: str, of: Chosen) -> str:
    """The map of one file, as text."""
    document = tomlkit.document()
    loads = tomlkit.aot()
    loads.append(_entry(file, table, of))
    document.append("load", loads)
    return tomlkit.dumps(document)


def with_file(kept: Kept, file: str, of: Chosen) -> str:
    """The map of all that was brought, with what is said of one file now; the others as they were, by their own columns' names
    where nothing was said. Raises ``UsageError`` for a map that is wrong.
    """
    document = tomlkit.parse(kept.map_text) if kept.map_text else tomlkit.document()
    before = document.get("load", tomlkit.aot())
    loads, said = tomlkit.aot(), set[str]()
    for load in before:
        said.add(str(load.get("file", "")))
        if not _is_of(str(load.get("file", "")), file):
            loads.append(load)
    for name, table in kept.tables.items():
        if name == file:
            loads.append(_entry(name, table, of))
        elif table and not any(_is_of(pattern, name) for pattern in said):
            loads.append(_entry(name, table, Chosen()))
    document.pop("load", None)
    document.append("load", loads)
    return tomlkit.dumps(document)


def of_map(kept: Kept, file: str) -> tuple[str, Chosen | None] | None:
    """The table and what the map says of a file, where the form can say it; the second None where it cannot, and None where the map
    does not name the file. Raises ``UsageError`` for a map that is wrong.
    """
    if not kept.map_text:
        return None
    found = [entry for entry in map_of(kept.map_text).entries if entry.file and _is_of(entry.file, file)]
    if not found:
        return None
    others = [name for name in kept.tables if name != file and _is_of(found[0].file or "", name)]
    if len(found) > 1 or others:  # what is said of one would be lost for the others
        return found[0].table or "", None
    return found[0].table or "", _simple(found[0], file)


def _simple(entry: Any, file: str) -> Chosen | None:
    columns, always = {}, {}
    for name, target in entry.columns.items():
        if target.source and not target.lookup:
            columns[name] = target.source
        elif target.value is not None:
            always[name] = target.value
    of = Chosen(
        columns, always, entry.date_format or "", entry.decimal or "", entry.ends == "inclusive", "*" not in entry.ignore,
        tuple(name for name in entry.ignore if name != "*"),
    )  # fmt: skip
    try:
        again = map_of(text_of(file, entry.table or "", of)).entries[0]
    except UsageError:
        return None
    known = {one.name for one in tables()[entry.table].columns} if entry.table in tables() else set[str]()
    left = {name.strip().lower() for name in of.left}
    if of.dates not in DATES or of.decimal not in DECIMALS or not left <= known - columns.keys():
        return None  # the form would lose it
    if not {*columns, *always} <= known or any(_taken(text) != text or not text for text in always.values()):
        return None  # likewise
    return of if again.hash == entry.hash else None


def _entry(file: str, table: str, of: Chosen) -> Any:
    entry = tomlkit.table()
    entry.add("file", glob.escape(file))
    entry.add("table", table)
    for key, said in (("date_format", of.dates), ("decimal", of.decimal)):
        if said:
            entry.add(key, said)
    if of.inclusive:
        entry.add("ends", "inclusive")
    if of.left or not of.others:
        entry.add("ignore", [*of.left, *([] if of.others else ["*"])])
    if of.columns or of.always:
        columns = tomlkit.table()
        for name, source in of.columns.items():
            columns.add(name, source)
        for name, text in of.always.items():
            same = tomlkit.inline_table()
            same.add("value", text)
            columns.add(name, same)
        entry.add("columns", columns)
    return entry


def _is_of(pattern: str, file: str) -> bool:
    return pattern == file or fnmatch.fnmatchcase(file, pattern)
