"""Inquiries: questions to success managers, as known, before any period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING, unit_of
from tenure.metrics.revenue.line import FAR
from tenure.metrics.support.business_time import read, with_schedule
from tenure.metrics.world import World, fact, meant

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(everywhere=True, steady=True, apiece=("inquiry_id",))
def inquiries(w: World) -> ir.Table:
    """One row for each inquiry: ``inquiry_id, account_id, agent`` (the success manager asked), ``schedule_id`` (hers, else the
    default) and, as instants with their readings (``..._shown``), ``asked``, ``answered`` (else when it was settled) and ``settled``,
    null while it is not.

    What is dated later than now has not happened; nothing is before the question.
    """
    i = meant(w.inquiry, "inquiry_id")
    i = unit_of(w, i.filter(i.asked_at < w.now))
    s = w.csm
    since = ibis.coalesce(s.valid_from, instant(BEGINNING))
    s = spans(s.select("csm_id", "schedule_id", since=since), "csm_id")
    i = with_schedule(w, beside(i, s, ["csm_id"], within=("asked_at", "since", "until")))

    def known(moment: ir.TimestampValue) -> ir.TimestampValue:
        return (moment < w.now).ifelse(ibis.greatest(moment, i.asked_at), None)

    i = i.select(
        "inquiry_id", "account_id", "schedule_id", agent="csm_id", asked="asked_at",
        answered=known(ibis.coalesce(i.answered_at, i.resolved_at)), settled=known(i.resolved_at),
    )  # fmt: skip
    return read(w, i, "asked", "answered", "settled")


def spans(rows: ir.Table, *keys: str) -> ir.Table:
    """Rows that hold from ``since`` on, each ``until`` the next one of the same keys."""
    following = rows.since.lead().over(ibis.window(group_by=list(keys), order_by="since"))
    return rows.mutate(until=ibis.coalesce(following, instant(FAR)))


def instant(text: str) -> ir.TimestampScalar:
    """An instant as a literal."""
    return ibis.literal(text).cast("timestamp(6)")
