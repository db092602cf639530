"""What can be told from the lines of a scorecard, by plain rules: only what stands apart from chance, each with its line as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tenure.engine.scorecards.aims import Aim
    from tenure.engine.scorecards.lines import Line, Lines, Weak

#: A result is better or worse than was expected of the accounts; it fell short of its target or reached it; it is better or worse than in the window
#: before; it is weak in a part of the accounts.
Kind = Literal["worse_than_expected", "missed", "worse_than_before", "weak_in", "better_than_expected", "reached", "better_than_before"]  # fmt: skip
ORDER: tuple[Kind, ...] = (
    "worse_than_expected", "missed", "weak_in", "worse_than_before", "better_than_expected", "reached", "better_than_before",
)  # fmt: skip
GOOD: frozenset[Kind] = frozenset({"better_than_expected", "reached", "better_than_before"})


@dataclass(frozen=True)
class Hint:
    """``kind``: what stands apart; ``aim`` or ``weak``: by what, where that is not in the line."""

    kind: Kind
    line: Line
    aim: Aim | None = None
    weak: Weak | None = None


def hints(groups: Iterable[Lines]) -> tuple[Hint, ...]:
    """What to look at first. Of groups that are beside nothing is concluded, nor of what rests on too few."""
    found = [hint for group in groups if not group.beside for line in group.lines for hint in _of(line)]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.kind)))


def _of(line: Line) -> Iterator[Hint]:
    expected = line.expected
    if expected is not None and not expected.few and expected.remark != "not different":
        yield Hint("better_than_expected" if expected.remark.startswith("better") else "worse_than_expected", line)
    if line.figure is None or line.few:
        return
    for aim in line.aims:
        if aim.status in ("missed", "off_track") and _apart(aim):
            yield Hint("missed", line, aim=aim)
        elif aim.status == "reached" and _apart(aim):
            yield Hint("reached", line, aim=aim)
    for weak in line.weak:
        yield Hint("weak_in", line, weak=weak)
    change = line.figure.extra.get("change")
    if line.better and change and line.figure.extra.get("different"):
        good = (change > 0) == (line.better == "more")
        yield Hint("better_than_before" if good else "worse_than_before", line)


def _apart(aim: Aim) -> bool:
    """Whether the interval of what the target is measured by leaves the goal out: what missed it by chance says nothing of the work."""
    if aim.goal is None or aim.low is None or aim.high is None:
        return False
    return not aim.low <= aim.goal <= aim.high
