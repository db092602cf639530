"""Estimate a model from a file: lifetimes, purchases, shares of small groups, an effect.

Needs no workspace and keeps nothing. CSV of any delimiter and encoding, JSON lines, Parquet or XLSX, with these columns
(those in brackets may be left out, others are passed over):

  km             duration, event [, group]           Kaplan-Meier: how long until something happens
  sbg            period, survivors                   sBG: how a cohort of subscribers melts
  bgnbd          frequency, recency, age [, name]    BG/NBD: purchases of customers without a contract
  gamma_gamma    frequency, monetary [, name]        Gamma-Gamma: what these purchases are worth
  beta_binomial  name, successes, trials             shares of small groups, shrunk
  did            outcome, treated, after [, cluster] difference in differences: an effect
"""

from __future__ import annotations

import argparse
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import say
from tenure.cli.progress import Bar
from tenure.cli.style import of_output

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "estimate"
EXAMPLE = "tenure estimate sbg cohort.csv --discount 0.1"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("method", metavar="METHOD", help="one of the above")
    parser.add_argument("file", metavar="FILE", help="what to estimate from; book.xlsx#Sheet names a sheet")
    parser.add_argument(
        "--discount", type=_number, metavar="SHARE", help="sbg: of what comes a period later (default: 0.1)"
    )
    parser.add_argument(
        "--horizon", type=_number, metavar="TIME", help="bgnbd: how far to look ahead (default: the highest age)"
    )
    parser.add_format("table", "json")


def run(_home: Path, args: argparse.Namespace) -> int:
    """Estimate, and print what was found."""
    from tenure.cli.estimated import told
    from tenure.engine import methods
    from tenure.engine.result import as_json
    from tenure.engine.verbs.estimate import Estimate, Options
    from tenure.engine.workspace import Local

    file = Path.cwd() / args.file
    request = Estimate(args.method, str(file), args.file, Options(args.discount, args.horizon))
    bar = Bar()
    try:
        found = Local(Path.cwd()).call("estimate", request, bar)
    finally:
        bar.clear()
    if args.format == "json":
        print(as_json(found))
    else:
        say(told(found, methods.method(found.method), of_output()))
    return 0


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value
