"""A file that defines a metric of the workspace's own: its keys, and what each takes. Its expressions are read elsewhere."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast, get_args

from tenure.core import accept
from tenure.core.accept import RefusedError
from tenure.core.errors import UsageError
from tenure.core.toml_text import parsed, place_of
from tenure.core.written import Written
from tenure.metrics.kinds import Better, Unit, Window
from tenure.warehouse.table import Column, Table, Type
from tenure.warehouse.tables import all_tables, find

KINDS = ("share", "total", "cases")
CODE = "bad_definition"
#: Columns that rows have besides those of their table.
_TAKEN = frozenset(
    "account_id account period opens opens_day closes last at moment base counted amount weight excluded no_rate reason "
    "starts ends left lasted ended left_before until is_anonymous stint_id person_account custom".split()
)
_SLICING = (Type.TEXT, Type.BOOLEAN, Type.INTEGER)


def _one_of(*options: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            near = difflib.get_close_matches(str(value), options, n=1, cutoff=0.5)
            raise RefusedError(
                "one of " + ", ".join(f'"{option}"' for option in options), repr(near[0]) if near else ""
            )
        return value

    return check


@dataclass(frozen=True)
class Key:
    """A key: what it takes, in which kinds of metrics it stands (``of``), and in which of those it must (``needed``)."""

    check: Callable[[Any], Any]
    of: tuple[str, ...] = KINDS
    needed: tuple[str, ...] = ()


KEYS = {
    "definition": Key(accept.word, needed=KINDS),
    "kind": Key(_one_of(*KINDS), needed=KINDS),
    "table": Key(accept.word, needed=KINDS),
    "where": Key(accept.word),
    "at": Key(accept.word, ("share", "total"), ("share", "total")),
    "counts": Key(accept.word, ("share",), ("share",)),
    "value": Key(accept.word, ("total",)),
    "from": Key(accept.word, ("cases",), ("cases",)),
    "until": Key(accept.word, ("cases",), ("cases",)),
    "left": Key(accept.word, ("cases",)),
    "unit": Key(_one_of("count", "money", "minutes", "days"), ("total", "cases")),
    "better": Key(_one_of("more", "less")),
    "window": Key(_one_of(*get_args(Window))),
    "by": Key(accept.words),
}


@dataclass(frozen=True)
class Definition:
    """What a file says, understood as far as its expressions. Those are texts; empty where there is none."""

    written: Written
    definition: str
    kind: str
    table: Table
    unit: Unit
    where: str = ""
    at: str = ""
    counts: str = ""
    value: str = ""
    starts: str = ""
    until: str = ""
    left: str = ""
    better: Better = ""
    window: Window = "period"
    by: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The metric's name."""
        return self.written.name

    def place(self, key: str) -> str:
        """Where a key stands: file, line and key."""
        return place_of(self.written.text, self.written.path, (key,))

    @property
    def refused(self) -> dict[str, str]:
        """The table's columns that no expression may read, and why."""
        return _refused(self.table)


def read(written: Written) -> Definition:
    """What a file says. Raises ``UsageError`` with file, line and what to do, for the first thing that is wrong."""
    if written.trouble:
        raise UsageError(written.trouble, code=CODE, where=written.path, fix="Save it as a text file in UTF-8.")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", written.name):
        raise UsageError(
            f"{written.name!r} cannot be a metric's name.", code=CODE, where=written.path,
            fix="Call the file as the metric: small letters, digits and _, beginning with a letter.",
        )  # fmt: skip
    said = _checked(written, parsed(written.text, written.path, CODE))
    table = _table(written, said["table"])
    unit = said.get("unit", {"share": "share", "total": "count", "cases": "days"}[said["kind"]])
    if said["kind"] == "cases" and unit not in ("minutes", "days"):
        raise _bad(written, "unit", f"The unit of cases is {unit!r}.", "Times are shown in minutes or days.")
    if said["kind"] == "total" and "value" not in said and unit != "count":
        raise _bad(written, "unit", f"Rows are counted, but the unit is {unit!r}.", "Say what is added up: value = ...")
    found = Definition(
        written, said["definition"], said["kind"], table, unit, said.get("where", ""), said.get("at", ""),
        said.get("counts", ""), said.get("value", ""), said.get("from", ""), said.get("until", ""), said.get("left", ""),
        cast("Better", said.get("better", "")), cast("Window", said.get("window", "period")), said.get("by", ()),
    )  # fmt: skip
    _check_columns(found)
    return found


