"""Reports that take long to make and are read often: kept as they were made, by whoever makes them each day.

They are worth nothing but time: delete the folder and they come back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tenure.figures.published import FOLDER as PUBLISHED

FOLDER = "reports"
T = TypeVar("T")


def keep(home: Path, name: str, report: Any) -> None:
    """Put a report (a dataclass) in the place of the one of that name."""
    path = home / PUBLISHED / FOLDER / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(report))
    part.replace(path)


def kept(home: Path, name: str, kind: type[T]) -> T | None:
    """The report of that name; None where there is none, or one that another version of Tenure made."""
    try:
        return msgspec.json.decode((home / PUBLISHED / FOLDER / f"{name}.json").read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None
