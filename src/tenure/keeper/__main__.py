"""``python -m tenure.keeper DIR``: hold a workspace and answer other commands, until stopped.

With ``--while-read`` also until standard input ends: whoever started it holds the other end, and takes it along however
it ends itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from tenure.core import config, freed
from tenure.core.errors import TenureError
from tenure.keeper.server import Server

WHILE_READ = "--while-read"


class _StoppedError(Exception):
    """A signal asked for the end."""


def main(words: list[str]) -> int:
    """Serve the workspace named until SIGTERM or SIGINT. Returns an exit code."""
    while_read = words[1:] == [WHILE_READ]
    if not words or words[0].startswith("-") or (words[1:] and not while_read):
        sys.stderr.write(f"usage: python -m tenure.keeper DIR [{WHILE_READ}]\n")
        return 2
    home = Path(words[0])
    freed.share_heaps()
    try:
        config.read(home)
        server = Server(home)
    except TenureError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    if while_read:
        threading.Thread(target=_end_with_input, daemon=True).start()
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


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
