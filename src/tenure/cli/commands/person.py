"""Give out what is known of a person, or erase it.

A person is one of a customer's, named by the person_id. `export` prints all rows about the person as JSON. `erase` takes
the person out of everything: the id becomes one that names nobody, texts about the person become words that say nothing;
no figure changes. The archive is rewritten where the person is in it, and the warehouse made anew from it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.cli.table import clean
from tenure.core.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.cli.parser import Parser
    from tenure.engine.verbs.erase_person import Erased
    from tenure.engine.verbs.export_person import Exported

NAME = "person"
EXAMPLE = 'tenure person erase p-1042 --by "Ada Ott" --reason "asked for on 1 July"'
_ACTIONS = ("export", "erase")


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("action", metavar="export|erase", help="what to do")
    parser.add_argument("people", nargs="+", metavar="ID", help="the person_id; erase takes several at once")
    parser.add_argument("--by", default="", metavar="NAME", help="who has it done; for erase")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, without naming the person; for erase")
    parser.add_argument("--dry-run", action="store_true", help="say what would be erased, and change nothing")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Do it, and say what was done. 1 if files that are not Tenure's hold the person still."""
    if args.action not in _ACTIONS:
        raise unknown("action", args.action, _ACTIONS, listing=f"There are: {', '.join(_ACTIONS)}.")
    return _export(home, args) if args.action == "export" else _erase(home, args)


def _export(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.verbs.export_person import ExportPerson

    if len(args.people) != 1:
        raise UsageError("Export one person at a time.", code="surplus_argument", fix="See: tenure person --help")
    with opened(home) as workspace:
        found: Exported = workspace.call("export_person", ExportPerson(args.people[0]))
    answer_json(found)
    return 0


def _erase(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.verbs.erase_person import ErasePerson

    if not args.dry_run and not (args.by and args.reason):
        raise UsageError(
            "Say who has it done, and why.",
            code="missing_argument",
            fix='As: --by "Ada Ott" --reason "asked for on 1 July"',
        )
    with opened(home) as workspace:
        done: Erased = workspace.call(
            "erase_person", ErasePerson(tuple(args.people), args.by, args.reason, args.dry_run)
        )
    if args.format == "json":
        answer_json(done)
    else:
        for text in _told(done, args.people):
            say(paragraph(text, of_output()))
    return 1 if done.left else 0


def _told(done: Erased, people: list[str]) -> Iterator[str]:
    rows = ", ".join(f"{count:,} of {name}" for name, count in sorted(done.rows.items())) or "no rows"
    files, messages = numbers.counted(len(done.files), "file"), numbers.counted(done.messages, "message")
    if done.dry_run:
        yield f"Would be erased from {rows}; {files} of the archive and {messages} of the inbox would be rewritten{_beside(done)}."
    else:
        tokens = ", ".join(
            f"{clean(person)} is {token} now" for person, token in zip(people, done.tokens, strict=False)
        )
        yield f"Erased from {rows}: {tokens}."
        yield f"Rewritten: {files} of the archive, {messages} of the inbox{_beside(done)}. The warehouse and all figures were made anew."
    for name, (before, after) in done.changed.items():
        yield f"!! {name} has {after:,} rows instead of {before:,}: see tenure check."
    if done.same_email:
        yield f"The same e-mail address had: {', '.join(map(clean, done.same_email))}. If that is the same person, erase these too."
    if done.shared_names:
        yield f"Others bear the name, too, so it was left in texts: {', '.join(map(clean, done.shared_names))}."
    if done.removed:
        what = "Would be removed, as they hold" if done.dry_run else "Removed, as they held"
        yield f"{what} the person and were put away: {', '.join(map(clean, done.removed))}."
    if done.left:
        yield (
            f"!! These files are not Tenure's, and hold the person still: {', '.join(map(clean, done.left))}."
            " Remove or correct them."
        )
    if not done.dry_run:
        yield "Backups that were made before hold the person still: remove them when they are no more needed."


def _beside(done: Erased) -> str:
    """What else is rewritten, where there is any."""
    pages, files = numbers.counted(done.pages, "page"), numbers.counted(len(done.dropped), "file")
    return (f", {pages} of sources" if done.pages else "") + (f", {files} in drop/done" if done.dropped else "")
