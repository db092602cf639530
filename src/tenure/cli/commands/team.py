"""Compare CSMs and teams fairly, show what came of the work of one of them, and who answers for what along the reporting lines.

compare: what came of their accounts, against what was to be expected, which is learnt from what was known when each owner got them.
Shown are what was lost and what was expected, what chance alone makes of the difference, and how much of it to believe.
--format funnel draws it.

lines: who answers for which metric on a day (--at), and what is missing; with --metric its figure along the line, of the last month that was over.

Metrics of compare: customer_retention_rate (default), gross_revenue_retention, renewal_rate, expansion_rate, net_promoter_score,
sla_attainment (replies and solutions within the promised business hours).

scorecard WHO (a csm_id), or scorecard --team TEAM: results with interval, target, trend and what was expected, accounts that changed
hands, those that moved most, and the blend of scorecard.toml. The window is a month, a quarter, half a year, a year or twelve months. What was
expected is worked out at night for the windows that pages offer; --anew works it out for others, which takes minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core import config
from tenure.core.errors import UsageError, unknown

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "team"
EXAMPLE = "tenure team compare --by team --from 2025-01 --to 2026-06"
_WHAT = ("compare", "scorecard", "lines")
_COMPARED = "customer_retention_rate"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", metavar="compare|scorecard|lines", help="what to do")
    parser.add_argument("who", nargs="?", default="", metavar="WHO", help="whose scorecard, by csm_id")
    parser.add_argument("--team", default="", metavar="TEAM", help="the scorecard of a team")
    parser.add_argument("--anew", action="store_true", help="of a scorecard: work out what was expected")
    parser.add_argument("--metric", default="", metavar="METRIC", help=f"which one (compare: by default {_COMPARED})")
    parser.add_argument("--by", default="owner", metavar="owner|team", help="who is compared (default: owner)")
    parser.add_argument("--from", dest="start", default="", metavar="D", help="the first month, or a quarter or year")
    parser.add_argument("--to", dest="end", default="", metavar="D", help="the last month (default: 12 that are over)")
    parser.add_argument("--at", default="", metavar="DATE", help="lines: on that day (default: today)")
    parser.add_format("table", "json", "funnel")


def run(home: Path, args: argparse.Namespace) -> int:
    """Compare and print where each stands, or print what came of the work of one, or who answers for what."""
    if args.what not in _WHAT:
        raise unknown("word", args.what, _WHAT, listing=f"After team comes: {', '.join(_WHAT)}.")
    if args.what == "scorecard":
        return _scorecard(home, args)
    if args.who:
        raise UsageError(
            f"{args.what} does not take {args.who!r}.", code="bad_word", fix=f"tenure team scorecard {args.who}"
        )
    if args.what == "lines":
        return _lines(home, args)
    with opened(home) as workspace:
        found = workspace.fairness(args.metric or _COMPARED, by=args.by, start=args.start, end=args.end)
    if args.format == "json":
        answer_json(found, found.notes)
        return 0
    from tenure.cli.fairness import heading, standings

    style = of_output()
    say([*heading(found, config.read(home), style), *standings(found, style, funnel=args.format == "funnel")])
    return 0


def _lines(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli.answering import along, matrix

    with opened(home) as workspace:
        found = workspace.lines(day=args.at, metric=args.metric)
        rolled = workspace.rolled_up(args.metric, day=args.at).found[0] if args.metric else None
        people = {
            row["csm_id"]: row["name"] or row["csm_id"] for row in workspace.every("csm", columns=("csm_id", "name"))
        }
    if args.format == "json":
        answer_json({"lines": found, "figures": rolled})
        return 0
    style = of_output()
    say(along(found, rolled, people, style) if rolled else matrix(found, people, style))
    return 0


def _scorecard(home: Path, args: argparse.Namespace) -> int:
    if args.format == "funnel":
        raise UsageError("A scorecard is no funnel.", code="bad_format", fix="Take --format table or json.")
    with opened(home) as workspace:
        found = workspace.scorecard(args.who, team=args.team, start=args.start, end=args.end, anew=args.anew)
    if args.format == "json":
        answer_json(found)
        return 0
    from tenure.cli.scorecards import told

    say(told(found, config.read(home), of_output()))
    return 0
