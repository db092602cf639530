"""List the metrics, or define one.

With a name: its definition, variants and dimensions.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.cli.output import answer_json, paragraph, say, short
from tenure.cli.style import Style, of_output
from tenure.cli.table import Column, Table
from tenure.core.titles import titled

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "metrics"
EXAMPLE = "tenure metrics net_revenue_retention"
_MORE = "The definition of one: tenure metrics NAME. Its figures: tenure show NAME."


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("metric", metavar="METRIC", nargs="?", help="only this one, with its definition")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Print the catalogue."""
    from tenure.engine import catalogue

    entries = [catalogue.metric(args.metric, home)] if args.metric else list(catalogue.metrics(home).values())
    faults = [] if args.metric else catalogue.faults(home)
    style = of_output()
    if args.format == "json":
        answer_json([catalogue.described(entry) for entry in entries], [str(fault.error) for fault in faults])
    elif args.metric:
        say(defined(entries[0], style))
    else:
        say([*_listed(entries, style), *_wrong(faults, style), "", style.grey(_MORE)])
    return 0


def defined(entry: Any, style: Style) -> list[str]:
    """A metric's definition and variants."""
    lines = [style.bold(titled(entry.slug)), style.grey(f"{entry.slug} · {entry.family} · unit: {entry.unit}"), ""]
    lines += [*paragraph(entry.definition.replace("``", ""), style), ""]
    if entry.axes:
        table = Table([Column("variant"), Column("default"), Column("or", flexible=True)])
        table.rows = [[axis, options[0], ", ".join(options[1:])] for axis, options in entry.axes.items()]
        lines += table.lines(style)
    if entry.by:
        lines += ["", f"Dimensions of its own: {', '.join(entry.by)}"]
    return lines


def _listed(entries: list[Any], style: Style) -> list[str]:
    lines: list[str] = []
    name = max(len(entry.slug) for entry in entries)
    for family in dict.fromkeys(entry.family for entry in entries):
        title = "This workspace's own" if family == "own" else titled(family)
        lines += [*([""] if lines else []), style.bold(title)]
        for entry in entries:
            if entry.family == family:
                first, *more = paragraph(entry.summary.replace("``", ""), style, " " * (name + 4))
                lines += [f"  {entry.slug:{name}}  {first.strip()}", *more]
    return lines


def _wrong(faults: list[Any], style: Style) -> list[str]:
    """What keeps files of this workspace from being metrics."""
    lines: list[str] = []
    for fault in faults:
        first, *more = paragraph(f"{short(fault.where)}: {fault.message}", style, "    ")
        lines += [f"!!  {first.strip()}", *more, *(paragraph(f"→ {fault.fix}", style, "    ") if fault.fix else [])]
    return ["", style.bold("Not understood"), *lines] if lines else []
