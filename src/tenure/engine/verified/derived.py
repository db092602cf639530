"""What is published: whether its files are whole. They are worth nothing but time, and are made anew."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tenure.core import whole
from tenure.engine.verified.part import Damage, Part, few
from tenure.figures.published import FOLDER
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

_FIX = "It is left aside, and made anew: tenure run --full"


def look(desk: Desk) -> Part:
    """What was found. Every file is read whole: there are few, and screens read them all the time."""
    return Part("published", {"files": len(_files(desk.home))}, few(damaged(desk.home), FOLDER))


def damaged(home: Path) -> list[Damage]:
    """The files that are not what was written."""
    faults = [(path, _fault(path)) for path in _files(home)]
    return [Damage(str(path.relative_to(home)), fault, _FIX) for path, fault in faults if fault]


def _files(home: Path) -> list[Path]:
    found = sorted((home / FOLDER).rglob("*"))
    return [path for path in found if path.is_file() and path.suffix not in (".part", ".wal")]


def _fault(path: Path) -> str:
    """What is wrong with a file; nothing with one that is whole."""
    try:
        if path.suffix == ".duckdb":
            _read(path)
        elif whole.is_spoilt(path):
            return "The file is damaged."
    except (OSError, duckdb.Error) as error:
        return f"The file is damaged: {str(error).splitlines()[0]}"
    return ""


def _read(path: Path) -> None:
    """Read every block of a published file, each of which has its sum."""
    with closing(duckdb.connect()) as con:
        con.execute(f"ATTACH {literal(str(path))} AS part (READ_ONLY)")
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'part'").fetchall()
        for (name,) in tables:
            con.execute(f"SELECT bit_xor(hash(t)) FROM part.main.{quoted(name)} t").fetchall()
