"""What kept scores make of accounts: in the list of accounts, and added up, never beyond a scope."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from math import sqrt

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tests.engine.conftest import Bench, new_home
from tests.engine.test_sight import ACCOUNTS, LINES, OWNERS

# The clock stands at 21 November, 12:00 in Berlin. Local midnights: of 21 November 23:00 UTC the day before.
SCORES = """account_id,model,version,at,score,coverage,band
acme,health,v1,2026-05-31T22:00:00Z,90,1,good
acme,health,v1,2026-08-31T22:00:00Z,60,1,fair
birch,health,v1,2026-08-31T22:00:00Z,30,0.9,poor
acme,health,v1,2026-10-31T23:00:00Z,40,1,poor
acme,health,v1,2026-11-20T23:00:00Z,50,1,fair
acme,health,v2,2026-11-20T23:00:00Z,55.5,0.8,fair
birch,health,v2,2026-11-20T23:00:00Z,80,1,good
old,health,v2,2026-11-20T23:00:00Z,1,1,poor
cedar,health,v1,2026-10-31T23:00:00Z,10,1,poor
acme,churn_risk_30,r1,2026-11-19T23:00:00Z,2,,
acme,churn_risk_90,r1,2026-11-19T23:00:00Z,5,,
acme,churn_risk_180,r1,2026-11-19T23:00:00Z,9.9999,,
birch,churn_risk_90,r1,2026-11-19T23:00:00Z,4.9999,,
cedar,churn_risk_90,r1,2026-11-18T23:00:00Z,99,,
"""
MODELS = """model,version,at,definition
health,v1,2026-05-31T22:00:00Z,x
health,v2,2026-11-20T23:00:00Z,y
churn_risk_90,r1,2026-11-19T23:00:00Z,z
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Three customers, of whom cedar has no score of the last day; two versions of the model on that day."""
    bench = Bench(new_home(tmp_path_factory.mktemp("rated") / "home"))
    bench.load("account", ACCOUNTS + "old,Old,SMB\n")
    bench.load("subscription", LINES)
    bench.load("assignment", OWNERS)
    bench.load("score_model", MODELS)
    bench.load("score", SCORES)
    return bench


def test_an_account_has_the_score_of_the_last_day_and_its_change(told: Bench) -> None:
    rows = {row["account_id"]: row for row in told.workspace().rows("accounts").rows}
    acme, birch, cedar = (rows[name] for name in ("acme", "birch", "cedar"))
    assert (acme["health"], acme["health_band"], acme["health_coverage"]) == (Decimal("55.5"), "fair", Decimal("0.8"))
    changes = [(row["health_change_30"], row["health_change_91"], row["health_change_182"]) for row in (acme, birch)]
    assert changes == [(Decimal("15.5"), Decimal("-4.5"), Decimal("-34.5")), (None, 50, None)]
    assert [acme[f"churn_risk_{days}"] for days in (30, 90, 180)] == [
        Decimal("0.02"),
        Decimal("0.05"),
        Decimal("0.099999"),
    ]
    assert (acme["risk_band"], birch["risk_band"], birch["churn_risk_90"]) == ("raised", "low", Decimal("0.049999"))
    assert (acme["at_risk"], birch["at_risk"]) == (60, Decimal("30.00"))  # of 1200 and 600 a year
    assert acme["scored_at"] == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert {cedar[name] for name in ("health", "health_change_30", "churn_risk_90", "at_risk", "scored_at")} == {None}


def test_the_list_is_filtered_and_sorted_by_them(told: Bench) -> None:
    ws = told.workspace()

    def ids(**more: object) -> list[str]:
        return [row["account_id"] for row in ws.rows("accounts", **more).rows]  # type: ignore[arg-type]

    assert ids(where=[("health_band", "equals", "good")]) == ["birch"]
    assert ids(where=[("churn_risk_90", "greater", "0.04")], order=["-churn_risk_90"]) == ["acme", "birch"]
    assert ids(order=["health_change_91"])[:2] == ["acme", "birch"]


def test_however_the_list_is_read_its_rows_are_the_same(told: Bench) -> None:
    ws = told.workspace()
    by_health = {row["account_id"]: row for row in ws.rows("accounts", order=["-health"]).rows}
    for sight in (ws, ws.seen_by(Scope(("ada", "ben")))):
        for asked in ({"order": ["-arr"]}, {"order": ["name"], "limit": 10_000}):
            page = sight.rows("accounts", **asked)
            assert page.total == len(page.rows) == (2 if sight.scope.narrow else 4)
            assert all(row == by_health[row["account_id"]] for row in page.rows)
    second = ws.rows("accounts", order=["-arr"], offset=1, limit=1)
    assert (second.rows, second.total) == ((by_health["birch"],), 4)
    assert ws.rows("accounts", search="poor").total == 0, "bands are no words that anybody searches for"


def test_customers_are_added_up(told: Bench) -> None:
    found = told.workspace().rated("segment")
    assert (found.day, found.risk_day) == (date(2026, 11, 21), date(2026, 11, 20))
    assert found.since == {"30": date(2026, 11, 1), "91": date(2026, 9, 1), "182": date(2026, 6, 1)}
    total = found.total
    assert (total.accounts, total.scored, total.risked, total.high) == (3, 2, 2, 0), "old is no customer"
    assert (total.health, total.bands) == (Decimal("67.75"), {"good": 1, "fair": 1, "poor": 0})
    assert total.change == {"30": Decimal("15.5"), "91": Decimal("22.75"), "182": Decimal("-34.5")}
    assert [total.arr, total.at_risk, total.low] == [12 * 157, 90, 0]
    # If they leave independently: 60 and 30 expected, with variances p (1 - p) arr^2.
    reach = 1.959964 * sqrt(0.05 * 0.95 * 1200**2 + 0.049999 * 0.950001 * 600**2)
    assert float(total.high_end or 0) == pytest.approx(90 + reach, abs=0.01)
    assert [(group.name, group.accounts, group.scored, group.at_risk) for group in found.groups] == [
        ("ENT", 1, 1, Decimal("30.00")),
        ("SMB", 2, 1, Decimal("60.00")),
    ]
    assert [(g.name, g.accounts) for g in told.workspace().rated("tenth").groups] == [("50", 1), ("80", 1), (None, 1)]


def test_a_scope_adds_up_its_own_only(told: Bench) -> None:
    sight = told.workspace().seen_by(Scope(("ada",)))
    assert [row["account_id"] for row in sight.rows("accounts", order=["-at_risk"]).rows] == ["acme"]
    found = sight.rated("owner")
    assert [[group.name, group.at_risk] for group in found.groups] == [["ada", 60]]
    assert (found.total.accounts, found.total.health) == (1, Decimal("55.5"))
    nobody = told.workspace().seen_by(Scope(())).rated("segment")
    assert (nobody.total.accounts, nobody.total.health, nobody.total.at_risk, nobody.groups) == (0, None, None, ())


def test_nothing_is_said_where_nothing_was_kept(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    found = bench.workspace().rated()
    assert (found.day, found.risk_day, set(found.since.values())) == (None, None, {None})
    assert (found.total.scored, found.total.health, found.total.at_risk, found.total.low) == (0, None, None, None)
    with pytest.raises(UsageError, match="segmnt"):
        bench.workspace().rated("segmnt")
