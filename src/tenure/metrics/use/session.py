"""Sessions: uses that follow each other without a long pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.elapsed import seconds_between
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.use.done import by_people, uses
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: How far around a period is looked, so that no session is cut at its ends.
_AROUND = 1


def session(w: World, p: Periods) -> ir.Table:
    """One row for each session that began inside a period.

    Columns: ``account_id, person_id`` (null where nobody is named), ``period, at`` (when it began), ``events`` (how
    many), ``one_event`` (0 or 1) and ``seconds``: from the beginning of the first event to the end of the last; null
    for a session of one event of which it is not known how long it lasted.

    Uses with a ``session_id`` are of one session; the others, of a person, are cut where nothing was done for so many
    minutes as the setting ``use.idle_minutes`` says, from the end of one event to the next. Uses with neither person
    nor session are left out, and so are our own people and technical users. A session that began in the period goes on
    after its close, up to a day and never later than now.
    """
    e = _events(w, p)
    in_order = ["begins", "ends", "event_id"]  # the id, so that what happened at once has an order
    own = ibis.window(group_by=["account_id", "person_id", "period"], order_by=in_order)
    cut = e.filter(e.session_id.isnull())
    so_far = ibis.window(group_by=["account_id", "person_id", "period"], order_by=in_order, preceding=None, following=0)
    cut = cut.mutate(reached=cut.ends.max().over(so_far))
    cut = cut.mutate(before=cut.reached.lag().over(own))
    idle = ibis.interval(minutes=w.settings.use.idle_minutes)
    opens = cut.before.isnull() | (cut.begins > cut.before + idle)
    cut = cut.mutate(first=opens.ifelse(1, 0))
    cut = cut.mutate(nth=cut["first"].sum().over(so_far).cast("int64")).select(*e.columns, "nth")
    told = e.filter(e.session_id.notnull()).mutate(nth=ibis.literal(0).cast("int64"))
    rows = cut.union(told.select(cut.columns))
    rows = rows.mutate(who=ibis.coalesce(rows.person_id, ""), thing=ibis.coalesce(rows.session_id, ""))
    g = rows.group_by(["account_id", "who", "thing", "nth", "period", "opens", "closes"]).agg(
        person_id=rows.person_id.max(), begun=rows.begins.min(), over=rows.ends.max(), events=rows.count()
    )
    g = g.filter(g.begun >= g.opens, g.begun < g.closes)
    length = seconds_between(g.begun, g.over)
    unknown = (g.events == 1) & (length == 0)
    return g.select(
        "account_id", "person_id", "period", at="begun", events=g.events.cast("int64"),
        one_event=(g.events == 1).ifelse(1, 0).cast("int64"),
        seconds=unknown.ifelse(None, length),
    )  # fmt: skip


def _events(w: World, p: Periods) -> ir.Table:
    """The uses around each period, with when they began and ended."""
    u = uses(w)
    u = u.filter(u.person_id.notnull() | u.session_id.notnull())
    around = ibis.interval(days=_AROUND)
    j = p.join(u, [u.occurred_at >= p.opens - around, u.occurred_at < p.closes + around])
    lasted = j.seconds.fill_null(0).floor().cast("int64")
    j = j.select(
        "event_id", "account_id", "person_id", "session_id", "period", "opens", "closes", begins="occurred_at",
        ends=j.occurred_at + lasted.as_interval("s"),
    )  # fmt: skip
    return unit_of(w, by_people(w, j))
