"""Aligned tables for a terminal: columns as wide as they need, the least important left out where they do not fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from tenure.cli.style import Style

GAP = "  "
_LEAST = 12  # a text column is never cut below this


@dataclass(frozen=True)
class Column:
    """A column. ``right``: of numbers. ``rank``: 0 stays; of the others the highest goes first for want of room.

    ``flexible``: its texts may be cut to fit, at the ``head`` where what matters is at their end.
    """

    title: str
    right: bool = False
    rank: int = 0
    flexible: bool = False
    head: bool = False


@dataclass
class Table:
    """Columns and rows of texts; ``grey``: the numbers of rows that are to be read with care."""

    columns: list[Column]
    rows: list[Sequence[str]] = field(default_factory=list)
    grey: set[int] = field(default_factory=set)

    def lines(self, style: Style) -> list[str]:
        """The table as lines of at most the style's width, as far as columns can be left out or cut."""
        shown, widths = self._fitted(style.width)
        titles = GAP.join(_padded(self.columns[i].title, widths[i], right=self.columns[i].right) for i in shown)
        lines = [style.bold(titles.rstrip()), style.grey("─" * (sum(widths[i] for i in shown) + 2 * (len(shown) - 1)))]
        for number, row in enumerate(self.rows):
            cells = (self._cell(row[i], widths[i], self.columns[i]) for i in shown)
            line = GAP.join(cells).rstrip()
            lines.append(style.grey(line) if number in self.grey else line)
        return lines

    @staticmethod
    def _cell(text: str, room: int, column: Column) -> str:
        cut = _cut(text[::-1], room)[::-1] if column.head else _cut(text, room)
        return _padded(cut, room, right=column.right)

    def left_out(self, style: Style) -> list[str]:
        """The titles of the columns for which there was no room."""
        shown, _ = self._fitted(style.width)
        return [column.title for i, column in enumerate(self.columns) if i not in shown]

    def natural_width(self) -> int:
        """How wide the table is when nothing is cut or left out."""
        return sum(self._widths()) + len(GAP) * (len(self.columns) - 1)

    def _widths(self) -> list[int]:
        return [
            max([width(column.title), *(width(row[i]) for row in self.rows)]) for i, column in enumerate(self.columns)
        ]

    def _fitted(self, room: int) -> tuple[list[int], list[int]]:
        """Which columns are shown, and how wide each is."""
        widths = self._widths()
        shown = list(range(len(self.columns)))

        def excess() -> int:
            return sum(widths[i] for i in shown) + len(GAP) * (len(shown) - 1) - room

        for i in sorted(shown, key=lambda i: (-self.columns[i].rank, -i)):
            if excess() > 0 and self.columns[i].rank:
                shown.remove(i)
        for i in sorted(shown, key=lambda i: -widths[i]):
            if excess() > 0 and self.columns[i].flexible:
                widths[i] = max(widths[i] - excess(), min(_LEAST, widths[i]))
        return shown, widths


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def clean(text: object) -> str:
    """A text of the user's data, without signs that would move a terminal's cursor or change its colours."""
    return "".join(sign if sign.isprintable() else " " if sign in "\t\n\r" else "\ufffd" for sign in str(text))


def _cut(text: str, room: int) -> str:
    if width(text) <= room:
        return text
    kept = ""
    for sign in text:
        if width(kept + sign) > room - 1:
            break
        kept += sign
    return kept + "…"


def _padded(text: str, room: int, *, right: bool) -> str:
    space = " " * (room - width(text))
    return space + text if right else text + space
