"""What answers depend on, told by a word."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenure.core.written import Written
from tenure.figures.published import FOLDER, Published

Word = tuple[object, ...]


@dataclass(frozen=True)
class State:
    """A workspace whose figures are up to date at a moment. ``own``: the definitions of its own metrics."""

    home: Path
    found: Published
    own: tuple[Written, ...] = ()

    def word(self, facts: Collection[str] | None = None) -> Word:
        """The same word, the same answer to a question; with ``facts`` (``Sight.stands_on``), to one that stands on no more.

        Published files are known by what they are and not by name alone, which may come again after a rebuild.
        """
        held = {name: why for name, why in self.found.held.items() if facts is None or name in facts}
        files = tuple(_known(self.home / FOLDER / name) for name in self.found.parts(facts))
        return self.home, self.found.settings, self.own, files, tuple(sorted(held.items()))

    @property
    def as_of(self) -> datetime:
        """The moment (UTC, without a zone) for which the figures were brought up to date."""
        return self.found.now


def _known(path: Path) -> tuple[str, int, int] | None:
    try:
        stat = path.stat()
    except OSError:  # it is gone: what was published has changed again
        return None
    return path.name, stat.st_ino, stat.st_mtime_ns
