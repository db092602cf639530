"""What everything is made of, without some people: the files of the archive and the messages of the inbox."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.engine.erasure.files import looked_up, looked_up_without, mended, mended_to, public, without
from tenure.engine.erasure.subject import Subject
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.mapping import Entry
from tenure.warehouse import archive
from tenure.warehouse.load import KIND, recorded
from tenure.warehouse.messages import EVENT
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Record

_CUSTOM = "custom:"


@dataclass
class Rewritten:
    """``files``: what takes the place of archived files, by their paths; ``payloads``: of messages, by their numbers."""

    files: dict[str, archive.Archived] = field(default_factory=dict)
    payloads: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Uses:
    """Who makes what of an archived file: the records that load it, and under which names others look values up in it."""

    sha256: str
    loads: list[Record] = field(default_factory=list)
    asked: list[tuple[str, Record]] = field(default_factory=list)


def rewritten(desk: Desk, subject: Subject) -> Rewritten:
    """Everything that these people are in, without them: nothing is changed, but files are added to the archive.

    Raises ``DataError`` where a file cannot be read as it was, or gives something else without them.
    """
    found = Rewritten()
    records = [record for record in desk.inbox.records(state="done") if record.kind != EVENT]
    uses = uses_of(record for record in records if record.kind == KIND)
    for number, (path, use) in enumerate(uses.items()):
        desk.progress(f"reading {path.rpartition('/')[2][:12]}", number, len(uses))
        with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
            new = _file(desk.home, path, use, subject, Path(scratch))
            if new is not None:
                found.files[path] = archive.store(desk.home, new)
    for record in records:
        payload = _payload(desk.home, record, found.files, uses, subject)
        if payload != record.payload:
            found.payloads[record.seq] = payload
    return found


def _payload(
    home: Path, record: Record, files: Mapping[str, archive.Archived], uses: Mapping[str, Uses], subject: Subject
) -> dict[str, Any]:
    """What a message says from now on."""
    if record.kind == recorded.KIND:
        return _of_rows(record, subject)
    if record.kind != KIND:
        return {name: _in_texts(value, subject) for name, value in record.payload.items()}
    mends, said = None, record.payload
    if said.get("mends"):
        path = archive.verify(home, said["archived"], said["sha256"])
        mends = mended(home, record, path, subject, _given(home, uses[said["archived"]], path, subject)[0])
    return _of_file(record, files, subject, mends)


def _given(home: Path, use: Uses, path: Path, subject: Subject) -> tuple[set[int], set[int]]:
    """The rows and the lines of a file that some mend says are of these people."""
    found = [mended_to(home, record, path, subject) for record in use.loads if record.payload.get("mends")]
    return {row for rows, _ in found for row in rows}, {line for _, lines in found for line in lines}


def uses_of(records: Iterable[Record]) -> dict[str, Uses]:
    """The archived files that messages name, by their paths, and who makes what of each."""
    found: dict[str, Uses] = {}
    for record in records:
        said = record.payload
        found.setdefault(said["archived"], Uses(said["sha256"])).loads.append(record)
        for name, (path, sha256) in said["lookups"].items():
            found.setdefault(path, Uses(sha256)).asked.append((name, record))
    return found


def _file(home: Path, archived: str, use: Uses, subject: Subject, scratch: Path) -> Path | None:
    """An archived file without these people; None where they are not in it. One step for each that makes something of it."""
    path = archive.verify(home, archived, use.sha256)
    keys: set[str] = set()
    values: set[str] = set()
    for name, record in use.asked:
        more = looked_up(name, _entries(record))
        keys, values = keys | more[0], values | more[1]
    protected = set(keys)
    if len(use.loads) > 1:
        for record in use.loads:
            protected |= public(home, record, path)
    new, given = path, _given(home, use, path, subject)
    for number, record in enumerate(use.loads):
        folder = scratch / f"{number}"
        folder.mkdir()
        new = without(home, record, new, subject, folder, protected | values, given) or new
    if use.asked:
        folder = scratch / "asked"
        folder.mkdir()
        new = looked_up_without(new, use.asked[0][0], keys, values, subject, folder) or new
    return new if new != path and archive.hash_of(new) != use.sha256 else None


def _entries(record: Record) -> Sequence[Entry]:
    said = record.payload
    name = Path(said["file"]).name.split("#")[0]
    return parse_map(said["map"], "map").for_file(said["table"], name) if said["map"] else []


def _of_file(
    record: Record, files: Mapping[str, archive.Archived], subject: Subject, mends: list[dict[str, Any]] | None
) -> dict[str, Any]:
    """The payload of a file's message. ``original``: the hash that the file had when it came, by which it is known if it
    comes again. ``mends``: the rows that it mends, where it does, without these people.
    """
    said = dict(record.payload)
    if said["archived"] in files:
        new = files[said["archived"]]
        said |= {"archived": new.path, "sha256": new.sha256, "original": said.get("original", said["sha256"])}
    said["lookups"] = {
        name: [files[path].path, files[path].sha256] if path in files else [path, sha256]
        for name, (path, sha256) in said["lookups"].items()
    }
    if mends is not None:
        said["mends"] = {**said["mends"], "rows": mends, "reason": subject.told(said["mends"]["reason"])}
    why = {"reason": subject.told(said["reason"])} if said.get("reason") else {}
    return said | {"file": subject.everywhere(said["file"])} | why


def _in_texts(said: Any, subject: Subject) -> Any:
    """What a message says, with texts that tell nothing of these people: one that has no rows, as what was done about some."""
    if isinstance(said, str):
        return subject.told(said)
    if isinstance(said, Mapping):
        return {name: _in_texts(value, subject) for name, value in said.items()}
    return [_in_texts(value, subject) for value in said] if isinstance(said, list) else said


def _of_rows(record: Record, subject: Subject) -> dict[str, Any]:
    """The payload of a message of rows."""
    told = recorded.told_in(record)
    table = find(told.table)
    people = {column.name: column for column in table.people}
    if told.table == "retraction":
        people = {"key": table.column("key")}
    rows = []
    for row in told.rows:
        cells = dict(zip(told.columns, row, strict=True))
        counts = told.table != "retraction" or cells.get("table_name") == "person"
        mine = counts and any((text := cells.get(n)) and subject.concerns(text, c) for n, c in people.items())
        rows.append([_cell(name, text, told.table, subject, mine=mine) for name, text in cells.items()])
    return {**record.payload, "rows": rows}


def _cell(name: str, text: str | None, table: str, subject: Subject, *, mine: bool) -> str | None:
    if text is None or text == "":
        return text
    if name.startswith(_CUSTOM):
        return subject.word(text) if mine else subject.told(text)
    column = find(table).column(name)
    if column in find(table).people or (table == "retraction" and name == "key" and mine):
        return subject.everywhere(subject.named(text, column))
    if column.personal:
        return subject.word(text, column.type) if mine else subject.told(text)
    return subject.everywhere(text)


def as_stored(payload: Mapping[str, Any]) -> str:
    """A payload as the inbox has it."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True)
