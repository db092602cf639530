"""Failed rows of one load on their way into the warehouse again: of a file as the file's own rows, of events by today's map."""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tenure.core.errors import DataError
from tenure.engine.events import file_of, map_of, wanted, written
from tenure.engine.failing import Failed, Problem
from tenure.engine.verbs.load import deliver
from tenure.engine.verbs.rebuild import opened_again
from tenure.engine.verbs.take_in import accounts_of
from tenure.sources.events.rows import UNREADABLE, USES, Rows, Taken, carried_by, rows
from tenure.warehouse import archive
from tenure.warehouse.load import Delivery, Mended, Mends, Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.messages import EVENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Record
    from tenure.warehouse.load import Report

Cells = Mapping[str, Mapping[str, str | None]]
_NOT_TAKEN = Problem("", None, "is left out by the map", "left_out")


@dataclass
class Outcome:
    """What became of failed rows: see ``MendedRows``. ``refused``: by id."""

    replayed: list[str] = field(default_factory=list)
    loaded: int = 0
    unchanged: int = 0
    superseded: int = 0
    outdated: int = 0
    refused: dict[str, list[Problem]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)

    def __iadd__(self, other: Outcome) -> Self:
        self.replayed += other.replayed
        self.batches += other.batches
        self.refused |= other.refused
        for name in ("loaded", "unchanged", "superseded", "outdated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def count(self, reports: Iterable[Report]) -> None:
        """Count what was loaded."""
        for report in reports:
            self.loaded += report.loaded
            self.unchanged += report.unchanged
            self.superseded += report.superseded
            self.outdated += report.outdated
            self.batches += [report.batch] if report.batch is not None else []


def replayed(
    desk: Desk, message: str, group: Sequence[Failed], cells: Cells, said: tuple[str, str], *, dry_run: bool
) -> Outcome:
    """Bring the failed rows of one load again. ``message``: the load's; ``said``: by whom and why."""
    record = record_of(desk, message)
    with ExitStack() as stack:
        way: _Files | _Events
        if file_of(Path(record.payload["file"]).name):
            way = _Events(desk, record, said, stack)
        else:
            way = _Files(desk, record, said, stack)
        history = bool(record.payload["flags"]["history"])
        terms = Terms(desk.clock(), record.payload["home_zone"], history, dry_run=True)
        outcome = Outcome()
        good = way.prepared(group, cells, outcome)
        reports: list[Report] = []
        while good:
            deliveries = way.deliveries(good, keep=False)
            reports = load_all(desk.store, desk.inbox, deliveries, terms)
            _tell(deliveries, reports, outcome)
            taken = [row for row in good if row.id not in outcome.refused]
            if len(taken) == len(good):
                break
            good = taken
        if good and not dry_run:
            reports = load_all(desk.store, desk.inbox, way.deliveries(good, keep=True), replace(terms, dry_run=False))
    if good:
        outcome.replayed += [row.id for row in good]
        outcome.count(reports)
    return outcome


def record_of(desk: Desk, message: str) -> Record:
    """The message of a load, whoever sent it. Raises ``DataError`` where the inbox has lost it."""
    places = desk.store.rows("SELECT inbox_seq FROM main.batch WHERE message_id = ?", [message])
    found = next((one for (seq,) in places for one in desk.inbox.records(after=seq - 1, limit=1)), None)
    if found is None or found.message_id != message:
        raise DataError(
            "The inbox does not know the load that refused this row.", code="inbox_short", where=message[:12],
            fix="Something of the inbox was lost: tenure doctor says more.",
        )  # fmt: skip
    return found


def _tell(deliveries: Sequence[Delivery], reports: Sequence[Report], outcome: Outcome) -> None:
    """Of rows that are refused again, why."""
    for delivery, report in zip(deliveries, reports, strict=True):
        assert delivery.mends is not None
        for row in report.failed:
            name = delivery.mends.rows[row.row or 0].id
            problem = Problem(row.column, row.value, row.reason, row.code)
            outcome.refused.setdefault(name, []).append(problem)
        for mended in delivery.mends.rows:  # its cells no longer make it one of this load's
            if mended.id not in report.replayed:
                outcome.refused.setdefault(mended.id, [_NOT_TAKEN])


class _Files:
    """Rows of a file: the archived file is read again as it was, and of it only these rows, mended."""

    def __init__(self, desk: Desk, record: Record, said: tuple[str, str], stack: ExitStack) -> None:
        payload = record.payload
        path = archive.verify(desk.home, payload["archived"], payload["sha256"])
        self._incoming = opened_again(desk.home, record, path)
        stack.callback(self._incoming.close)
        self._record, self._said = record, said
        self._cells: Cells = {}

    def prepared(self, group: Sequence[Failed], cells: Cells, outcome: Outcome) -> list[Failed]:
        """The rows that can be tried: a line that is no row has to be written anew, cell by cell."""
        self._cells = cells
        for row in group:
            if row.row is None and row.problems[0].column:
                raise DataError(
                    "An earlier Tenure refused this row, and did not note its number.", code="no_number",
                    where=f"{row.file}:{row.line}", fix="Run: tenure rebuild",
                )  # fmt: skip
            if row.row is None and not cells.get(row.id):
                outcome.refused[row.id] = list(row.problems)
        return [row for row in group if row.id not in outcome.refused]

    def deliveries(self, group: Sequence[Failed], *, keep: bool) -> list[Delivery]:  # noqa: ARG002 - the file is kept
        """What brings these rows."""
        by, reason = self._said
        mended = tuple(Mended(row.id, row.row, row.line, dict(self._cells.get(row.id, {}))) for row in group)
        payload = self._record.payload
        lookups = {name: (kept, sha256) for name, (kept, sha256) in payload["lookups"].items()}
        mends = Mends(self._record.message_id, by, reason, mended)
        made = Delivery(
            self._incoming, payload["archived"], payload["sha256"], payload["map"], lookups, payload["source"], mends,
            by, reason,
        )  # fmt: skip
        return [made]


class _Events:
    """Rows of events: made anew by today's code and map of events, and of accounts what is known today."""

    def __init__(self, desk: Desk, record: Record, said: tuple[str, str], stack: ExitStack) -> None:
        self._desk, self._record, self._said, self._stack = desk, record, said, stack
        self._file = file_of(Path(record.payload["file"]).name)
        path = archive.verify(desk.home, record.payload["archived"], record.payload["sha256"])
        self._lines = path.read_text(encoding="utf-8").split("\n")
        self._map = tomllib.loads(map_of(desk.home))
        self._wanted = wanted(self._map)
        self._accounts = accounts_of(desk.store)
        self._made: dict[str, list[tuple[str, dict[str, str]]]] = {}

    def prepared(self, group: Sequence[Failed], cells: Cells, outcome: Outcome) -> list[Failed]:
        """The rows that can be tried: those of which something can be made."""
        for row in group:
            texts = json.loads(self._lines[row.line - 1])
            texts |= {name: text or "" for name, text in cells.get(row.id, {}).items()}
            made, why = self._event(texts) if self._file == UNREADABLE else ([(self._file, self._texts(texts))], "")
            if why:
                outcome.refused[row.id] = [Problem("event", texts["event"], why, "unreadable")]
            self._made[row.id] = made
        return [row for row in group if row.id not in outcome.refused]

    def deliveries(self, group: Sequence[Failed], *, keep: bool) -> list[Delivery]:
        """What brings these rows: files made for them. ``keep``: in the archive."""
        found, ids = Rows(), dict[tuple[str, tuple[str, ...]], list[str]]()
        for row in group:
            for file, texts in self._made[row.id]:
                found.add(file, texts)
                ids.setdefault((file, tuple(sorted(texts))), []).append(row.id)
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tenure-")))
        text, plan = written(found, self._map, folder, f"again-{group[0].id}")
        names = {
            path.name: key for path, key in zip(sorted(folder.iterdir(), key=_number), sorted(found.files), strict=True)
        }
        by, reason = self._said
        deliveries = []
        for job in plan.jobs:
            rows_ = tuple(Mended(name, None, line, {}) for line, name in enumerate(ids[names[job.path.name]], start=1))
            delivery = deliver(self._desk, replace(job, name=job.path.name), "UTC", text, keep=keep)
            self._stack.callback(delivery.incoming.close)
            mends = Mends(self._record.message_id, by, reason, rows_, anew=True)
            deliveries.append(replace(delivery, mends=mends, by=by, reason=reason))
        return deliveries

    def _event(self, texts: Mapping[str, str]) -> tuple[list[tuple[str, dict[str, str]]], str]:
        """The rows of an event that could not be read, or why it still cannot."""
        source, name = texts.get("source", ""), texts["event_id"]
        known = self._desk.inbox.find(f"{EVENT}:{source}", name)
        at = known.received_at if known else self._desk.clock().replace(tzinfo=UTC)
        found = rows([Taken(source, name, texts["event"], at)], self._wanted, self._accounts)
        made = [(file, row) for (file, _), own in found.files.items() for row in own]
        unread = [row["why"] for file, row in made if file == UNREADABLE]
        if unread or not made:
            return [], unread[0] if unread else "says nothing that is kept"
        left_out = {file for file, _ in made} - {load.get("file") for load in self._map.get("load", ())}
        return made, "is left out by the map of events" if left_out else ""

    def _texts(self, texts: dict[str, str]) -> dict[str, str]:
        """A row as it would be made today: with the account that is known by now, and what today's map asks for."""
        if self._file != USES:
            return texts
        if not texts.get("account_id") and texts.get("person_id"):
            texts = texts | {"account_id": self._accounts({texts["person_id"]}).get(texts["person_id"], "")}
        carried = json.loads(texts["properties"]) if texts.get("properties") else {}
        return carried_by(carried, self._wanted.get(USES, ())) | texts


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
