"""``take_rows``: rows that programs sent and that wait in the inbox, into the warehouse: good ones go in, bad ones are kept
with their reasons.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from tenure.core.errors import DataError
from tenure.engine.arrivals import ROWS, on_behalf, reason, refusals, remembered
from tenure.engine.verbs.load import deliver
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.settle import NUMBERS
from tenure.warehouse import arrivals
from tenure.warehouse.arrivals import DONE, REFUSED, Arrival, Outcome, Refusal
from tenure.warehouse.load import Report, Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: Texts by column; what is no row is its text.
Row = Mapping[str, Any] | str
#: How the rows of a program are written: nothing about them is guessed.
_PLAIN = {"date_format": "iso", "source": "api"}
_NUMBER = {"decimal": ".", "thousands": ""}


@dataclass(frozen=True)
class TakeRows:
    """Nothing needs to be said: all that wait are taken."""


@dataclass(frozen=True)
class TookRows:
    """``arrivals``: how many were settled; what became of each is kept with it."""

    arrivals: int


def take_rows(desk: Desk, _request: TakeRows) -> TookRows:
    """Settle every arrival of rows, each by itself and in the order they came. What cannot be done now waits on."""
    _ = desk.store  # first: it settles what a crash left
    waiting = arrivals.waiting(desk.inbox, ROWS)
    for arrival in waiting:
        with on_behalf(desk, arrival):
            _take(desk, arrival)
    return TookRows(len(waiting))


def _take(desk: Desk, arrival: Arrival) -> None:
    said, inbox = arrival.said, desk.inbox
    kept = {name: value for name, value in said.items() if name != "rows"}
    known = arrivals.brought(inbox, arrival)
    if known:
        return arrivals.settle(inbox, arrival, DONE, kept, remembered(desk.store, known))
    try:
        reports = _loaded(desk, arrival)
    except Exception as error:
        why = reason(error)
        if why is None:
            raise
        # of all rows: what came is kept as it is
        return arrivals.settle(inbox, arrival, REFUSED, said, Outcome((said["table"],), error=why))
    if said["strict"] and any(report.rejected for report in reports):
        found = Outcome.of(reports, [_refusal(r.file, row) for r in reports for row in r.failed])
        return arrivals.settle(inbox, arrival, REFUSED, said, found)
    batches = [report.batch for report in reports if report.batch is not None]
    return arrivals.settle(inbox, arrival, DONE, kept, Outcome.of(reports, refusals(desk.store, batches)))


def _loaded(desk: Desk, arrival: Arrival) -> list[Report]:
    """Load the rows. A column that is needed, and that no row has, is empty in all of them: each is refused for it."""
    said = arrival.said
    try:
        return _load(desk, arrival, said["rows"])
    except DataError as error:
        table = find(said["table"])
        needed = [column.name for column in table.columns if column.required and column.default is None]
        needed += [name for group in table.one_of for name in group]
        if error.code != "missing_column":
            raise
        empty = dict.fromkeys(needed)
        return _load(desk, arrival, [row if isinstance(row, str) else empty | row for row in said["rows"]])


def _load(desk: Desk, arrival: Arrival, rows: Sequence[Row]) -> list[Report]:
    table = find(arrival.said["table"])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tenure-")))
        files = _written(rows, folder, f"rows-{arrival.seq}", even=table.events)
        numbers = {column.name for column in table.columns if column.type in NUMBERS}
        loads = [
            {
                "file": name,
                "table": table.name,
                "columns": {c: {"from": c, **_NUMBER} for c in sorted(columns & numbers)},
            }
            for name, columns in files.items()
        ]
        text = tomlkit.dumps({**_PLAIN, "load": loads})
        deliveries = []
        for job in parse_map(text, "map of rows").for_folder(folder).jobs:
            delivery = deliver(desk, replace(job, name=job.path.name), arrival.said["zone"], text)
            stack.callback(delivery.incoming.close)
            deliveries.append(delivery)
        terms = Terms(
            desk.clock(), desk.settings.timezone, strict=arrival.said["strict"], origin=arrivals.origin(arrival), apart=True
        )  # fmt: skip
        return load_all(desk.store, desk.inbox, deliveries, terms)


def _written(rows: Sequence[Row], folder: Path, called: str, *, even: bool) -> dict[str, set[str]]:
    """The files of the rows, and the columns of each: one for all that have the same columns, as what a row does not say keeps its value. A row is on
    the line of its number. ``even``: of what happened nothing is said later, so that one file does.
    """
    alike: dict[tuple[str, ...], list[int]] = {}
    some = next((row for row in rows if not isinstance(row, str)), {})  # with its like goes what is none
    for number, row in enumerate(rows):
        named = some if isinstance(row, str) else row
        alike.setdefault(() if even else tuple(sorted(named)), []).append(number)
    files = {}
    for nth, numbers in enumerate(alike.values(), start=1):
        name = f"{called}-{nth}.jsonl" if len(alike) > 1 else f"{called}.jsonl"
        lines = [""] * (numbers[-1] + 1)
        for number in numbers:
            lines[number] = _line(rows[number])
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
        files[name] = set[str]().union(*(row for row in (rows[n] for n in numbers) if not isinstance(row, str)))
    return files


def _line(row: Row) -> str:
    """A row as JSON; what is none in the form of an object that is no JSON, so that the file's lines are still told apart."""
    if not isinstance(row, str):
        return json.dumps(row, ensure_ascii=False)
    text = " ".join(row.splitlines())
    return text if text.startswith("{") else f"{{{text}}}"


def _refusal(file: str, row: Any) -> Refusal:
    return Refusal(file, row.line, row.column, row.reason, row.code)
