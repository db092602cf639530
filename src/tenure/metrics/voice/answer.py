"""Answers by the period in which they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.voice.asked import asked
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def answer(w: World, p: Periods) -> ir.Table:
    """One row for each invitation that was answered inside a period.

    Columns: ``account_id`` (null where there is none), ``answer_id, period, at`` (when it was answered), ``survey,
    question, kind, wave, theme, agent`` (as of the answer), ``is_anonymous``, ``scale, score`` (turned round where low
    is good; null where ``flaw`` says why it is no answer) and

    * ``outdone``: the same ticket was rated again later, in whatever period,
    * ``superseded``: the same person answered the same survey, kind and wave on the same scale again later in the
      period.
    """
    a = asked(w)
    a = a.filter(a.replied.notnull())
    a = a.mutate(score=a.flaw.isnull().ifelse(a.score, None), round=a.wave.fill_null(""))
    rated = a.filter(a.flaw.isnull(), a.ticket_id.notnull())
    outdone = _not_latest(rated, ["survey", "ticket_id"], ["answer_id"])
    a = beside(a, outdone.mutate(outdone=True), ["answer_id"])
    periods = p.select("period", "opens", "closes")
    j = periods.join(a, [a.replied >= periods.opens, a.replied < periods.closes])
    told = j.filter(j.flaw.isnull(), j.person_id.notnull())
    respondent = ["period", "survey", "kind", "round", "scale", "person_id"]
    superseded = _not_latest(told, respondent, ["period", "answer_id"])
    j = beside(j, superseded.mutate(superseded=True), ["period", "answer_id"])
    return j.select(
        "account_id", "answer_id", "period", "survey", "question", "kind", "wave", "theme", "is_anonymous", "scale", "score",
        "flaw",
        agent="agent_replied",
        at="replied",
        outdone=lambda t: t.outdone.fill_null(False),
        superseded=lambda t: t.superseded.fill_null(False),
    )  # fmt: skip


def of_question(rows: ir.Table, question: str) -> ir.Table:
    """The answers or invitations of the surveys that ask one of ``QUESTIONS``."""
    return rows.filter(rows.question == question)


def excluding(rows: ir.Table, *reasons: tuple[ir.BooleanValue, str]) -> ir.Table:
    """The rows with ``excluded``: the answer's own flaw, else the first of the reasons that holds, else null."""
    why = ibis.cases((rows.flaw.notnull(), rows.flaw), *reasons, else_=ibis.null("string"))
    return rows.mutate(excluded=why)


def _not_latest(rows: ir.Table, group: list[str], key: list[str]) -> ir.Table:
    """The ``key`` of the rows of a group that are followed by a later one. Only groups of several are sorted."""
    several = rows.group_by(group).agg(times=rows.count()).filter(lambda t: t.times > 1)
    rows = rows.select(*dict.fromkeys([*key, *group, "replied", "answer_id"])).semi_join(several, group)
    newest_first = ibis.window(group_by=group, order_by=[ibis.desc("replied"), ibis.desc("answer_id")])
    return rows.mutate(nth=ibis.row_number().over(newest_first)).filter(lambda t: t.nth > 0).select(*key)
