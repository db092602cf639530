"""Freeze a period's figures, as they are known now; or verify that what was frozen comes out again.

What is frozen is given again by show --reported, whatever is learned later; the page Closed periods shows which periods
are closed and what became of them since. A figure that a check holds is frozen without a value, which the page refuses.
--verify works the figures out from what was known at the close and compares them to the byte: it exits 0 where all are
the same, 1 where one differs.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.result import Figure
    from tenure.engine.verbs.close import Closed
    from tenure.engine.verbs.verify_close import Differing, Verified

NAME = "close"
EXAMPLE = "tenure close 2026-03"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("period", metavar="PERIOD", help="a period that is over: 2026-03, 2026-Q1, 2026")
    parser.add_argument(
        "--note", metavar="TEXT", default="", help="what is kept with the close, as: reported to the board"
    )
    parser.add_argument("--verify", action="store_true", help="freeze nothing: do the frozen figures come out again?")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Freeze or verify, and say what was."""
    return _verify(home, args) if args.verify else _close(home, args)


def _close(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.verbs.close import Close

    with opened(home) as workspace:
        closed: Closed = workspace.call("close", Close(args.period, note=args.note))
    if args.format == "json":
        answer_json(closed)
        return 0
    again = " again; the earlier close is kept in the archive" if closed.again else ""
    told = [f"Closed {closed.period}{again}: {closed.figures:,} figures frozen."]
    if closed.held:
        told.append(
            f"Without a value, as a check holds them: {numbers.counted(closed.held, 'figure')}. See tenure check."
        )
    say([*told, "To see them: tenure show METRIC --reported"])
    return 0


def _verify(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.verbs.verify_close import VerifyClose

    with opened(home) as workspace:
        verified: Verified = workspace.call("verify_close", VerifyClose(args.period))
    if args.format == "json":
        answer_json(verified)
    else:
        say(_told(verified))
    return 1 if verified.differing else 0


def _told(verified: Verified) -> list[str]:
    """What came out, for a person."""
    closed = f"{verified.period}, closed on {verified.closed_at:%Y-%m-%d}"
    changed = ["Settings that have changed since:", *(f"  {clean(each)}" for each in verified.changed_settings)]
    also = ["", *changed] if verified.changed_settings else []
    if not verified.differing:
        return [f"{closed}: all {verified.figures:,} figures come out again, byte for byte.", *also]
    number = sum(each.figures for each in verified.differing)
    table = Table([
        Column("Metric"), Column("Differ", right=True), Column("Why"), Column("The first", flexible=True),
        Column("Reported", right=True), Column("Again", right=True),
    ])  # fmt: skip
    table.rows += [_row(each) for each in verified.differing]
    said = numbers.counted(number, "figure")
    return [
        f"{closed}: of {verified.figures:,} figures {said} come out otherwise.",
        "",
        *table.lines(of_output()),
        *also,
    ]


def _row(differing: Differing) -> list[str]:
    """A metric with the first of its figures that differs; the same value twice means that something beside it does."""
    shown = differing.reported or differing.again
    assert shown is not None
    named = ", ".join(f"{clean(name)} {clean(value)}" for name, value in shown.slice.items()) or "total"
    ends = [_value(figure) for figure in (differing.reported, differing.again)]
    return [differing.metric, f"{differing.figures:,}", ", ".join(differing.why), named, *ends]


def _value(figure: Figure | None) -> str:
    if figure is None:
        return "none"
    places = numbers.places_for(figure.unit, [figure.value])
    return numbers.figure(figure.value, figure.unit, places)
