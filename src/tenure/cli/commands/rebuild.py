"""Make the warehouse anew from the archive.

Every file that was ever loaded is read again, in order, with what was said of it then. The figures are the same.
The old warehouse stays until the new one is whole.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.rebuild import Rebuilt

NAME = "rebuild"
EXAMPLE = "tenure rebuild"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Rebuild, and say from what."""
    from tenure.engine.verbs.rebuild import Rebuild

    started = time.monotonic()
    with opened(home) as workspace:
        done: Rebuilt = workspace.call("rebuild", Rebuild())
    if args.format == "json":
        answer_json([report.as_dict() for report in done.reports])
        return 0
    read = sum(report.read for report in done.reports)
    files = numbers.counted(len(done.reports), "file")
    say([f"Made anew from {files}, {numbers.counted(read, 'row')}, in {time.monotonic() - started:.1f} s."])
    return 0
