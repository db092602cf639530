"""The folder ``drop`` of a workspace: what lies in it, to be loaded, and where it goes when that is done.

``drop/TABLE/FILE`` is a file for a table, ``drop/VENDOR/`` a folder of files that a vendor's tool exported (or several, each a
folder in it), ``drop/ANY/map.toml`` says what the files beside it are. Nothing here follows a link out of it.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from tenure.core.errors import TenureError, UnavailableError
from tenure.sources.files.map_reader import read_map
from tenure.sources.vendor import vendors
from tenure.warehouse.archive import flush
from tenure.warehouse.store import explained
from tenure.warehouse.tables import all_tables

FOLDER, DONE, FAILED, MAP = "drop", "done", "failed", "map.toml"
#: The name of the text that says why something failed, behind a file's own.
WHY = ".why.txt"
#: Where files lie that somebody brought with a browser, until they are loaded.
BROUGHT = ".web/brought"
#: Where files lie that jobs made for people.
RESULTS = ".web/results"
#: How files are called while they are being written.
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download", ".swp", "~")


class Kind(StrEnum):
    """What a sending is: a file of a table, files with a map, a vendor's folder, or nothing that could be loaded."""

    TABLE = "table"
    MAP = "map"
    VENDOR = "vendor"
    STRAY = "stray"


@dataclass(frozen=True)
class Stamp:
    """By which it is seen whether a file stands still. Times are in nanoseconds."""

    size: int
    modified: int
    changed: int
    inode: int


@dataclass(frozen=True)
class Sending:
    """Files that are loaded together. ``folder``: within ``drop``, empty for itself; ``files``: names in it, and their stamps.
    ``why``: for what is stray, why it cannot be loaded. ``beside``: the files in which values are looked up; they stay.
    """

    kind: Kind
    folder: str
    files: tuple[tuple[str, Stamp], ...]
    why: str = ""
    beside: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """The table or the vendor; the folder's name where a map says what its files are."""
        return self.folder.split("/")[0]

    @property
    def called(self) -> str:
        """How people know it."""
        named = f"{FOLDER}/{self.folder}" if self.folder else FOLDER
        return shown(f"{named}/{self.files[0][0]}" if self.kind in (Kind.TABLE, Kind.STRAY) else named)


def shown(name: str) -> str:
    """A name as text, whatever its bytes are."""
    return name.encode("utf-8", "backslashreplace").decode()


def looked(home: Path) -> list[Sending]:
    """What lies there, what was put there first coming first. Raises ``UnavailableError`` for a folder that cannot be read."""
    root = home / FOLDER
    try:
        found = [sending for entry in _entries(root) for sending in _sendings(entry)]
    except OSError as error:
        raise explained(error, root) from error
    return sorted(found, key=lambda one: (max(stamp.modified for _, stamp in one.files), one.folder, one.files))


def is_as_seen(home: Path, sending: Sending) -> bool:
    """Whether its files are still there, and what they were."""
    folder = home / FOLDER / sending.folder
    try:
        return all(_stamp((folder / name).lstat()) == stamp for name, stamp in sending.files)
    except OSError:
        return False


def put_away(home: Path, sending: Sending, day: str, failed: dict[str, str]) -> None:
    """Move the files of a sending to ``done`` or, those named in ``failed``, to ``failed`` with a text that says why. What was
    moved already is left. Raises ``UnavailableError`` where that cannot be.
    """
    folder = home / FOLDER / sending.folder
    try:
        for name, _ in sending.files:
            if not os.path.lexists(folder / name):
                continue
            kind = FAILED if name in failed else DONE
            target = home / FOLDER / kind / day / sending.folder
            target.mkdir(parents=True, exist_ok=True)
            path = _free(target, name)
            if name in failed:
                path.with_name(path.name + WHY).write_text(failed[name], "utf-8")
            (folder / name).rename(path)
            flush(target)
        flush(folder)
        if "/" in sending.folder and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise UnavailableError(
            f"What was loaded cannot be put away: {error.strerror}.", code="not_moved", where=sending.called,
            fix="Let the user who runs Tenure write the folder.",
        ) from error  # fmt: skip


