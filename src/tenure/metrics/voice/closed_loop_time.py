"""``closed_loop_time``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.elapsed import lasting
from tenure.metrics.join import beside
from tenure.metrics.kinds import Cases, metric
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.voice.asked import asked
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: The highest score that is low, by scale.
LOW = {"0-10": 6, "1-10": 6, "1-7": 3, "1-5": 2, "0-1": 0}


@metric(by=("source",), unit="days", better="less")
def closed_loop_time(w: World, p: Periods, counted: Literal["by_start", "by_end"] = "by_start") -> Cases:
    """The time from a request or a low answer until the customer was told what came of it: that by which half were.

    Formula: the Kaplan-Meier median of the time from ``created_at`` to ``informed_at`` of requests, feedback and
    complaints, and from the answer to ``followed_up_at`` of low survey answers, over those of the period. Whoever has not
    been told yet counts for as long as it has waited. Low is 0-6 of 10, 1-3 of 7, 1-2 of 5 and bad of good or bad, turned
    round where low is good. Anonymous answers cannot be followed up and are left out. Sliced by ``source``: request,
    answer. Variant ``by_end``: those told in the period instead, which leaves out whoever waits, and so is biased.

    Beside it: by when nine of ten were told, the mean of those who were, and how many were not.

    Undefined (null) as long as fewer than half were told. Unit: days. Interval: Greenwood's on log(-log S), 95 %. Owner:
    when the request or answer came.
    """
    return Cases(lasting(w, p, _requests(w).union(_answers(w)), counted), unit="days")


def _requests(w: World) -> ir.Table:
    r = unit_of(w, w.request)
    return _cases(r, "request", "created_at", "informed_at")


def _answers(w: World) -> ir.Table:
    a = asked(w)
    a = a.filter(a.replied.notnull(), a.flaw.isnull(), ~a.is_anonymous, is_low(a))
    a = beside(a, w.survey_answer.select("answer_id", "followed_up_at"), ["answer_id"])
    return _cases(a, "answer", "replied", "followed_up_at")


def is_low(answers: ir.Table) -> ir.BooleanValue:
    """Whether an answer is low, of rows with ``scale`` and ``score``."""
    return ibis.or_(*((answers.scale == scale) & (answers.score <= score) for scale, score in LOW.items()))


def _cases(rows: ir.Table, source: str, starts: str, ends: str) -> ir.Table:
    never = ibis.null("timestamp(6)")
    return rows.select("account_id", starts=rows[starts], ends=rows[ends], left=never, source=ibis.literal(source))
