"""See what a play changed: an outreach, a programme, a training.

Without PLAY the plays that are known. Accounts that were held out by lot are compared with those that were treated, by
intention to treat; where nobody was held out, the treated with others before and after (difference in differences). Each
answer says whether it is the play's doing, and which effect could have been seen at all.
"""

from __future__ import annotations

import argparse
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "effect"
EXAMPLE = 'tenure effect "Adoption workshop" --on net_revenue_retention --months 6'


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("play", nargs="?", default="", metavar="PLAY", help="the play; without one they are listed")
    parser.add_argument(
        "--on",
        default="customer_churn_rate",
        metavar="METRIC",
        help="what it may have changed (default: customer_churn_rate)",
    )
    parser.add_argument("--months", type=int, default=3, metavar="N", help="watched for so many months (default: 3)")
    parser.add_argument(
        "--split", type=_percent, metavar="PERCENT", help="of the accounts were to be treated: tests the lot against it"
    )
    parser.add_argument("--as-of", default="", metavar="DATE", help="as it was known at the end of that day")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Measure, and print what was found."""
    from tenure.cli import effects

    with opened(home) as workspace:
        if not args.play:
            plays = workspace.plays(as_of=args.as_of)
            if args.format == "json":
                answer_json(plays)
            else:
                say(effects.listed(plays, of_output()))
            return 0
        found = workspace.effect(args.play, metric=args.on, months=args.months, planned=args.split, as_of=args.as_of)
        currency = workspace.settings().currency
    if args.format == "json":
        answer_json(found, found.notes)
    else:
        say(effects.told(found, currency, of_output()))
    return 0


def _percent(text: str) -> float:
    value = float(text.removesuffix("%")) / 100
    if not isfinite(value):
        raise ValueError(text)
    return value
