"""Rows of mail and calendars on their way into the warehouse: as files with a map, on the way of any file.

Only the rows are kept in the archive, never the messages: what is not to be stored is stored nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import tomlkit

from tenure.engine.verbs.load import deliver
from tenure.sources.files.map_reader import parse_map
from tenure.sources.mail.rows import INQUIRIES, TAKEN_BACK, TOUCHPOINTS
from tenure.warehouse.load import Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.load import Report

Files = Mapping[str, Sequence[Mapping[str, str]]]
_TABLES = {TOUCHPOINTS: "touchpoint", INQUIRIES: "inquiry", TAKEN_BACK: "retraction"}


def store(desk: Desk, kind: str, files: Files, terms: Terms) -> tuple[Report, ...]:
    """Load rows, all or none. ``kind``: ``mail`` or ``ics``; ``files``: rows by what they are, which say themselves when they are
    learned, if not now.
    """
    terms = replace(terms, history=False)
    there = {name: rows for name, rows in files.items() if rows}
    if not there:
        return ()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tenure-")))
        loads = [_load(folder, kind, name, rows) for name, rows in there.items()]
        text = tomlkit.dumps({"source": kind, "load": loads})
        deliveries = []
        for job in parse_map(text, f"map of {kind}").for_folder(folder).jobs:
            delivery = deliver(desk, replace(job, name=job.path.name), "UTC", text, keep=not terms.dry_run)
            stack.callback(delivery.incoming.close)
            deliveries.append(delivery)
        reports = load_all(desk.store, desk.inbox, deliveries, terms)
        return tuple(replace(report, warnings=()) for report in reports)  # they are about columns that are ours


def _load(folder: Path, kind: str, name: str, rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Write rows into a file, and give what the map says of it."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path = folder / f"{kind}-{name.replace(' ', '-')}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.jsonl"
    path.write_text(text, "utf-8")
    table = find(_TABLES[name])
    own = (*table.names, "known_at")
    columns = {column: column for column in rows[0] if column in own}
    custom = {column: column for column in rows[0] if column not in own}
    load = {"file": path.name, "table": table.name, "columns": columns, "custom": custom}
    return load if custom else {key: value for key, value in load.items() if key != "custom"}
