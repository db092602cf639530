"""Binds a file's columns to a table's: by the map, else by their names, else as custom attributes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tenure.core.errors import DataError, UsageError
from tenure.sources.files.date_format import DateFormat, EpochFormat, declared
from tenure.sources.files.lookup import PREFIX, known_column
from tenure.sources.files.mapping import Entry, Target, canonical_columns
from tenure.sources.files.number_format import COMMA, PLAIN, POINT, NumberFormat
from tenure.sources.files.opened import Opened
from tenure.sources.files.settle import DATES, NUMBERS
from tenure.warehouse.expression import compile_expression
from tenure.warehouse.expression_value import Kind, Value
from tenure.warehouse.incoming import Cell, Check
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table, Type

Format = DateFormat | EpochFormat | NumberFormat


@dataclass(frozen=True)
class Bound:
    """The columns a file fills. ``where``: see Incoming; its checks are with the cell of the first column.

    ``open``: the columns whose texts are read from the file in a format that nothing declares, with SQL of the text.
    """

    columns: Mapping[str, Cell]
    custom: Mapping[str, str]
    where: str | None
    open: Mapping[str, str]


def bind(opened: Opened, table: Table, entry: Entry, file: str, formats: Mapping[str, Format]) -> Bound:
    """Bind the columns of ``opened`` to ``table``. ``formats``: those settled so far, by canonical column.

    Raises ``UsageError`` where the map names a column that the file has not or one that the table has not,
    ``DataError`` where a header names two columns alike or a column of the key is missing.
    """
    return _Binder(opened, table, entry, file, formats).bound()


class _Binder:
    def __init__(self, opened: Opened, table: Table, entry: Entry, file: str, formats: Mapping[str, Format]) -> None:
        self.opened = opened
        self.table = table
        self.entry = entry
        self.file = file
        self.formats = formats
        self.values = {name: Value(quoted(name), Kind.TEXT) for name in opened.names}
        self.open: dict[str, str] = {}
        self.canonical = canonical_columns(table)

    def bound(self) -> Bound:
        targets, rest = self.targets()
        columns = {name: self.cell(name, target, self.canonical[name]) for name, target in targets.items()}
        if self.entry.source and "source" not in columns:
            columns["source"] = Cell(literal(self.entry.source), literal(self.entry.source), "source")
        self.check_keys(columns)
        custom = {name: quoted(name) for name in rest}
        where, checks = self.where()
        for name, target in self.entry.custom.items():
            cell = self.cell(name, target, None)
            custom[name] = cell.sql
            checks += cell.checks
        if checks:
            first = next(iter(columns))
            columns[first] = replace(columns[first], checks=columns[first].checks + checks)
        return Bound(columns, custom, where, {name: sql for name, sql in self.open.items() if name in columns})

    def targets(self) -> tuple[dict[str, Target], list[str]]:
        """The targets of canonical columns, and the file's columns that nothing takes."""
        canonical = self.canonical
        for name in self.entry.columns:
            if name not in canonical:
                near = difflib.get_close_matches(name, canonical, n=3, cutoff=0.5)
                raise UsageError(
                    f"The table {self.table.name} has no column {name!r}.",
                    code="bad_map",
                    where=self.entry.columns[name].place,
                    fix=f"Did you mean {', '.join(near)}?"
                    if near
                    else "An attribute of your own belongs under [load.custom].",
                )
        said = dict(self.entry.columns)
        taken = {
            target.source
            for target in (*said.values(), *self.entry.custom.values())
            if target.source and not target.lookup
        }  # a lookup only asks with the value
        ignored = set(self.entry.ignore)
        free = [name for name in self.opened.names if name not in taken and name not in ignored]
        self.check_doubled(free)
        by_name = {}
        for name in free:
            own = name.strip().lower()
            if own in canonical and own not in said:
                by_name[own] = Target(source=name)
        rest = (
            []
            if "*" in ignored
            else [name for name in free if name not in {target.source for target in by_name.values()}]
        )
        return {**said, **by_name}, rest

    def check_doubled(self, free: list[str]) -> None:
        for written, names in self.opened.doubled.items():
            if set(names).intersection(free) and not {written, "*"}.intersection(self.entry.ignore):
                places = " and ".join(str(self.opened.names.index(name) + 1) for name in names)
                raise DataError(
                    f"The header names {len(names)} columns {written!r} (columns {places}).",
                    code="doubled_column",
                    where=f"{self.file}:{written}",
                    fix=f"Rename them, or name each in a map as {' and '.join(map(repr, names))} (or ignore it).",
                )

    def check_keys(self, columns: Mapping[str, Cell]) -> None:
        """A key cannot come from elsewhere, and an event is never completed later."""
        missing = [
            column.name
            for column in self.table.columns
            if column.required and column.name not in columns and (self.table.events or column.name in self.table.key)
        ]
        if not missing:
            return
        plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(self.opened.names)}
        near = {
            name: plain[found[0]]
            for name in missing
            if (found := difflib.get_close_matches(name.replace("_", ""), plain, n=1, cutoff=0.7))
        }
        hint = " ".join(
            f'Is it {written!r}? Then put {name} = "{written}" under [load.columns] in a map.'
            for name, written in near.items()
        )
        raise DataError(
            f"The file has no column for {', '.join(missing)}.",
            code="missing_column",
            where=self.file,
            fix=hint or f"It has: {', '.join(self.opened.names[:20])}. Say in a map which column that is.",
        )

    def where(self) -> tuple[str | None, tuple[Check, ...]]:
        if self.entry.where is None:
            return None, ()
        compiled = compile_expression(
            self.entry.where,
            self.values,
            where=self.entry.place("where"),
            plain_number=self.plain_number(self.entry.decimal, self.entry.thousands),
        )
        if compiled.kind is not Kind.BOOLEAN:
            raise UsageError(
                f"where must be a condition, but {self.entry.where!r} is a {compiled.kind}.",
                code="bad_expression",
                where=self.entry.place("where"),
                fix="As in: where = 'plan != \"Test\"'",
            )
        broken = "".join(f" OR {check.sql}" for check in compiled.checks)
        return f"(({compiled.sql}){broken})", compiled.checks

    def cell(self, name: str, target: Target, column: Column | None) -> Cell:
        """The cell of a canonical column, or of a custom attribute (None)."""
        inclusive = self.entry.ends == "inclusive" and column is not None and column.is_end
        if target.value is not None:
            return Cell(literal(target.value), literal(target.value), name, inclusive_end=inclusive, zone=target.zone)
        raw, label, checks = self.text(name, target)
        sql = raw
        if target.values is None and (column or target.format or target.decimal):
            sql, more = self.formatted(name, raw, target, column)
            checks += more
        if target.values is not None:
            sql, more = _translated(raw, target)
            checks += more
        if target.default is not None:
            sql = f"coalesce(nullif(trim({sql}), ''), {literal(target.default)})"
        return Cell(sql, raw, label, checks, inclusive, target.zone)

    def text(self, name: str, target: Target) -> tuple[str, str, tuple[Check, ...]]:
        """SQL of the text before any format, the label, and the checks it brings."""
        if target.expr is not None:
            compiled = compile_expression(
                target.expr,
                self.values,
                where=target.place,
                plain_number=self.plain_number(target.decimal, target.thousands),
            )
            return compiled.text, name, compiled.checks
        assert target.source
        source = quoted(known_column(target.source, self.opened, target.place))
        if target.lookup is None:
            return source, target.source, ()
        found = quoted(PREFIX + name)
        missing = Check(
            f"({source} IS NOT NULL AND {found} IS NULL)",
            source,
            f"is no {target.lookup.key} of {target.lookup.file}",
            "not_found",
        )
        return found, target.source, () if target.default is not None else (missing,)

    def formatted(self, name: str, raw: str, target: Target, column: Column | None) -> tuple[str, tuple[Check, ...]]:
        """SQL of the text written plainly, by the declared or the settled format."""
        kind = column.type if column else Type.DATE if target.format else Type.NUMBER
        if kind in DATES:
            return self.dated(name, raw, target)
        if kind not in NUMBERS:
            return raw, ()
        decimal = target.decimal or (None if self.opened.typed else self.entry.decimal)
        thousands = target.thousands if target.decimal else self.entry.thousands
        if decimal:
            form = NumberFormat(decimal, thousands, self.says_currency)
        elif target.expr is None and name in self.formats and isinstance(self.formats[name], NumberFormat):
            form = self.formats[name]  # type: ignore[assignment]
        else:
            if target.expr is None:
                self.open[name] = raw
            return raw, ()
        checks = [
            Check(
                f"coalesce(regexp_full_match({raw}, {literal(PLAIN)}) AND NOT {form.reads(raw)}, false)",
                raw,
                f"is not written with {form.words}, as declared",
                "not_a_number",
            )
        ]
        if not self.says_currency:
            signed = " OR ".join(replace(one, currency=True).reads(raw) for one in (POINT, COMMA))
            checks.append(
                Check(
                    f"coalesce(({signed}) AND NOT {form.reads(raw)} AND regexp_matches({raw}, '[^-0-9.,() ]')"
                    f" AND NOT regexp_full_match({raw}, {literal(PLAIN)}), false)",
                    raw,
                    "carries the sign of a currency, and no column says which currency it is",
                    "unsaid_currency",
                )
            )
        return form.plain(raw), tuple(checks)

    def dated(self, name: str, raw: str, target: Target) -> tuple[str, tuple[Check, ...]]:
        said = target.format or (self.entry.date_format if target.expr is None else None)
        form = declared(said) if said else None
        if said is None and target.expr is None:
            settled = self.formats.get(name)
            form = settled if isinstance(settled, DateFormat) else None
            if form is None:
                self.open[name] = raw
        if form is None:
            return raw, ()
        checks: tuple[Check, ...] = ()
        if said and said.startswith("%Y") and not said.startswith("%Y-%m-%d"):  # else ISO dates are beyond doubt
            wrong = f"{raw} IS NOT NULL AND NOT coalesce({form.reads(raw)}, false)"
            checks = (Check(f"({wrong})", raw, f"is not a date of the format {said}", "not_a_date"),)
        return form.plain(raw), checks

    @property
    def says_currency(self) -> bool:
        """Whether the rows say their currency."""
        if "currency" not in self.table.names:
            return False
        return "currency" in self.entry.columns or any(name.strip().lower() == "currency" for name in self.opened.names)

    def plain_number(self, decimal: str | None, thousands: str | None) -> Callable[[str], str]:
        decimal, thousands = decimal or self.entry.decimal, thousands or self.entry.thousands
        return NumberFormat(decimal, thousands).plain if decimal and not self.opened.typed else str


def _translated(raw: str, target: Target) -> tuple[str, tuple[Check, ...]]:
    """SQL of the value map, and the refusal of what is not in it (unless a default stands for that)."""
    assert target.values is not None
    whens = " ".join(f"WHEN {literal(key.strip())} THEN {literal(value)}" for key, value in target.values.items())
    sql = f"CASE trim({raw}) {whens} END"
    if target.default is not None:
        return sql, ()
    known = ", ".join([*(literal(key.strip()) for key in target.values), "''"])
    listed = ", ".join(list(target.values)[:20])
    reason = f"is not among the values that the map knows: {listed}" if listed else "cannot be read"
    check = Check(f"coalesce(trim({raw}) NOT IN ({known}), false)", raw, reason, "not_in_value_map")
    return sql, (check,)
