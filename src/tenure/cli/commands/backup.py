"""Write a backup of the workspace to one file.

All that cannot be made anew: what was loaded, recorded and received, people and their rights, settings, models. It may
be made while the workspace is served and worked with. The warehouse is left out unless asked for: restoring makes it anew.
Keys are left out unless asked for: they open other doors than this one. The file is read again before it gets its name.

`tenure serve` makes one every night where the file backup.toml of the workspace says so: folder = "/mnt/backups" and
keep = 14, the oldest go.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, paragraph, say, short
from tenure.cli.request import opened
from tenure.cli.style import of_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.cli.parser import Parser
    from tenure.engine.saving import Saved

NAME = "backup"
EXAMPLE = "tenure backup /mnt/backups/tenure-2026-07-15.tar.zst"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("file", metavar="FILE", help="the file to write, as NAME.tar.zst; it must not be there")
    parser.add_argument("--with-keys", action="store_true", help="with the keys that secrets are encrypted by")
    parser.add_argument(
        "--with-warehouse", action="store_true", help="with the warehouse: larger, and restored in less time"
    )
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Make it, and say what is in it. 1 if files of the archive are not what they were."""
    from tenure.engine.desk import utc_now
    from tenure.keeper import backups

    started = time.monotonic()
    with opened(home) as workspace:
        saved = backups.make(workspace, Path(args.file), utc_now(), keys=args.with_keys, warehouse=args.with_warehouse)
    damaged = saved.manifest.damaged
    if args.format == "json":
        answer_json(as_dict(saved), [f"damaged: {name}" for name in damaged])
    else:
        style = of_output()
        for text in _told(saved, time.monotonic() - started):
            say(paragraph(text, style))
    return 1 if damaged else 0


def as_dict(saved: Saved) -> dict[str, object]:
    """A backup as JSON: what the manifest says, and how many files there are instead of each."""
    told = {name: getattr(saved.manifest, name) for name in saved.manifest.__dataclass_fields__ if name != "members"}
    return {
        "file": saved.file,
        "size": saved.size,
        "content": saved.content,
        "files": len(saved.manifest.members),
        **told,
    }


def _told(saved: Saved, seconds: float) -> Iterator[str]:
    manifest = saved.manifest
    files = numbers.counted(len(manifest.members), "file")
    yield (
        f"Wrote {short(saved.file)}: {saved.size / 1e6:,.1f} MB, {files} of {saved.content / 1e6:,.1f} MB, written and read again in"
        f" {seconds:.1f} s."
    )
    rows = numbers.counted(sum(manifest.rows.values()), "row")
    waiting = manifest.messages.get("pending", 0)
    more = f", and {numbers.counted(waiting, 'event')} that wait" if waiting else ""
    yield f"It holds {rows} of {numbers.counted(manifest.batches, 'load')}{more}. Whoever has the file can read all of them."
    if manifest.left_out:
        names = ", ".join(manifest.left_out)
        yield f"Left out: {names}. Keep a copy elsewhere, or the passwords of sources have to be given again (--with-keys)."
    if manifest.damaged:
        yield (
            f"!! {numbers.counted(len(manifest.damaged), 'file')} of the archive missing or damaged: {', '.join(manifest.damaged[:5])}."
            " Take them from an earlier backup: without them the warehouse cannot be made anew."
        )
