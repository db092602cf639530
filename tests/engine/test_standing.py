"""The risks that stand: learned once, kept, learned anew where they would be others, and seen by those who may."""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope, standing
from tenure.engine.verbs import score
from tenure.engine.verbs.load import Load
from tenure.engine.workspace import Local, Workspace
from tests.leavers import CAME, few_signals, leavers_home, story
from tests.workspaces import NOW, copy_to


@pytest.fixture(autouse=True)
def _few():
    with few_signals():
        yield


@pytest.fixture
def home(tmp_path):
    return leavers_home(tmp_path / "home")


@pytest.fixture
def opened(home):
    """The workspace at a time."""
    held = []

    def at(now=NOW):
        while held:
            held.pop().close()
        held.append(Workspace(home, Local(home, lambda: now), clock=lambda: now))
        return held[-1]

    yield at
    while held:
        held.pop().close()


@pytest.fixture
def lessons(home, monkeypatch):
    """How often it was learned; to be quick, the same comes of it."""
    count, before = [], standing.kept(home).found.model

    def counted(*_args):
        count.append(1)
        return before

    monkeypatch.setattr(standing, "learned", counted)
    return count


def test_risks_are_told_from_those_who_left(opened):
    found = opened().risk()
    assert len(found.accounts) == len(story().rows["account"]) - 1 - len(story().left)
    assert 40 < found.learned_from <= len(story().left)
    assert found.auc.low < found.auc.value < found.auc.high
    by_pulse = {one.account_id: next(r.value for r in one.reasons if r.name == "csm_pulse") for one in found.accounts}
    low, high = ([o.risk["90"] for o in found.accounts if by_pulse[o.account_id] == pulse] for pulse in (1, 5))
    assert sum(low) / len(low) > 2 * sum(high) / len(high)
    for one in found.accounts:
        assert one.risk["30"] <= one.risk["90"] <= one.risk["180"]
        assert one.at_risk == round(one.arr * one.risk["90"], 2)


def test_causes_are_counted_and_add_up(opened):
    """The causes are those of the story, of customers who were there at the beginning of a month; their chances add up."""
    found = opened().risk()
    told = [kind for account, (end, kind) in story().left.items() if counted(account, end)]
    assert {one.name: one.leavers for one in found.causes} == {kind: told.count(kind) for kind in set(told)}
    assert {one.how for one in found.causes if one.leavers < 20} <= {"constant", "pooled"}
    for one in found.accounts:
        assert sum(one.causes.values()) == one.risk["90"]


