"""Files that somebody brought by her browser, while she looks at what would become of them: a folder each, hers alone."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tenure.engine.catalogue import tables
from tenure.engine.drops import BROUGHT

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MAP = "map.toml"
_SAID, _FILES = "said.json", "files"
_KEY = re.compile(r"[0-9a-f]{32}")
#: Seconds after which files that nobody loaded go.
_KEPT = 86_400
#: Tables that Tenure fills itself, and nobody has files of.
_OWN = frozenset({"approval", "close", "score", "score_model"})
#: What files are called after, besides their table: words that tools use.
_WORDS = {
    "customer": "account", "company": "account", "contact": "person", "people": "person", "user": "person", "owner": "assignment",
    "team": "csm", "mrr": "subscription", "deal": "opportunity", "nps": "survey_answer", "csat": "survey_answer", "activity": "touchpoint",
    "activities": "touchpoint", "meeting": "touchpoint", "event": "usage", "companies": "account",
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """Files in a ``folder``: by name, the table each is for (empty: nobody has said). ``map_text``: says it instead, where there is one.
    ``history``: they are the first import of the past.
    """

    key: str
    owner: int
    tables: dict[str, str] = field(default_factory=dict)
    map_text: str = ""
    history: bool = True

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return _root() / self.key / _FILES

    @property
    def map_file(self) -> Path:
        """Where the map lies, if there is one."""
        return _root() / self.key / MAP

    def saying(self, text: str) -> Kept:
        """The same with another map."""
        return replace(self, map_text=text)

    def save(self) -> Kept:
        """Write down what is said of them."""
        said = {"owner": self.owner, "tables": self.tables, "map": self.map_text, "history": self.history}
        self.map_file.write_text(self.map_text, encoding="utf-8")
        (_root() / self.key / _SAID).write_text(json.dumps(said), encoding="utf-8")
        return self

    def remove(self) -> None:
        """Let the files go: what was loaded of them lies in the archive."""
        shutil.rmtree(_root() / self.key, ignore_errors=True)


def keep(files: Iterable[UploadedFile[Any]], owner: int, *, history: bool) -> Kept:
    """Keep files. One called ``map.toml`` says what the others are."""
    sweep()
    kept = Kept(secrets.token_hex(16), owner, history=history)
    kept.folder.mkdir(parents=True, mode=0o700)
    meant: dict[str, str] = {}
    text = ""
    for number, file in enumerate(files):
        name = Path(file.name or "").name.lstrip(".") or f"file-{number + 1}"
        if name == MAP:
            text = file.read().decode("utf-8", "replace")
            continue
        with (kept.folder / name).open("wb") as out:
            for part in file.chunks():
                out.write(part)
        meant[name] = guess(name)
    return replace(kept, tables=meant, map_text=text).save()


def find(key: str, owner: int) -> Kept | None:
    """The files of that key, where they are the owner's and still there."""
    path = _root() / key / _SAID
    if not _KEY.fullmatch(key) or not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    found = Kept(key, said["owner"], said["tables"], said["map"], said["history"])
    return found if found.owner == owner else None


def loadable() -> dict[str, Any]:
    """The tables that files can be for."""
    return {name: table for name, table in tables().items() if name not in _OWN}


def guess(name: str) -> str:
    """The table that a file is called after, as ``crm_accounts.csv`` is after ``account``; empty where it is after none."""
    words = re.sub(r"[^a-z]+", "_", Path(name).stem.lower()).strip("_")
    inside = [table for table in loadable() if re.search(rf"(^|_){table}e?s?(_|$)", words)]
    if inside:
        return max(inside, key=len)
    named = [table for word, table in _WORDS.items() if re.search(rf"(^|_){word}s?(_|$)", words)]
    return named[0] if named else ""


def _root() -> Path:
    return Path(settings.HOME) / BROUGHT


def sweep() -> None:
    """Let go of what nobody loaded in time."""
    for folder in _root().glob("*"):
        if time.time() - folder.stat().st_mtime > _KEPT:
            shutil.rmtree(folder, ignore_errors=True)
