"""Hold what is billed against what was signed, account by account, today.

Each account's contracts (value in a year) and subscriptions (twelve times the monthly amount, after discount), whether they
agree within 1 %, and if not, the likely cause. Exits with 1 if some do not.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from decimal import Decimal

    from tenure.cli.parser import Parser
    from tenure.cli.style import Style
    from tenure.engine.verbs.billing import BillingFound

NAME = "billing"
EXAMPLE = "tenure billing"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("--all", action="store_true", help="list the accounts that agree, too")
    parser.add_format("table", "json", "csv")


def run(home: Path, args: argparse.Namespace) -> int:
    """Compare, and list what differs."""
    from tenure.core.csv_text import csv_of
    from tenure.engine.verbs.billing import Billing, Line

    with opened(home) as workspace:
        found: BillingFound = workspace.call("billing", Billing(args.all))
    if args.format == "json":
        answer_json(found)
    elif args.format == "csv":
        say([csv_of([each.name for each in fields(Line)], (asdict(line) for line in found.lines))])
    else:
        say(_told(found, of_output()))
    return 0 if found.agree == found.accounts else 1


def _told(found: BillingFound, style: Style) -> list[str]:
    if not found.accounts and not found.unsigned:
        return ["There is neither a contract nor a subscription that runs now."]
    lines = [f"{found.agree:,} of {found.accounts:,} accounts agree within 1 %."]
    lines += [
        f"{each.currency}: {each.signed:,.2f} signed, {each.billed:,.2f} billed a year; {each.reconciled:,.2f} of it agrees."
        for each in found.sums
    ]
    if found.unsigned:
        lines.append(f"{numbers.counted(found.unsigned, 'more account')} pay without ever having had a contract.")
    if not found.lines:
        return lines
    table = Table([
        Column("Account", flexible=True), Column("Signed", right=True), Column("Billed", right=True),
        Column("Difference", right=True), Column("Currency", rank=1), Column("Likely cause", flexible=True),
    ])  # fmt: skip
    for line in found.lines:
        codes = sorted({code for code in (line.signed_currency, line.billed_currency) if code})
        table.rows.append([
            clean(line.name or line.account_id), _amount(line.signed), _amount(line.billed), _amount(line.difference),
            "/".join(codes), line.told,
        ])  # fmt: skip
    return [*lines, "", *table.lines(style)]


def _amount(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"
