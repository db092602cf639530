"""How well customers do with us: the health score of each, or of one with what it is made of and why it changed.

  tenure health                     every customer, the lowest scores first
  tenure health ACCOUNT             one, with what its score is made of and why it changed
  tenure health disagreements       customers of whom one signal looks well and another does not
  tenure health optimism            how what success managers judge compares with the facts
  tenure health review              the week: who moved and by what, what disagrees, who came and left, what was decided
  tenure health note ACCOUNT        note a decision about a customer: --by NAME --text TEXT [--follow-up DAY]
  tenure health done ID --by NAME   note that a decision is done with
  tenure health --model             the definition of the score, to be changed in models/health.toml
  tenure health preview FILE        what another definition would change: who flips, and whether it tells better who leaves
  tenure health save FILE --by NAME put that definition in force

What is unknown is not counted as bad: the other components weigh more, and the share of the weight that was known is
shown as coverage.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.health import HealthFound

NAME = "health"
EXAMPLE = "tenure health A-00042 --since 2026-07-01"
_SHOWN = 20
_NESTED = ("components", "why", "disagreements", "decisions")
_WITH_FILE = {"preview": "FILE", "save": "FILE", "note": "ACCOUNT", "done": "ID"}
_ENDS = ("what", "before", "now", "change")


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", metavar="WHAT", nargs="?", default="", help="an account's id, or a word of those above")
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="preview, save: another definition; note: an account; done: a decision"
    )
    parser.add_argument("--at", default="", metavar="DAY", help="as it was known on that day (default: today)")
    parser.add_argument("--since", default="", metavar="DAY", help="compare with that day (default: 91 days before)")
    parser.add_argument(
        "--rows", type=int, default=_SHOWN, metavar="N", help=f"accounts shown (default: {_SHOWN}; 0: all)"
    )
    parser.add_argument("--model", action="store_true", help="print the definition of the score instead")
    parser.add_argument("--by", default="", metavar="NAME", help="save, note, done: who says so")
    parser.add_argument("--text", default="", metavar="TEXT", help="note: what was decided")
    parser.add_argument("--follow-up", default="", metavar="DAY", help="note: when to look at it again")
    parser.add_format("table", "json", "csv")


def run(home: Path, args: argparse.Namespace) -> int:
    """Print the scores, or what another definition would change. JSON and CSV have every account."""
    _check(args)
    if args.what == "preview":
        return _preview(home, args)
    if args.what == "save":
        return _save(home, args)
    if args.what == "review":
        return _review(home, args)
    if args.what in ("note", "done"):
        return _note(home, args)
    if args.what == "optimism":
        return _optimism(home, args)
    if args.what == "disagreements":
        return _disagreements(home, args)
    from tenure.cli.healths import everyone, one

    with opened(home) as workspace:
        if args.model:
            print(workspace.health_model().text, end="")
            return 0
        found = workspace.health(args.what, at=args.at, since=args.since)
    if args.format == "json":
        answer_json(found)
    elif args.format == "csv":
        print(_csv(found))
    else:
        say(one(found, of_output()) if args.what else everyone(found, args.rows, of_output()))
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise ``UsageError`` for words that do not go together."""
    if args.what in _WITH_FILE and not args.file:
        raise UsageError(
            f"health {args.what} needs {_WITH_FILE[args.what]}.",
            code="missing_argument",
            fix="See tenure health --help.",
        )
    if args.file and args.what not in _WITH_FILE:
        raise UsageError(
            f"{args.file!r} is one word too many.", code="surplus_argument", fix="See tenure health --help."
        )
    for name, value, words in (
        ("--by", args.by, ("save", "note", "done")), ("--text", args.text, ("note",)), ("--follow-up", args.follow_up, ("note",)),
    ):  # fmt: skip
        if value and args.what not in words:
            told = " and ".join(f"tenure health {word}" for word in words)
            raise UsageError(f"{name} is for {told}.", code="surplus_option", fix="Leave it out.")


