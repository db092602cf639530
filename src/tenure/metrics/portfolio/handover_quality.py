"""``handover_quality``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.portfolio.ownership import ownership
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

SEVERAL, NOTHING = "several", "no hand-over"


@metric(by=("item", "seller", "agent"), unit="share", counted=True)
def handover_quality(
    w: World,
    p: Periods,
    unit: Literal["per_handover", "per_item"] = "per_handover",
    when: Literal["ever", "on_time"] = "ever",
) -> Ratio:
    """The share of the accounts won in the period that sales handed over to success completely.

    Formula: accounts of which every item of the hand-over is done / accounts won in the period. An account is won once: when it
    first reached the milestone closed_won, or without one when its first opportunity of the kind new was won. The items are
    the ``sales_to_success`` rows of the table ``handover_item`` and those that the settings declare for every hand-over
    (``handover.items``); an account of which nothing is noted was not handed over. Done is what was done up to now, also late
    (variant ``on_time``: by the end of its due day). An item noted twice is done if either is.

    What is not done before the end of its due day is missing, without one when ``handover.grace_days`` (14) are over since the deal. As
    long as nothing is missing yet, the hand-over is left out as ``still open``, and ``bounds`` gives the rate if all of those
    stay incomplete and if all are completed.

    Sliced by ``item``, an incomplete hand-over stands under what it lacks: the one missing item, ``several``, or
    ``no hand-over``; a complete one has none. Variant ``per_item``: items done / items, each for itself, so that
    ``item`` names what is missing how often; accounts of which nothing is noted are left out there as ``no hand-over``.
    ``seller`` handed over and ``agent`` took over, where all items name the same. Who is named as both only took over.

    Undefined (null) when nothing was won. Unit: share. Interval: Wilson, 95 %. Owner: when it was won; where nobody was then, the
    first owner within the days of grace (``ownership.grace_days``).
    """
    won = _laid(w, p)
    items = _states(w, won, _items(w, won), when)
    if unit == "per_item":
        bare = won.anti_join(items, "account_id")
        left_out = ibis.literal(NOTHING)
        bare = _rows(bare.mutate(item=left_out, done=0, open=0, noted=0, seller=_NONE, agent=_NONE))
        rows = _rows(items).union(bare.mutate(excluded=left_out).select(_rows(items).columns))
    else:
        rows = _rows(_whole(w, won, items))
    return Ratio(rows, "done", "base", spread="wilson", open="open", clustered=True)


_NONE = ibis.null("string")


def _rows(t: ir.Table) -> ir.Table:
    """The rows as a figure takes them."""
    whole = {name: t[name].cast("int64") for name in ("done", "open")}
    excluded = (t.open == 1).ifelse(ibis.literal("still open"), None)
    return t.select("account_id", "period", "at", "item", "seller", "agent", **whole, base=1, excluded=excluded)


def _laid(w: World, p: Periods) -> ir.Table:
    """The accounts won in a period: ``account_id, period, at, grace_end``."""
    m = unit_of(w, w.milestone)
    m = m.filter(m.kind == "closed_won", m.completed_at < w.now)
    m = m.group_by("account_id").agg(reached=m.completed_at.min())
    o = unit_of(w, w.opportunity)
    o = o.filter(o.kind == "new", o.status == "won", o.closed_at < w.now)
    o = o.group_by("account_id").agg(sold=o.closed_at.min())
    t = m.select("account_id").union(o.select("account_id"), distinct=True)
    t = beside(beside(t, m, ["account_id"]), o, ["account_id"])
    t = t.select("account_id", won=ibis.coalesce(t.reached, t.sold))
    owned = ownership(w)
    owned = owned.group_by("account_id").agg(came=owned.valid_from.min())
    t = beside(t, owned, ["account_id"])
    soon = t.won + ibis.interval(days=w.settings.ownership.grace_days)
    later = (t.came > t.won) & (t.came <= soon) & (t.came < w.now)
    t = t.mutate(
        at=later.fill_null(False).ifelse(t.came, t.won),
        grace_end=t.won + ibis.interval(days=w.settings.handover.grace_days),
    )
    j = p.join(t, [t.won >= p.opens, t.won < p.closes])
    return j.select("account_id", "period", "at", "grace_end")


def _items(w: World, won: ir.Table) -> ir.Table:
    """What is to be handed over of an account: ``account_id, item, done_at, due_end, noted`` and who to whom."""
    h = unit_of(w, w.handover_item)
    h = h.filter(h.kind == "sales_to_success")
    giver = (h.from_id != h.to_id).ifelse(h.from_id, None)  # whoever took it over said that it is done
    h = h.select(
        "account_id", "item", "done_at", "due_end", "to_id", from_id=giver, noted=ibis.literal(1).cast("int64")
    )
    for item in w.settings.handover.items:
        moment = ibis.null("timestamp(6)")
        more = won.select(
            "account_id", item=ibis.literal(item), done_at=moment, due_end=moment, from_id=_NONE, to_id=_NONE,
            noted=ibis.literal(0).cast("int64"),
        )  # fmt: skip
        h = h.union(more.distinct())
    g = h.group_by(["account_id", "item"]).agg(
        done_at=h.done_at.min(), due_end=h.due_end.max(), noted=h.noted.max(),
        from_id=h.from_id.min(), from_last=h.from_id.max(), to_id=h.to_id.min(), to_last=h.to_id.max(),
    )  # fmt: skip
    return g.mutate(
        seller=(g.from_id == g.from_last).ifelse(g.from_id, None), agent=(g.to_id == g.to_last).ifelse(g.to_id, None)
    ).drop("from_id", "from_last", "to_id", "to_last")


def _states(w: World, won: ir.Table, items: ir.Table, when: str) -> ir.Table:
    """The items of accounts won, with ``done`` and ``open`` (0 or 1): neither is missing."""
    j = beside(won, items, ["account_id"], how="inner")
    due = ibis.coalesce(j.due_end, j.grace_end)
    done = (j.done_at < (w.now if when == "ever" else ibis.least(due, w.now))).fill_null(False)
    return j.mutate(done=done.ifelse(1, 0), open=(~done & (due > w.now)).ifelse(1, 0))


def _whole(w: World, won: ir.Table, items: ir.Table) -> ir.Table:
    """Each account won, with what its hand-over lacks."""
    missing = (items.done == 0) & (items.open == 0)
    g = items.group_by(["account_id", "period"]).agg(
        all=items.count(), ready=items.done.sum(), lacks=missing.ifelse(1, 0).sum(), noted=items.noted.max(),
        lacking=items.item.max(where=missing),
        seller=items.seller.min(), last_seller=items.seller.max(), agent=items.agent.min(), last_agent=items.agent.max(),
    )  # fmt: skip
    t = beside(won, g, ["account_id", "period"])
    nothing = t.noted.fill_null(0) == 0
    complete = (t.ready == t["all"]).fill_null(False)
    waits = ~complete & nothing.ifelse(t.grace_end > w.now, t.lacks == 0)
    item = ibis.cases(
        (complete | waits, _NONE),
        (nothing, ibis.literal(NOTHING)),
        (t.lacks > 1, ibis.literal(SEVERAL)),
        else_=t.lacking,
    )
    return t.mutate(
        done=complete.ifelse(1, 0), open=waits.ifelse(1, 0), item=item,
        seller=(t.seller == t.last_seller).ifelse(t.seller, None), agent=(t.agent == t.last_agent).ifelse(t.agent, None),
    )  # fmt: skip
