"""What became of mail and calendars, counted and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tenure.sources.mail.rows import TAKEN_BACK, TOUCHPOINTS

if TYPE_CHECKING:
    from tenure.warehouse.load import Report

#: Domains that a sentence names.
_SHOWN = 5


@dataclass
class Told:
    """What became of what was read: ``read`` messages or meetings (``what``). ``touchpoints``: new ones, of which ``automated``
    never count; ``asked``, ``answered``: inquiries that are new, and that have an answer now; ``known``: contacts that were
    there before. ``aside``: left out, by reason; ``domains``: of whom nothing is known, or too much. ``recognised``: domains
    that were asked about and are known now.
    """

    what: str
    read: int = 0
    touchpoints: int = 0
    automated: int = 0
    accounts: set[str] = field(default_factory=set)
    asked: int = 0
    answered: int = 0
    known: int = 0
    taken_back: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    recognised: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()

    def count(self, files: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
        """Count rows that are to be stored."""
        new = list(files[TOUCHPOINTS])
        self.touchpoints = len(new)
        self.automated = sum(row.get("is_automated") == "true" for row in new)
        self.accounts = {row["account_id"] for row in new}
        self.taken_back = len(list(files[TAKEN_BACK]))

    def add(self, other: Told) -> None:
        """Count what became of more of it."""
        for name in ("read", "touchpoints", "automated", "asked", "answered", "known", "taken_back"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.accounts |= other.accounts
        self.aside += other.aside
        self.domains += other.domains
        self.errors += other.errors
        self.reports += other.reports

    def sentences(self) -> tuple[str, ...]:
        """The same in words."""
        first = f"{_counted(self.read, self.what)} read: {_counted(self.touchpoints, 'touchpoint')}"
        first += f" with {_counted(len(self.accounts), 'account')}" if self.touchpoints else ""
        first += f" ({self.automated:,} automated)" if self.automated else ""
        if self.asked or self.answered:
            first += f", {self.asked:,} {'inquiry' if self.asked == 1 else 'inquiries'}, {self.answered:,} answered"
        first += f"; {self.known:,} known before" if self.known else ""
        first += f"; {self.taken_back:,} taken back" if self.taken_back else ""
        aside = ", ".join(f"{count:,} {why}" for why, count in self.aside.most_common())
        domains = ", ".join(f"{name} {count:,}" for name, count in self.domains.most_common(_SHOWN))
        more = f" and {len(self.domains) - _SHOWN:,} more" if len(self.domains) > _SHOWN else ""
        lines = [
            f"{first}.",
            f"Left out: {aside}." if aside else "",
            f"Nobody known at: {domains}{more}." if domains else "",
        ]
        return tuple(line for line in [*lines, *self.errors] if line)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
