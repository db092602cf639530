"""Verify the audit log and everything on the disk.

Says of each part what was looked at, and of damage where it is and what to do. Exits with 1 if anything is damaged.
Keep the lines under "Ends" somewhere else: verify --head LINE proves later that nothing was cut off or written anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.request import opened
from tenure.cli.style import Style, of_output
from tenure.cli.table import clean
from tenure.core.errors import TenureError

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.change_key import KeyChanged
    from tenure.engine.verbs.verify import Verified
    from tenure.engine.verified.part import Part

NAME = "verify"
EXAMPLE = "tenure verify --deep"
_CALLED = {"log": "audit log", "web": "web's audit log"}
_UNITS = {
    "entries": ("entry", "entries"), "keys": ("key", "keys"), "messages": ("message", "messages"), "events": ("event", "events"),
    "files": ("file", "files"), "batches": ("batch", "batches"), "rows": ("row", "rows"),
}  # fmt: skip


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("--deep", action="store_true", help="read every file, and compare with a warehouse made anew")
    parser.add_argument(
        "--head", nargs="+", action="extend", default=[], metavar="LINE",
        help="ends of the log as verify printed them before: they must still be in it",
    )  # fmt: skip
    parser.add_argument("--new-key", action="store_true", help="verify nothing: make a new key for the audit log")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Verify, and say what was found."""
    if args.new_key:
        return _new_key(home, args)
    from tenure.engine.verbs.verify import Verify

    with opened(home) as workspace:
        found: Verified = workspace.call("verify", Verify(args.deep, tuple(args.head)))
    parts = [*found.parts, *_of_the_web(home, args)]
    good = not any(part.damage for part in parts)
    if args.format == "json":
        answer_json({"good": good, "deep": args.deep, "parts": parts})
    else:
        say(_told(parts, of_output(), deep=args.deep))
    return 0 if good else 1


def _new_key(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.verbs.change_key import ChangeKey

    with opened(home) as workspace:
        changed: KeyChanged = workspace.call("change_key", ChangeKey())
    if args.format == "json":
        answer_json(changed)
    else:
        say([
            f"The audit log is signed with the key {changed.after} from now on.",
            f"What {changed.before} signed is still verified with it: keep both. They are in audit/key.",
        ])  # fmt: skip
    return 0


def _of_the_web(home: Path, args: argparse.Namespace) -> list[Part]:
    """What was found of the web's database, where there is one."""
    from tenure.core.chainfiles import parsed_head
    from tenure.engine.verified.part import Damage, Part
    from tenure.web import verifying

    heads = [head for chain, head in map(parsed_head, args.head) if chain == verifying.CHAIN]
    try:
        part = verifying.look(home, heads, deep=args.deep)
    except TenureError as error:
        part = Part(verifying.PART, {}, (Damage(error.where, error.message, error.fix),))
    return [part] if part else []


def _told(parts: Sequence[Part], style: Style, *, deep: bool) -> list[str]:
    """A line for each part, its damage below it, and the ends of the log."""
    room = max(len(_named(part)) for part in parts)
    lines = []
    for part in parts:
        mark = style.bold("!!") if part.damage else "ok"
        lines.append(f"{mark}  {_named(part):{room}}  {_counted(part)}")
        for one in part.damage:
            lines += paragraph(f"{clean(one.where)}: {clean(one.message)}", style, " " * (room + 6))
            lines += paragraph(f"→ {clean(one.fix)}", style, " " * (room + 6))
    unread = sum(part.unread for part in parts)
    if unread and not deep:
        lines += ["", f"Not read whole, as that takes long: {numbers.counted(unread, 'file')}. With --deep all are."]
    heads = [part.head for part in parts if part.head]
    return [*lines, "", "Ends of the log, to be kept elsewhere:", *(f"  {head}" for head in heads)]


def _named(part: Part) -> str:
    return _CALLED.get(part.part, part.part)


def _counted(part: Part) -> str:
    """What was looked at, in words."""
    told = [
        f"{count:,} {_UNITS[name][count != 1]}" for name, count in part.counts.items() if name in _UNITS and name != "keys"
    ]  # fmt: skip
    if "bytes" in part.counts:
        told.append(f"{part.counts['bytes'] / 1e6:,.1f} MB")
    if part.counts.get("keys", 0) > 1:
        told.append(f"signed with {part.counts['keys']} keys")
    if part.upto:
        told.append(f"up to {part.upto.replace('T', ' ').removesuffix('Z')} UTC")
    return ", ".join(told) or "cannot be looked at"
