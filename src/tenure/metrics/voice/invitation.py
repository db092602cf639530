"""Invitations by the period in which they were sent, and the response rate beside other figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.voice.asked import asked
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Marks rows that only serve the figures shown beside another: nobody is left out by them.
BESIDE = ""
#: The response rate as a further ratio of rows that went through ``with_invitations``.
RESPONSE = {"response_rate": ("responded", "delivered")}


@fact(kept=(("month", "period"),), dated=True)
def invitation(w: World, p: Periods) -> ir.Table:
    """One row for each invitation that was sent inside a period.

    Columns: ``account_id`` (null where there is none), ``answer_id, period, at`` (when it was sent, else delivered),
    ``survey, question, kind, wave, scale, agent`` (as of the sending), ``is_anonymous``, ``delivered`` and ``responded`` (0 or
    1; what was answered was delivered).

    Where a survey records deliveries, an invitation without one did not arrive; those sent before the month in which
    its records begin, and all of a survey that has none, count as delivered.
    """
    a = asked(w)
    recorded = a.filter(a.arrived.notnull()).group_by("survey").agg(first=lambda t: t.sent.min())
    a = beside(a, recorded, ["survey"])
    unrecorded = a["first"].isnull() | (a.sent.truncate("M") < a["first"].truncate("M"))
    responded = a.replied.notnull()
    a = a.mutate(
        delivered=(a.arrived.notnull() | responded | unrecorded).ifelse(1, 0).cast("int64"),
        responded=responded.ifelse(1, 0).cast("int64"),
    )
    periods = p.select("period", "opens", "closes")
    j = periods.join(a, [a.sent >= periods.opens, a.sent < periods.closes])
    return j.select(
        "account_id", "answer_id", "period", "survey", "question", "kind", "wave", "scale", "is_anonymous", "delivered",
        "responded", agent="agent_sent", at="sent",
    )  # fmt: skip


def with_invitations(answers: ir.Table, invitations: ir.Table) -> ir.Table:
    """The rows of both, for a figure of answers that shows the response rate beside it (``RESPONSE``).

    An invitation belongs to the period in which it was sent, its answer to the one in which it was given: the same
    one may be in both. Of invitations, columns that they lack are null.
    """
    zero = ibis.literal(0).cast("int64")
    answers = answers.mutate(delivered=zero, responded=zero)
    invitations = invitations.mutate(excluded=ibis.literal(BESIDE))
    missing = {name: ibis.null(kind) for name, kind in answers.schema().items() if name not in invitations.columns}
    return answers.union(invitations.mutate(**missing).select(answers.columns))
