"""What is made from a table's definition for those who fill it: a CSV header, a JSON schema, a page of the reference."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.warehouse.table import BEGINNING, Column, Table, Type

_STATE = (
    "**State.** A row with the same key and other content supersedes the older one, which stays readable by an earlier "
    "`--as-of`. A column that a file does not have keeps its value; an empty cell empties it."
)
_EVENTS = (
    "**Events.** Rows never supersede: one with a known key and other content is kept beside the first, counted and "
    "reported."
)
_FRACTIONAL = frozenset({Type.NUMBER, Type.MONEY, Type.PRICE, Type.RATE, Type.VALUE, Type.SHARE})
_CLOCK = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"
_DECIMAL = r"^[+-]?\d+(\.\d+)?$"


def csv_template(table: Table) -> str:
    """The header line of a CSV file of the table, with its line break: every column, in the table's order."""
    return ",".join(table.names) + "\n"


def json_schema(table: Table) -> dict[str, object]:
    """The shape of one row by the API, as JSON Schema (draft 2020-12).

    A row of state may be partial (what it lacks keeps its value), so only its key is required; an event is whole.
    Properties the table does not have become custom attributes.
    """
    properties: dict[str, object] = {column.name: _property(column) for column in table.columns}
    properties["known_at"] = {
        "description": "When this was learned; without it, the moment of loading.",
        **_of_time("date-time", nullable=True),
    }
    schema: dict[str, object] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.name,
        "description": table.meaning,
        "type": "object",
        "properties": properties,
        "required": [c.name for c in table.columns if c.required and (table.events or c.name in table.key)],
        "additionalProperties": True,
    }
    if table.events and table.one_of:
        schema["allOf"] = [{"anyOf": [{"required": [name]} for name in group]} for group in table.one_of]
    return schema


def reference_page(table: Table) -> str:
    """The table's page of the reference, in Markdown: what it means, its key, its columns and a CSV header."""
    parts = [
        f"# {table.name}",
        table.meaning,
        _EVENTS if table.events else _STATE,
        *_key(table),
        *_seen(table),
        "## Columns",
        _columns(table.columns),
        *_worked_out(table),
        "## Importing the past",
        *_history(table),
        "## Template",
        f"```csv\n{csv_template(table)}```",
    ]
    return "\n\n".join(parts) + "\n"


def _property(column: Column) -> dict[str, object]:
    """The JSON schema of one column. What is required may be left out of a partial row, but not be null."""
    nullable = not (column.required and column.default is None)
    schema: dict[str, object] = {"description": column.meaning}
    match column.type:
        case Type.TIME:
            schema |= _of_time("date-time", nullable=nullable)
        case Type.DATE:
            schema |= _typed("string", nullable=nullable) | {"format": "date"}
        case Type.CLOCK:
            schema |= _typed("string", nullable=nullable) | {"pattern": _CLOCK}
        case Type.LIST:
            schema |= _typed("array", nullable=nullable) | {"items": {"type": "string"}}
        case Type.JSON:
            schema |= _typed("object", nullable=nullable)
        case Type.TEXT | Type.INTEGER | Type.BOOLEAN:
            schema |= _typed({"text": "string"}.get(column.type, column.type.value), nullable=nullable)
        case _:  # a text keeps digits that a binary number loses
            schema |= _typed("number", "string", nullable=nullable) | {"pattern": _DECIMAL}
    return schema | _limits(column, nullable=nullable)


def _typed(*names: str, nullable: bool) -> dict[str, object]:
    all_names = [*names, "null"] if nullable else list(names)
    return {"type": all_names[0] if len(all_names) == 1 else all_names}


def _of_time(kind: str, *, nullable: bool) -> dict[str, object]:
    """An instant; a date without a time is the start of that day in the organisation's zone."""
    return _typed("string", nullable=nullable) | {"anyOf": [{"format": kind}, {"format": "date"}]}


