"""What an audit of the data looks at, filled in as far as the system can tell, and the rows that a person is to compare."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from tenure.core.accept import Severity
from tenure.core.period import Period, instant
from tenure.engine import checked
from tenure.engine.audits import Point, Sample
from tenure.engine.verbs.billing import Billing, billing
from tenure.warehouse.checks.world import key_text
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Type
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.warehouse.table import Table

#: Columns of a row that are shown, and tables whose rows nobody exported.
_SHOWN = 6
_OURS = {
    "annotation",
    "approval",
    "close",
    "retraction",
    "decision",
    "score",
    "exchange_rate",
    "holiday",
    "schedule",
    "target",
}


def points(desk: Desk, period: Period, now: datetime) -> tuple[Point, ...]:
    """All points of an audit, in order."""
    return (
        *_checks(desk, period), *_loads(desk, period), _sources(desk, period), _reconciliation(desk), _closed(desk, period, now),
    )  # fmt: skip


def _span(desk: Desk, period: Period) -> tuple[str, str]:
    """SQL of the period's first moment and the one after its last."""
    zone = desk.settings.timezone
    first, last = (f"TIMESTAMP '{instant(day, zone)}'" for day in (period.start, period.end))
    return first, last


def _checks(desk: Desk, period: Period) -> Iterator[Point]:
    kept = checked.rounds(desk.home)
    last = kept[-1] if kept else None
    if last is None:
        yield Point("checks", "no round was kept: tenure run and the daily round keep what checks find", None, "checks")
        return
    holding = [seen.name for seen in last.found if seen.severity is Severity.BLOCKS]
    warning = [seen.name for seen in last.found if seen.severity is Severity.WARNS]
    told = f"of {last.checks} checks {len(last.found)} find something"
    told += f"; {', '.join(holding)} hold figures" if holding else ", none holds figures"
    yield Point(
        "checks", told + (f"; warnings: {', '.join(warning)}" if warning else ""), not holding and not warning, "checks"
    )
    zone = desk.settings.timezone
    first, end = instant(period.start, zone), instant(period.end, zone)
    inside = [one for one in kept if first <= one.at.replace(tzinfo=None) < end]
    days = len({one.at.date() for one in inside})
    whole = (period.end - period.start).days
    yield Point("rounds", f"checked on {days} of {whole} days", days >= 0.9 * whole, "checks")


def _loads(desk: Desk, period: Period) -> Iterator[Point]:
    first, last = _span(desk, period)
    inside = f"b.known_at >= {first} AND b.known_at < {last}"
    ((loads, read, refused, odd, taken_back),) = desk.store.rows(
        "SELECT count(*), coalesce(sum(read), 0)::BIGINT, coalesce(sum(rejected), 0)::BIGINT, "
        "count(*) FILTER (read <> loaded + unchanged + superseded + rejected), count(*) FILTER (retracted_by IS NOT NULL) "
        f"FROM main.batch b WHERE {inside}"
    )
    yield Point("loads", f"{loads:,} loads of {read:,} rows; of {odd:,} the counters do not add up", odd == 0, "data")
    yield Point("failed_rows", f"{refused:,} rows were refused", refused == 0, "failed_rows")
    yield Point("taken_back", f"{taken_back:,} loads were taken back", taken_back == 0, "data")


def _sources(desk: Desk, period: Period) -> Point:
    first, last = _span(desk, period)
    ((sources, tables),) = desk.store.rows(
        "SELECT count(DISTINCT source), count(DISTINCT table_name) FROM main.batch "
        f"WHERE known_at >= {first} AND known_at < {last} AND read > 0"
    )
    kept = checked.rounds(desk.home)
    stale = kept[-1].of("stale") if kept else None
    told = f"{sources} sources brought rows of {tables} tables"
    return Point("sources", told + (f"; {stale.count} are silent" if stale else ""), stale is None, "checks")


def _reconciliation(desk: Desk) -> Point:
    found = billing(desk, Billing())
    if not found.accounts:
        return Point("reconciliation", "there are no contracts and subscriptions to compare", None, "reconciliation")
    told = f"{found.agree:,} of {found.accounts:,} accounts agree, billing against the CRM"
    return Point("reconciliation", told, found.agree == found.accounts, "reconciliation")


def _closed(desk: Desk, period: Period, now: datetime) -> Point:
    from tenure.core.errors import TenureError
    from tenure.engine.frozen import reported
    from tenure.engine.verbs.show import Show, show
    from tenure.figures.request import Asked

    month = f"{period.start:%Y-%m}" if period.grain.value == "month" else period.label
    asked = Asked("mrr", month, month, grain=period.grain.value)
    try:
        was = list(reported(desk, asked, desk.settings, now))
    except TenureError:
        was = []
    if not was or was[0].value is None:
        return Point("closed", "the period was not closed: nothing says what was reported", None, "restatements")
    is_now = show(desk, Show(asked))[0].value
    told = (
        f"MRR was reported as {was[0].value:,.2f} and is {'unknown' if is_now is None else format(is_now, ',.2f')} now"
    )
    return Point("closed", told, is_now == was[0].value, "restatements")


def samples(desk: Desk, period: Period, count: int) -> tuple[Sample, ...]:
    """Rows that were loaded in a period, drawn by a hash of their place: the same period has the same."""
    first, last = _span(desk, period)
    brought = {
        name for (name,) in desk.store.rows(
            f"SELECT DISTINCT table_name FROM main.batch WHERE known_at >= {first} AND known_at < {last} "
            "AND loaded + superseded > 0 AND retracted_by IS NULL"
        )
    }  # fmt: skip
    found: list[tuple[str, Sample]] = []
    with closing(desk.store.cursor()) as cursor:
        for name in sorted(brought - _OURS):
            table, shown = all_tables()[name], _columns(all_tables()[name])
            parts = ", ".join(f"r.{quoted(column)}::VARCHAR" for column in shown) or "NULL"
            lot = f"md5(concat_ws(' ', {literal(f'{period.start} {name}')}, r.batch, r.line))"
            rows = cursor.execute(
                f"SELECT {lot} AS lot, {key_text(table, 'r')}, b.file, r.line, {parts} FROM main.{quoted(name)} r JOIN main.batch b "
                f"ON b.batch = r.batch WHERE b.known_at >= {first} AND b.known_at < {last} AND b.retracted_by IS NULL "
                f"ORDER BY lot LIMIT {count}"
            ).fetchall()
            found += [(row[0], _sample(table, row, shown)) for row in rows]
    return tuple(sample for _lot, sample in sorted(found, key=lambda one: one[0])[:count])


def _columns(table: Table) -> list[str]:
    """The columns that are shown of a sample: what tells of no person, and is no key."""
    return [
        column.name for column in table.columns
        if not column.personal and column.name not in table.key and column.type is not Type.JSON
    ]  # fmt: skip


def _sample(table: Table, row: tuple[Any, ...], shown: list[str]) -> Sample:
    values = {name: value for name, value in zip(shown, row[4:], strict=False) if value is not None}
    return Sample(table.name, row[1], row[2] or "", row[3], dict(list(values.items())[:_SHOWN]))