def _sendings(entry: os.DirEntry[str]) -> Iterator[Sending]:
    """What is to be loaded of one thing in ``drop``."""
    if entry.name in (DONE, FAILED):
        return
    if not entry.is_dir(follow_symlinks=False):
        yield _stray("", entry, _odd(entry) or "It lies in no folder: put it into one that is called like its table.")
        return
    inside = list(_entries(Path(entry.path)))
    if any(one.name == MAP and one.is_file(follow_symlinks=False) for one in inside):
        beside = _looked_up(Path(entry.path) / MAP)
        for sending in _together(Kind.MAP, entry.name, [one for one in inside if one.name not in {MAP, *beside}]):
            there = tuple(one.name for one in inside if one.name in beside and not _odd(one))
            yield replace(sending, beside=there if sending.kind is Kind.MAP else ())
    elif entry.name in vendors():
        yield from _together(Kind.VENDOR, entry.name, inside)
        for one in inside:
            if one.is_dir(follow_symlinks=False):
                yield from _together(Kind.VENDOR, f"{entry.name}/{one.name}", list(_entries(Path(one.path))))
    else:
        known = entry.name in all_tables()
        why = "" if known else f"There is no table and no vendor called {shown(entry.name)!r}, and no {MAP} beside it."
        for one in inside:
            if not one.is_dir(follow_symlinks=False):
                odd = _odd(one) or why
                yield _stray(entry.name, one, odd) if odd else _sending(Kind.TABLE, entry.name, [one])


def _looked_up(own: Path) -> set[str]:
    """The files in which a map looks values up, and which it does not load. None of a map that is wrong: all wait for it."""
    try:
        found = read_map(own)
    except TenureError:
        return set()
    names = {name for entry in found.entries for name in entry.lookups}
    return {name for name in names if not any(fnmatch.fnmatchcase(name, entry.file or "*") for entry in found.entries)}


def _together(kind: Kind, folder: str, inside: list[os.DirEntry[str]]) -> Iterator[Sending]:
    files = [one for one in inside if not one.is_dir(follow_symlinks=False)]
    for one in files:
        if odd := _odd(one):
            yield _stray(folder, one, odd)
    if plain := [one for one in files if not _odd(one)]:
        yield _sending(kind, folder, plain)


def _sending(kind: Kind, folder: str, files: list[os.DirEntry[str]]) -> Sending:
    return Sending(kind, folder, tuple(sorted((one.name, _stamp(one.stat(follow_symlinks=False))) for one in files)))


def _stray(folder: str, entry: os.DirEntry[str], why: str) -> Sending:
    return Sending(Kind.STRAY, folder, ((entry.name, _stamp(entry.stat(follow_symlinks=False))),), why)


def _odd(entry: os.DirEntry[str]) -> str:
    """Why a thing is no file that is read; empty where it is."""
    if entry.is_symlink():
        return "It is a link, and links are not followed: put the file itself there."
    if not entry.is_file(follow_symlinks=False):
        return "It is no file."
    name = entry.name
    if shown(name) != name or "#" in name or not name.isprintable():
        return "Its name has letters that cannot be used: rename it, best to plain letters and digits."
    if not os.access(entry.path, os.R_OK):
        return "It cannot be read by the user who runs Tenure."
    return ""


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What is in a folder, but for what is hidden or still being written. Nothing where there is no folder."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except FileNotFoundError:
        return
    for entry in entries:
        if not entry.name.startswith((".", "~")) and not entry.name.lower().endswith(_UNFINISHED):
            yield entry


def _stamp(found: os.stat_result) -> Stamp:
    size = found.st_size if stat.S_ISREG(found.st_mode) else 0
    return Stamp(size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _free(folder: Path, name: str) -> Path:
    """A path that nothing has yet."""
    stem, dot, suffix = name.partition(".")
    for number in range(2, 10_000):
        if not os.path.lexists(folder / name):
            break
        name = f"{stem}-{number}{dot}{suffix}"
    return folder / name
