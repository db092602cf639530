"""What customers said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.voice.asked import asked
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

ANSWER = "answer"


@fact()
def comment(w: World) -> ir.Table:
    """One row for each comment up to now: an answer to a survey with words in it, or a request.

    Columns: ``account_id`` (the survivor of merges; null where there is none), ``answer_id`` or ``request_id``, ``at``
    (when it was said), ``kind`` (``answer``, or the request's: feature, feedback, complaint), ``survey, theme`` and
    ``is_anonymous``. The words themselves are not here. Of an anonymous answer only when and its theme are told: shares
    of themes would tell what the few in a slice said, even where their own cell is hidden.

    An answer has words if it has a text, or what was made of one: a theme or a tone. Without the time of the answer it
    counts as given at the delivery, else the sending.
    """
    a = w.survey_answer
    worded = (a.text.strip() != "").fill_null(False) | a.theme.notnull() | a.sentiment.notnull()
    a = a.mutate(at=ibis.coalesce(a.answered_at, a.delivered_at, a.sent_at)).filter(worded)
    a = a.filter(a["at"] < w.now).select("answer_id", "at")
    said = beside(asked(w), a, ["answer_id"], how="inner")
    none, no = ibis.null("string"), ibis.literal(value=False)
    said = said.mutate(kind=ibis.literal(ANSWER))
    open_ = {name: said.is_anonymous.ifelse(none, said[name]) for name in ("account_id", "answer_id", "kind", "survey")}
    said = said.select("at", "theme", "is_anonymous", **open_, request_id=none)
    r = unit_of(w, w.request)
    r = r.filter(r.created_at < w.now).select(
        "account_id", "request_id", "kind", "theme", at="created_at", answer_id=none, survey=none, is_anonymous=no
    )
    return said.union(r.select(said.columns))


def said_in(p: Periods, comments: ir.Table) -> ir.Table:
    """The comments with the period in which they were made."""
    periods = p.select("period", "opens", "closes")
    j = periods.join(comments, [comments["at"] >= periods.opens, comments["at"] < periods.closes])
    return j.drop("opens", "closes")
