"""Check the data: what contradicts itself, is missing, or looks unlike before.

Exits with 1 if a check that holds figures back found something.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, paragraph, say, short
from tenure.cli.request import opened
from tenure.cli.style import Style, of_output
from tenure.cli.table import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.cli.parser import Parser
    from tenure.engine.verbs.check import CheckResult

NAME = "check"
EXAMPLE = "tenure check --rows 20"
_WORDS = {"blocks": "holds figures", "warns": "warning", "informs": "for information"}
_ORDER = list(_WORDS)


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument(
        "--rows", type=int, default=3, metavar="N", help="rows shown of each check (default: 3, up to 20)"
    )
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Run every check and print what it found."""
    from tenure.engine.verbs.check import Check

    with opened(home) as workspace:
        results: Sequence[CheckResult] = workspace.call("check", Check())
    if args.format == "json":
        answer_json([_described(result) for result in results])
    else:
        say(_told(results, of_output(), args.rows))
    return 1 if any(result.holds for result in results) else 0


def _described(result: CheckResult) -> dict[str, object]:
    return {
        "check": result.name,
        "severity": result.severity.value,
        "count": result.count,
        "holds": result.holds,
        "message": result.message,
        "fix": result.fix,
        "tables": result.tables,
        "rows": result.rows,
    }


def _told(results: Sequence[CheckResult], style: Style, rows: int) -> list[str]:
    """The worst first; checks that found nothing in one line."""
    found = sorted((r for r in results if r.count), key=lambda r: (_ORDER.index(r.severity.value), -r.count))
    lines: list[str] = []
    for result in found:
        what = f"{_WORDS[result.severity.value]}, {numbers.counted(result.count, 'row')} of {', '.join(result.tables)}"
        lines += [f"{style.bold(result.name)}  {what}", *paragraph(result.message, style, "  ")]
        lines += [style.grey(_row(row, len(result.tables) > 1)) for row in result.rows[:rows]]
        if result.count > rows:
            lines.append(style.grey(f"    … {result.count - min(rows, len(result.rows)):,} more"))
        lines += [*paragraph(f"→ {result.fix}", style, "  "), ""]
    quiet = [result.name for result in results if not result.count]
    if quiet:
        lines += paragraph(f"Nothing found by {numbers.counted(len(quiet), 'check')}: {', '.join(quiet)}.", style)
    return lines


def _row(row: Mapping[str, object], named: bool) -> str:
    """A failing row: which, what, and where it came from."""
    table = f"{row['table_name']} " if named else ""
    place = f"{row['file']}:{row['line']}" if row.get("file") else ""
    key = short(place) if row["key"] == place else row["key"]
    where = f"  ({short(place)})" if place and row["key"] != place else ""
    return clean(f"    {table}{key}: {row['what']}{where}")
