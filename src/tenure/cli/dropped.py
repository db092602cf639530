"""What became of files that were dropped, as ``load --drop`` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure.cli import numbers
from tenure.cli.output import answer_json, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.engine.arrivals import Arrival, Outcome

COUNTS = ("read", "loaded", "unchanged", "superseded", "rejected")
_SHOWN = 10


def round_by_hand(home: Path, form: str) -> int:
    """Take in what lies there, and say what became of it. 1 if something failed, or waits."""
    from tenure.keeper import dropping

    with opened(home) as workspace:
        found, moving = dropping.by_hand(home, workspace.call)
    notes = [f"Still being written: {numbers.counted(moving, 'sending')}. Run it again later."] if moving else []
    if not found.arrivals and not moving:
        notes.append(
            "Nothing lies in the folder drop. What may: drop/TABLE/FILE, drop/VENDOR/, or files beside a map.toml."
        )
    if form == "json":
        answer_json([_told(one) for one in found.arrivals], notes)
    else:
        say(_lines(found.arrivals, notes))
    return 1 if any(state_of(one) != "done" for one in found.arrivals) else 0


def state_of(arrival: Arrival) -> str:
    """``done``, ``failed`` (nothing of it went in) or ``waits``."""
    from tenure.engine import arrivals

    outcome = _outcome(arrival)
    if arrival.state == arrivals.REFUSED or outcome.all_rejected:
        return "failed"
    return "waits" if outcome.error or arrival.state == arrivals.WAITS else "done"


def _outcome(arrival: Arrival) -> Outcome:
    from tenure.engine import arrivals

    return arrival.outcome or arrivals.Outcome()


def _told(arrival: Arrival) -> dict[str, Any]:
    outcome = _outcome(arrival)
    failed = [
        {"line": one.row, "column": one.column, "reason": one.reason, "code": one.code} for one in outcome.refused
    ]
    return {
        "file": arrival.said["called"], "state": state_of(arrival), "tables": outcome.tables,
        **{name: getattr(outcome, name) for name in COUNTS},
        "failed": failed, "warnings": outcome.notes, "error": outcome.error or None,
    }  # fmt: skip


def _lines(found: tuple[Arrival, ...], notes: list[str]) -> list[str]:
    """What went wrong first; then a line for each."""
    lines = []
    for arrival in found:
        name, outcome = clean(arrival.said["called"]), _outcome(arrival)
        lines += [f"{name}:{one.row}: {clean(one.column)}: {clean(one.reason)}" for one in outcome.refused[:_SHOWN]]
        if outcome.rejected > _SHOWN:
            lines.append(f"{name}: {outcome.rejected - _SHOWN:,} more rows refused")
        lines += [f"{name}: {clean(note)}" for note in outcome.notes]
        if outcome.error:
            lines.append(f"{name}: {clean(outcome.error['message'])} {clean(outcome.error['fix'])}".rstrip())
    lines += notes
    if not found:
        return lines
    table = Table([Column("file", flexible=True, head=True), Column("state"), *(Column(n, right=True) for n in COUNTS)])
    for arrival in found:
        counts = [f"{getattr(_outcome(arrival), name):,}" for name in COUNTS]
        table.rows.append([clean(arrival.said["called"]), state_of(arrival), *counts])
    return [*lines, *([""] if lines else []), *table.lines(of_output())]
