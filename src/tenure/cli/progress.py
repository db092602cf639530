"""A bar on standard error while something takes long, for people only."""

from __future__ import annotations

import shutil
import sys
import time

from tenure.cli.table import clean

_BAR = 24
_EVERY = 0.1


class Bar:
    """Shows what is being done; on anything but a terminal it shows nothing.

    Called as ``Progress``: what, how much of it, of how much (0 where unknown).
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = 0.0
        self._drawn = False
        self._what = ""

    def __call__(self, what: str, done: int, of: int) -> None:
        """Draw, unless it was drawn a moment ago."""
        now = time.monotonic()
        if not self._terminal or (what == self._what and now - self._last < _EVERY):
            return
        self._last, self._what, self._drawn = now, what, True
        text = clean(what)
        if of:
            full = round(_BAR * min(done, of) / of)
            text = f"{'█' * full}{'░' * (_BAR - full)} {100 * min(done, of) // of:3} %  {text}"
        else:
            text = f"{text} …"
        room = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[K{text[:room]}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the bar away, before anything else is written."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False
