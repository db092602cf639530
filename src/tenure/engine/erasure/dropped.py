"""Files that were dropped, without some people: those that were loaded become what the archive has in their place; those
that could not be loaded go, as nothing tells which of their cells are whose.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.engine import drops
from tenure.engine.erasure.holding import holds
from tenure.warehouse import archive

if TYPE_CHECKING:
    from tenure.engine.erasure.subject import Subject
    from tenure.warehouse.inbox import Record


def copies(home: Path, records: Iterable[Record], files: Mapping[str, archive.Archived]) -> dict[str, str]:
    """What lies in ``drop/done`` and is to be replaced: of each file the path in the workspace, and the path in the archive of
    what takes its place. ``records``: the messages of files, before they are rewritten; ``files``: what takes whose place there.
    """
    new: dict[str, str] = {}
    for record in records:
        said = record.payload
        if said["archived"] in files:
            new[said.get("original", said["sha256"])] = new[said["sha256"]] = files[said["archived"]].path
        new |= {sha256: files[path].path for path, sha256 in said["lookups"].values() if path in files}
    if not new:
        return {}
    found = ((path, archive.hash_of(path)) for path in _files(home, drops.DONE))
    return {str(path.relative_to(home)): new[sha256] for path, sha256 in found if sha256 in new}


def replace(home: Path, copied: Mapping[str, str]) -> None:
    """Put what the archive has into the place of each (``copies``)."""
    for name, archived in copied.items():
        target = home / name
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(home / archived, part)
        archive.flush(part)
        part.replace(target)


def remove(home: Path, subject: Subject) -> tuple[str, ...]:
    """Remove what still holds these people of the files that were put away, each with the text that says why it failed. Gives
    their paths in the workspace.
    """
    gone = []
    for path in [*_files(home, drops.DONE), *_files(home, drops.FAILED)]:
        if path.is_file() and not path.name.endswith(drops.WHY) and holds(path, subject):
            path.unlink()
            path.with_name(path.name + drops.WHY).unlink(missing_ok=True)
            gone.append(str(path.relative_to(home)))
    return tuple(gone)


def _files(home: Path, kind: str) -> list[Path]:
    return sorted(path for path in (home / drops.FOLDER / kind).rglob("*") if path.is_file() and not path.is_symlink())
