"""How well an outcome can be told, from any table.

  tenure risk fit FILE --outcome COL    learn from some rows, tell the others, and say how well that went

FILE is CSV of any delimiter and encoding, JSON lines, Parquet or XLSX; it has a row for each thing that was watched, and
a column that says whether it happened (1 or 0, yes or no, churned or active). All other columns are learned from. Needs
no workspace and keeps nothing.

Rows are told by models that have not learned from them: those of --test, else the latest third where there is a --time,
else each fifth by the other four.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import say
from tenure.cli.progress import Bar
from tenure.cli.style import of_output
from tenure.core.errors import unknown

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "risk"
EXAMPLE = "tenure risk fit customers.csv --outcome churned --drop notes"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", metavar="fit", help="what to do")
    parser.add_argument("file", metavar="FILE", help="what to learn from; book.xlsx#Sheet names a sheet")
    parser.add_argument("--outcome", required=True, metavar="COL", help="the column that says whether it happened")
    parser.add_argument(
        "--event", metavar="VALUE", help="which of its values means that (default: yes, 1, churned, ...)"
    )
    parser.add_argument("--time", metavar="COL", help="when a row was known: earlier ones tell later ones")
    parser.add_argument("--group", metavar="COL", help="what rows belong to: those of one are never on both sides")
    parser.add_argument("--exposure", metavar="COL", help="how long a row was watched: rates are told, not shares")
    parser.add_argument("--test", metavar="FILE", help="rows to be told, with the same columns")
    parser.add_argument(
        "--drop", action="append", default=[], metavar="COL", help="a column not to learn from; may be repeated"
    )
    parser.add_format("table", "json")


def run(_home: Path, args: argparse.Namespace) -> int:
    """Learn and tell, and print how well it went."""
    if args.what != "fit":
        raise unknown("command", f"risk {args.what}", ["risk fit"], listing="See: tenure risk --help")
    from tenure.cli.fitted import told
    from tenure.engine.result import as_json
    from tenure.engine.verbs.risk_fit import RiskFit
    from tenure.engine.workspace import Local

    request = RiskFit(
        str(Path.cwd() / args.file), args.outcome, args.time, args.group, args.exposure,
        None if args.test is None else str(Path.cwd() / args.test), tuple(args.drop), args.event, args.file, args.test or "",
    )  # fmt: skip
    bar = Bar()
    try:
        found = Local(Path.cwd()).call("risk_fit", request, bar)
    finally:
        bar.clear()
    if args.format == "json":
        print(as_json(found))
    else:
        say(told(found, args.file, of_output()))
    return 0
