"""Freeze a period's figures, as they are known now.

What is frozen is given again by show --reported, whatever is learned later.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, say
from tenure.cli.request import opened

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.close import Closed

NAME = "close"
EXAMPLE = "tenure close 2026-03"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("period", metavar="PERIOD", help="a period that is over: 2026-03, 2026-Q1, 2026")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Freeze, and say what was."""
    from tenure.engine.verbs.close import Close

    with opened(home) as workspace:
        closed: Closed = workspace.call("close", Close(args.period))
    if args.format == "json":
        answer_json(closed)
        return 0
    again = " again; the earlier close is kept in the archive" if closed.again else ""
    say([
        f"Closed {closed.period}{again}: {closed.figures:,} figures frozen.",
        "To see them: tenure show METRIC --reported",
    ])  # fmt: skip
    return 0
