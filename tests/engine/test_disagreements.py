"""Signals that do not go together: each kind found where it is, and nothing where it is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tests.engine.conftest import Bench, loaded
from tests.engine.test_health import define
from tests.engine.test_sight import ACCOUNTS, OWNERS

#: What the customers say, and a risk that is kept but weighs nothing.
MODEL = """definition = "Mood."
[bands]
good = 70
fair = 40
[components.mood]
metric = "net_promoter_score"
days = 60
curve = [[-100, 0], [100, 100]]
weight = 1
"""
#: Acme pays 40 of 100 since October; Birch and Cedar pay what they paid.
LINES = (
    "subscription_id,account_id,amount,started_at,ended_at\ns1,acme,60,2025-01-01,2026-10-01\ns4,acme,40,2025-01-01,\n"
    "s2,birch,50,2025-01-01,\ns3,cedar,7,2025-01-01,\n"
)
#: Acme rises from 50 to 100, Cedar likewise, Birch stays at 100.
ANSWERS = "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at\n" + "".join(
    f"{account}{at},{account},p-{account},nps,{score},0,10,{at}\n"
    for account, at, score in (
        ("acme", "2026-08-01", 8), ("acme", "2026-11-01", 10), ("birch", "2026-08-01", 9), ("birch", "2026-11-01", 10),
        ("cedar", "2026-08-01", 7), ("cedar", "2026-11-01", 9),
    )
)  # fmt: skip
#: Birch writes a ticket in summer, and five in autumn; Acme four then and four now.
TICKETS = "ticket_id,account_id,created_at\n" + "".join(
    f"{account}{at},{account},{at}\n"
    for account, days in (
        ("birch", ("2026-07-01", "2026-10-01", "2026-10-02", "2026-10-03", "2026-11-04", "2026-11-05")),
        ("acme", (*(f"2026-07-0{n}" for n in range(1, 5)), *(f"2026-11-0{n}" for n in range(1, 5)))),
    )
    for at in days
)
PULSES = "account_id,model,at,score,by\ncedar,csm_pulse,2026-11-10,4,ada\nbirch,csm_pulse,2026-11-10,3,ben\n"
RISKS = "account_id,model,version,at,score\nbirch,churn_risk_90,v1,2026-11-20,25\ncedar,churn_risk_90,v1,2026-11-20,4\n"
PEOPLE = "person_id,account_id\n" + "".join(f"{a}{n},{a}\n" for a in ("birch", "cedar") for n in range(4))
#: Of four people of Cedar all use it in summer and one in autumn; of Birch one then and one now.
USE = "event_id,account_id,person_id,feature,occurred_at\n" + "".join(
    f"{person}{at},{person[:5]},{person},report,{at}\n"
    for at, people in (
        ("2026-08-10", ("cedar0", "cedar1", "cedar2", "cedar3", "birch0")), ("2026-11-10", ("cedar0", "birch0")),
    )
    for person in people
)  # fmt: skip


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Three customers, each with another thing that does not go together."""
    tables = {
        "account": ACCOUNTS, "subscription": LINES, "assignment": OWNERS, "survey_answer": ANSWERS,
        "ticket": TICKETS, "judgement": PULSES, "score": RISKS, "person": PEOPLE, "usage": USE,
        "entitlement": "account_id,product_id,seats,valid_from\nbirch,P,4,2025-01-01\ncedar,P,4,2025-01-01\n",
    }  # fmt: skip
    loaded(bench, tables, history=True)
    define(bench, MODEL)
    return bench


def test_what_does_not_go_together_is_found(told):
    found = told.workspace().disagreements()
    assert {(one.account_id, one.kind) for one in found.found} == {
        ("acme", "health up, revenue down"),
        ("birch", "recommends us, more tickets"),
        ("birch", "health good, risk high"),
        ("cedar", "judged well, use down"),
    }
    by_kind = {one.kind: (one.good, one.bad) for one in found.found}
    good, bad = by_kind["health up, revenue down"]
    assert (good.before, good.now, good.change) == (50, 100, 50)
    assert (bad.what, bad.before, bad.now, bad.change) == ("mrr", 100, 40, -60)
    good, bad = by_kind["recommends us, more tickets"]
    assert (good.now, bad.before, bad.now) == (100, 1, 5)
    good, bad = by_kind["judged well, use down"]
    assert (good.now, bad.before, bad.now) == (4, 1, Decimal("0.25"))
    assert by_kind["health good, risk high"][1].now == Decimal("0.25")
    assert [one.account_id for one in found.found] == ["birch", "birch", "acme", "cedar"]  # 50, 40 and 7 a month
    assert found.kinds["health up, payments later"] == 0


def test_one_account_shows_its_own(told):
    (birch,) = told.workspace().health("birch").accounts
    assert [one.kind for one in birch.disagreements] == ["recommends us, more tickets", "health good, risk high"]
    assert {one.account_id for one in told.workspace().disagreements("cedar").found} == {"cedar"}


def test_a_scope_sees_its_own_accounts_only(told):
    sight = told.workspace().seen_by(Scope(("ada",)))
    assert {one.account_id for one in sight.disagreements().found} == {"acme"}
    assert sum(sight.disagreements().kinds.values()) == 1
    with pytest.raises(UsageError, match="no customer 'birch'"):
        sight.disagreements("birch")
