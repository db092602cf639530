"""``risk fit``: how well an outcome can be told from any table of features. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import DataError, UsageError
from tenure.core.features import Floats, Labels, Numbers
from tenure.scores.fit import Fit, Rows, fit
from tenure.scores.outcome import read_outcome
from tenure.scores.sift import LeftOut
from tenure.sources.files.whole import Whole, named, read_whole

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["Fit", "RiskFit", "Told", "risk_fit"]


@dataclass(frozen=True)
class RiskFit:
    """``file`` and ``test``: absolute paths; ``name`` and ``test_name``: how messages call them; the others are columns.

    ``event``: the outcome's text that means it happened, where no common word says so.
    """

    file: str
    outcome: str
    time: str | None = None
    group: str | None = None
    exposure: str | None = None
    test: str | None = None
    drop: tuple[str, ...] = ()
    event: str | None = None
    name: str = ""
    test_name: str = ""


@dataclass(frozen=True)
class Told(Fit):
    """A fit with what it is of: the column ``outcome``, its text ``event``, and the times' unit ``time`` (``date``, ``number``)."""

    outcome: str = ""
    event: str = ""
    time: str | None = None


def risk_fit(desk: Desk, request: RiskFit) -> Told:
    """Read the file or files, learn, and tell how well it went. Needs no workspace.

    Raises ``UsageError`` for columns there are not, ``DataError`` for rows that cannot be, or that are too few.
    """
    name, test_name = request.name or request.file, request.test_name or request.test or ""
    desk.progress(f"reading {Path(name).name}", 0, 0)
    given = _Read(request, read_whole(Path(request.file), name, lambda names, file: _kinds(request, names, file, None)))
    event, guessed = given.outcome(request.event)
    tested = None
    dates = frozenset(column for column, kind in given.whole.kinds.items() if kind == "date")
    if request.test is not None:
        desk.progress(f"reading {Path(test_name).name}", 0, 0)
        whole = read_whole(
            Path(request.test), test_name, lambda names, file: _kinds(request, names, file, given.whole.kinds)
        )
        tested = _Read(request, whole)
        tested.outcome(event if guessed else request.event)
    desk.progress("learning", 0, 0)
    try:
        found = fit(given.rows(), None if tested is None else tested.rows(), dates=dates)
    except DataError as error:
        raise DataError(error.message, code=error.code, where=error.where or name, fix=error.fix) from None
    notes = [
        *given.notes,
        *([] if tested is None else tested.notes_as_test(given, {own.name for own in found.columns})),
        *found.notes,
    ]
    left_out = [*given.asked(), *found.left_out]
    time = given.column(request.time)
    kept = {name: getattr(found, name) for name in Fit.__dataclass_fields__}
    return Told(
        **kept | {"notes": notes, "left_out": left_out}, outcome=given.column(request.outcome) or "", event=event,
        time=given.whole.kinds[time] if time and tested is None else None,
    )  # fmt: skip


def _kinds(request: RiskFit, names: list[str], file: str, before: Mapping[str, str] | None) -> dict[str, str]:
    """Which columns are read, and as what. ``before``: the kinds of the file that was learned from."""
    roles = {"outcome": "text", "group": "text", "time": "moment", "exposure": "number"}
    special = {
        named(getattr(request, role), names, file): kind for role, kind in roles.items() if getattr(request, role)
    }
    if len(special) < sum(bool(getattr(request, role)) for role in roles):
        raise UsageError(
            "One column cannot be two of outcome, time, group and exposure.", code="same_column", where=file
        )
    dropped = {named(name, names, file) for name in request.drop} if before is None else set()
    if both := dropped & special.keys():
        raise UsageError(
            f"{min(both)!r} is dropped, and is needed.", code="same_column", where=file, fix="Don't drop it."
        )
    if before is None:
        return {name: special.get(name, "") for name in names if name not in dropped}
    missing = [name for name in before if name not in names]
    if missing:
        raise DataError(
            f"The file to test on has no column {', '.join(repr(name) for name in missing[:5])}.",
            code="missing_column", where=file, fix="Both files need the same columns; --drop leaves one out of both.",
        )  # fmt: skip
    return {name: "moment" if special.get(name) == "moment" else kind for name, kind in before.items()}


