"""Explain one number: its definition, the conventions and settings in force, and the rows behind it.

The rows add up to the number. With --sql: the SQL it is worked out by. With --variants: what it would be by the other
conventions, and line by line what makes the difference. With --by: why it changed, by the slices of one dimension: what
each did by itself, and what moved between.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.cli import bridges, numbers, parallel
from tenure.cli.decomposed import WHY, decomposed, warnings
from tenure.cli.figures import Frame, slice_text, table_of
from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.request import add_slicing, opened
from tenure.cli.style import Style, of_output
from tenure.cli.table import Column, Table, clean
from tenure.core import config
from tenure.core.conditions import conditions
from tenure.core.errors import UsageError
from tenure.core.period import Grain, parse_period
from tenure.core.titles import titled
from tenure.engine.decompose import Slice

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine import Workspace
    from tenure.engine.verbs.explain import Explanation

NAME = "explain"
EXAMPLE = "tenure explain net_revenue_retention --at 2026-03 --where segment=SMB"
_SHOWN = 20
#: Columns of a row that have their own place, or say nothing to a reader of a table.
_PLACED = ("account_id", "account", "at", "weight", "excluded")


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("metric", metavar="METRIC", help="its name: see tenure metrics")
    parser.add_argument("--at", default="", metavar="D", help="the period: 2026-03, 2026-Q1, ... (default: the last)")
    add_slicing(parser)
    parser.add_argument("--rows", type=int, default=_SHOWN, metavar="N", help=f"rows shown (default: {_SHOWN}; 0: all)")
    parser.add_argument("--by", default="", metavar="DIM", help="split its change by owner, segment, ... instead")
    parser.add_argument(
        "--compare", default="before", metavar="before|year", help="with the period before, or the same a year before"
    )
    parser.add_argument("--sql", action="store_true", help="print the SQL instead")
    parser.add_argument("--variants", action="store_true", help="compare the conventions instead, line by line")
    parser.add_argument("--beside", default="", metavar="TOOL", help="compare with what another tool reported")
    parser.add_argument(
        "--to", nargs="+", action="extend", default=[], metavar="NAME",
        help="compare with these conventions, one after the other; window=3m is one too",
    )  # fmt: skip
    parser.add_format("table", "json", "csv")


def run(home: Path, args: argparse.Namespace) -> int:
    """Print what is behind the number. JSON and CSV have every row."""
    settings = config.read(home)
    grain = args.grain or _grain_of(args.at, settings.fiscal_year_start)
    asked = {"grain": grain, "window": args.window, "where": conditions(args.where), "as_of": args.as_of,
             "compare": args.compare}  # fmt: skip
    frame = Frame(Grain(grain), settings) if grain in list(Grain) else Frame(Grain.MONTH, settings)
    with opened(home) as workspace:
        if args.by:
            return _split(workspace, frame, args, asked)
        if args.beside:
            asked["grain"] = args.grain
            found_beside = workspace.beside(args.metric, args.beside, at=args.at, variant=tuple(args.variant), **asked)
            parallel.answer(found_beside, settings, args.format)
            return 0
        if args.variants or args.to:
            bridges.answer(
                workspace.bridge(args.metric, at=args.at, to=args.to, variant=tuple(args.variant), **asked),
                frame,
                args.format,
            )
            return 0
        rows = args.rows if args.format == "table" and not args.sql else 0
        found = workspace.explain(args.metric, at=args.at, rows=rows, variant=tuple(args.variant), **asked)
    if args.format == "json":
        answer_json(_described(found))
    elif args.sql:
        print(found.sql)
    elif args.format == "csv":
        from tenure.core.csv_text import csv_of

        print(csv_of(list(dict.fromkeys(name for row in found.rows for name in row)), found.rows))
    else:
        say(_told(found, frame, of_output()))
    return 0


def _grain_of(at: str, year_start: int) -> str:
    """The grain that a period's text has; a day means its month."""
    grain = parse_period(at, year_start).grain if at else Grain.MONTH
    return (Grain.MONTH if grain is Grain.DAY else grain).value


