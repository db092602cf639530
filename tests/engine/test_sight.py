"""A workspace through a scope: the verbs of a sight, wherever they are answered."""

from __future__ import annotations

from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope, Sight
from tenure.engine.verbs.close import Close
from tenure.figures.published import PublishedReader
from tests.engine.conftest import Bench, loaded

ACCOUNTS = "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,ENT\ncedar,Cedar,SMB\n"
LINES = "subscription_id,account_id,amount,started_at\ns1,acme,100,2025-01-01\ns2,birch,50,2025-01-01\ns3,cedar,7,2025-01-01\n"
OWNERS = "account_id,csm_id,valid_from\nacme,ada,2025-01-01\nbirch,ben,2025-01-01\n"
HANDED_OVER = "account_id,csm_id,valid_from\nbirch,ada,2026-11-21T15:00:00\n"
OCTOBER: dict[str, Any] = {"start": "2026-10", "end": "2026-10"}


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Three accounts: Ada's, Ben's and nobody's."""
    return loaded(bench, {"account": ACCOUNTS, "subscription": LINES, "assignment": OWNERS})


def test_a_sight_has_scoped_verbs_only(told: Bench) -> None:
    sight = told.workspace().seen_by(Scope(("ada",)))
    assert type(sight) is Sight
    public = {name for name in dir(sight) if not name.startswith("_")}
    assert public == {
        "amend",
        "agenda",
        "attainable",
        "assign_training",
        "growing_rules",
        "settle_training",
        "trainings",
        "check_in",
        "objectives",
        "lines",
        "rolled_up",
        "tell_absence",
        "tell_accountability",
        "settle_objective",
        "tell_objective",
        "weigh_objectives",
        "account_revenue",
        "account_tickets",
        "account_use",
        "changes",
        "place_tiers",
        "plan_templates",
        "review_rules",
        "portfolio",
        "portfolio_versions",
        "retract",
        "timeline",
        "audit",
        "away",
        "balance",
        "billing",
        "blocking",
        "closings",
        "freeze",
        "frozen",
        "reported",
        "check",
        "check_rows",
        "sign_audit",
        "beside",
        "bridge",
        "comparable",
        "coverage",
        "compared",
        "decompose",
        "disagreements",
        "discard",
        "done",
        "dossier",
        "effect",
        "every",
        "every_failed",
        "save_events",
        "preview_events",
        "make_round",
        "propose_map",
        "events_map",
        "explain",
        "failed",
        "growth_pipeline",
        "health",
        "handovers",
        "headcount",
        "health_model",
        "fairness",
        "flow",
        "home",
        "judge_renewal",
        "kept_risk",
        "load",
        "measured",
        "mend",
        "metrics",
        "note",
        "next_steps",
        "note_source",
        "optimism",
        "outcomes",
        "plays",
        "preview",
        "progress",
        "rated",
        "reconcile",
        "record",
        "reload",
        "renewal_accuracy",
        "renewal_ended",
        "renewal_forecast",
        "renewal_window",
        "restatements",
        "review",
        "risk",
        "rows",
        "save_model",
        "save_scorecard",
        "score_before",
        "scorecard",
        "scorecard_rows",
        "scorecard_rules",
        "save_portfolio",
        "save_settings",
        "scope",
        "settings",
        "settings_file",
        "show",
        "stands_on",
        "state",
        "take_back",
        "tally",
        "tested",
        "workload",
    }


@pytest.mark.parametrize(
    "more",
    [OCTOBER, OCTOBER | {"grain": "week", "start": "2026-W40", "end": "2026-W40"}, OCTOBER | {"as_of": "2026-11-21"}],
)
def test_published_and_warehouse_show_the_same_through_a_scope(told: Bench, more: dict[str, Any]) -> None:
    ws = told.workspace()
    shown = {
        owners: [f.value for f in ws.seen_by(Scope(owners)).show("mrr", **more)]
        for owners in (("ada",), ("ben",), ("ada", "ben"), ())
    }
    assert shown == {("ada",): [100], ("ben",): [50], ("ada", "ben"): [150], (): [0]}
    assert [f.value for f in ws.seen_by(Scope()).show("mrr", **more)] == [157]


def test_what_is_explained_is_inside(told: Bench) -> None:
    found = told.workspace().seen_by(Scope(("ada",))).explain("mrr", at="2026-10")
    assert found.figures[0].value == found.sums["closing_now"] == 100
    assert found.count == 1
    assert [row["account_id"] for row in found.rows] == ["acme"]


def test_a_hand_over_counts_from_its_moment(told: Bench) -> None:
    told.load("assignment", HANDED_OVER)
    sights = [told.workspace().seen_by(Scope((name,))) for name in ("ada", "ben")]
    assert [sight.show("mrr", **OCTOBER)[0].value for sight in sights] == [100, 50]
    told.now = told.now.replace(hour=14, minute=30)  # half past three in Berlin
    assert [sight.show("mrr", **OCTOBER)[0].value for sight in sights] == [150, 0]


def test_its_state_is_another_word_after_each_publish_and_none_while_one_is_due(told: Bench) -> None:
    told.load("assignment", HANDED_OVER)
    sight = told.workspace().seen_by(Scope(("ada",)))

    def word() -> tuple[object, ...]:
        state = sight.state()
        assert state is not None
        return state.word()

    sight.show("mrr")
    states = [word()]
    told.now = told.now.replace(hour=13)
    assert word() == states[0], "nothing happened"
    for later in (told.now.replace(hour=14, minute=30), told.now.replace(day=22)):  # the hand-over; the next day
        told.now = later
        assert sight.state() is None
        sight.show("mrr")
        states.append(word())
    assert len(set(states)) == 3


@pytest.mark.usefixtures("few_metrics")
def test_reported_figures_are_shown_by_the_scopes_own_owners_only(told: Bench) -> None:
    ws = told.workspace()
    ws.call("close", Close("2026-10"))
    mine = ws.seen_by(Scope(("ada",)))
    asked: dict[str, Any] = OCTOBER | {"reported": True}
    (own,) = mine.show("mrr", by=["owner"], **asked)
    assert own.slice == {"owner": "ada"}
    assert own.value == 100
    assert [f.value for f in mine.show("mrr", where=[("owner", "ada")], **asked)] == [100]
    for more in (
        {},
        {"by": ["segment"]},
        {"where": [("owner", "ben")]},
        {"where": [("owner", "ada"), ("owner", "ben")]},
    ):
        with pytest.raises(UsageError, match="outside your scope") as refused:
            mine.show("mrr", **asked, **more)
        assert refused.value.code == "out_of_scope"
    assert [f.value for f in ws.show("mrr", **asked)] == [157]


def test_a_doubtful_owner_holds_narrowed_figures(told: Bench) -> None:
    told.load("csm", "csm_id,name,team\nada,Ada,One\nada,Ada,Two\n")
    ws = told.workspace()
    assert ws.show("mrr", **OCTOBER)[0].status == "ok"
    assert ws.seen_by(Scope(("ada",))).show("mrr", **OCTOBER)[0].status == "held"


def test_without_a_look_there_is_no_answer(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forgets to lay a scope's table gets an error, not everybody's figures."""
    monkeypatch.setattr(PublishedReader, "look", lambda *_: None)
    with pytest.raises(Exception, match="seen"):
        told.workspace().seen_by(Scope(("ada",))).show("mrr", **OCTOBER)