def counted(account, end):
    came = CAME + timedelta(days=int(account[1:]) // 2)
    return any(came <= date(2025 + month // 12, month % 12 + 1, 1) < end for month in range(9, 19))


def test_who_reduces_and_who_is_ready_to_grow(opened):
    workspace = opened()
    for of, steps, sign in (("contraction", story().shrank, 1), ("growth", story().grew, -1)):
        found = workspace.risk(of=of)
        assert found.of == of
        assert 20 <= found.learned_from <= len(steps)
        assert 0.1 < found.typical.low < found.typical.value < found.typical.high < 0.3, (
            "one to three of about ten seats"
        )
        by_pulse = {}
        for one in found.accounts:
            pulse = next(r.value for r in one.reasons if r.name == "csm_pulse")
            by_pulse.setdefault(pulse, []).append(one.risk["90"])
            assert one.at_risk_low <= one.at_risk <= one.at_risk_high
            assert float(one.at_risk) == pytest.approx(float(one.arr * one.risk["90"]) * found.typical.value, abs=0.01)
        low, high = (sum(by_pulse[pulse]) / len(by_pulse[pulse]) for pulse in (1, 5))
        assert sign * (low - high) > 0
        assert workspace.kept_risk(of=of).found == found
    with pytest.raises(UsageError, match="There are: churn, contraction, growth"):
        workspace.risk(of="bliss")


def test_what_is_kept_is_read_in_a_moment_and_is_the_same(opened, lessons):
    workspace = opened()
    whole = workspace.risk()
    one = workspace.risk(whole.accounts[3].account_id)
    assert one.accounts == (whole.accounts[3],)
    workspace.kept_risk()
    began = time.perf_counter()
    kept = workspace.kept_risk(one.accounts[0].account_id)
    assert time.perf_counter() - began < 0.5
    assert kept.found == one
    assert workspace.kept_risk().found.accounts == whole.accounts
    page = workspace.kept_risk(offset=2, limit=3).found
    assert page.accounts == whole.accounts[2:5]
    assert (page.customers, page.arr, page.at_risk) == (whole.customers, whole.arr, whole.at_risk)
    assert page.customers == len(whole.accounts)
    assert page.arr == sum(each.arr or 0 for each in whole.accounts)
    assert page.at_risk.value == pytest.approx(
        float(sum(each.at_risk or 0 for each in whole.accounts)), abs=0.01 * page.customers
    )
    assert not lessons


def test_it_is_learned_anew_when_it_would_be_another(opened, lessons, home, tmp_path):
    def told(table, text, **more):
        path = tmp_path / f"{table}.csv"
        path.write_text(text)
        workspace.call("load", Load((str(path),), table, **more))

    workspace = opened()
    before = workspace.risk("a001").accounts[0]
    told("judgement", "account_id,model,at,score,by\na001,csm_pulse,2026-07-14,1,ada\n")
    after = workspace.risk("a001").accounts[0]
    assert not lessons, "what comes in today is learned from tomorrow"
    assert next(r.value for r in after.reasons if r.name == "csm_pulse") == 1
    assert after.risk["90"] > before.risk["90"]
    told("judgement", "account_id,model,at,score,by\na002,csm_pulse,2026-02-14,1,ada\n", history=True)
    workspace.risk("a001")
    assert len(lessons) == 1, "rows that say they were known in February"
    told("subscription", "subscription_id,account_id,amount,started_at,ended_at\nnew,a001,100,2026-07-01,\n")
    workspace.risk("a001")
    assert len(lessons) == 2, "what decides who is a customer"
    workspace.risk("a001")
    assert len(lessons) == 2
    kept = workspace.kept_risk("a001")
    tomorrow = opened(NOW + timedelta(days=1))
    assert tomorrow.kept_risk("a001").found.accounts[0].risk == kept.found.accounts[0].risk, (
        "what is kept is yesterday's"
    )
    tomorrow.risk("a001")
    assert len(lessons) == 3


def test_a_scope_holds_its_own(opened):
    workspace = opened()
    mine = workspace.seen_by(Scope(("ada",)))
    for found in (mine.risk(), mine.kept_risk().found):
        assert {one.owner for one in found.accounts} == {"ada"}
    theirs = next(one.account_id for one in workspace.risk().accounts if one.owner == "ben")
    for ask in (mine.risk, mine.kept_risk):
        with pytest.raises(UsageError, match="There is no customer"):
            ask(theirs)


def test_without_any_it_says_why(tmp_path):
    home = copy_to(tmp_path / "few")
    workspace = Workspace(home, Local(home, lambda: NOW), clock=lambda: NOW)
    assert workspace.kept_risk() is None
    with pytest.raises(Exception, match="At least 20"):
        workspace.risk()
    report = workspace.kept_risk()
    assert (report.found, "At least 20 are needed" in report.refused) == (None, True)
    workspace.close()


HEALTH = """definition = "Mood."
[bands]
good = 70
fair = 40
[components.mood]
judgement = "csm_pulse"
days = 120
curve = [[1, 0], [5, 100]]
weight = 1
"""


def test_the_days_risks_are_kept_as_rows(opened, home, lessons, monkeypatch):
    (home / "models").mkdir()
    (home / "models" / "health.toml").write_text(HEALTH)
    monkeypatch.setattr(score, "PAST", 1)
    monkeypatch.setattr(score.reports, "make", lambda *_: None)  # the back-test has tests of its own
    workspace = opened()
    workspace.call("score", score.Score())
    for model, of, days in (
        ("churn_risk_30", "churn", "30"),
        ("contraction_90", "contraction", "90"),
        ("growth_90", "growth", "90"),
    ):
        rows = workspace.rows("score", where=(("model", "equals", model),), limit=500).rows
        told = {one.account_id: float(one.risk[days]) for one in workspace.risk(of=of).accounts}
        assert {row["account_id"]: float(row["score"]) / 100 for row in rows} == pytest.approx(told, abs=1e-6)
    assert not lessons


def test_reasons_multiply_to_the_risk(opened):
    found = opened().kept_risk("a001").found
    product = found.usual
    for reason in found.accounts[0].reasons:
        product *= reason.factor
    assert 1 - (-product).exp() == pytest.approx(found.accounts[0].risk["90"], abs=Decimal("0.001"))
