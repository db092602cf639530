"""Who was asked what, and what they answered: invitations as known, before any period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import World, fact, meant

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Scales that a figure may be about, as (lowest, highest) score. 0-1 is bad or good.
SCALES = ((0, 10), (1, 10), (1, 7), (1, 5), (0, 1))
#: What surveys may ask: the surveys of that name, and those named after it, as ``nps_onboarding``.
QUESTIONS = ("nps", "csat", "ces")


@fact(steady=True, apiece=("answer_id",))
def asked(w: World) -> ir.Table:
    """One row for each invitation.

    Columns: ``answer_id, account_id`` (the survivor of merges; null where there is none), ``person_id, survey,
    question`` (one of ``QUESTIONS``, or null), ``kind, wave, theme, is_anonymous, ticket_id``, who was asked about, as of the sending
    and as of the answer (``agent_sent, agent_replied``), and

    * ``sent``: when it was sent, else delivered; null where only the answer is known,
    * ``arrived``: when it was delivered,
    * ``replied``: when it was answered; a score without that time counts as given at the delivery, else the sending,
    * ``scale`` (``0-10``, ... or ``other``), ``score`` (turned round where low is good) and ``flaw``: why it is none.

    An invitation without an account is its ticket's account's, else its person's. What is dated later than now has not
    happened.
    """
    a = meant(w.survey_answer, "answer_id")
    people = w.person.select("person_id", person_account="account_id")
    tickets = w.ticket.select("ticket_id", "assignee_id", ticket_account="account_id")
    a = beside(beside(a, people, ["person_id"]), tickets, ["ticket_id"])
    a = a.mutate(account_id=ibis.coalesce(a.account_id, a.ticket_account, a.person_account))
    answered = a.answered_at.notnull() | a.score.notnull()
    replied = answered.ifelse(ibis.coalesce(a.answered_at, a.delivered_at, a.sent_at), None)
    turned = a.low_is_good.fill_null(False).ifelse(
        (a.scale_min + a.scale_max - a.score).cast("decimal(18, 4)"), a.score
    )
    a = a.select(
        "answer_id", "account_id", "person_id", "survey", "wave", "theme", "ticket_id", "agent_id", "assignee_id",
        "csm_id",
        question=_question(a),
        kind=a.kind.fill_null("relational"),
        is_anonymous=a.is_anonymous.fill_null(False),
        sent=ibis.coalesce(a.sent_at, a.delivered_at),
        arrived=(a.delivered_at < w.now).ifelse(a.delivered_at, None),
        replied=(replied < w.now).ifelse(replied, None),
        scale=_scale(a),
        score=turned,
        flaw=ibis.cases(
            (a.score.isnull(), "no score"),
            ((a.score < a.scale_min) | (a.score > a.scale_max), "score outside its scale"),
            else_=ibis.null("string"),
        ),
    )  # fmt: skip
    return _with_agents(w, unit_of(w, a))


@fact(steady=True)
def holder(w: World) -> ir.Table:
    """Who had a ticket, and when: ``ticket_id, holder, taken, given`` (instants; far future for the last one)."""
    h = w.ticket_assignee.select("ticket_id", "csm_id", "at").distinct()
    order = ibis.window(group_by="ticket_id", order_by=["at", "csm_id"])
    far = ibis.literal(FAR).cast("timestamp(6)")
    return h.select("ticket_id", holder="csm_id", taken="at", given=ibis.coalesce(h["at"].lead().over(order), far))


def _with_agents(w: World, rows: ir.Table) -> ir.Table:
    """The rows with ``agent_sent`` and ``agent_replied``: who had the ticket then; else the agent or success manager asked about.

    Without a history of the ticket's hands, the agent named by the survey comes before the ticket's last assignee.
    """
    for when in ("sent", "replied"):
        rows = beside(rows, holder(w), ["ticket_id"], within=(when, "taken", "given"))
        agent = ibis.coalesce(rows.holder, rows.agent_id, rows.assignee_id, rows.csm_id)
        rows = rows.mutate(**{f"agent_{when}": agent}).drop("holder", "taken", "given")
    return rows.drop("agent_id", "assignee_id", "csm_id")


def _question(a: ir.Table) -> ir.StringValue:
    name = a.survey.lower()
    known = [
        ((name == question) | name.substr(0, len(question) + 1).isin([question + mark for mark in "_- "]), question)
        for question in QUESTIONS
    ]
    return ibis.cases(*known, else_=ibis.null("string"))


def _scale(a: ir.Table) -> ir.StringValue:
    known = [((a.scale_min == low) & (a.scale_max == high), f"{low}-{high}") for low, high in SCALES]
    return ibis.cases(*known, else_="other")
