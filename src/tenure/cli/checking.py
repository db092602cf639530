"""What `tenure check` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure.cli import numbers
from tenure.cli.output import paragraph, short
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tenure.cli.style import Style
    from tenure.engine import Workspace
    from tenure.engine.checked import Trace
    from tenure.engine.verbs.check import CheckResult
    from tenure.engine.verbs.rows import Page

_WORDS = {"blocks": "holds figures", "warns": "warning", "informs": "for information"}
_ORDER = list(_WORDS)
#: As many metrics are named of those that are held.
_NAMED = 5
#: Rows asked for at once.
_AT_ONCE = 10_000
_BARS = "▁▂▃▄▅▆▇█"
#: Rounds that a line of bars shows.
_ROUNDS = 20


def described(result: CheckResult, trace: Trace) -> dict[str, object]:
    """A check for programs."""
    return {
        "check": result.name,
        "severity": result.severity.value,
        "count": result.count,
        "holds": result.holds,
        "metrics": result.metrics,
        "since": trace.since if result.count else None,
        "message": result.message,
        "fix": result.fix,
        "guide": f"troubleshoot#{result.guide}",
        "tables": result.tables,
        "rows": result.rows,
    }


def traced(trace: Trace) -> dict[str, object]:
    """How a check went, for programs."""
    return {
        "check": trace.name,
        "count": trace.count,
        "since": trace.since,
        "same_since": trace.same_since,
        "last_found": trace.last_found,
        "most": trace.most,
        "history": [{"at": at, "count": count} for at, count in trace.points],
    }


def told(results: Sequence[CheckResult], traces: Mapping[str, Trace], style: Style, rows: int) -> list[str]:
    """The worst first; checks that found nothing in one line."""
    found = sorted((r for r in results if r.count), key=lambda r: (_ORDER.index(r.severity.value), -r.count))
    lines: list[str] = []
    for result in found:
        what = f"{_WORDS[result.severity.value]}, {numbers.counted(result.count, 'row')} of {', '.join(result.tables)}"
        since = traces[result.name].since
        since_told = f", since {since:%Y-%m-%d}" if since else ""
        lines += [f"{style.bold(result.name)}  {what}{since_told}", *paragraph(result.message, style, "  ")]
        lines += [style.grey(_row(row, len(result.tables) > 1)) for row in result.rows[:rows]]
        if result.count > rows:
            more = result.count - min(rows, len(result.rows))
            lines.append(style.grey(f"    … {more:,} more: tenure check {result.name}"))
        if result.metrics:
            lines += paragraph(f"Holds {_metrics(result.metrics)}.", style, "  ")
        lines += [*paragraph(f"→ {result.fix}", style, "  "), ""]
    quiet = [result.name for result in results if not result.count]
    if quiet:
        lines += paragraph(f"Nothing found by {numbers.counted(len(quiet), 'check')}: {', '.join(quiet)}.", style)
    return lines


def _metrics(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{numbers.counted(len(names), 'metric')}: {', '.join(names[:_NAMED])}{more}"


def _row(row: Mapping[str, object], named: bool) -> str:
    """A failing row: which, what, and where it came from."""
    table = f"{row['table_name']} " if named else ""
    place = f"{row['file']}:{row['line']}" if row.get("file") else ""
    key = short(place) if row["key"] == place else row["key"]
    where = f"  ({short(place)})" if place and row["key"] != place else ""
    return clean(f"    {table}{key}: {row['what']}{where}")


def page_told(page: Page, style: Style) -> list[str]:
    """A page of the rows that one check finds."""
    if not page.rows:
        return [f"{page.name} finds nothing{' here' if page.total else ''}."]
    table = Table([
        Column("Table", rank=2), Column("Key"), Column("What", flexible=True), Column("File", rank=1, flexible=True, head=True),
        Column("Line", right=True, rank=1),
    ])  # fmt: skip
    for row in page.rows:
        line = "" if row["line"] is None else str(row["line"])
        table.rows.append([clean(str(value)) for value in (
            row["table_name"], row["key"], row["what"], short(row["file"] or ""), line,
        )])  # fmt: skip
    last = page.offset + len(page.rows)
    told = [*table.lines(style), f"{page.offset + 1:,} to {last:,} of {page.total:,}."]
    return (
        told
        if last >= page.total
        else [*told, f"More: tenure check {page.name} --offset {last}, or all with --format csv"]
    )


def as_csv(workspace: Workspace, check: str, search: str) -> Iterator[str]:
    """All rows that a check finds, as CSV."""
    from tenure.core.csv_text import csv_of

    rows: list[dict[str, Any]] = []
    total = 1
    while len(rows) < total:
        page = workspace.check_rows(check, search=search, offset=len(rows), limit=_AT_ONCE)
        rows, total = [*rows, *page.rows], page.total if page.rows else 0
    yield csv_of(("table_name", "key", "what", "file", "line", "batch"), rows)


def history(traces: Sequence[Trace], rounds: int, style: Style) -> list[str]:
    """Since when each check finds something."""
    if not rounds:
        return ["No round was kept yet: tenure run and the daily round of tenure serve keep what the checks find."]
    if not traces:
        return [f"Nothing was found in {numbers.counted(rounds, 'round')}."]
    table = Table([
        Column("Check"), Column("Rows now", right=True), Column("Since"), Column("The same since", rank=2),
        Column("Most", right=True, rank=1), Column("Last found", rank=3), Column("Rounds", rank=4),
    ])  # fmt: skip
    for one in sorted(traces, key=lambda one: (-one.count, one.name)):
        days = ["" if at is None else f"{at:%Y-%m-%d}" for at in (one.since, one.same_since, one.last_found)]
        table.rows.append([one.name, f"{one.count:,}", days[0], days[1], f"{one.most:,}", days[2], _bars(one)])
    return [*table.lines(style), f"{numbers.counted(rounds, 'round')} kept."]


def _bars(trace: Trace) -> str:
    counts = [count for _, count in trace.points[-_ROUNDS:]]
    return "".join(
        _BARS[min(len(_BARS) - 1, count * len(_BARS) // (trace.most + 1))] if count else "·" for count in counts
    )
