"""Fetch what is new from the sources that are configured, and load it.

Each source goes on where it stopped, whatever stopped it, and what comes twice changes nothing. `tenure serve` does this by
itself, as often as each source says. Sources are added by `tenure source`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.output import answer_json, paragraph, remark, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.cli.table import Column, Table, clean
from tenure.core.errors import TenureError, UsageError

if TYPE_CHECKING:
    from tenure.cli.parser import Parser
    from tenure.engine.sync.pull import Synced
    from tenure.engine.sync.writing import Wrote

NAME = "sync"
EXAMPLE = "tenure sync"
_SHOWN = 5


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="which ones (default: all that are on)")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Fetch from one after the other. Exits with 3 where one could not be fetched; the others are, all the same."""
    from tenure.engine.sync import configured
    from tenure.engine.sync.means import Means
    from tenure.engine.sync.pull import sync
    from tenure.engine.sync.writing import write

    known = configured.read(home)
    wanted = [configured.one(home, name) for name in args.sources] or [one for one in known.values() if one.on]
    if not wanted:
        fix = "Add one: tenure source add KIND NAME" if not known else "Switch one on: tenure source on NAME"
        raise UsageError("No source is to be fetched from.", code="no_source", where=configured.FILE, fix=fix)
    done: list[Synced] = []
    wrote: list[Wrote] = []
    failed: list[tuple[str, TenureError]] = []
    with opened(home) as workspace:
        for source in wanted:
            try:
                done.append(sync(workspace.home, source, Means(), workspace.call, workspace.progress))
                if done[-1].loaded:
                    wrote.append(write(workspace.home, source, Means(), workspace.call))
            except TenureError as error:
                failed.append((source.name, error))
    if args.format == "json":
        answer_json(
            [_as_dict(one) | _wrote(one.source, wrote) for one in done],
            [f"{name}: {fault.message}" for name, fault in failed],
        )
    else:
        say([*_told(done), *_written(wrote)])
        for name, fault in failed:
            remark(f"{name}: {fault}")
    return max((fault.exit_code for _, fault in failed), default=0)


def _as_dict(one: Synced) -> dict[str, object]:
    return {
        "source": one.source, "pages": one.pages, "objects": one.objects, "changed": one.changed, "taken_back": one.taken_back,
        "loaded": one.loaded, "troubles": one.troubles, "remarks": list(one.remarks),
        "files": [report.as_dict() for report in one.reports],
    }  # fmt: skip


def _wrote(name: str, wrote: list[Wrote]) -> dict[str, object]:
    found = next((one for one in wrote if one.source == name), None)
    return {"written": found.written if found else 0, "refused": found.refused if found else {}}


def _written(wrote: list[Wrote]) -> list[str]:
    """How many accounts were told what Tenure found out, and which were refused."""
    lines: list[str] = []
    for one in wrote:
        if one.written or one.refused:
            lines += ["", f"{one.source}: {one.written:,} accounts written, {len(one.refused):,} refused"]
            lines += [f"  {clean(key)}: {clean(why)}" for key, why in list(one.refused.items())[:_SHOWN]]
    return lines


def _told(done: list[Synced]) -> list[str]:
    """What needs to be said of each source first; then a line for each."""
    lines: list[str] = []
    style = of_output()
    for one in done:
        for report in one.reports:
            for row in report.failed[:_SHOWN]:
                value = "" if row.value is None else f" {clean(row.value)!r}"
                lines.append(f"{clean(report.file)}:{row.line}: {clean(row.column)}{value}: {clean(row.reason)}")
            if report.rejected > min(len(report.failed), _SHOWN):
                lines.append(
                    f"{clean(report.file)}: {report.rejected - min(len(report.failed), _SHOWN):,} more rows refused"
                )
        for stream, why in one.troubles.items():
            lines += paragraph(f"{one.source}: {stream} is not fetched: {clean(why)}", style)
        for said in one.remarks if one.changed or one.objects else ():
            lines += paragraph(f"{one.source}: {clean(said)}", style)
        if not one.loaded:
            lines += paragraph(f"{one.source}: nothing is loaded before the first pass is through.", style)
    names = ("fetched", "new or changed", "rows loaded", "unchanged", "taken back", "rejected")
    table = Table([Column("source", flexible=True, head=True), *(Column(name, right=True) for name in names)])
    for one in done:
        loaded = sum(report.loaded + report.superseded for report in one.reports)
        unchanged, rejected = (sum(getattr(r, name) for r in one.reports) for name in ("unchanged", "rejected"))
        counts = (one.objects, one.changed, loaded, unchanged, one.taken_back, rejected)
        table.rows.append([one.source, *(f"{count:,}" for count in counts)])
    if done:
        lines += [*([""] if lines else []), *table.lines(style)]
    return lines