def _described(found: Explanation) -> dict[str, Any]:
    entry = found.entry
    return {
        "metric": entry.slug,
        "family": entry.family,
        "definition": entry.definition,
        "unit": entry.unit,
        "variants": entry.axes,
        "settings": found.settings,
        "figures": found.figures,
        "made_of": found.made_of,
        "adds": found.adds,
        "count": found.count,
        "sums": found.sums,
        "rows": found.rows,
        "sql": found.sql,
    }


def _told(found: Explanation, frame: Frame, style: Style) -> list[str]:
    """Everything for a person, from the meaning to the rows."""
    entry = found.entry
    variant = dict(zip(entry.axes, found.figures[0].variant.split("+"), strict=False)) if found.figures else {}
    lines = [style.bold(titled(entry.slug)), style.grey(f"{entry.slug} · {entry.family}"), ""]
    lines += [*paragraph(entry.definition.replace("``", ""), style), ""]
    if variant:
        table = Table([Column("variant"), Column("in force"), Column("or", flexible=True)])
        for axis, chosen in variant.items():
            others = ", ".join(option for option in entry.axes[axis] if option != chosen)
            table.rows.append([axis, chosen, others])
        lines += [*table.lines(style), ""]
    lines += [style.bold("Settings in force"), *_settings(found.settings, style), ""]
    if found.figures:
        as_of = frame.moment(found.figures[0].as_of)
        window = found.figures[0].window
        over = "" if window == "period" else f", over {window.removesuffix('m')} months"
        lines += [style.bold(f"The figure{over}, as of {as_of}"), *table_of(found.figures, frame, style), ""]
    lines += _rows(found, frame, style)
    return [*lines, "", style.grey("The SQL behind it: --sql. Every row: --rows 0, or --format csv.")]


def _settings(settings: dict[str, object], style: Style) -> list[str]:
    """Name and value, several a line."""
    cells = [f"{name} = {_setting(value)}" for name, value in settings.items()]
    room = max(map(len, cells)) + 3
    beside = max(1, (style.width - 2) // room)
    rows = [cells[i : i + beside] for i in range(0, len(cells), beside)]
    return ["  " + "".join(f"{cell:{room}}" for cell in row).rstrip() for row in rows]


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value) or "none"


def _rows(found: Explanation, frame: Frame, style: Style) -> list[str]:
    """The rows, what they add up to, and how that makes the number."""
    if found.made_of:
        return [
            style.bold("Made of other figures, which have the rows"),
            *(f"tenure explain {name}" for name in found.made_of),
        ]
    if not found.count:
        return ["No rows."]
    times = f", times in {found.entry.unit}" if found.entry.kind == "cases" else ""
    lines = [style.bold(f"{numbers.counted(found.count, 'row')} behind it{times}")]
    table, makers = Table([]), _makers(found, frame)
    table.columns = [column for column, _ in makers]
    table.rows = [[maker(row) for _, maker in makers] for row in found.rows]
    table.grey = {number for number, row in enumerate(found.rows) if row.get("excluded") is not None}
    sums = [
        numbers.plain(found.sums[c.title], _places(found, c.title)) if c.title in found.sums else "" for c, _ in makers
    ]
    if found.count > len(found.rows):
        table.rows.append([f"… {found.count - len(found.rows):,} more", *[""] * (len(makers) - 1)])
    table.rows.append(["Sum of all", *sums[1:]])
    drawn = table.lines(style)
    return [*lines, *drawn[:-1], drawn[1], style.bold(drawn[-1]), *_proof(found, style)]


