"""What was fetched from sources, without some people: pages lie in the archive, and a source's own file says which.

A page is the vendor's, and what its objects mean is said by no map: their ids, addresses and names are taken out of it as text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tenure.engine.erasure.subject import Subject
from tenure.engine.verbs.snapshot import databases
from tenure.warehouse import archive

_PAGES = "SELECT seq, archived, sha256 FROM page"


def named(home: Path) -> set[str]:
    """The files of the archive that are pages of a source."""
    return {path for name in databases(home) for _, path, _ in _pages(home / name)}


def without(home: Path, name: str, subject: Subject) -> set[str]:
    """Take people out of the pages of a source. ``name``: of its file in the workspace. Gives the files that were replaced."""
    replaced: set[str] = set()
    for seq, path, _ in list(_pages(home / name)):
        text = (home / path).read_text(encoding="utf-8", errors="surrogateescape") if (home / path).is_file() else ""
        new = "".join(subject.told(line) for line in text.splitlines(keepends=True))
        if new != text:
            taken = archive.store_bytes(home, new.encode("utf-8", "surrogateescape"), Path(path).suffix)
            with closing(sqlite3.connect(home / name, timeout=10)) as con, con:
                con.execute("UPDATE page SET archived = ?, sha256 = ? WHERE seq = ?", [taken.path, taken.sha256, seq])
            replaced.add(path)
    return replaced


def _pages(database: Path) -> Iterator[tuple[int, str, str]]:
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as con:
        if con.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'page'").fetchall():
            yield from con.execute(_PAGES).fetchall()
