"""Look at rows that were refused, mend and replay them, or discard them.

  tenure failed                    those that are open, and how many there are of each reason
  tenure failed show ID            one of them, with the whole row
  tenure failed replay ID          bring it again: --set COLUMN=VALUE for what is to be otherwise in it
  tenure failed replay --code C    bring all of a reason again, as they are
  tenure failed discard ID...      it shall not be brought again (or all of a reason: --code C)
  tenure failed reopen ID...       it shall after all
  tenure failed reload LOAD        the load's whole file again, under another map: --map MAP.toml
  tenure failed counts             what was received and what became of it, and whether all of it is there

What is done needs --by NAME and --reason TEXT, and is on record. --dry-run says what would become of the rows.
Exits with 1 if a row that was to be replayed is refused again, or if counts differ.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import failing
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core.errors import UsageError, unknown

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine import Workspace

NAME = "failed"
EXAMPLE = 'tenure failed replay 3f9a41c2b07d --set amount=100 --by Ada --reason "a typo"'
_WHAT = ("list", "show", "replay", "discard", "reopen", "reload", "counts")
#: By option, the column by which failed rows are chosen.
_FILTERS = {
    "state": "state",
    "table": "table_name",
    "code": "code",
    "source": "source",
    "file": "file",
    "load": "batch",
}


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", nargs="?", default="list", metavar="WHAT", help=f"{', '.join(_WHAT)} (default: list)")
    parser.add_argument("ids", nargs="*", metavar="ID", help="the rows; of reload the load's number")
    parser.add_argument("--table", default="", metavar="NAME", help="only rows for this table")
    parser.add_argument("--code", default="", metavar="CODE", help="only of this reason, by its word")
    parser.add_argument("--source", default="", metavar="NAME", help="only from this source")
    parser.add_argument("--file", default="", metavar="NAME", help="only of this file")
    parser.add_argument("--load", default="", metavar="N", help="only of this load")
    parser.add_argument("--state", default="", metavar="STATE", help="open (default), replayed, discarded or all")
    parser.add_argument("--search", default="", metavar="TEXT", help="list: only rows that hold this text")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="list: as many rows (default: 20)")
    parser.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="COLUMN=VALUE", help="replay: what a cell is to say"
    )
    parser.add_argument("--map", default="", metavar="MAP.toml", help="reload: the map that is right")
    parser.add_argument("--by", default="", metavar="NAME", help="who does it")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why")
    parser.add_argument(
        "--dry-run", action="store_true", help="replay, reload: say what would happen, and change nothing"
    )
    parser.add_argument("--days", type=int, default=7, metavar="N", help="counts: of as many days (default: 7; 0: all)")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Do what is asked."""
    if args.what not in _WHAT:
        raise unknown("word", args.what, _WHAT, listing=f"There are: {', '.join(_WHAT)}.")
    with opened(home) as workspace:
        answer = _DO[args.what](workspace, args)
    if args.format == "json":
        answer_json(answer.data)
    else:
        say(answer.lines(of_output()))
    return 0 if answer.good else 1


def _where(args: argparse.Namespace, state: str = "") -> tuple[tuple[str, str, object], ...]:
    """The conditions that the words set; ``state``: where they say nothing of it."""
    said = {name: getattr(args, name) for name in _FILTERS} | {"state": args.state or state}
    if said["state"] == "all":
        said["state"] = ""
    return tuple((_FILTERS[name], "equals", value) for name, value in said.items() if value)


def _chosen(args: argparse.Namespace, state: str) -> tuple[tuple[str, str, object], ...]:
    """The conditions for what is done to many rows: some must be said."""
    where = _where(args, state)
    if args.ids:
        return ()
    if len(where) < 2:
        raise UsageError(
            "Say which rows.", code="nothing_chosen",
            fix=f"Name them, or all of a kind: tenure failed {args.what} --code CODE (or --table, --source, --file, --load)",
        )  # fmt: skip
    return where


def _list(workspace: Workspace, args: argparse.Namespace) -> failing.Answer:
    where = _where(args, "open")
    return failing.listed(workspace.failed(where=where, search=args.search, limit=args.limit))


def _show(workspace: Workspace, args: argparse.Namespace) -> failing.Answer:
    found = workspace.failed(where=[("id", "one_of", args.ids)])
    if not found.rows:
        raise UsageError("There is no such failed row.", code="not_found", fix="List them: tenure failed")
    return failing.shown(found, workspace.settings())


def _replay(workspace: Workspace, args: argparse.Namespace) -> failing.Answer:
    where = _chosen(args, "open")
    cells = dict(_cell(text) for text in args.set)
    if cells and len(args.ids) != 1:
        raise UsageError("Cells are set in one row.", code="many_rows", fix="Name one row, or leave --set out.")
    found = workspace.mend(
        dict.fromkeys(args.ids, cells), where=where, by=args.by, reason=args.reason, dry_run=args.dry_run
    )
    return failing.mended(found)


def _cell(text: str) -> tuple[str, str]:
    name, given, value = text.partition("=")
    if not given:
        raise UsageError(f"{text!r} sets nothing.", code="bad_cell", fix="Write --set COLUMN=VALUE.")
    return name, value


def _discard(workspace: Workspace, args: argparse.Namespace) -> failing.Answer:
    reopen = args.what == "reopen"
    where = _chosen(args, "discarded" if reopen else "open")
    found = workspace.discard(args.ids, where=where, by=args.by, reason=args.reason, reopen=reopen)
    return failing.discarded(found, reopen=reopen)


def _reload(workspace: Workspace, args: argparse.Namespace) -> failing.Answer:
    if len(args.ids) != 1 or not args.ids[0].isdecimal():
        raise UsageError(
            "A load is named by its number.", code="bad_load", fix="Run: tenure failed reload LOAD --map MAP.toml"
        )
    path = Path.cwd() / args.map
    if args.map and not path.is_file():
        raise UsageError(
            "There is no such file.", code="no_such_file", where=args.map, fix="Check the name of the map."
        )
    text = path.read_text(encoding="utf-8") if args.map else None
    found = workspace.reload(int(args.ids[0]), text, by=args.by, reason=args.reason, dry_run=args.dry_run)
    return failing.reloaded(found)


def _counts(workspace: Workspace, args: argparse.Namespace) -> failing.Answer:
    return failing.counted(workspace.reconcile(days=args.days))


_DO = {
    "list": _list, "show": _show, "replay": _replay, "discard": _discard, "reopen": _discard, "reload": _reload,
    "counts": _counts,
}  # fmt: skip
