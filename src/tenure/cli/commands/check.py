"""Check the data: what contradicts itself, is missing, or looks unlike before.

With the name of a check: the rows that it finds, all of them with --format csv. With --history: since when each check finds
something, as `tenure run` and the daily round kept it. Exits with 1 if a check that holds figures back found something.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import checking
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.cli.parser import Parser
    from tenure.engine.verbs.check import CheckResult

NAME = "check"
EXAMPLE = "tenure check --rows 20"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument(
        "check", nargs="?", default="", metavar="NAME", help="a check, to see all the rows that it finds"
    )
    parser.add_argument(
        "--rows", type=int, metavar="N", help="rows shown of each check (default: 3, up to 20; of one check: 50)"
    )
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="of one check: rows to leave out first")
    parser.add_argument("--search", default="", metavar="TEXT", help="of one check: only rows in which this occurs")
    parser.add_argument("--history", action="store_true", help="since when, and how it moved")
    parser.add_format("table", "json", "csv")


def run(home: Path, args: argparse.Namespace) -> int:
    """Run every check, or show what one finds or how they went."""
    if args.history:
        return _history(home, args)
    if args.check:
        return _one(home, args)
    if args.format == "csv":
        raise UsageError(
            "As CSV, the rows of one check are given.", code="no_check", fix="Name it: tenure check NAME --format csv"
        )
    from tenure.engine import checked
    from tenure.engine.verbs.check import Check

    with opened(home) as workspace:
        results: Sequence[CheckResult] = workspace.call("check", Check())
    kept = checked.rounds(home)
    traces = checked.traces(kept, [one.name for one in results])
    if args.format == "json":
        answer_json([checking.described(result, traces[result.name]) for result in results])
    else:
        say(checking.told(results, traces, of_output(), 3 if args.rows is None else args.rows))
    return 1 if any(result.holds for result in results) else 0


def _one(home: Path, args: argparse.Namespace) -> int:
    with opened(home) as workspace:
        if args.format == "csv":
            say(checking.as_csv(workspace, args.check, args.search))
            return 0
        page = workspace.check_rows(
            args.check, search=args.search, offset=args.offset, limit=50 if args.rows is None else args.rows
        )
    if args.format == "json":
        answer_json({"check": page.name, "total": page.total, "offset": page.offset, "rows": page.rows})
    else:
        say(checking.page_told(page, of_output()))
    return 0


def _history(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine import checked

    kept = checked.rounds(home)
    names = sorted({seen.name for one in kept for seen in one.found})
    if args.check:
        names = [name for name in names if name == args.check]
    traces = list(checked.traces(kept, names).values())
    if args.format == "json":
        answer_json([checking.traced(one) for one in traces])
    else:
        say(checking.history(traces, len(kept), of_output()))
    return 0
