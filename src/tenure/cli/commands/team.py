"""Compare CSMs and teams fairly: what came of their accounts, against what was to be expected.

compare: what was expected of each account is learnt from what was known when its owner got it, never from who that was.
Shown are what was lost and what was expected, what chance alone makes of the difference, and how much of it to believe.
--format funnel draws it.

Metrics: customer_retention_rate (default), gross_revenue_retention, renewal_rate, expansion_rate, net_promoter_score,
sla_attainment (replies and solutions within the promised business hours).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core import config
from tenure.core.errors import unknown

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "team"
EXAMPLE = "tenure team compare --by team --from 2025-01 --to 2026-06"
_WHAT = ("compare",)


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", metavar="compare", help="what to do")
    parser.add_argument(
        "--metric", default="customer_retention_rate", metavar="METRIC", help="what is compared (see above)"
    )
    parser.add_argument("--by", default="owner", metavar="owner|team", help="who is compared (default: owner)")
    parser.add_argument("--from", dest="start", default="", metavar="D", help="the first month")
    parser.add_argument("--to", dest="end", default="", metavar="D", help="the last month (default: 12 that are over)")
    parser.add_format("table", "json", "funnel")


def run(home: Path, args: argparse.Namespace) -> int:
    """Compare, and print where each stands."""
    if args.what not in _WHAT:
        raise unknown("word", args.what, _WHAT, listing=f"After team comes: {', '.join(_WHAT)}.")
    with opened(home) as workspace:
        found = workspace.fairness(args.metric, by=args.by, start=args.start, end=args.end)
    if args.format == "json":
        answer_json(found, found.notes)
        return 0
    from tenure.cli.fairness import heading, standings

    style = of_output()
    say([*heading(found, config.read(home), style), *standings(found, style, funnel=args.format == "funnel")])
    return 0
