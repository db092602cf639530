"""What happened with an account and what changed of it: every kind, told by hand, and nothing of anybody else's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope, Sight
from tests.engine.conftest import Bench, loaded

#: Acme is Ada's, birch is Ben's. Times are UTC; the company's day begins at 23:00 (Berlin, winter) or 22:00 (summer).
FILES = {
    "account": "account_id,name,tier\nacme,Acme,gold\nbirch,Birch,\n",
    "csm": "csm_id,name\nada,Ada\nben,Ben\n",
    "assignment": (
        "account_id,csm_id,valid_from\nacme,ben,2025-01-01\nacme,ada,2026-10-01\nbirch,ben,2025-01-01\n"
    ),
    "subscription": (
        "subscription_id,account_id,product_id,amount,started_at,ended_at\n"
        "s1,acme,core,100,2025-01-01,\ns1,acme,core,120,2026-11-10,\ns2,acme,extra,7,2025-02-01,2026-06-01\n"
        "s3,birch,core,50,2025-01-01,\n"
    ),
    "contract": (
        "contract_id,account_id,started_at,ended_at,value,outcome,decided_at\n"
        "c1,acme,2025-01-01,2026-01-01,1200,renewed,2025-12-01\nc2,acme,2026-01-01,2027-01-01,1440,,\n"
    ),
    "touchpoint": (
        "touchpoint_id,account_id,csm_id,channel,occurred_at,is_automated,text\n"
        "t1,acme,ada,call,2026-11-15T10:00:00Z,,Spoke of the Renewal\nt2,acme,ada,email,2026-11-16T10:00:00Z,true,\n"
        "t3,birch,ben,call,2026-11-15T10:00:00Z,,of the renewal\nt4,acme,ada,call,2026-12-24T10:00:00Z,,\n"
    ),
    "note": "note_id,account_id,at,by,text\nn1,acme,2026-11-02T09:00:00Z,ada,Likes the app\n",
    "person": "person_id,account_id,name,created_at,left_at\nq1,acme,Quin,2025-01-01,2026-11-05\n",
    "ticket": (
        "ticket_id,account_id,subject,priority,created_at,first_reply_at,first_solved_at,solved_at\n"
        "x1,acme,Export fails,high,2026-11-10T08:00:00Z,2026-11-10T12:00:00Z,2026-11-11T08:00:00Z,2026-11-11T08:00:00Z\n"
        "x2,acme,Slow,low,2026-11-20T11:00:00Z,,,\n"
    ),
    "sla_target": (
        "measure,minutes,clock,valid_from\nfirst_reply,180,calendar,2025-01-01\nresolution,2880,calendar,2025-01-01\n"
    ),
    "survey_answer": (
        "answer_id,account_id,survey,score,scale_min,scale_max,answered_at,is_anonymous,text\n"
        "a1,acme,nps,9,0,10,2026-09-01T10:00:00Z,,Good\na2,acme,nps,1,0,10,2026-09-02T10:00:00Z,true,whisper\n"
    ),
    "invoice": (
        "invoice_id,account_id,amount,issued_at,due_at\ni1,acme,120,2026-10-01,2026-10-31\ni2,birch,50,2026-10-01,2026-10-31\n"
    ),
    "payment": "payment_id,invoice_id,amount,paid_at\np1,i1,70,2026-10-20\np2,i2,50,2026-10-20\n",
    "goal": "goal_id,account_id,name,target,confirmed_by,confirmed_at\ng1,acme,Fewer calls,30,Quin,2026-10-10\n",
    "step": (
        "step_id,account_id,goal_id,name,side,done_at\nw1,acme,g1,Invite the team,customer,2026-11-01\nw2,acme,g1,Train,us,\n"
    ),
    "plan_comment": "comment_id,account_id,at,side,by,text\nk1,acme,2026-11-03T09:00:00Z,customer,Quin,All set\n",
    "score": (
        "account_id,model,version,at,score,coverage,band\nacme,health,v1,2026-11-01,80,1,good\n"
        "acme,health,v1,2026-11-12,60,1,fair\nacme,health,v1,2026-11-20,61,1,fair\n"
        "acme,churn_risk_90,r1,2026-11-01,5,,\nacme,churn_risk_90,r1,2026-11-20,12.5,,\n"
    ),
    "usage": (
        "event_id,account_id,person_id,feature,product_id,occurred_at\n"
        "u1,acme,q1,report,core,2026-09-10T10:00:00Z\nu2,acme,q2,report,core,2026-10-10T10:00:00Z\n"
        "u3,acme,q1,report,core,2026-10-11T10:00:00Z\nu4,birch,q9,report,core,2026-10-10T10:00:00Z\n"
    ),
    "entitlement": "account_id,product_id,seats,valid_from\nacme,core,4,2025-01-01\n",
}  # fmt: skip
#: What happened with acme, the latest first, by hand: kind, what, which, when (UTC).
HAPPENED = [
    ("ticket", "opened", "x2", "2026-11-20 11:00"),
    ("contact", "", "t1", "2026-11-15 10:00"),
    ("health", "", "2026-11-11 23:00:00", "2026-11-11 23:00"),
    ("ticket", "solved", "x1", "2026-11-11 08:00"),
    ("ticket", "opened", "x1", "2026-11-10 08:00"),
    ("subscription", "changed", "s1|2026-11-09 23:00:00", "2026-11-09 23:00"),
    ("person", "left", "q1", "2026-11-04 23:00"),
    ("goal", "comment", "k1", "2026-11-03 09:00"),
    ("note", "", "n1", "2026-11-02 09:00"),
    ("goal", "step", "w1", "2026-10-31 23:00"),
    ("payment", "", "p1", "2026-10-19 22:00"),
    ("goal", "confirmed", "g1", "2026-10-09 22:00"),
    ("invoice", "", "i1", "2026-09-30 22:00"),
    ("owner", "", "2026-09-30 22:00:00", "2026-09-30 22:00"),
    ("survey", "", "a1", "2026-09-01 10:00"),
    ("use", "first", "report", "2026-08-31 22:00"),
    ("subscription", "ended", "s2|2025-01-31 23:00:00", "2026-05-31 22:00"),
    ("contract", "began", "c2", "2025-12-31 23:00"),
    ("contract", "decided", "c1", "2025-11-30 23:00"),
    ("subscription", "began", "s2|2025-01-31 23:00:00", "2025-01-31 23:00"),
    ("contract", "began", "c1", "2024-12-31 23:00"),
    ("owner", "", "2024-12-31 23:00:00", "2024-12-31 23:00"),
    ("person", "came", "q1", "2024-12-31 23:00"),
    ("subscription", "began", "s1|2024-12-31 23:00:00", "2024-12-31 23:00"),
]


@pytest.fixture
def told(bench: Bench) -> Bench:
    return loaded(bench, FILES, history=True)


@pytest.fixture
def ada(told: Bench) -> Sight:
    return told.workspace().seen_by(Scope(("ada",)))


def listed(sight: Sight, **more: Any) -> list[tuple[str, str, str, str]]:
    found = sight.timeline("acme", **more)
    assert found is not None
    return [(one.kind, one.what, one.id, f"{one.at:%Y-%m-%d %H:%M}") for one in found.happenings]


def test_everything_that_happened_is_told_in_its_order(ada: Sight) -> None:
    assert listed(ada) == HAPPENED
    assert listed(ada, offset=5, limit=3) == HAPPENED[5:8]
    found = ada.timeline("acme", kinds=("ticket", "contact"), limit=2)
    assert found is not None
    assert found.total == 4
    assert (found.counts["goal"], found.counts["owner"], sum(found.counts.values())) == (3, 2, len(HAPPENED))


def test_what_is_told_of_it_is_what_was_said(ada: Sight) -> None:
    found = ada.timeline("acme", limit=100)
    assert found is not None
    told = {one.name: one.told for one in found.happenings}
    changed = told["subscription.changed.s1|2026-11-09 23:00:00"]
    assert (changed["before_amount"], changed["amount"], changed["product_id"]) == (Decimal(100), Decimal(120), "core")
    assert told["owner..2026-09-30 22:00:00"] == {"owners": ["ada"], "before": ["ben"]}
    band = told["health..2026-11-11 23:00:00"]
    assert (band["before"], band["band"], band["score"]) == ("good", "fair", Decimal(60))
    assert told["ticket.opened.x1"]["solved_at"] == datetime(2026, 11, 11, 8, tzinfo=UTC)
    assert told["use.first.report"] == {"feature": "report", "month": "2026-09-01"}


def test_it_is_searched_narrowed_and_found_by_its_name(ada: Sight) -> None:
    assert [one[:3] for one in listed(ada, search="renewal")] == [("contact", "", "t1")]
    assert [one[2] for one in listed(ada, kinds=("note", "goal"))] == ["k1", "n1", "w1", "g1"]
    assert [one[:3] for one in listed(ada, event="ticket.solved.x1")] == [("ticket", "solved", "x1")]
    assert listed(ada, search="whisper") == listed(ada, event="contact..t3") == []
    with pytest.raises(UsageError, match="tickt"):
        ada.timeline("acme", kinds=("tickt",))
    with pytest.raises(UsageError, match="No page"):
        ada.timeline("acme", limit=0)


def test_nobody_follows_an_account_out_of_sight(ada: Sight, told: Bench) -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    for name in ("birch", "nowhere"):
        answers = (ada.timeline(name), ada.changes(name, since), ada.account_use(name), ada.account_tickets(name))
        assert answers == (None, None, None, None)
    assert told.workspace().seen_by(Scope(())).timeline("acme") is None


def test_what_changed_since_a_moment_is_figures_and_what_happened(ada: Sight) -> None:
    found = ada.changes("acme", datetime(2026, 11, 8, 12, tzinfo=UTC))
    assert found is not None
    assert [(one.what, one.before, one.now) for one in found.moved] == [
        ("mrr", Decimal(100), Decimal(120)), ("health", Decimal(80), Decimal(61)),
        ("risk", Decimal("0.05"), Decimal("0.125")),
    ]  # fmt: skip
    assert [(one.kind, one.what, one.id, f"{one.at:%Y-%m-%d %H:%M}") for one in found.happened] == HAPPENED[:6]
    assert not any(one.late for one in found.happened)
    with pytest.raises(UsageError, match="zone"):
        ada.changes("acme", datetime(2026, 11, 8))
    with pytest.raises(UsageError, match="ahead"):
        ada.changes("acme", datetime(2027, 11, 8, tzinfo=UTC))


def test_what_was_told_late_is_news_too(told: Bench) -> None:
    since = told.now.replace(tzinfo=UTC)
    told.load("touchpoint", "touchpoint_id,account_id,channel,occurred_at\nt9,acme,visit,2026-03-01T10:00:00Z\n")
    told.load("subscription", "subscription_id,account_id,product_id,amount,started_at\ns9,acme,more,5,2026-11-01\n")
    found = told.workspace().seen_by(Scope(("ada",))).changes("acme", since)
    assert found is not None
    assert [(one.id, one.late) for one in found.happened] == [("s9|2026-10-31 23:00:00", True), ("t9", True)]
    assert found.moved == ()  # both moments as is known now


def test_tickets_are_told_with_their_times_against_the_promise(ada: Sight) -> None:
    found = ada.account_tickets("acme")
    assert found is not None
    assert (found.of_all, found.open, found.total) == (2, 1, 2)
    slow, fails = found.tickets
    assert (slow.subject, slow.solved_at, fails.subject) == ("Slow", None, "Export fails")
    reply, solution = fails.reply, fails.resolution
    assert reply is not None
    assert solution is not None
    assert (reply.seconds, reply.target, reply.met) == (4 * 3600, 3 * 3600, False)
    assert (solution.seconds, solution.target, solution.met) == (24 * 3600, 48 * 3600, True)
    waits = slow.resolution
    assert waits is not None
    assert (waits.done, waits.met, waits.seconds // 3600) == (False, None, 24)  # since yesterday noon
    assert slow.reply is not None
    assert slow.reply.met is False  # nobody has answered for a day
    open_ = ada.account_tickets("acme", which="open")
    assert open_ is not None
    assert [one.ticket_id for one in open_.tickets] == ["x2"]


def test_use_is_told_by_month_with_licences(ada: Sight) -> None:
    found = ada.account_use("acme", months=3)
    assert found is not None
    assert [str(month) for month in found.months] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert (found.people.users, found.people.uses) == ((1, 2, 0), (1, 2, 0))
    (core,) = found.products
    assert (core.id, core.users, core.seats) == ("core", (1, 2, 0), (Decimal(4), Decimal(4), Decimal(4)))
    assert [(one.id, one.users) for one in found.features] == [("report", (1, 2, 0))]


def test_what_is_taken_back_is_gone_and_only_in_sight(ada: Sight, told: Bench) -> None:
    for table, key in (("note", "nothing"), ("touchpoint", "t3")):
        with pytest.raises(UsageError, match="There is no"):
            ada.retract(table, key, reason="wrong", by="ada")
    with pytest.raises(UsageError, match="why"):
        ada.retract("note", "n1", reason=" ", by="ada")
    with pytest.raises(UsageError, match="not taken back"):
        ada.retract("assignment", "acme", reason="wrong", by="ada")
    ada.retract("note", "n1", reason="wrong", by="ada")
    ada.retract("touchpoint", "t1", reason="wrong", by="ada")
    assert listed(ada) == [one for one in HAPPENED if one[2] not in ("n1", "t1")]
    row = told.workspace().rows("retraction", order=("key",)).rows
    assert [(one["table_name"], one["key"], one["reason"]) for one in row] == [
        ("note", "n1", "wrong"), ("touchpoint", "t1", "wrong"),
    ]  # fmt: skip
