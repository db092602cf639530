"""List the tables that can be loaded, or the columns of one.

With a name and --format csv: its template, a header line to fill.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.style import Style, of_output
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "tables"
EXAMPLE = "tenure tables subscription"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("table", metavar="TABLE", nargs="?", help="only this one, with its columns")
    parser.add_format("table", "json", "csv")


def run(_home: Path, args: argparse.Namespace) -> int:
    """Print the catalogue."""
    from tenure.engine import catalogue

    tables = [catalogue.table(args.table)] if args.table else list(catalogue.tables().values())
    style = of_output()
    if args.format == "json":
        answer_json([_described(table) for table in tables])
    elif args.format == "csv":
        if not args.table:
            raise UsageError(
                "A template is of one table.", code="no_table", fix="Run: tenure tables TABLE --format csv"
            )
        print(",".join(tables[0].names))
    elif args.table:
        say(_columns(tables[0], style))
    else:
        say(_listed(tables, style))
    return 0


def _described(table: Any) -> dict[str, Any]:
    columns = [
        {
            "name": c.name,
            "type": c.type.value,
            "meaning": c.meaning,
            "required": c.required,
            "default": c.default,
            "choices": c.choices,
            "open_choices": c.open_choices,
            "references": c.references,
            "personal": c.personal,
        }
        for c in table.columns
    ]
    kind = "events" if table.events else "state"
    return {"table": table.name, "meaning": table.meaning, "kind": kind, "key": table.key, "columns": columns}


def _listed(tables: list[Any], style: Style) -> list[str]:
    name = max(len(table.name) for table in tables)
    lines = []
    for table in tables:
        first, *more = paragraph(table.meaning.partition(". ")[0].rstrip(".") + ".", style, " " * (name + 2))
        lines += [f"{style.bold(table.name)}{' ' * (name - len(table.name))}  {first.strip()}", *more]
    return [*lines, "", style.grey("The columns of one: tenure tables NAME. Its template: add --format csv.")]


def _columns(table: Any, style: Style) -> list[str]:
    kind = "events: rows never supersede" if table.events else "state: a newer row supersedes the older one"
    lines = [style.bold(table.name), style.grey(f"key {', '.join(table.key)} · {kind}"), ""]
    lines += [*paragraph(table.meaning, style), ""]
    name = max(len(column.name) for column in table.columns)
    for column in table.columns:
        first, *more = paragraph(f"{column.meaning}{_limits(column)}", style, " " * (name + 13))
        star = "*" if column.required else " "
        lines += [f"{column.name:{name}} {star} {column.type.value:8}  {first.strip()}", *more]
    return [*lines, "", style.grey("* must be filled. Further columns of a file become custom attributes.")]


def _limits(column: Any) -> str:
    """What is allowed and what stands in for nothing, in a few words."""
    told = []
    if column.choices:
        told.append(", ".join(column.choices) + (", or your own" if column.open_choices else ""))
    if column.references:
        told.append(f"→ {column.references}")
    if column.default is not None:
        told.append(f"{column.default} where empty")
    return f" ({'; '.join(told)})" if told else ""
