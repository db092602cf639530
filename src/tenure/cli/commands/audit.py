"""Audits of the data: when each is due, what one looks at, and its signature.

Without a period: the list. With one (2026-10, 2026-Q3): what the system found, and rows to compare with their source; with
--sign and a note, it is signed as it is then, and stays so. How often, until when and how many rows: audits.toml.
"""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, paragraph, say, short
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.cli.style import Style
    from tenure.engine.verbs.audit import AuditFound

NAME = "audit"
EXAMPLE = "tenure audit 2026-10"
_WORDS = {True: "fine", False: "look", None: "–"}


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("period", nargs="?", default="", metavar="PERIOD", help="a month or quarter that is over")
    parser.add_argument("--sign", default="", metavar="NOTE", help="sign it, with what was looked at and what follows")
    parser.add_argument("--by", default="", metavar="NAME", help="who signs (default: your log-in name)")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """List the audits, or show or sign one."""
    with opened(home) as workspace:
        if args.sign:
            workspace.sign_audit(args.period, args.sign, by=args.by or getpass.getuser())
        found = workspace.audit(args.period, listed=not (args.period or args.sign))
    if args.format == "json":
        answer_json(found)
    else:
        say(_told(found, of_output()) if found.about else _listed(found, of_output()))
    return 0


def _listed(found: AuditFound, style: Style) -> list[str]:
    table = Table([Column("Period"), Column("Due"), Column("State"), Column("Signed by", flexible=True)])
    for one in found.periods:
        state = "signed" if one.signed else "overdue" if one.overdue else "open"
        by = f"{one.signed.by}, {one.signed.at:%Y-%m-%d}" if one.signed else ""
        table.rows.append([one.period, f"{one.due}", state, clean(by)])
    lines = table.lines(style) if table.rows else ["No period in which something was loaded is over."]
    return [*lines, f"Every {found.plan.every}; the next is to be signed until {found.next_due}."]


def _told(found: AuditFound, style: Style) -> list[str]:
    about, content = found.about, found.content
    assert about is not None
    assert content is not None
    if about.signed:
        lines = paragraph(
            f"{about.period}: signed by {about.signed.by}, {about.signed.at:%Y-%m-%d}: {about.signed.note}", style
        )
    else:
        lines = [f"{about.period}: to be signed until {about.due}{', overdue' if about.overdue else ''}."]
    table = Table([Column("Point"), Column("", rank=1), Column("Found", flexible=True)])
    for point in content.points:
        table.rows.append([point.name, _WORDS[point.fine], clean(point.told)])
    lines += ["", *table.lines(style), ""]
    if content.samples:
        rows = Table([Column("Row"), Column("Says", flexible=True), Column("From", rank=1, flexible=True, head=True)])
        for one in content.samples:
            said = ", ".join(f"{name} {value}" for name, value in one.values.items())
            rows.rows.append([clean(f"{one.table} {one.key}"), clean(said), f"{short(one.file)}:{one.line}"])
        lines += ["Rows to compare with their source:", "", *rows.lines(style)]
    return lines
