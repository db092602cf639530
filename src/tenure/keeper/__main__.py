"""``python -m tenure.keeper DIR``: hold a workspace and answer other commands, until stopped."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

from tenure.core import config
from tenure.core.errors import TenureError
from tenure.keeper.server import Server


class _StoppedError(Exception):
    """A signal asked for the end."""


def main(words: list[str]) -> int:
    """Serve the workspace named until SIGTERM or SIGINT. Returns an exit code."""
    if len(words) != 1 or words[0].startswith("-"):
        sys.stderr.write("usage: python -m tenure.keeper DIR\n")
        return 2
    home = Path(words[0])
    try:
        config.read(home)
        server = Server(home)
    except TenureError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        sys.stderr.write(f"Keeping {home}. Stop with Ctrl C.\n")
        server.serve()
    except _StoppedError:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server.close()
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _StoppedError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
