"""Failed rows as a terminal shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tenure.cli.numbers import counted as counted_
from tenure.cli.output import paragraph, short
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.failing import Failed, Problem
    from tenure.engine.verbs.discard import Discarded
    from tenure.engine.verbs.failed import FailedFound
    from tenure.engine.verbs.mend import MendedRows
    from tenure.engine.verbs.reconcile import Reconciled
    from tenure.engine.verbs.reload import Reloaded

_CAME = ("read", "loaded", "unchanged", "superseded", "rejected", "open", "replayed", "discarded")
_REFUSED = 10


@dataclass(frozen=True)
class Answer:
    """What is printed: as JSON, or as lines. ``good``: whether nothing is amiss."""

    data: Any
    lines: Callable[[Style], list[str]]
    good: bool = True


def listed(found: FailedFound) -> Answer:
    """A list of failed rows."""
    counts = {name: dict(values) for name, values in found.counts.items()}
    data = {"rows": [_described(row) for row in found.rows], "total": found.total, "counts": counts}
    return Answer(data, lambda style: _listed(found, style))


def _listed(found: FailedFound, style: Style) -> list[str]:
    if not found.total:
        return [
            "No failed rows. Rows that a load refuses are kept here, with the reason, until they are mended or discarded."
        ]
    table = Table(
        [
            Column("id"), Column("table", rank=2), Column("file", flexible=True, head=True), Column("line", right=True),
            Column("column", rank=1, flexible=True), Column("value", rank=3, flexible=True),
            Column("reason", flexible=True), Column("code", rank=4), Column("state", rank=5),
        ]
    )  # fmt: skip
    for row in found.rows:
        first = row.problems[0]
        value = "" if first.value is None else first.value
        table.rows.append(
            [clean(text) for text in (
                row.id, row.table, short(row.file), f"{row.line}", first.column, value, first.reason, first.code, row.state,
            )]
        )  # fmt: skip
    more = found.total - found.offset - len(found.rows)
    told = [f"{clean(code)} {count:,}" for code, count in found.counts["code"]]
    lines = [*paragraph(f"{counted_(found.total, 'failed row')}: {', '.join(told)}", style), "", *table.lines(style)]
    if more > 0:
        lines.append(style.grey(f"… {more:,} more"))
    return [*lines, "", *paragraph("→ One of them, with the whole row: tenure failed show ID", style)]


def _described(row: Failed) -> dict[str, Any]:
    """A failed row as JSON: the row itself as an object where it is one."""
    return asdict(row) | {"raw": row.cells or row.raw}


def shown(found: FailedFound, settings: Settings) -> Answer:
    """Some failed rows, whole."""

    def lines(style: Style) -> list[str]:
        return [line for row in found.rows for line in [*_shown(row, style, settings), ""]][:-1]

    return Answer([_described(row) for row in found.rows], lines)


def _shown(row: Failed, style: Style, settings: Settings) -> list[str]:
    at = _moment(row.refused_at, settings)
    lines = [
        style.bold(f"{row.id}  {row.state}"),
        clean(
            f"  {short(row.file)}:{row.line}, for {row.table}, from {row.source}, refused at {at} by load {row.batch}"
        ),
    ]
    if row.handled_at:
        what = f"{row.state} by" if row.state != "open" else "reopened by"
        because = f"  {what} {row.handled_by} at {_moment(row.handled_at, settings)}: {row.handled_because}"
        lines += paragraph(clean(because), style, "", then="  ")
    lines += [line for problem in row.problems for line in paragraph(_problem(problem), style, "  ✗ ", then="")]
    wrong = {problem.column for problem in row.problems}
    room = max((len(name) for name in row.cells), default=0)
    for name, text in row.cells.items():
        mark = "✗" if name in wrong else " "
        line = clean(f"  {mark} {name:{room}}  {'' if text is None else text}")
        lines.append(style.bold(line) if name in wrong else line)
    if not row.cells:
        lines.append(clean(f"    {row.raw}"))
    if row.state == "open":
        first = next(iter(wrong), "") or "COLUMN"
        lines += paragraph(
            clean(f"→ tenure failed replay {row.id} --set {first}=VALUE --by NAME --reason TEXT, or: tenure failed discard {row.id}"),
            style, "  ",
        )  # fmt: skip
    return lines


def _problem(problem: Problem) -> str:
    value = "" if problem.value is None else f" {problem.value!r}"
    return clean(f"{problem.column}{value} {problem.reason} ({problem.code})".strip())


def _moment(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(settings.zone):%Y-%m-%d %H:%M}"


def mended(found: MendedRows) -> Answer:
    """What became of rows that were replayed."""

    def lines(style: Style) -> list[str]:
        told = []
        for one in found.refused[:_REFUSED]:
            told += [f"{one.id}: {_problem(problem)}" for problem in one.problems]
        if len(found.refused) > _REFUSED:
            told.append(f"… {len(found.refused) - _REFUSED:,} more are refused")
        would = " would be" if found.dry_run else ""
        replayed = (
            f"{len(found.replayed):,}{would} replayed ({found.loaded:,} loaded, {found.unchanged:,} unchanged, "
            f"{found.superseded:,} superseded)"
        )
        parts = [replayed, f"{len(found.refused):,} refused again"]
        if found.outdated:
            parts.append(f"{found.outdated:,} known better from a later load")
        if found.others:
            parts.append(f"{found.others:,} were not open")
        text = "; ".join(parts)
        told += paragraph(f"{text}.", style)
        return [*told, "A dry run: nothing was changed."] if found.dry_run else told

    return Answer(found, lines, good=not found.refused)


def discarded(found: Discarded, *, reopen: bool) -> Answer:
    """What became of rows that were discarded, or reopened."""
    what = "reopened" if reopen else "discarded"
    others = f"; {found.others:,} were not {'discarded' if reopen else 'open'}" if found.others else ""
    return Answer(found, lambda _style: [f"{counted_(len(found.ids), 'row')} {what}{others}."])


def reloaded(found: Reloaded) -> Answer:
    """What became of a file under another map, or would."""
    reports = [(name, report) for name, report in [("before", found.before), *(("now", one) for one in found.reports)]]
    data = {"map": found.map, "dry_run": found.dry_run, "mended": found.mended} | {
        "before": found.before.as_dict(), "now": [report.as_dict() for report in found.reports]
    }  # fmt: skip

    def lines(style: Style) -> list[str]:
        if not found.reports:
            return (
                (found.map or "# It was loaded without a map: columns are called as in the table.").rstrip().split("\n")
            )
        table = Table(
            [Column(""), Column("file", flexible=True, head=True), *(Column(n, right=True) for n in _CAME[:5])]
        )
        for name, report in reports:
            counts = [f"{getattr(report, column):,}" for column in _CAME[:5]]
            table.rows.append(
                ["would be" if name == "now" and found.dry_run else name, clean(short(report.file)), *counts]
            )
        told = [
            clean(f"{short(report.file)}:{row.line}: {row.column} {row.value!r}: {row.reason}")
            for report in found.reports for row in report.failed[:_REFUSED]
        ]  # fmt: skip
        note = ["A dry run: nothing was changed."] if found.dry_run else []
        if found.mended:
            note.append(f"Mended by hand before, and again now: {counted_(found.mended, 'row')}.")
        return [*told, *([""] if told else []), *table.lines(style), *note]

    return Answer(data, lines)


def counted(found: Reconciled) -> Answer:
    """What came in, what became of it, and whether it is there."""
    return Answer(found, lambda style: [*_sums(found), *_came(found, style), *_sent(found, style), *_differing(found, style)],
                  good=not found.mismatches)  # fmt: skip


def _sums(found: Reconciled) -> Iterable[str]:
    if not found.came and not found.sent:
        yield "Nothing was received yet."


def _came(found: Reconciled, style: Style) -> list[str]:
    if not found.came:
        return []
    table = Table([Column("day"), Column("source", flexible=True), Column("loads", right=True, rank=1),
                   *(Column(name, right=True) for name in _CAME)])  # fmt: skip
    for one in found.came:
        table.rows.append([f"{one.day}", clean(one.source), f"{one.loads:,}", *(f"{getattr(one, n):,}" for n in _CAME)])
    told = "read = loaded + unchanged + superseded + rejected; rejected = open + replayed + discarded"
    return [*table.lines(style), style.grey(told), ""]


def _sent(found: Reconciled, style: Style) -> list[str]:
    if not found.sent:
        return []
    table = Table([Column("day (UTC)"), Column("events of", flexible=True), Column("received", right=True),
                   Column("again", right=True)])  # fmt: skip
    table.rows += [[f"{one.day}", clean(one.source), f"{one.received:,}", f"{one.again:,}"] for one in found.sent]
    waiting = sum(found.waiting.values())
    told = (
        f"{found.handed:,} events taken in, {waiting:,} waiting; {found.aside:,} of them say nothing that is kept, "
        f"{found.merged:,} what a later one says again"
    )
    return [*table.lines(style), *(style.grey(line) for line in paragraph(told, style)), ""]


def _differing(found: Reconciled, style: Style) -> list[str]:
    if not found.mismatches:
        return ["All that was counted is there."]
    lines = []
    for one in found.mismatches:
        lines += paragraph(f"!! {clean(one.where)}: {clean(one.message)}", style, "", then="   ")
        lines += paragraph(f"→ {one.fix}", style, "   ")
    return lines