def _text(file: str) -> str:
    """The text of a file. Raises ``UsageError`` where it cannot be read."""
    from tenure.core.written import read

    found = read(Path(file))
    if found.trouble:
        raise UsageError(found.trouble, code="bad_file", where=file, fix="Name a text file in UTF-8.")
    return found.text


def _preview(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli.previewed import told
    from tenure.engine.verbs.preview import Flip, Preview, Previewed

    text = _text(args.file)
    with opened(home) as workspace:
        found: Previewed = workspace.call("preview", Preview(text, path=args.file))
    if args.format == "json":
        answer_json(found)
    elif args.format == "csv":
        from dataclasses import asdict, fields

        print(_rows_csv([field.name for field in fields(Flip)], [asdict(flip) for flip in found.flips]))
    else:
        say(told(found, args.rows, of_output()))
    return 0


def _disagreements(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli.disagreed import told

    with opened(home) as workspace:
        found = workspace.disagreements(at=args.at, since=args.since)
    if args.format == "json":
        answer_json(found)
    elif args.format == "csv":
        rows = [
            {
                "account_id": one.account_id, "name": one.name, "owner": one.owner, "mrr": one.mrr, "kind": one.kind,
                **{f"{side}_{end}": getattr(getattr(one, side), end) for side in ("good", "bad") for end in _ENDS},
            }
            for one in found.found
        ]  # fmt: skip
        print(_rows_csv(["account_id", "name", "owner", "mrr", "kind",
                         *(f"{side}_{end}" for side in ("good", "bad") for end in _ENDS)], rows))  # fmt: skip
    else:
        say(told(found, args.rows, of_output()))
    return 0


def _review(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli.reviewed import told

    with opened(home) as workspace:
        found = workspace.review(at=args.at, since=args.since)
    if args.format == "json":
        answer_json(found)
    elif args.format == "csv":
        from dataclasses import asdict, fields

        from tenure.engine.verbs.review import Mover

        print(_rows_csv([field.name for field in fields(Mover)], [asdict(one) for one in (*found.down, *found.up)]))
    else:
        say(told(found, args.rows, of_output()))
    return 0


def _note(home: Path, args: argparse.Namespace) -> int:
    with opened(home) as workspace:
        if args.what == "done":
            noted = workspace.done(args.file, by=args.by)
        else:
            noted = workspace.note(args.file, args.text, by=args.by, follow_up=args.follow_up)
    if args.format == "json":
        answer_json(noted)
    else:
        say(["Noted as done."] if args.what == "done" else [f"Noted, and shown by tenure health {args.file}."])
    return 0


def _optimism(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli.optimists import told

    with opened(home) as workspace:
        found = workspace.optimism()
    if args.format == "json":
        answer_json(found)
    elif args.format == "csv":
        from dataclasses import asdict

        rows = [asdict(one) for one in found.people]
        print(_rows_csv(list(rows[0]), rows))
    else:
        say(told(found, args.rows, of_output()))
    return 0


def _save(home: Path, args: argparse.Namespace) -> int:
    from tenure.cli.output import short
    from tenure.engine.verbs.save_model import Saved, SaveModel

    text = _text(args.file)
    with opened(home) as workspace:
        saved: Saved = workspace.call("save_model", SaveModel(text, args.by, path=args.file))
    if args.format == "json":
        answer_json(saved)
    else:
        say([f"Model {saved.version} is in force in place of {saved.before}: {short(saved.path)}",
             "Scores are kept under it from the next tenure run on."])  # fmt: skip
    return 0


def _rows_csv(names: list[str], rows: list[dict[str, Any]]) -> str:
    from tenure.core.csv_text import csv_of

    return csv_of(names, rows)


def _csv(found: HealthFound) -> str:
    from dataclasses import asdict

    rows = [{"day": found.day, **asdict(account)} for account in found.accounts]
    if len(rows) == 1 and found.accounts[0].components:
        rows = [{"account_id": found.accounts[0].account_id, **asdict(part)} for part in found.accounts[0].components]
    rows = [{name: value for name, value in row.items() if name not in _NESTED} for row in rows]
    return _rows_csv(list(rows[0]) if rows else ["account_id"], rows)
