"""Make an example company and serve it.

A small simulated company: its exports, slightly dirty, loaded into a workspace, its figures computed, and its pages
served, with a log-in for each role. With --no-serve: its figures here, with the commands that give them. With --files:
only the exports, with the map that loads them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.commands.serve import port
from tenure.cli.output import answer_json, say
from tenure.cli.progress import Bar
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core import config
from tenure.engine import portfolio_rules

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.demo import Written

NAME = "demo"
EXAMPLE = "tenure demo --home demo"
EXPORTS = "exports"
#: What is worth seeing first.
_TOUR = (
    "show mrr --by segment --format chart",
    "show mrr_movements",
    "show net_revenue_retention",
    "show customer_churn_rate --format chart",
    "show net_promoter_score",
    "explain net_revenue_retention --rows 5",
)


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument(
        "--accounts", type=int, default=300, metavar="N", help="customers there ever were (default: 300)"
    )
    parser.add_argument("--files", metavar="DIR", help="only write the exports, into this folder")
    parser.add_argument("--port", type=port, default=8000, metavar="PORT", help="where to serve (default: 8000)")
    parser.add_argument("--no-serve", action="store_true", help="show figures here instead of serving pages")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Write, load, compute, show."""
    if args.files:
        written = _write(Path(args.files), args.accounts)
        _tell_files(Path(args.files), written, args)
        return 0
    _prepare(home, args.accounts)
    if args.format == "json":
        answer_json({"home": str(home), "commands": [f"tenure --home {home} {words}" for words in _TOUR]})
        return 0
    return _tour(home) if args.no_serve else _serve(home, args.port)


def _write(folder: Path, accounts: int) -> Written:
    """Write the exports. Needs no workspace."""
    from tenure.engine.verbs.demo import Demo
    from tenure.engine.workspace import Local

    bar = Bar()
    try:
        written: Written = Local(folder).call("demo", Demo(str(folder.absolute()), accounts), bar)
    finally:
        bar.clear()
    return written


def _tell_files(folder: Path, written: Written, args: argparse.Namespace) -> None:
    if args.format == "json":
        answer_json(written)
        return
    names = ", ".join(Path(file).name for file in written.files)
    say([
        f"Wrote {numbers.counted(len(written.files), 'export')} into {folder}: {names}.",
        f"{folder / 'README.txt'} tells what is wrong in them on purpose. To load them into a workspace:",
        "",
        "  tenure init cs",
        f"  tenure --home cs load --map {folder / Path(written.map).name} {folder} --history",
        "  tenure --home cs check",
    ])  # fmt: skip


def _prepare(home: Path, accounts: int) -> None:
    """The workspace with the company in it; made, unless it is there already."""
    from tenure import keeper
    from tenure.engine.verbs.load import Load

    exports = home.absolute() / EXPORTS
    if not ((home / config.FILE).exists() and exports.is_dir()):
        keeper.create(
            home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1, by=keeper.of_the_machine("cli")
        )
        say([f"Made the workspace {home}."])
    if not (exports / "map.toml").exists():
        written = _write(exports, accounts)
        say([f"Wrote {numbers.counted(len(written.files), 'export')} of a simulated company into {home / EXPORTS}."])
    with opened(home) as workspace:
        loaded = workspace.call("load", Load((str(exports),), map=str(exports / "map.toml"), history=True))
    if not (home / portfolio_rules.FILE).exists():
        (home / portfolio_rules.FILE).write_text(portfolio_rules.of_the_demo(), encoding="utf-8")
    read = sum(report.read for report in loaded.reports)
    rejected = sum(report.rejected for report in loaded.reports)
    say([
        f"Loaded {numbers.counted(read, 'row')}, of which {rejected} were refused, as this would say again:",
        f"  tenure --home {home} load --map {home / EXPORTS / 'map.toml'} {home / EXPORTS} --history",
    ])  # fmt: skip


def _serve(home: Path, at: int) -> int:
    """Compute the figures, let one person of each role in, and serve until stopped."""
    from tenure.engine.verbs.check import Check
    from tenure.engine.verbs.comparisons import Comparisons
    from tenure.engine.verbs.score import Score
    from tenure.web.serve import prepare, serve

    with opened(home) as workspace:
        scored = workspace.call("score", Score())
        workspace.call("comparisons", Comparisons(Comparisons().metrics[:1]))  # of the others, when it serves
        workspace.call("check", Check(keep=True))
        if scored.days:
            say([f"Scored {numbers.counted(scored.accounts, 'customer')}, and held the scores against who left."])
        books = workspace.rows("accounts", columns=("owner",), where=[("is_customer", "equals", True)], limit=1_000)
        staff = workspace.rows("csm", columns=("csm_id", "name", "manager_id"), order=("valid_from",), limit=1_000)
    prepare(home)
    from tenure.web.access import cast
    from tenure.web.guide.steps import settle

    owned = Counter(row["owner"] for row in books.rows if row["owner"])
    csm, manager = cast.chosen(list(owned.items()), {row["csm_id"]: row["manager_id"] or "" for row in staff.rows})
    members, password = cast.admit(csm, manager, {row["csm_id"]: row["name"] for row in staff.rows})
    settle()
    style = of_output()
    say(["", style.bold("Log in as"), ""])
    say(
        [
            f"  {member.role.label:14} {member.email:28} {member.name if member.csm_id else ''}".rstrip()
            for member in members
        ]
    )
    say(["", f"Password for all of them: {style.bold(password)}", ""])
    serve(home, host="127.0.0.1", port=at, address="", say=lambda text: say([text]))
    return 0


def _tour(home: Path) -> int:
    """Run each command as the user would, under its own words."""
    from tenure.cli.main import main

    style = of_output()
    for words in _TOUR:
        say(["", style.bold(f"$ tenure --home {home} {words}"), ""])
        code = main(["--home", str(home), *words.split()])
        if code:
            return code
    say([
        "", style.bold("Further:"), "",
        f"  tenure --home {home} check     what is wrong in the data",
        f"  tenure --home {home} metrics   everything that is measured",
    ])  # fmt: skip
    return 0
