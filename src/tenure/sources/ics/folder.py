"""Calendars in files (``.ics``), in a folder and those in it."""

from __future__ import annotations

from pathlib import Path

from tenure.sources.ics.meeting import MOST_TEXT, Calendar
from tenure.sources.parties import plain_address

SUFFIXES = (".ics", ".ical")


def files_of(folder: Path) -> list[Path]:
    """The calendars in a folder, in an order that is always the same."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink()
    )


def calendar_in(path: Path, folder: Path) -> tuple[str, Calendar]:
    """The text of a calendar, and where it is. A file or folder that is called like an address is the calendar of that one."""
    place = path.relative_to(folder)
    names = [path.stem, *reversed(place.parts[:-1])]
    owner = next((address for name in names if (address := plain_address(name))), "")
    with path.open("rb") as source:
        content = source.read(MOST_TEXT + 1)
    return content.decode("utf-8-sig", "replace"), Calendar(f":{place}", owner)
