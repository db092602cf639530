"""The archive: whether every file that the inbox names is there, and still says what it said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tenure.engine.verified.part import Damage, Part, few
from tenure.warehouse import archive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine.desk import Desk

_FIX = "Restore it from a backup, or load the export again."


def look(desk: Desk, budget: int | None) -> Part:
    """What was found. ``budget``: how many bytes are read at most, the newest files first; all without."""
    named = dict(_named(desk))
    files, size, read, damage = 0, 0, 0, list[Damage]()
    for number, (path, sha256) in enumerate(reversed(named.items())):
        desk.progress(f"reading {path}", number, len(named))
        file = desk.home / path
        if not file.is_file():
            damage.append(Damage(path, "An archived file is missing.", _FIX))
            continue
        files += 1
        length = file.stat().st_size
        size += length
        if budget is not None and length > budget:
            continue
        budget = None if budget is None else budget - length
        read += 1
        if archive.hash_of(file) != sha256:
            damage.append(Damage(path, "An archived file was changed or damaged.", _FIX))
    return Part("archive", {"files": files, "bytes": size}, few(damage, archive.FOLDER), files - read)


def _named(desk: Desk) -> Iterator[tuple[str, str]]:
    """The files that the inbox's messages name, with their hashes."""
    for record in desk.inbox.records(state="done", kind=desk.inbox.kinds()):
        yield from _of(record.payload)


def _of(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, sha256 in (
        (payload.get("archived"), payload.get("sha256")),
        *dict(payload.get("lookups") or {}).values(),
    ):
        if path and sha256:
            yield str(path), str(sha256)