def _bad(written: Written, key: str, message: str, fix: str) -> UsageError:
    return UsageError(message, code=CODE, where=place_of(written.text, written.path, (key,)), fix=fix)


def _checked(written: Written, tree: dict[str, Any]) -> dict[str, Any]:
    """The keys' values, each as it takes them."""
    for name in tree:
        if name not in KEYS:
            near = difflib.get_close_matches(name, KEYS, n=1, cutoff=0.5)
            fix = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(KEYS)}."
            raise _bad(written, name, f"There is no key {name}.", fix)
    said = {}
    for name, value in tree.items():
        try:
            said[name] = KEYS[name].check(value)
        except RefusedError as refusal:
            shown = str(value).lower() if isinstance(value, bool) else repr(value)
            fix = f"Did you mean {refusal.near}?" if refusal.near else ""
            raise _bad(written, name, f"{name} is {shown}, but must be {refusal}.", fix) from None
    kind = said.get("kind")
    for name in said:
        if kind and kind not in KEYS[name].of:
            raise _bad(written, name, f"{kind} has no {name}.", f"It is for: {', '.join(KEYS[name].of)}.")
    for name, key in KEYS.items():
        if name not in said and (kind or "share") in key.needed:
            told = f"A metric of the kind {kind} needs it." if kind else "Every metric needs it."
            raise UsageError(f"{name} is missing.", code=CODE, where=written.path, fix=f"{told} Add: {name} = ...")
    return said


def _table(written: Written, name: str) -> Table:
    try:
        table = find(name)
    except UsageError as error:
        raise UsageError(
            error.message, code=error.code, where=place_of(written.text, written.path, ("table",)), fix=error.fix
        ) from None
    if "account_id" not in table.names:
        able = ", ".join(each.name for each in all_tables().values() if "account_id" in each.names)
        raise _bad(
            written, "table", f"The rows of {name} are not about accounts, so that no metric can be made of them.",
            f"These are: {able}.",
        )  # fmt: skip
    return table


def _check_columns(d: Definition) -> None:
    """Raise ``UsageError`` for a time or dimension that the table does not have, or that cannot be one."""
    table, written = d.table, d.written
    if table.anonymous and d.kind != "share":
        raise _bad(
            written, "kind", f"{table.name} holds answers that must stay anonymous: of them only shares can be had.",
            "A share is not shown for fewer people than the anonymity floor.",
        )  # fmt: skip
    if d.at and _column(d, "at", d.at).type not in (Type.TIME, Type.DATE):
        times = ", ".join(column.name for column in table.columns if column.type in (Type.TIME, Type.DATE))
        raise _bad(written, "at", f"{d.at} is no time.", f"The times of {table.name} are: {times}.")
    for name in d.by:
        column = _column(d, "by", name)
        if name in d.refused:
            raise _bad(written, "by", f"{name} can be no dimension: {d.refused[name]}.", "Leave it out.")
        if column.type not in _SLICING or name in _TAKEN:
            able = ", ".join(each.name for each in table.columns if _slices(each, d))
            raise _bad(written, "by", f"{name} can be no dimension.", f"Those that can: {able}.")


def _slices(column: Column, d: Definition) -> bool:
    return column.type in _SLICING and column.name not in d.refused and column.name not in _TAKEN


def _column(d: Definition, key: str, name: str) -> Column:
    if name not in d.table.names:
        near = difflib.get_close_matches(name, d.table.names, n=3, cutoff=0.5)
        fix = f"Did you mean {', '.join(near)}?" if near else f"Its columns: tenure tables {d.table.name}"
        raise _bad(d.written, key, f"{d.table.name} has no column {name!r}.", fix)
    return d.table.column(name)


def _refused(table: Table) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in table.columns:
        if column.personal:
            found[column.name] = "it tells of a person"
        elif column.check_only:
            found[column.name] = "it is there to be compared with only"
        elif column.type is Type.DATE:
            found[column.name] = "it is a day and no time"
        elif table.anonymous and column.name not in table.anonymous:
            found[column.name] = "it could tell whose an anonymous answer is"
    return found