class _Read:
    """One file as it was read."""

    def __init__(self, request: RiskFit, whole: Whole) -> None:
        self.request, self.whole = request, whole
        self.notes: list[str] = [f"{name}: {doubt}." for name, doubt in whole.doubts.items()]
        self.happened: Floats = np.empty(0)
        self.known = np.arange(whole.features.rows)

    def column(self, wanted: str | None) -> str | None:
        """A column's name as the file has it."""
        return None if wanted is None else named(wanted, list(self.whole.features.columns), self.whole.file)

    def outcome(self, event: str | None) -> tuple[str, bool]:
        """Make out what happened; rows of which it is not known are left out, and told of. Gives the event's text, and whether
        it is a guess.
        """
        name = self.column(self.request.outcome) or ""
        column = self.whole.features.columns[name]
        assert isinstance(column, Labels)
        found = read_outcome(column, event, lambda row: self.whole.where(row, name))
        self.happened = found.happened
        self.known = np.flatnonzero(~np.isnan(found.happened))
        gone = len(found.happened) - len(self.known)
        if gone:
            first = self.whole.lines.of([int(np.flatnonzero(np.isnan(found.happened))[0])])[0]
            self.notes.append(
                f"Rows of which the outcome is not known are left out: {gone:,}, the first in line {first:,}."
            )
        if found.guessed:
            self.notes.append(f"{found.event!r} is taken for the event; --event names another.")
        return found.event, found.guessed

    def rows(self) -> Rows:
        """What is learned from. Raises ``DataError`` for a time, a group or an exposure that is missing."""
        request, columns = self.request, self.whole.features.columns
        names = {role: self.column(getattr(request, role)) for role in ("outcome", "time", "group", "exposure")}
        taken = self.whole.features.without({name for name in names.values() if name}).take(self.known)
        moment, exposure, group = (
            columns[name].take(self.known) if (name := names[role]) else None for role in ("time", "exposure", "group")
        )
        if isinstance(moment, Numbers) and names["time"]:
            self.check(names["time"], np.isnan(moment.values), "No time can be read", "no_time")
        if isinstance(exposure, Numbers) and names["exposure"]:
            self.check(names["exposure"], ~(exposure.values > 0), "The exposure is not above 0", "not_positive")
        if isinstance(group, Labels) and names["group"] and "" in group.levels:
            empty = group.codes == group.levels.index("")
            self.check(names["group"], empty, "It is not said to what the row belongs", "no_group")
        return Rows(
            taken, self.happened[self.known],
            group if isinstance(group, Labels) else None,
            moment.values if isinstance(moment, Numbers) else None,
            exposure.values if isinstance(exposure, Numbers) else None,
        )  # fmt: skip

    def check(self, column: str, wrong: np.ndarray[tuple[int], np.dtype[np.bool_]], says: str, code: str) -> None:
        """Raise ``DataError`` for the first row that is wrong."""
        found = np.flatnonzero(wrong)
        if len(found):
            more = f" (and so {len(found) - 1:,} more)" if len(found) > 1 else ""
            where = self.whole.where(int(self.known[found[0]]), column)
            raise DataError(f"{says}{more}.", code=code, where=where, fix="Fill it in, or take the row out.")

    def asked(self) -> list[LeftOut]:
        """The columns that have another part, or were dropped."""
        parts = {"time": "tells the time", "group": "tells what belongs together", "exposure": "is the exposure"}
        found = [
            LeftOut(name, reason)
            for role, reason in parts.items()
            if (name := self.column(getattr(self.request, role)))
        ]
        return found + [LeftOut(name, "was dropped") for name in self.request.drop]

    def notes_as_test(self, given: _Read, used: set[str]) -> list[str]:
        """What is to be said of a file to test on, held against that which was learned from."""
        notes = [f"{self.whole.file}: {note}" for note in self.notes if note not in given.notes]
        time = self.column(self.request.time)
        if time:
            before, after = (read.whole.features.columns[time] for read in (given, self))
            if isinstance(before, Numbers) and isinstance(after, Numbers) and after.values.min() <= before.values.max():
                notes.append(
                    "The file to test on begins before the other ends: it is no test of telling what comes later."
                )
        for name in sorted(used):
            column, other = (read.whole.features.columns[name] for read in (given, self))
            if isinstance(column, Labels) and isinstance(other, Labels):
                unseen = int((other.among(column.levels).codes < 0).sum())
                if unseen:
                    notes.append(f"{name}: a value not seen before in {unseen:,} rows of the file to test on.")
        return notes
