"""Make a workspace from a backup.

The whole backup is read, and every file held against its hash, before anything is touched. The workspace is made in the
folder of --home, which must be new or empty; one that is there can be put aside with --replace, and is kept.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, paragraph, say, short
from tenure.cli.progress import Bar
from tenure.cli.style import of_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.cli.parser import Parser
    from tenure.engine.restoring import Manifest, Restored

NAME = "restore"
EXAMPLE = "tenure restore /mnt/backups/tenure-2026-07-15.tar.zst --home cs"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("file", metavar="FILE", help="the backup")
    parser.add_argument("--replace", action="store_true", help="put a workspace that is there aside: it is renamed")
    parser.add_argument("--check", action="store_true", help="only read the backup, and say whether it is whole")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Restore, and say what is there."""
    started, bar = time.monotonic(), Bar()
    try:
        answer, told = _check(args, bar) if args.check else _restore(home, args, bar, started)
    finally:
        bar.clear()
    if args.format == "json":
        answer_json(answer)
    else:
        for text in told:
            say(paragraph(text, of_output()))
    return 0


def _check(args: argparse.Namespace, bar: Bar) -> tuple[dict[str, object], list[str]]:
    from tenure.engine import restoring

    manifest = restoring.check(Path(args.file), bar)
    return _held(manifest), list(_whole(manifest))


def _restore(home: Path, args: argparse.Namespace, bar: Bar, started: float) -> tuple[dict[str, object], list[str]]:
    from tenure import keeper

    done = keeper.restore(Path(args.file), home, replace=args.replace, progress=bar, by=keeper.of_the_machine("cli"))
    return _held(done.manifest) | _made(done), list(_told(done, time.monotonic() - started))


def _held(manifest: Manifest) -> dict[str, object]:
    told = {name: getattr(manifest, name) for name in manifest.__dataclass_fields__ if name != "members"}
    return {**told, "files": len(manifest.members)}


def _made(done: Restored) -> dict[str, object]:
    names = ("home", "rows", "events", "before", "keys", "kept")
    return {name: getattr(done, name) for name in names}


def _whole(manifest: Manifest) -> Iterator[str]:
    files = numbers.counted(len(manifest.members), "file")
    rows = numbers.counted(sum(manifest.rows.values()), "row")
    yield f"Whole: made at {manifest.made_at} by Tenure {manifest.tenure}, {files}, {rows}."


def _told(done: Restored, seconds: float) -> Iterator[str]:
    manifest = done.manifest
    rows = numbers.counted(sum(done.rows.values()), "row")
    files = numbers.counted(len(manifest.members), "file")
    how = "with the warehouse of the backup" if manifest.warehouse else "the warehouse made anew from the archive"
    yield f"Restored {short(done.home)} as of {manifest.made_at}, in {seconds:.1f} s: {files}, each with the hash it had."
    yield f"{rows} of {numbers.counted(manifest.batches, 'load')}, as many as then ({how}); figures are up to date."
    if done.events:
        yield f"{numbers.counted(done.events, 'event')} that waited then were taken in besides."
    if done.before:
        yield f"The workspace that was there is in {short(done.before)}; remove it when you need it no more."
    if done.kept:
        yield f"Taken over from it, as the backup has no keys: {', '.join(done.kept)}."
    if done.keys:
        yield (
            f"Not in the backup: {', '.join(done.keys)}. Put them into the folder before you serve it, if you have them;"
            " else new ones are made, and the passwords of sources have to be given again."
        )
    yield "Everybody has to log in again. Roles are as they were then: see under People who has left since."
