"""The words of a request for figures, as several commands take them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.progress import Bar

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine import Workspace


def add_slicing(parser: Parser) -> None:
    """Take the words that say which figures: how long a period, which accounts, by which convention."""
    parser.add_argument("--grain", default="", metavar="month|quarter|half|year|week|day", help="how long a period is")
    parser.add_argument(
        "--window", default="", metavar="period|3m|6m|12m", help="what each looks back over (default: the metric's own)"
    )
    parser.add_argument(
        "--where", nargs="+", action="extend", default=[], metavar="DIM=VALUE",
        help="only these; several of one dimension mean any of them; DIM= means without one",
    )  # fmt: skip
    parser.add_argument(
        "--variant", nargs="+", action="extend", default=[], metavar="NAME", help="a convention other than the default"
    )
    parser.add_argument("--as-of", default="", metavar="DATE", help="with what was known at the end of that day")


@contextmanager
def opened(home: Path) -> Iterator[Workspace]:
    """The workspace, with a progress bar on a terminal."""
    from tenure.keeper import of_the_machine
    from tenure.keeper import open as open_workspace

    bar = Bar()
    workspace = open_workspace(home, progress=bar, by=of_the_machine("cli"))
    try:
        yield workspace
    finally:
        bar.clear()
        workspace.close()
