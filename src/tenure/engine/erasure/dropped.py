"""Files that were dropped, without some people: those that were loaded become what the archive has in their place; those
that could not be loaded go, as nothing tells which of their cells are whose.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Mapping
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
    found = ((path, archive.hash_of(path)) for path in _files(home / drops.FOLDER / drops.DONE))
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
    gone = held(home, subject)
    for name in gone:
        path = home / name
        path.unlink()
        path.with_name(path.name + drops.WHY).unlink(missing_ok=True)
    return gone


def held(home: Path, subject: Subject, but: Collection[str] = ()) -> tuple[str, ...]:
    """The files that were put away, or brought and not loaded yet, or made for somebody, and hold these people, by their paths in the
    workspace, without some. A PDF that was made may hold them: nobody can look into it, and it can be made again.
    """
    put_away = [home / drops.FOLDER / kind for kind in (drops.DONE, drops.FAILED)]
    made = home / drops.RESULTS
    files = [path for folder in (*put_away, home / drops.BROUGHT, made) for path in _files(folder)]
    kept = [path for path in files if path.is_file() and not path.name.endswith(drops.WHY)]
    found = [
        str(path.relative_to(home)) for path in kept if holds(path, subject) or (path.parent == made and _is_pdf(path))
    ]
    return tuple(name for name in found if name not in but)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"%PDF-"
