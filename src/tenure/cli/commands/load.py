"""Load files into the canonical tables.

CSV of any delimiter and encoding, JSON lines, Parquet and XLSX. Good rows go in; bad rows are kept with their line,
column and reason. Loading a file again changes nothing. With --map, files in your own words: one folder into many
tables, or files into the table named. With --drop, what lies in the workspace's folder drop.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, say, short
from tenure.cli.request import opened
from tenure.cli.style import Style, of_output
from tenure.cli.table import Column, Table, clean
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.load import Loaded

NAME = "load"
EXAMPLE = "tenure load subscription subscriptions.csv"
COUNTS = ("read", "loaded", "unchanged", "superseded", "rejected")
_SHOWN = 10


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument(
        "words", nargs="*", metavar="TABLE FILE", help="a table and its files; with --map or --from a folder will do"
    )
    parser.add_argument(
        "--drop", action="store_true", help="take in what lies in the folder drop, as a server does by itself"
    )
    parser.add_argument(
        "--from",
        dest="vendor",
        default="",
        metavar="KIND",
        help="a folder of files exported from this tool, as zendesk, or the address of your account there; of mail, or of "
        "calendars (ics); events that Segment exported (segment); or a database (sql)",
    )
    parser.add_argument(
        "--query",
        action="append",
        default=[],
        metavar="TABLE=SELECT",
        help="of a database: the rows of a table; may be given again",
    )
    parser.add_argument("--internal", action="store_true", help="the address may lie in an internal network")
    parser.add_argument(
        "--keep",
        default="",
        metavar="NAME",
        help="keep the account as a source under this name, so that it goes on being fetched",
    )
    parser.add_argument("--map", default="", metavar="MAP.toml", help="which columns of the files are which of ours")
    parser.add_argument(
        "--history", action="store_true", help="the first import of the past: rows count as known when they happened"
    )
    parser.add_argument(
        "--timezone", default="", metavar="ZONE", help="of times without one (default: the workspace's)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    parser.add_argument("--strict", action="store_true", help="load nothing if any row is bad")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Load, and say what became of the rows. 1 if every row was refused, or with --strict if any was."""
    from tenure.engine.verbs.load import Load

    if args.drop:
        return _taken(home, args)
    if not args.words:
        raise UsageError("It needs TABLE FILE.", code="missing_argument", fix="See: tenure load --help")
    if args.vendor and len(args.words) == 1 and "://" in args.words[0]:
        return _fetched(home, args)
    if args.query or args.internal or args.keep:
        raise UsageError(
            "--query, --internal and --keep go with an address.", code="bad_option", fix="See: tenure load --help"
        )
    whole = len(args.words) == 1 and (args.map or args.vendor)
    table, files = ("", args.words) if whole else (args.words[0], args.words[1:])
    request = Load(
        tuple(_absolute(file) for file in files), table, _absolute(args.map) if args.map else "", args.history,
        args.timezone, args.dry_run, args.strict, args.vendor,
    )  # fmt: skip
    with opened(home) as workspace:
        loaded: Loaded = workspace.call("load", request)
    rejected = [report for report in loaded.reports if report.rejected]
    wholly = [report.all_rejected for report in loaded.reports]
    refused = (args.strict and rejected) or (bool(wholly) and all(wholly) if args.vendor == "segment" else any(wholly))
    if args.format == "json":
        answer_json([report.as_dict() | _failed(report) for report in loaded.reports], _notes(loaded, args))
    else:
        say(_told(loaded, of_output(), args))
    return 1 if refused else 0


def _fetched(home: Path, args: argparse.Namespace) -> int:
    """An account of a vendor, or a database, once. 1 if every row of a file was refused."""
    from tenure.cli import pulling
    from tenure.engine.verbs.load import Loaded

    if args.map or args.timezone or args.dry_run or args.strict:
        raise UsageError(
            "What is fetched brings its own map, and is loaded.", code="bad_option",
            fix="Leave out --map, --timezone, --dry-run and --strict.",
        )  # fmt: skip
    done = pulling.pulled(home, args)
    troubles = [f"{name} is not fetched: {why}" for name, why in done.troubles.items()]
    loaded = Loaded(done.reports, remarks=(*done.remarks, *troubles))
    if args.format == "json":
        answer_json([report.as_dict() | _failed(report) for report in loaded.reports], _notes(loaded, args))
    else:
        say(_told(loaded, of_output(), args) or ["Nothing is there that is not known."])
    return 1 if any(report.all_rejected for report in loaded.reports) else 0


def _taken(home: Path, args: argparse.Namespace) -> int:
    """One round through the folder drop. 1 if something failed, or waits."""
    from tenure.cli import dropped

    if args.words or args.map or args.vendor or args.history or args.timezone or args.dry_run or args.strict:
        fix = "Run: tenure load --drop"
        raise UsageError("--drop takes what lies in the folder as it lies there.", code="bad_option", fix=fix)
    return dropped.round_by_hand(home, args.format)


def _absolute(file: str) -> str:
    """A path that means the same in the keeper's folder."""
    return str(Path.cwd() / file)


def _failed(report: object) -> dict[str, object]:
    rows = getattr(report, "failed", ())
    told = [{"line": r.line, "column": r.column, "value": r.value, "reason": r.reason, "code": r.code} for r in rows]
    return {"failed": told}


def _told(loaded: Loaded, style: Style, args: argparse.Namespace) -> list[str]:
    """Refused rows and remarks first; then a line for each file."""
    lines = []
    for report in loaded.reports:
        name = clean(short(report.file))
        for row in report.failed[:_SHOWN]:
            value = "" if row.value is None else f" {clean(row.value)!r}"
            lines.append(f"{name}:{row.line}: {clean(row.column)}{value}: {clean(row.reason)}")
        if report.rejected > min(len(report.failed), _SHOWN):
            lines.append(f"{name}: {report.rejected - min(len(report.failed), _SHOWN):,} more rows refused")
        lines += [f"{name}: {clean(warning)}" for warning in report.warnings]
    lines += _notes(loaded, args)
    if not loaded.reports:
        return lines
    table = Table(
        [Column("file", flexible=True, head=True), Column("table"), *(Column(name, right=True) for name in COUNTS)]
    )
    for report in loaded.reports:
        counts = [f"{getattr(report, name):,}" for name in COUNTS]
        table.rows.append([clean(short(report.file)), report.table, *counts])
        if report.rejected == 0 and report.unchanged == report.read:
            table.grey.add(len(table.rows) - 1)
    return [*lines, *([""] if lines else []), *table.lines(style)]


def _notes(loaded: Loaded, args: argparse.Namespace) -> list[str]:
    notes = [clean(remark) for remark in loaded.remarks]
    if loaded.unknown:
        who = f"Not known from {args.vendor}" if args.vendor else "The map does not name"
        names = ", ".join(clean(Path(name).name) for name in loaded.unknown)
        notes.append(f"{who}{':' if args.vendor else ''} {numbers.counted(len(loaded.unknown), 'file')}: {names}")
    if loaded.aside:
        notes.append(f"Nothing is read of {', '.join(clean(name) for name in loaded.aside)}.")
    if loaded.unused:
        notes.append(f"Not found, though the map names them: {', '.join(clean(name) for name in loaded.unused)}")
    if args.strict and any(report.rejected for report in loaded.reports):
        notes.append("Nothing was loaded: with --strict every row must be good.")
    elif args.dry_run:
        notes.append("A dry run: nothing was changed.")
    return notes
