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
    files, damage = 0, list[Damage]()
    for path in sorted((desk.home / FOLDER).rglob("*")):
        if not path.is_file() or path.suffix in (".part", ".wal"):
            continue
        files += 1
        fault = _fault(path)
        if fault:
            damage.append(Damage(str(path.relative_to(desk.home)), fault, _FIX))
    return Part("published", {"files": files}, few(damage, FOLDER))


def _fault(path: Path) -> str:
    """What is wrong with a file; nothing with one that is whole."""
    try:
        if path.suffix == ".duckdb":
            _read(path)
        else:
            whole.read(path)
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
