"""``mend``: failed rows brought again, with other texts in some cells, or as they are now that their cause has gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.engine.failing import OPEN, Problem, by_load, chosen, needs_reason, only_whole
from tenure.engine.replaying import Outcome, replayed
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Mend:
    """``cells``: by the id of each failed row what it is to say, by the file's column, where that is something else; or all that
    fit the conditions ``where``, as they are. ``by`` whom and for which ``reason``. ``dry_run``: only say what would become of
    them. ``scope``: only a whole one.
    """

    by: str
    reason: str
    cells: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    where: tuple[tuple[str, str, Any], ...] = ()
    dry_run: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Refusal:
    """A row that is refused again, and why."""

    id: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class MendedRows:
    """``replayed``: the rows that were taken, by their ids. Of the rows that they gave ``loaded`` are new, ``unchanged`` known already and
    ``superseded`` told a known thing anew, or were told anew since themselves (``outdated`` of them: a later load knows better).
    ``refused``: what is refused again, which stays open. ``others``: how many of those chosen were not open, with which nothing
    was done. ``batches``: the loads that brought them; none in a dry run.
    """

    replayed: tuple[str, ...]
    loaded: int
    unchanged: int
    superseded: int
    outdated: int
    refused: tuple[Refusal, ...]
    others: int
    batches: tuple[int, ...]
    dry_run: bool


def mend(desk: Desk, request: Mend) -> MendedRows:
    """Bring failed rows again, as a load of their own for each load that refused them, the newest first: those that are good are
    taken, once; the others stay as they are.

    Raises ``UsageError`` for a row that there is not or a column that it has not, without a name or a reason, and through a narrow
    scope.
    """
    only_whole(request.scope)
    needs_reason(request.by, request.reason)
    rows = chosen(desk, tuple(request.cells), request.where)
    if not rows:
        raise UsageError("No failed row fits.", code="nothing_chosen", fix="List them: tenure failed")
    _check_columns(rows, request.cells)
    is_open = [row for row in rows if row.state == OPEN]
    found = Outcome()
    for message, group in by_load(is_open):
        desk.progress(f"replaying {group[0].file}", len(found.replayed), len(is_open))
        found += replayed(desk, message, group, request.cells, (request.by, request.reason), dry_run=request.dry_run)
    refusals = tuple(Refusal(name, tuple(problems)) for name, problems in found.refused.items())
    return MendedRows(
        tuple(found.replayed), found.loaded, found.unchanged, found.superseded, found.outdated, refusals,
        len(rows) - len(is_open), tuple(found.batches), request.dry_run,
    )  # fmt: skip


def _check_columns(rows: Any, cells: Mapping[str, Mapping[str, str | None]]) -> None:
    for row in rows:
        there = row.cells
        for name in cells.get(row.id, ()) if there else ():
            if name not in there:
                raise UsageError(
                    f"The row {row.id} has no column {name!r}.", code="unknown_column", where=f"{row.file}:{row.line}",
                    fix=f"It has: {', '.join(there)}.",
                )  # fmt: skip
