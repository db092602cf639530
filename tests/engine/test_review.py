"""The weekly review, decisions, and how people's judgements compare with the facts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.engine import Scope
from tenure.engine.verbs.rebuild import Rebuild
from tests.engine.conftest import Bench, loaded
from tests.engine.test_health import MODEL, define
from tests.engine.test_sight import ACCOUNTS, OWNERS

#: Dune came on 18 November, Elm left on the 17th.
LINES = (
    "subscription_id,account_id,amount,started_at,ended_at\ns1,acme,100,2025-01-01,\ns2,birch,50,2025-01-01,\n"
    "s3,cedar,7,2025-01-01,\ns4,dune,30,2026-11-18,\ns5,elm,20,2025-01-01,2026-11-17\n"
)
#: Acme: a passive in October, a promoter on 16 November. Birch: a promoter in October, a detractor on 17 November.
ANSWERS = """answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at
n1,acme,p1,nps,8,0,10,2026-10-01
n2,acme,p1,nps,10,0,10,2026-11-16
n3,birch,p3,nps,9,0,10,2026-10-02
n4,birch,p3,nps,2,0,10,2026-11-17
n5,cedar,p5,nps,7,0,10,2026-10-02
"""
PULSES = "account_id,model,at,score,by\nacme,csm_pulse,2026-11-01,3,ada\nbirch,csm_pulse,2026-11-02,5,ben\n"


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Acme rose from 50 to 87.5 since a week, Birch fell from 100 to 25, Cedar stayed."""
    tables = {
        "account": f"{ACCOUNTS}dune,Dune,SMB\nelm,Elm,SMB\n", "subscription": LINES, "assignment": OWNERS,
        "survey_answer": ANSWERS, "judgement": PULSES,
    }  # fmt: skip
    loaded(bench, tables, history=True)
    define(bench, MODEL)
    return bench


def test_the_week_is_told(told):
    found = told.workspace().review()
    assert (found.day, found.since, found.accounts) == (date(2026, 11, 21), date(2026, 11, 14), 4)
    (acme,), (birch,) = found.up, found.down
    # (3 x 50 + 50) / 4 and (3 x 100 + 50) / 4; (3 x 100 + 100) / 4 and (3 x 0 + 100) / 4
    assert (acme.account_id, acme.before, acme.score, acme.change) == ("acme", 50, Decimal("87.5"), Decimal("37.5"))
    assert (birch.account_id, birch.before, birch.score, birch.change) == ("birch", 100, 25, -75)
    assert (birch.most, birch.most_change, birch.band_before, birch.band) == ("mood", -75, "good", "poor")
    assert [(one.account_id, one.mrr) for one in found.came] == [("dune", 30)]
    assert [(one.account_id, one.mrr) for one in found.left] == [("elm", 20)]


def test_decisions_are_shown_until_they_are_done(told):
    ws = told.workspace()
    ws.note("birch", "Call Bea about the report.", by="ben", follow_up="2026-11-30")
    (noted,) = told.workspace().review().decisions
    assert (noted.account_id, noted.by, noted.follow_up, noted.is_open, noted.is_due) == (
        "birch", "ben", date(2026, 11, 30), True, False,
    )  # fmt: skip
    told.workspace().call("rebuild", Rebuild())
    (birch,) = told.workspace().health("birch").accounts
    assert [one.text for one in birch.decisions] == ["Call Bea about the report."]
    told.now += timedelta(days=10)
    assert [one.is_due for one in told.workspace().review().decisions] == [True]
    told.workspace().done(noted.decision_id, by="ben")
    told.now += timedelta(days=1)
    assert told.workspace().review().decisions == ()
    (birch,) = told.workspace().health("birch").accounts
    assert [one.is_open for one in birch.decisions] == [False]


def test_a_scope_reviews_its_own_accounts(told):
    told.workspace().note("birch", "Ben's own.", by="ben")
    sight = told.workspace().seen_by(Scope(("ada",)))
    found = sight.review()
    assert (found.accounts, [one.account_id for one in found.up], found.down) == (1, ["acme"], ())
    assert (found.came, found.left, found.decisions) == ((), (), ())
    with pytest.raises(UsageError, match="no account 'birch'"):
        sight.note("birch", "Not hers.", by="ada")
    (his,) = told.workspace().review().decisions
    with pytest.raises(UsageError, match="There is no decision"):
        told.workspace().seen_by(Scope(("ada",))).done(his.decision_id, by="ada")


def test_a_decision_needs_a_text_and_a_date(told):
    for text, follow_up in (("", ""), ("Call.", "soon")):
        with pytest.raises(DataError):
            told.workspace().note("acme", text, by="ada", follow_up=follow_up)
    assert told.workspace().rows("decision").total == 0


def test_judgements_are_compared_with_the_facts_of_the_same_accounts(told):
    accounts = [f"c{n}" for n in range(6)]
    told.load("account", "account_id,name\n" + "".join(f"{a},{a}\n" for a in accounts), history=True)
    told.load("subscription", "subscription_id,account_id,amount,started_at\n"
              + "".join(f"s{a},{a},10,2025-01-01\n" for a in accounts), history=True)  # fmt: skip
    told.load("assignment", "account_id,csm_id,valid_from\n" + "".join(f"{a},eva,2025-01-01\n" for a in accounts))
    told.load("survey_answer", "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at\n"
              + "".join(f"x{a},{a},p{a},nps,8,0,10,2026-09-10\n" for a in accounts), history=True)  # fmt: skip
    told.load("judgement", "account_id,model,at,score,by\n"
              + "".join(f"{a},csm_pulse,2026-09-20,{5 if a != 'c0' else 4},eva\n" for a in accounts), history=True)  # fmt: skip
    found = told.workspace().optimism()
    eva = next(one for one in found.people if one.by == "eva")
    # The facts say 50 of each; five are judged 100 and one 75: (5 x 50 + 25) / 6 above.
    assert (eva.accounts, eva.judged, eva.facts) == (6, pytest.approx(575 / 6), 50)
    assert eva.difference == pytest.approx(275 / 6)
    assert (eva.good, eva.left) == (0, 0)  # of October nobody knows yet who leaves within 90 days
    # Ada judged Acme on 1 November, Ben Birch on the 2nd, whom the facts give nothing today.
    assert {one.by: one.difference for one in found.people if one.by != "eva"} == {"ada": None, "ben": None}
    # Eva's of September no longer count.
    assert [(one.account_id, one.by, one.age, one.judged - one.facts) for one in found.beyond] == [
        ("birch", "ben", 19, 100)
    ]
    assert told.workspace().optimism() == found  # the months from where they were kept
    mine = told.workspace().seen_by(Scope(("ada",))).optimism()
    assert ([one.by for one in mine.people], mine.beyond) == (["ada"], ())
    with pytest.raises(DataError, match="Nobody judged"):
        told.workspace().seen_by(Scope(("zoe",))).optimism()
