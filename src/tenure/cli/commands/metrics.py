"""List the metrics, or define one.

With a name: its definition, variants and dimensions.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.style import Style, of_output
from tenure.cli.table import Column, Table
from tenure.core.titles import titled

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "metrics"
EXAMPLE = "tenure metrics net_revenue_retention"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("metric", metavar="METRIC", nargs="?", help="only this one, with its definition")
    parser.add_format("table", "json")


def run(_home: Path, args: argparse.Namespace) -> int:
    """Print the catalogue."""
    from tenure.engine import catalogue

    entries = [catalogue.metric(args.metric)] if args.metric else list(catalogue.metrics().values())
    style = of_output()
    if args.format == "json":
        answer_json([described(entry) for entry in entries])
    elif args.metric:
        say(defined(entries[0], style))
    else:
        say(_listed(entries, style))
    return 0


def described(entry: Any) -> dict[str, Any]:
    """A metric's entry as JSON gives it."""
    return {
        "metric": entry.slug,
        "family": entry.family,
        "summary": entry.summary,
        "definition": entry.definition,
        "unit": entry.unit,
        "window": entry.window,
        "variants": entry.axes,
        "dimensions": entry.by,
    }


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
        lines += [*([""] if lines else []), style.bold(titled(family))]
        for entry in entries:
            if entry.family == family:
                first, *more = paragraph(entry.summary.replace("``", ""), style, " " * (name + 4))
                lines += [f"  {entry.slug:{name}}  {first.strip()}", *more]
    return [*lines, "", style.grey("The definition of one: tenure metrics NAME. Its figures: tenure show NAME.")]
