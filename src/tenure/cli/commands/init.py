"""Make a workspace.

DIR is made, or may be an empty folder. The settings are written to tenure.toml, each with what it does.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, say

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "init"
EXAMPLE = "tenure init cs --currency EUR --timezone Europe/Berlin"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("folder", metavar="DIR", nargs="?", help="the folder to make (default: the one of --home)")
    parser.add_argument("--currency", default="EUR", metavar="EUR", help="the reporting currency (default: EUR)")
    parser.add_argument(
        "--timezone", default="Europe/Berlin", metavar="ZONE",
        help="the organisation's zone, in which days and months are cut (default: Europe/Berlin)",
    )  # fmt: skip
    parser.add_argument(
        "--fiscal-year-start",
        type=int,
        default=1,
        metavar="MONTH",
        help="1 to 12: the fiscal year's first (default: 1)",
    )
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Make it, and say what comes next."""
    from tenure import keeper

    folder = Path(args.folder) if args.folder else home
    path = keeper.create(
        folder, currency=args.currency, timezone=args.timezone, fiscal_year_start=args.fiscal_year_start,
        by=keeper.of_the_machine("cli"),
    )  # fmt: skip
    if args.format == "json":
        answer_json({"home": str(path.parent), "settings": str(path)})
        return 0
    year = f"fiscal year from month {args.fiscal_year_start}"
    say([
        f"Made the workspace {folder}: {args.currency}, {args.timezone}, {year}.",
        f"Its settings are in {folder / path.name}. Next:",
        "",
        f"  tenure --home {folder} tables                      what can be loaded",
        f"  tenure --home {folder} load subscription FILE      load a file into a table",
        f"  tenure --home {folder} load --map MAP.toml FOLDER  load exports in your own words",
        f"  tenure --home {folder} serve                       or do all of it in the browser",
    ])  # fmt: skip
    return 0