def _makers(found: Explanation, frame: Frame) -> list[tuple[Column, Any]]:
    """The columns of the rows: who, when, what adds up, and the rest where there is room."""

    def text(name: str) -> Any:
        return lambda row: "" if row.get(name) is None else slice_text(row[name])

    def number(name: str) -> Any:
        places = _places(found, name)
        return lambda row: "" if row.get(name) is None else numbers.plain(row[name], places)

    filled = [name for name in dict.fromkeys(name for row in found.rows for name in row) if _tells(found, name)]
    makers = [(Column("account_id"), text("account_id"))]
    if "account" in filled:
        makers.append((Column("account", flexible=True, rank=1), text("account")))
    if "at" in filled:
        makers.append((Column("at", rank=3), lambda row: frame.moment(row["at"])[:10] if row.get("at") else ""))
    rest = [name for name in filled if name not in (*_PLACED, *found.adds)]
    makers += [(Column(clean(name), rank=4, flexible=True), text(name)) for name in rest]
    makers += [(Column(name, right=True), number(name)) for name in found.adds]
    if any(row.get("weight") not in (None, 1) for row in found.rows):
        makers.append((Column("weight", right=True), lambda row: f"{row['weight'].normalize():f}"))
    if "excluded" in filled:
        makers.append((Column("not counted", flexible=True), text("excluded")))
    return makers


def _tells(found: Explanation, name: str) -> bool:
    """Whether a column says anything of the rows shown. Flags are for programs."""
    values = [row.get(name) for row in found.rows]
    return any(value is not None and not isinstance(value, bool) for value in values)


def _places(found: Explanation, name: str) -> int:
    values = [Decimal(row[name]) for row in found.rows if row.get(name) is not None]
    return 0 if all(value == value.to_integral_value() for value in [*values, found.sums[name]]) else 2


_TIMES = (
    "The figure is the time by which half of the cases had ended. What is open counts for as long as it has lasted: "
    "the sums of all rows do not divide to it."
)
_MODEL = "The figure is what a model makes of all rows; the definition says which."
_STEPS = (
    "The figure is put together from steps (days, or months under one owner), each divided for itself: the sums of all"
    " rows do not divide to it."
)


def _proof(found: Explanation, style: Style) -> list[str]:
    """How the sums make the number, or that they do not."""
    figure, names = (found.figures[0] if len(found.figures) == 1 else None), found.adds
    if figure is None or figure.value is None:
        return []
    if found.model or found.entry.kind == "cases":
        return paragraph(_MODEL if found.model else _TIMES, style)
    if len(names) == 1 and figure.value != found.sums[names[0]]:
        return []
    if len(names) > 1 and not _divides(found):
        return paragraph(_STEPS, style)
    value = numbers.figure(figure.value, figure.unit, numbers.places_for(figure.unit, [figure.value]))
    if len(names) == 1:
        return [f"The sum of {names[0]} is the figure: {value}"]
    sums = [numbers.plain(found.sums[name], _places(found, name)) for name in names]
    times = " × 100" if figure.unit == "points" else ""
    return [f"{names[0]} / {names[1]}{times} = {sums[0]} / {sums[1]}{times} = {value}"]


def _divides(found: Explanation) -> bool:
    """Whether the value is nothing but the one sum over the other."""
    figure, sums = found.figures[0], [found.sums[name] for name in found.adds]
    if figure.value is None or sums != [figure.numerator, figure.denominator] or not sums[1]:
        return False
    factor = 100 if figure.unit == "points" else 1
    return abs(sums[0] / sums[1] * factor - figure.value) <= Decimal("1e-6") * max(Decimal(1), abs(figure.value))


def _split(workspace: Workspace, frame: Frame, args: argparse.Namespace, asked: dict[str, Any]) -> int:
    """Why the number changed, by one dimension."""
    if args.variants or args.to or args.beside or args.sql:
        raise UsageError(
            "--by splits a change: no other question goes with it.", code="two_answers", fix="Ask for one at a time."
        )
    found = workspace.decompose(args.metric, args.by, at=args.at, variant=tuple(args.variant), **asked)
    if args.format == "json":
        answer_json(found, [WHY[found.why]] if found.why else warnings(found))
    elif args.format == "csv":
        from tenure.core.csv_text import csv_of

        print(csv_of([column.name for column in fields(Slice)], [asdict(each) for each in found.slices]))
    else:
        say(decomposed(found, frame, of_output(), args.rows))
    return 0
