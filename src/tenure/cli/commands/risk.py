"""How likely customers are to leave, to reduce or to grow, and how well that can be told.

  tenure risk                           every customer, those first of whom most revenue is at risk
  tenure risk ACCOUNT                   one, with what makes its risk
  tenure risk backtest                  whether risk, health score and other tools' scores told who left
  tenure risk --of growth               who is ready to take more, with what is to be expected of it
  tenure risk fit FILE --outcome COL    how well an outcome can be told, from any table

The risk is learned from the customers who left, and from nothing that was not known before; where too few did, it is
refused. --of contraction is of customers who stay and pay less, --of growth of those who take more seats, a higher plan or
a further product; both go with ACCOUNT and backtest too. FILE is CSV of any delimiter and encoding, JSON lines, Parquet or XLSX; it has a row for each thing that was
watched, and a column that says whether it happened (1 or 0, yes or no, churned or active). All other columns are learned
from; that needs no workspace, and keeps nothing. Rows are told by models that have not learned from them: those of --test, else
the latest third where there is a --time, else each fifth by the other four.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, say
from tenure.cli.progress import Bar
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "risk"
_SHOWN = 20
EXAMPLE = "tenure risk fit customers.csv --outcome churned --drop notes"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", metavar="WHAT", nargs="?", default="", help="an account, backtest or fit")
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="fit: what to learn from; book.xlsx#Sheet names a sheet"
    )
    parser.add_argument(
        "--rows", type=int, default=_SHOWN, metavar="N", help=f"accounts shown (default: {_SHOWN}; 0: all)"
    )
    parser.add_argument(
        "--of",
        choices=("churn", "contraction", "growth"),
        default="churn",
        help="what may become of customers (default: churn)",
    )
    parser.add_argument("--horizon", type=int, metavar="DAYS", help="backtest: who leaves within so long (default: 90)")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="backtest: a workbook (.xlsx), a picture (.svg) or .json to write"
    )
    parser.add_argument("--outcome", metavar="COL", help="fit: the column that says whether it happened")
    parser.add_argument(
        "--event", metavar="VALUE", help="which of its values means that (default: yes, 1, churned, ...)"
    )
    parser.add_argument("--time", metavar="COL", help="when a row was known: earlier ones tell later ones")
    parser.add_argument("--group", metavar="COL", help="what rows belong to: those of one are never on both sides")
    parser.add_argument("--exposure", metavar="COL", help="how long a row was watched: rates are told, not shares")
    parser.add_argument("--test", metavar="FILE", help="rows to be told, with the same columns")
    parser.add_argument(
        "--drop", action="append", default=[], metavar="COL", help="a column not to learn from; may be repeated"
    )
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Tell the risks, hold scores against who left, or learn from a file."""
    _check(args)
    if args.what == "fit":
        return _fit(args)
    if args.what == "backtest":
        return _backtest(home, args)
    from tenure.cli.risks import everyone, one

    with opened(home) as workspace:
        found = workspace.risk(args.what, of=args.of)
    if args.format == "json":
        answer_json(found)
    else:
        say(one(found, of_output()) if args.what else everyone(found, args.rows, of_output()))
    return 0


def _backtest(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli import backtest_file
    from tenure.cli.backtested import told

    if args.output is not None:
        backtest_file.check(args.output)
    with opened(home) as workspace:
        found = workspace.backtest(90 if args.horizon is None else args.horizon, of=args.of)
    if args.output is not None:
        backtest_file.write(found, args.output)
    if args.format == "json":
        answer_json(found)
    else:
        say(told(found, of_output()))
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise ``UsageError`` for words that do not go together."""
    fit = args.what == "fit"
    for name in ("outcome", "event", "time", "group", "exposure", "test", "drop"):
        if getattr(args, name) and not fit:
            raise UsageError(f"--{name} is for tenure risk fit.", code="surplus_option", fix="Leave it out.")
    if args.horizon is not None and args.what != "backtest":
        raise UsageError("--horizon is for tenure risk backtest.", code="surplus_option", fix="Leave it out.")
    if args.output is not None and args.what != "backtest":
        raise UsageError("--output is for tenure risk backtest.", code="surplus_option", fix="Leave it out.")
    if fit and args.of != "churn":
        raise UsageError(
            "--of is not for tenure risk fit.", code="surplus_option", fix="Name the outcome by --outcome."
        )
    if fit and not args.file:
        raise UsageError(
            "risk fit needs a FILE.", code="missing_argument", fix="As: tenure risk fit FILE --outcome COL"
        )
    if fit and not args.outcome:
        raise UsageError(
            "risk fit needs --outcome.", code="missing_argument", fix="Name the column that says it happened."
        )
    if args.file and not fit:
        near = " Did you mean tenure risk fit?" if args.what in ("fitt", "fits", "learn", "train") else ""
        raise UsageError(
            f"{args.file!r} is one word too many.", code="surplus_argument", fix=f"See tenure risk --help.{near}"
        )


def _fit(args: argparse.Namespace) -> int:
    from tenure.cli.fitted import told
    from tenure.engine.result import as_json
    from tenure.engine.verbs.risk_fit import RiskFit
    from tenure.engine.workspace import Local

    request = RiskFit(
        str(Path.cwd() / args.file), args.outcome, args.time, args.group, args.exposure,
        None if args.test is None else str(Path.cwd() / args.test), tuple(args.drop), args.event, args.file, args.test or "",
    )  # fmt: skip
    bar = Bar()
    try:
        found = Local(Path.cwd()).call("risk_fit", request, bar)
    finally:
        bar.clear()
    if args.format == "json":
        print(as_json(found))
    else:
        say(told(found, args.file, of_output()))
    return 0
