"""What comes up for renewal, what it is expected to bring, and how right such forecasts were.

  tenure renewals                          the fiscal quarter that runs: what is due, called and expected
  tenure renewals accuracy                 past quarters' forecasts as they were known then, against what came
  tenure renewals judge ID CATEGORY        tell how sure one is (commit, likely, at_risk, will_leave): --by NAME
                                           [--amount N --text WHY]
  tenure renewals end ID OUTCOME           tell how one ended (renewed, lost, postponed, open): --by NAME [--amount N
                                           --reason WORD --until DAY --text WORDS]

Called is what people expect of the renewals they judged; the model expects each renewal's worth times the probability that it
comes. Revenue follows from subscriptions alone: nothing that is told here changes it.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core import config
from tenure.core.errors import UsageError, unknown

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.renewal_accuracy import RenewalAccuracyFound

NAME = "renewals"
EXAMPLE = "tenure renewals --from 2026-Q4 --by owner"
_WHAT = ("accuracy", "judge", "end")
_SHOWN = 20


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", metavar="WHAT", nargs="?", default="", help="a word of those above")
    parser.add_argument("renewal", metavar="ID", nargs="?", default="", help="judge, end: the renewal")
    parser.add_argument("word", metavar="WORD", nargs="?", default="", help="judge: the category; end: the outcome")
    parser.add_argument(
        "--from", dest="start", default="", metavar="D", help="the first day or period (default: the quarter)"
    )
    parser.add_argument("--to", dest="end", default="", metavar="D", help="the last day or period")
    parser.add_argument(
        "--by", default="", metavar="GROUP|NAME", help="owner, team, segment, tier, region; judge, end: who says so"
    )
    parser.add_argument(
        "--rows", type=int, default=_SHOWN, metavar="N", help=f"renewals shown (default: {_SHOWN}; 0: all)"
    )
    parser.add_argument("--amount", default=None, metavar="N", help="judge, end: what it is or will be worth in a year")
    parser.add_argument("--reason", default="", metavar="WORD", help="end: why it was lost")
    parser.add_argument("--until", default="", metavar="DAY", help="end: to which day it is postponed")
    parser.add_argument("--text", default="", metavar="TEXT", help="judge: why; end: what the customer said")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Print the forecast or how right past ones were, or tell something of a renewal."""
    if args.what and args.what not in _WHAT:
        raise unknown("word", args.what, _WHAT, listing=f"After renewals comes: {', '.join(_WHAT)}.")
    if args.what in ("judge", "end"):
        return _tell(home, args)
    if args.what == "accuracy":
        return _accuracy(home, args)
    from tenure.cli.due import forecast

    with opened(home) as workspace:
        found = workspace.renewal_forecast(start=args.start, end=args.end, by=args.by)
        opens, closes = workspace.renewal_window(args.start, args.end)
        where = [("due", "greater", opens), ("due", "less", closes)]
        listed = workspace.rows("renewals", where=where, order=("due", "renewal_id"), limit=args.rows or 10_000)
    if args.format == "json":
        answer_json({"forecast": found, "renewals": listed.rows}, found.notes)
    else:
        say(forecast(found, listed, config.read(home).timezone, of_output()))
    return 0


def _accuracy(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli.due import past
    from tenure.engine.verbs.renewal_accuracy import RenewalAccuracy

    with opened(home) as workspace:
        found: RenewalAccuracyFound = workspace.call("renewal_accuracy", RenewalAccuracy())
    if args.format == "json":
        answer_json(found, found.notes)
    else:
        say(past(found, of_output()))
    return 0


def _tell(home: Path, args: argparse.Namespace) -> int:
    for word, value in (("an id", args.renewal), ("a word", args.word), ("--by NAME", args.by)):
        if not value:
            raise UsageError(
                f"tenure renewals {args.what} needs {word}.", code="missing_argument", fix="See: tenure renewals --help"
            )
    with opened(home) as workspace:
        if args.what == "judge":
            told = workspace.judge_renewal(args.renewal, args.word, by=args.by, amount=args.amount, reason=args.text)
        else:
            more: dict[str, Any] = {"text": args.text or None}
            if args.word == "lost":
                more |= {"kind": "voluntary", "reason": args.reason or None}
            told = workspace.renewal_ended(
                args.renewal, args.word, by=args.by, value=args.amount, postponed_to=_day(args.until), **more
            )
    if args.format == "json":
        answer_json(told)
    else:
        say([f"Recorded: {args.renewal} {args.word.replace('_', ' ')}."])
    return 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{text!r} is no day.", code="bad_date", where="--until", fix="Write 2026-03-31.") from None
