"""What can happen with an account: of each kind where it is told, when it was, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.figures.dossiers import KNOWN
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.laid import Laid

#: Between the parts of a name that has several.
AND = "|"


@dataclass(frozen=True)
class What:
    """One thing that can happen: ``kind`` groups it for readers, ``what`` says which of that kind it is.

    ``table``: where it is told; ``at``: when it was, and ``key``: what names it (columns, over ``over``, SQL whose ``{rows}``
    are the account's rows of the table with the columns ``reads``). ``told``: the columns that are told of it, ``searched``
    those in which words are looked for. ``late``: it is news, too, when it is told, or told otherwise, after it was.
    """

    kind: str
    table: str
    at: str
    key: tuple[str, ...]
    told: tuple[str, ...]
    what: str = ""
    searched: tuple[str, ...] = ()
    where: str = "true"
    over: str = "SELECT * FROM ({rows})"
    more: tuple[str, ...] = ()
    late: bool = True

    def reads(self) -> tuple[str, ...]:
        """The columns of its table that it stands on."""
        own = (self.at, *self.key, *self.told, *self.searched, *self.more, KNOWN)
        return tuple(dict.fromkeys(name for name in own if name not in MADE))

    def columns(self) -> dict[str, str]:
        """SQL of what is told of it, over its rows: ``kind, what, id, moment, known, late, words, told`` (a JSON object)."""
        told = ", ".join(f"{literal(one)}: {quoted(one)}" for one in self.told)
        return {
            "kind": f"'{self.kind}'",
            "what": f"'{self.what}'",
            "id": f" || '{AND}' || ".join(f"coalesce(CAST({quoted(one)} AS VARCHAR), '')" for one in self.key),
            "moment": f"CAST({quoted(self.at)} AS TIMESTAMP)",
            "known": KNOWN,
            "late": "true" if self.late else "false",
            "words": f"concat_ws(' ', {', '.join(map(quoted, self.searched))})" if self.searched else "''",
            "told": f"to_json({{{told}}})",
        }


def happened(lies: Laid, account: str) -> list[str]:
    """SQL of all that happened with an account, a part for each table: to plan a part takes longer than to read an account's rows, so
    that what is told in the same rows is read of them together.
    """
    together: dict[tuple[str, str], list[What]] = {}
    for one in WHATS:
        if lies.holds(one.table):
            together.setdefault((one.table, one.over), []).append(one)
    return [_read(lies, account, these) for these in together.values()]


def _read(lies: Laid, account: str, these: Sequence[What]) -> str:
    first, *others = these
    reads = tuple(dict.fromkeys(name for one in these for name in one.reads()))
    rows = first.over.format(rows=lies.of(account, first.table, reads))
    if not others:
        told = ", ".join(f"{sql} AS {name}" for name, sql in first.columns().items())
        return f"SELECT {told} FROM ({rows}) WHERE {first.where}"
    each = ", ".join(
        f"CASE WHEN {one.where} THEN {{{', '.join(f'{name}: {sql}' for name, sql in one.columns().items())}}} END"
        for one in these
    )
    names = ", ".join(f"e.{name}" for name in first.columns())
    return f"SELECT {names} FROM (SELECT unnest([{each}]) AS e FROM ({rows})) WHERE e IS NOT NULL"


#: Columns that are made of others.
MADE = {"before", "owners", "before_amount", "before_quantity", "before_unit_amount", "before_plan", "next_at",
        "before_score"}  # fmt: skip

_OWNERS = """SELECT *, lag(owners) OVER (ORDER BY valid_from) AS before FROM (
    SELECT valid_from, max(known_from) AS known_from,
        list(coalesce(csm_id, pool) ORDER BY share DESC, coalesce(csm_id, pool)) AS owners
    FROM ({rows}) WHERE coalesce(role, 'owner') = 'owner' GROUP BY valid_from)"""
_BANDS = """SELECT *, lag(band) OVER (ORDER BY "at") AS before, lag(score) OVER (ORDER BY "at") AS before_score FROM (
    SELECT "at", max(known_from) AS known_from, arg_max(band, (known_from, version)) AS band,
        arg_max(score, (known_from, version)) AS score
    FROM ({rows}) WHERE model = 'health' GROUP BY "at")"""
_LINES = """SELECT *, lag(amount) OVER line AS before_amount, lag(quantity) OVER line AS before_quantity,
        lag(unit_amount) OVER line AS before_unit_amount, lag(plan) OVER line AS before_plan,
        lag(started_at) OVER line AS before, lead(started_at) OVER line AS next_at
    FROM ({rows}) WINDOW line AS (PARTITION BY subscription_id ORDER BY started_at)"""

_LINE = ("subscription_id", "product_id", "plan", "amount", "quantity", "unit_amount", "currency", "interval",
         "interval_count")  # fmt: skip
_TICKET = ("ticket_id", "subject", "priority", "category", "solved_at", "requester_id")
_CONTRACT = ("contract_id", "started_at", "ended_at", "value", "currency", "outcome", "outcome_reason", "renewed_value")
_GOAL = ("goal_id", "name", "target", "measure", "confirmed_by")
_OPPORTUNITY = ("opportunity_id", "kind", "status", "stage", "amount", "currency", "lost_reason")

#: All of them, those of a kind together. ``use`` is not here: it is read from published facts (``verbs.timeline``).
WHATS = (
    What("contact", "touchpoint", "occurred_at", ("touchpoint_id",),
         ("touchpoint_id", "channel", "direction", "minutes", "outcome", "csm_id", "person_ids", "quality", "text"),
         searched=("channel", "outcome", "text"), where="NOT coalesce(is_automated, false)", more=("is_automated",)),
    What("note", "note", "at", ("note_id",), ("note_id", "kind", "by", "title", "text"),
         searched=("kind", "by", "title", "text")),
    What("ticket", "ticket", "created_at", ("ticket_id",), _TICKET, "opened", ("ticket_id", "subject", "category"), late=False),
    What("ticket", "ticket", "solved_at", ("ticket_id",), (*_TICKET, "created_at"), "solved",
         ("ticket_id", "subject", "category"), late=False),
    What("survey", "survey_answer", "answered_at", ("answer_id",),
         ("answer_id", "survey", "score", "scale_min", "scale_max", "low_is_good", "text", "person_id", "theme", "csm_id"),
         searched=("survey", "text", "theme")),
    What("invoice", "invoice", "issued_at", ("invoice_id",),
         ("invoice_id", "kind", "amount", "currency", "due_at", "status", "credits_id"), searched=("invoice_id", "status")),
    What("payment", "payment", "paid_at", ("payment_id",), ("payment_id", "invoice_id", "kind", "amount", "currency"),
         searched=("invoice_id", "kind")),
    What("contract", "contract", "started_at", ("contract_id",), _CONTRACT, "began", ("contract_id",)),
    What("contract", "contract", "decided_at", ("contract_id",), _CONTRACT, "decided",
         ("contract_id", "outcome", "outcome_reason"), where="outcome IS NOT NULL AND outcome <> 'open'"),
    What("contract", "contract", "notice_by", ("contract_id",), _CONTRACT, "notice", ("contract_id",), late=False),
    What("subscription", "subscription", "started_at", ("subscription_id", "started_at"), _LINE, "began",
         ("subscription_id", "product_id", "plan"), "before IS NULL", _LINES),
    What("subscription", "subscription", "started_at", ("subscription_id", "started_at"),
         (*_LINE, "before_amount", "before_quantity", "before_unit_amount", "before_plan"), "changed",
         ("subscription_id", "product_id", "plan"), "before IS NOT NULL", _LINES),
    What("subscription", "subscription", "ended_at", ("subscription_id", "started_at"), _LINE, "ended",
         ("subscription_id", "product_id", "plan"), "next_at IS NULL OR next_at > ended_at", _LINES, ("started_at",)),
    What("opportunity", "opportunity", "created_at", ("opportunity_id",), _OPPORTUNITY, "opened", ("kind", "stage")),
    What("opportunity", "opportunity", "closed_at", ("opportunity_id",), _OPPORTUNITY, "closed",
         ("kind", "stage", "status", "lost_reason")),
    What("churn", "churn", "at", ("churn_id",), ("kind", "reason", "competitor", "subscription_id", "text"),
         searched=("reason", "competitor", "text")),
    What("milestone", "milestone", "completed_at", ("milestone_id",), ("kind", "product_id", "due_at", "blocked_by"),
         searched=("kind",)),
    What("training", "training", "completed_at", ("training_id",), ("course", "person_id", "score"), searched=("course",)),
    What("goal", "goal", "reached_at", ("goal_id",), _GOAL, "reached", ("name", "measure")),
    What("goal", "goal", "confirmed_at", ("goal_id",), _GOAL, "confirmed", ("name", "measure", "confirmed_by")),
    What("goal", "step", "done_at", ("step_id",), ("step_id", "name", "side", "done_by"), "step", ("name", "done_by")),
    What("goal", "plan_comment", "at", ("comment_id",), ("comment_id", "side", "by", "text"), "comment", ("by", "text")),
    What("owner", "assignment", "valid_from", ("valid_from",), ("owners", "before"), over=_OWNERS,
         where="before IS DISTINCT FROM owners", more=("csm_id", "pool", "role", "share")),
    What("handover", "handover_item", "done_at", ("kind", "from_id", "to_id", "item"), ("kind", "from_id", "to_id", "item"),
         searched=("item",)),
    What("health", "score", "at", ("at",), ("band", "before", "score", "before_score"), over=_BANDS,
         where="band IS DISTINCT FROM before AND before IS NOT NULL", more=("model", "version"), late=False),
    What("decision", "decision", "at", ("decision_id",), ("decision_id", "text", "by", "follow_up", "done_at"), "made",
         ("text", "by")),
    What("decision", "decision", "done_at", ("decision_id",), ("decision_id", "text", "by"), "done", ("text", "by")),
    What("judgement", "judgement", "at", ("model", "at"), ("model", "score", "by", "text"), searched=("model", "text"),
         where="model = 'csm_pulse'"),
    What("request", "request", "created_at", ("request_id",), ("kind", "theme", "status", "text", "person_id"),
         searched=("kind", "theme", "status", "text")),
    What("escalation", "escalation", "opened_at", ("escalation_id",), ("level", "cause", "ticket_id", "closed_at"),
         searched=("level", "cause")),
    What("advocacy", "advocacy", "occurred_at", ("advocacy_id",), ("kind", "outcome", "person_id", "value"),
         searched=("kind", "outcome")),
    What("inquiry", "inquiry", "asked_at", ("inquiry_id",), ("csm_id", "answered_at", "resolved_at")),
    What("person", "person", "created_at", ("person_id",), ("person_id", "name", "title", "role"), "came",
         ("name", "title", "role"), late=False),
    What("person", "person", "left_at", ("person_id",), ("person_id", "name", "title", "role", "is_champion"), "left",
         ("name", "title", "role"), late=True),
)  # fmt: skip
#: What is read of use: the first month of each feature.
USE = "use"
KINDS = tuple(dict.fromkeys([*(one.kind for one in WHATS), USE]))
