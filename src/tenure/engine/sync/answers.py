"""A source that is questions to a database: asked, compared with the last answer, loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from tenure.core.errors import UsageError
from tenure.engine.sync import database
from tenure.engine.sync.changes import Changes, compared
from tenure.sources.api import iso
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.mapping import Job, Plan

if TYPE_CHECKING:
    from tenure.engine.desk import Progress
    from tenure.engine.sync.configured import Configured, Query
    from tenure.engine.sync.means import Means
    from tenure.sources.fetching.pulled import Pulled

#: Keys of a query that are not the map's.
_OWN = "start"


def asked(
    zone: str, source: Configured, password: str, pulled: Pulled, means: Means, scratch: Path, before: Path | None,
    progress: Progress,
) -> tuple[Changes, dict[str, Any]]:  # fmt: skip
    """Ask all questions. Gives what changed, and where each stands once that is loaded.

    A question with a cursor tells what changed since; one without tells everything, and what it no longer tells is taken
    back. ``zone``: the organisation's. ``scratch``: an empty folder. Raises ``TenureError``.
    """
    stand: dict[str, Any] = json.loads(pulled.said("stand") or "{}")
    (scratch / "answers").mkdir()
    loads: list[dict[str, Any]] = []
    paths: list[Path] = []
    partial: list[Path] = []
    for query in source.queries:
        progress(f"{source.name}: {query.name}", 0, 0)
        since = _since(source, query, stand.get(query.name, {}))
        found = database.ask(source, query, password, since, scratch / "answers")
        so_far = stand.get(query.name, {}).get("rows", 0) if query.cursor else 0
        stand[query.name] = {"through": found.through if query.cursor else "", "rows": so_far + found.rows}
        if found.rows or not query.cursor:
            loads.append(_load(query, found.path.name))
            paths.append(found.path)
            partial += [found.path] if query.cursor else []
    if not loads:
        return Changes("", Plan((), (), ()), (), ()), stand
    text, jobs = _jobs(source, loads, paths)
    return compared(text, jobs, before, scratch, zone, source.name, iso(means.clock()), partial), stand


def glimpsed(source: Configured, password: str, rows: int, scratch: Path) -> list[Job]:
    """The first rows of each question's answer, to be read as they would be loaded. Raises ``TenureError``."""
    found = [database.ask(source, one, password, _since(source, one, {}), scratch, rows) for one in source.queries]
    loads = [_load(query, one.path.name) for query, one in zip(source.queries, found, strict=True)]
    return _jobs(source, loads, [one.path for one in found])[1]


def _jobs(source: Configured, loads: list[dict[str, Any]], paths: list[Path]) -> tuple[str, list[Job]]:
    """The map of some answers, and what is to be loaded by it."""
    text = _map(source, loads)
    entries = parse_map(text, f"queries of {source.name}").entries
    pairs = zip(paths, entries, strict=True)
    return text, [Job(path, str(entry.table), replace(entry, file=path.name)) for path, entry in pairs]


def _since(source: Configured, query: Query, stands: Mapping[str, Any]) -> str:
    """What ``:since`` stands for: where the question stands, else where it is to begin."""
    begins = str(query.says.get(_OWN, "")) or (iso(source.since) if source.since else database.BEGINNING)
    return str(stands.get("through") or begins)


def _load(query: Query, file: str) -> dict[str, Any]:
    says = {key: value for key, value in query.says.items() if key != _OWN}
    return {"file": file, "table": query.table, **says}


def _map(source: Configured, loads: list[dict[str, Any]]) -> str:
    """The map by which the answers are loaded. Raises ``UsageError`` where it is none."""
    document: dict[str, Any] = {"source": source.name, "load": loads}
    if source.timezone:
        document["timezone"] = source.timezone
    try:
        return tomlkit.dumps(document)
    except (TypeError, ValueError):
        raise UsageError("A query says something that is no map.", code="bad_sources", where=source.name) from None
