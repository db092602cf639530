"""Reports that take long to make and are read often: kept as they were made, by whoever makes them each day.

They are worth nothing but time: delete the folder, and the next ``tenure run`` makes them again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from tenure.core import whole
from tenure.core.errors import DataError, TenureError, UsageError
from tenure.figures.published import FOLDER as PUBLISHED

FOLDER = "reports"
#: What is said in place of an answer, and is kept as that.
REFUSALS = (DataError, UsageError)
T = TypeVar("T")


@dataclass(frozen=True)
class Report(Generic[T]):
    """What was ``found`` (a dataclass), or why it was ``refused`` and what can be done. ``as_of``: when it was made (UTC)."""

    as_of: datetime
    found: T | None = None
    refused: str = ""
    fix: str = ""


def make(home: Path, name: str, now: datetime, work: Callable[[], T]) -> None:
    """Do the work, and keep what came of it as the report of that name: its answer, or why it was refused."""
    try:
        keep(home, name, Report(now.replace(tzinfo=UTC), work()))
    except REFUSALS as error:
        keep(home, name, refusal(error, now))


def refusal(error: TenureError, now: datetime) -> Report[Any]:
    """The report that there is none, and why."""
    return Report(now.replace(tzinfo=UTC), None, error.message, error.fix or "")


def keep(home: Path, name: str, report: Report[T]) -> None:
    """Put a report in the place of the one of that name."""
    whole.put(home / PUBLISHED / FOLDER / f"{name}.json", msgspec.json.encode(report))


def kept(home: Path, name: str, kind: type[T]) -> Report[T] | None:
    """The report of that name; None where there is none, or one that another version of Tenure made."""
    try:
        text = whole.read(home / PUBLISHED / FOLDER / f"{name}.json")
        found: Report[T] = msgspec.json.decode(text, type=Report[kind])  # type: ignore[valid-type]
    except (OSError, msgspec.MsgspecError):
        return None
    return found


def drop_others(home: Path, beginnings: Iterable[str], names: Collection[str]) -> None:
    """Take away the reports whose names begin like one of these, but for those that are named."""
    folder = home / PUBLISHED / FOLDER
    for beginning in beginnings:
        for path in folder.glob(f"{beginning}*.json"):
            if path.stem not in names:
                path.unlink(missing_ok=True)
