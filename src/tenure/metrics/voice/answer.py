"""Answers by the period in which they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.voice.asked import asked, with_agent
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def answer(w: World, p: Periods) -> ir.Table:
    """One row for each invitation that was answered inside a period.

    Columns: ``account_id`` (null where there is none), ``answer_id, person_id, period, at`` (when it was answered),
    ``survey, kind, wave, theme, agent`` (as of the answer), ``is_anonymous``, ``scale, score`` (turned round where low
    is good; null where ``flaw`` says why it is no answer) and ``outdone``: whether the same ticket was rated again
    later, in whatever period.
    """
    a = asked(w)
    a = a.filter(a.replied.notnull())
    a = a.mutate(counts=a.flaw.isnull())
    again = ibis.window(
        group_by=["survey", "ticket_id", "counts"], order_by=[ibis.desc("replied"), ibis.desc("answer_id")]
    )
    a = a.mutate(outdone=a.ticket_id.notnull() & a.counts & (ibis.row_number().over(again) > 0))
    a = a.mutate(score=a.counts.ifelse(a.score, None))
    j = p.join(a, [a.replied >= p.opens, a.replied < p.closes])
    return with_agent(w, j, "replied").select(
        "account_id", "answer_id", "person_id", "period", "survey", "kind", "wave", "theme", "agent", "is_anonymous",
        "scale", "score", "flaw", "outdone", at="replied",
    )  # fmt: skip


def excluding(rows: ir.Table, *reasons: tuple[ir.BooleanValue, str]) -> ir.Table:
    """The rows with ``excluded``: the answer's own flaw, else the first of the reasons that holds, else null."""
    why = ibis.cases((rows.flaw.notnull(), rows.flaw), *reasons, else_=ibis.null("string"))
    return rows.mutate(excluded=why)
