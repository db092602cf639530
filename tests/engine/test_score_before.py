"""What a model made of accounts before moments of the past: the last score that was kept, neither a later nor a stale one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tenure.engine import Scope
from tests.engine.conftest import Bench, loaded
from tests.engine.test_sight import LINES, OWNERS

SCORES = """account_id,model,version,at,score
acme,growth_90,v1,2026-03-01T00:00:00Z,4
acme,growth_90,v1,2026-03-02T00:00:00Z,6.25
acme,health,v1,2026-03-02T00:00:00Z,80
acme,growth_90,v1,2026-03-03T00:00:00Z,9
birch,growth_90,v1,2026-03-02T00:00:00Z,12
birch,growth_90,v2,2026-03-02T00:00:00Z,15
"""


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Ada's account and Ben's, scored in March."""
    account, csm = "account_id,name\nacme,Acme\nbirch,Birch\ncedar,Cedar\n", "csm_id,name\nada,Ada\nben,Ben\n"
    tables = {"account": account, "csm": csm, "subscription": LINES, "assignment": OWNERS, "score": SCORES}
    return loaded(bench, tables)


def moment(day: int, hour: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_it_is_the_last_that_was_kept_until_then(told: Bench) -> None:
    sight = told.workspace().seen_by(Scope())
    asked = [("acme", moment(2, 12)), ("acme", moment(1)), ("acme", moment(28, month=2)), ("cedar", moment(2))]
    first, second = sight.score_before("growth_90", asked)
    assert (first.account_id, first.before, first.score, first.at) == ("acme", moment(1), Decimal(4), moment(1))
    assert (second.before, second.score, second.at) == (moment(2, 12), Decimal("6.25"), moment(2))
    assert [one.score for one in sight.score_before("health", [("acme", moment(3))])] == [80]
    assert sight.score_before("growth_90", []) == ()


def test_a_score_of_more_than_a_month_before_tells_nothing(told: Bench) -> None:
    sight, last = told.workspace().seen_by(Scope()), moment(3)
    within, after = last + timedelta(days=31) - timedelta(seconds=1), last + timedelta(days=31)
    assert [one.score for one in sight.score_before("growth_90", [("acme", within), ("acme", after)])] == [9]


def test_of_two_versions_of_a_day_one_is_told(told: Bench) -> None:
    assert [
        one.score for one in told.workspace().seen_by(Scope()).score_before("growth_90", [("birch", moment(4))])
    ] == [15]


def test_another_ones_accounts_are_not_there(told: Bench) -> None:
    asked = [("acme", moment(4)), ("birch", moment(4))]
    seen = {
        owner: [one.account_id for one in told.workspace().seen_by(Scope((owner,))).score_before("growth_90", asked)]
        for owner in ("ada", "ben")
    }
    assert seen == {"ada": ["acme"], "ben": ["birch"]}
