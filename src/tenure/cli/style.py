"""Bold and grey, where a person looks at a terminal that can do it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

#: Columns where the output is no terminal and nothing else is said.
_WIDE = 120


@dataclass(frozen=True)
class Style:
    """How text is set off: by ANSI codes if ``ansi``, else not at all. ``width``: columns there are."""

    ansi: bool
    width: int

    def bold(self, text: str) -> str:
        """Text that is to be seen first."""
        return f"\x1b[1m{text}\x1b[0m" if self.ansi and text else text

    def grey(self, text: str) -> str:
        """Text that is to be read last, or with care."""
        return f"\x1b[2m{text}\x1b[0m" if self.ansi and text else text


def of_output() -> Style:
    """What standard output can do: codes on a terminal only, and never where ``NO_COLOR`` is set."""
    terminal = sys.stdout.isatty()
    ansi = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((80 if terminal else _WIDE, 24)).columns
    return Style(ansi, width)
