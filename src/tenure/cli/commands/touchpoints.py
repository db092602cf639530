"""What was said in mail and meetings: how many touchpoints have it, and none any more.

What is stored of mail and calendars is said by touchpoints.toml. Where its content was "subject" or "text" and is "none" now,
`purge` takes out what was kept meanwhile: titles and words go, from the archive too; who, when and with whom stay, and no
figure changes.
"""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.core.errors import unknown

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.verbs.purge_content import Purged

NAME = "touchpoints"
EXAMPLE = "tenure touchpoints purge --dry-run"
_ACTIONS = ("purge",)


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("action", metavar="purge", help="take out what was said, where it is no more to be kept")
    parser.add_argument("--by", default="", metavar="NAME", help="who has it done (default: your log-in name)")
    parser.add_argument("--dry-run", action="store_true", help="say how many touchpoints have it, and change nothing")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Do it, and say how many there were."""
    from tenure.engine.verbs.purge_content import PurgeContent

    if args.action not in _ACTIONS:
        raise unknown("action", args.action, _ACTIONS, listing=f"There are: {', '.join(_ACTIONS)}.")
    with opened(home) as workspace:
        done: Purged = workspace.call("purge_content", PurgeContent(args.by or getpass.getuser(), args.dry_run))
    if args.format == "json":
        answer_json(done)
        return 0
    count, files = numbers.counted(done.touchpoints, "touchpoint"), numbers.counted(done.files, "file")
    if not done.touchpoints:
        say(["No touchpoint has what was said."])
    elif done.dry_run:
        say([f"{count} would lose what was said, in {files} of the archive. Nothing was changed."])
    else:
        say(
            [
                f"{count} lost what was said; {files} of the archive rewritten. The warehouse and all figures were made anew."
            ]
        )
    return 0
