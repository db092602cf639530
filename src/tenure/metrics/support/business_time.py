"""Business time: how long something took while its schedule was open.

A schedule has a clock of its own, which runs while it is open. What it showed at an instant is its reading, in seconds;
business time is the difference of two readings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.elapsed import whole_seconds
from tenure.metrics.join import beside
from tenure.metrics.world import OPEN_HOURS, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(everywhere=True, steady=True, timeline=True)
def business_time(w: World) -> ir.Table:
    """The schedules' own clocks: ``schedule_id, day, starts, ends, shown, running``, one row for each piece of a UTC day.

    At ``starts`` the clock shows ``shown``; it runs for ``running`` seconds and stands until ``ends``. The pieces leave no
    gap from the first ticket or inquiry on.
    """
    return w.open_hours


def with_schedule(w: World, rows: ir.Table) -> ir.Table:
    """The rows whose ``schedule_id`` may be null, with the default instead: that of the settings, else the only one."""
    told = w.settings.support.default_schedule
    if told:
        return rows.mutate(schedule_id=rows.schedule_id.fill_null(told))
    s = w.schedule
    only = s.aggregate(only=(s.schedule_id.nunique() == 1).ifelse(s.schedule_id.min(), None))
    return rows.mutate(schedule_id=ibis.coalesce(rows.schedule_id, only.as_scalar()))


def read(w: World, rows: ir.Table, *instants: str) -> ir.Table:
    """The rows with ``NAME_shown`` for each of these instants: what the clock of their ``schedule_id`` showed then.

    Null without an instant or a schedule, and for a schedule that is not loaded.
    """
    pieces = business_time(w).rename({f"piece_{name}": name for name in OPEN_HOURS if name != "schedule_id"})
    for name in instants:
        rows = rows.mutate(piece_day=rows[name].date())
        rows = beside(rows, pieces, ["schedule_id", "piece_day"], within=(name, "piece_starts", "piece_ends"))
        shown = _shown(rows.piece_shown, rows.piece_starts, rows.piece_running, rows[name])
        rows = rows.mutate(**{f"{name}_shown": shown}).drop(*(name for name in pieces.columns if name != "schedule_id"))
    return rows


def timed(w: World, rows: ir.Table, start: str, end: str) -> ir.Table:
    """The rows with ``seconds`` and ``business_seconds`` from one instant to another, or up to now where that is null.

    The rows carry both instants and their readings (``read``), and ``schedule_id``. Without a schedule there is no
    business time: it is null.
    """
    pieces = business_time(w)
    current = pieces.filter(pieces.starts <= w.now, pieces.ends > w.now)
    current = current.select("schedule_id", now_shown=_shown(current.shown, current.starts, current.running, w.now))
    rows = beside(rows, current, ["schedule_id"])
    ended = rows[end].notnull()
    reading = ended.ifelse(rows[f"{end}_shown"], rows.now_shown)
    return rows.mutate(
        seconds=whole_seconds(ended.ifelse(rows[end], w.now)) - whole_seconds(rows[start]),
        business_seconds=reading - rows[f"{start}_shown"],
    ).drop("now_shown")


def _shown(
    shown: ir.IntegerValue, starts: ir.TimestampValue, running: ir.IntegerValue, moment: ir.TimestampValue
) -> ir.IntegerValue:
    """What a clock that showed ``shown`` at ``starts``, and ran on for ``running`` seconds, shows at a moment."""
    return shown + ibis.least(whole_seconds(moment) - whole_seconds(starts), running)