def _limits(column: Column, *, nullable: bool) -> dict[str, object]:
    limits: dict[str, object] = {}
    if column.choices:
        choices: list[str | None] = [*column.choices, None] if nullable else [*column.choices]
        limits["examples" if column.open_choices else "enum"] = list(column.choices) if column.open_choices else choices
    if column.low is not None:
        limits["minimum"] = column.low
    if column.high is not None:
        limits["maximum"] = column.high
    if column.default is not None:
        limits["default"] = _default(column)
    return limits


def _default(column: Column) -> str | int | float | bool | None:
    """The default as JSON has it."""
    if column.default is None or column.type is Type.TEXT:
        return column.default
    if column.type is Type.BOOLEAN:
        return column.default == "true"
    value = float(column.default)
    return int(value) if value.is_integer() else value


def _key(table: Table) -> Iterable[str]:
    key = _listed(table.key)
    yield f"A row is identified by {key}."
    if table.generated_key:
        made_from = _listed(table.made_from) if table.made_from else "the row's content"
        yield f"Without {key} in the file, it is made from {made_from}."
    for group in table.one_of:
        yield f"At least one of {_listed(group)} must be given."
    if table.no_overlap:
        yield f"Rows of the same {_listed(table.no_overlap)} must not overlap in time."


def _seen(table: Table) -> Iterable[str]:
    if table.reference:
        yield "Reference data: seen in every scope."
    if table.anonymous:
        yield f"Of a row marked `is_anonymous` no more is shown than {_listed(table.anonymous)}."


def _columns(columns: Iterable[Column]) -> str:
    lines = ["| Column | Type | | Meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{c.name}` | {c.type.value} | {'; '.join(_notes(c))} | {c.meaning.replace('|', chr(92) + '|')} |"
        for c in columns
    ]
    return "\n".join(lines)


def _notes(column: Column) -> Iterable[str]:
    """What there is to say of a column beside its meaning, in a few words each."""
    if column.required:
        yield "required"
    if column.references:
        yield f"names a row of [{column.references}]({column.references}.md)"
    if column.choices:
        yield (
            "one of "
            + ", ".join(f"`{choice}`" for choice in column.choices)
            + (" or your own" if column.open_choices else "")
        )
    if column.low is not None and column.high is not None:
        yield f"from {_plain(column.low)} to {_plain(column.high)}"
    elif column.low is not None:
        yield f"{_plain(column.low)} or more"
    if column.default is not None:
        yield f"`{column.default}` where empty"
    if column.personal:
        yield "personal"
    if column.check_only:
        yield "read by checks only"


def _worked_out(table: Table) -> Iterable[str]:
    if table.derived:
        yield "## Worked out from a row"
        lines = ["| Column | Meaning |", "|---|---|"]
        yield "\n".join([*lines, *(f"| `{derived.name}` | {derived.meaning} |" for derived in table.derived)])


def _history(table: Table) -> Iterable[str]:
    """What ``--history`` takes for the time at which a row and its columns were learned."""
    since = f"from its `{table.known}` on" if table.known else "from the beginning"
    if table.known and not table.column(table.known).required:
        since += ", or from the beginning where that is empty"
    yield f"With `--history`, a row without `known_at` counts as known {since}."
    together: dict[str, list[str]] = {}
    for column in table.columns:
        if column.learned is not None:
            together.setdefault(_learned(column), []).append(column.name)
    for when, names in together.items():
        yield f"{_listed(names)} {'is' if len(names) == 1 else 'are each'} learned {when}."


def _learned(column: Column) -> str:
    if column.learned == (column.name,):
        return "at the time named"
    at = [f"at `{name}`" for name in column.learned or () if name != BEGINNING]
    when = ", failing that ".join(at) or "from the beginning"
    return when + (f" and holds `{column.before}` until then" if column.before else "")


def _listed(names: Iterable[str]) -> str:
    """Names as a list in a sentence: ``a``, ``b`` and ``c``."""
    marked = [f"`{name}`" for name in names]
    return " and ".join([", ".join(marked[:-1]), marked[-1]] if len(marked) > 1 else marked)


def _plain(number: float) -> str:
    """A limit as one reads it: no exponent, no trailing zeros."""
    return f"{number:,.9f}".rstrip("0").rstrip(".")
