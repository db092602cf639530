"""Show the figures of a metric.

By default the last 12 complete months, with everything known now. What is derived is brought up to date first.
Periods are written 2026, 2026-Q1 (fiscal, named by the year it ends in), 2026-03, 2026-W05 or 2026-03-14.
"""

from __future__ import annotations

import argparse
import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.decomposed import warnings
from tenure.cli.figures import Frame, table_of
from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.request import add_slicing, opened
from tenure.cli.style import Style, of_output
from tenure.cli.table import clean
from tenure.core import config
from tenure.core.conditions import conditions
from tenure.core.errors import UsageError
from tenure.core.period import Grain
from tenure.core.titles import titled

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine import Workspace
    from tenure.engine.result import Result

NAME = "show"
EXAMPLE = "tenure show net_revenue_retention --by segment --grain quarter"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("metric", metavar="METRIC", help="its name: see tenure metrics")
    parser.add_argument("--from", dest="start", default="", metavar="D", help="the first period shown")
    parser.add_argument("--to", dest="end", default="", metavar="D", help="the last period shown")
    parser.add_argument(
        "--by", nargs="+", action="extend", default=[], metavar="DIM", help="a figure for each owner, segment, ..."
    )
    add_slicing(parser)
    parser.add_argument(
        "--compare", default="before", metavar="before|year", help="with the period before, or the same a year before"
    )
    parser.add_argument("--reported", action="store_true", help="the frozen figures of closed periods")
    parser.add_argument(
        "--restatements", action="store_true", help="what changed the figures of closed periods since, and by how much"
    )
    parser.add_format("table", "json", "csv", "chart")


def run(home: Path, args: argparse.Namespace) -> int:
    """Print the figures."""
    if args.restatements:
        return _restated(home, args)
    with opened(home) as workspace:
        result = workspace.show(
            args.metric, start=args.start, end=args.end, grain=args.grain or "month", window=args.window, by=args.by,
            where=conditions(args.where), variant=args.variant, as_of=args.as_of, reported=args.reported,
            compare=args.compare,
        )  # fmt: skip
        guard = _guard(workspace, result, home, args)
    if args.format == "json":
        print(result.to_json())
    elif args.format == "csv":
        from tenure.cli.figures_csv import figures_csv

        print(figures_csv(result))
    else:
        say([*_drawn(result, home, args), *guard])
    return 0


def _guard(workspace: Workspace, result: Result, home: Path, args: argparse.Namespace) -> list[str]:
    """What the slices of the last period hide, where their mix moved the total and not they: a table of them misleads."""
    if args.format != "table" or args.reported or len(args.by) != 1 or not len(result):
        return []
    if workspace.metrics()[args.metric].kind != "ratio":
        return []
    found = workspace.decompose(
        args.metric, args.by[0], at=result[-1].period_start.isoformat(), grain=args.grain or "month",
        window=args.window, where=conditions(args.where), variant=args.variant, as_of=args.as_of, compare=args.compare,
        known=result,
    )  # fmt: skip
    told = warnings(found) if found.against or found.different is not False else []
    if not told:
        return []
    last, frame = result[-1], Frame(Grain(args.grain or "month"), config.read(home))
    words = [
        "tenure",
        "explain",
        args.metric,
        "--by",
        args.by[0],
        "--at",
        frame.period(last.period_start, last.period_end),
    ]
    words += ["--grain", "day"] if args.grain == "day" else []
    words += ["--window", args.window] if args.window else []
    words += ["--compare", args.compare] if args.compare != "before" else []
    words += ["--as-of", args.as_of] if args.as_of else []
    for name, given in (("--where", args.where), ("--variant", args.variant)):
        words += [name, *given] if given else []
    style = of_output()
    return ["", *(line for sentence in told for line in paragraph(sentence, style)), style.grey(shlex.join(words))]


def _restated(home: Path, args: argparse.Namespace) -> int:
    """Print what changed since periods were closed."""
    from tenure.cli.restated import bridge_of

    beside = {"--reported": args.reported, "--as-of": args.as_of, "--compare": args.compare != "before",
              "--format": args.format not in ("table", "json")}  # fmt: skip
    for option in (option for option, given in beside.items() if given):
        raise UsageError(
            f"--restatements does not go with {option} {args.format if option == '--format' else ''}".rstrip() + ".",
            code="bad_argument", fix="Leave one of them out.",
        )  # fmt: skip
    with opened(home) as workspace:
        found = workspace.restatements(
            args.metric, start=args.start, end=args.end, grain=args.grain or "month", window=args.window, by=args.by,
            where=conditions(args.where), variant=args.variant,
        )  # fmt: skip
    if args.format == "json":
        answer_json(found)
        return 0
    style, frame = of_output(), Frame(Grain(args.grain or "month"), config.read(home))
    told = [args.metric, *(clean(condition) for condition in args.where), "from what was reported to what is known now"]
    below = textwrap.wrap(" · ".join(told), style.width)
    say([style.bold(titled(args.metric)), *map(style.grey, below), ""])
    say(bridge_of(found, frame, style) if found else ["There are no such figures in these periods."])
    return 0


def _drawn(result: Result, home: Path, args: argparse.Namespace) -> list[str]:
    """The figures for a person."""
    style, frame = of_output(), Frame(Grain(args.grain or "month"), config.read(home))
    if not len(result):
        return [f"{titled(args.metric)}: no figures in these periods."]
    lines = heading(result, frame, style, args)
    if not any(figure.n or figure.excluded or figure.status == "suppressed" for figure in result):
        return [*lines, "There is nothing to count in these periods. What is loaded: tenure doctor"]
    if args.format == "chart":
        from tenure.cli.chart import chart_of

        return [*lines, *chart_of(result, frame, style)]
    return [*lines, *table_of(result, frame, style)]


def heading(result: Result, frame: Frame, style: Style, args: argparse.Namespace) -> list[str]:
    """What is shown, in a line, and as of when."""
    figure = result[0]
    parts = [figure.metric, *([frame.settings.currency] if figure.unit == "money" else [])]
    if figure.window != "period":
        parts.append(f"over the {figure.window.removesuffix('m')} months to the end of each {frame.grain.value}")
    parts += [clean(f"variant {name}") for name in args.variant]
    parts += [clean(condition) for condition in args.where]
    parts += ["changes against a year before"] if args.compare == "year" else []
    told = "as reported" if args.reported else f"as of {frame.moment(figure.as_of)}"
    below = textwrap.wrap(" · ".join([*parts, told]), style.width)
    return [style.bold(titled(figure.metric)), *map(style.grey, below), ""]
