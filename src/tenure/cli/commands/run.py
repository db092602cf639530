"""Bring everything derived up to date: only what changed, or all of it.

Other commands do this themselves when they have to; after large loads, or every night, it saves them the wait. The scores
of the day are kept only by it: `tenure serve` does it once a day from three in the morning on; without that, let it run
once a day.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.figures import Frame
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.core import config
from tenure.core.period import Grain

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.run import Ran
    from tenure.engine.verbs.score import Kept

NAME = "run"
EXAMPLE = "tenure run"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("--full", action="store_true", help="make everything anew")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Do it, and say what was made."""
    from tenure.engine.verbs.check import Check, CheckResult
    from tenure.engine.verbs.comparisons import Comparisons
    from tenure.engine.verbs.renewal_accuracy import RenewalAccuracy
    from tenure.engine.verbs.run import Run
    from tenure.engine.verbs.score import Score

    started = time.monotonic()
    with opened(home) as workspace:
        done: Ran = workspace.call("run", Run(args.full))
        took = time.monotonic() - started
        scores: Kept = workspace.call("score", Score())
        workspace.call("comparisons", Comparisons())
        workspace.call("renewal_accuracy", RenewalAccuracy())
        checks: tuple[CheckResult, ...] = workspace.call("check", Check(keep=True))
    if args.format == "json":
        answer_json(
            {
                **{each.name: getattr(done, each.name) for each in fields(done)},
                "scores": scores,
                "checks": {one.name: one.count for one in checks if one.count},
            }
        )
        return 0
    frame = Frame(Grain.MONTH, config.read(home))
    if done.made:
        parts = " and ".join(
            {"sealed": "the months that are over", "open": "the month that runs"}[p] for p in done.made
        )
        say([f"Made {parts} in {took:.1f} s."])
    else:
        say(["Up to date already."])
    say([f"Figures are ready from {done.first_month:%Y-%m} on, as of {frame.moment(done.moment)}."])
    if scores.accounts:
        say([f"{scores.accounts:,} customers have a health score on {scores.day}: tenure health"])
    found = sum(one.count > 0 for one in checks)
    say([f"{found} of {len(checks)} checks of the data found something: tenure check"] if found else [])
    say(sorted(set(done.held.values())))
    return 0
