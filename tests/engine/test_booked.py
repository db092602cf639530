"""Many accounts at once: what they add up to, what is told of them, and taken back, never beyond a scope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope, Sight
from tests.engine.conftest import Bench, loaded
from tests.engine.test_sight import LINES, OWNERS

ACCOUNTS = (
    "account_id,name,segment,tier,parent_id,vip,valid_from\nacme,Acme,SMB,gold,,yes,\nacme,Acme,SMB,silver,birch,yes,2026-01-01\n"
    "birch,Birch,ENT,gold,,,\ncedar,Cedar,SMB,,,no,\n"
)
NOTES = (
    "note_id,account_id,at,kind,by,text\nn1,acme,2026-11-11T09:00:00Z,next_step,ada,Call Quin\n"
    "n2,acme,2026-11-12T09:00:00Z,next_step,ada,Send the offer\nn3,acme,2026-11-13T09:00:00Z,memo,ada,No step\n"
    "n4,birch,2026-11-01T09:00:00Z,next_step,ben,Ask Rob\n"
)


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Three accounts: Ada's, whose parent is Ben's, Ben's and nobody's; with MRR 100, 50 and 7."""
    csm = "csm_id,name\nada,Ada\nben,Ben\n"
    tables = {"account": ACCOUNTS, "csm": csm, "subscription": LINES, "assignment": OWNERS, "note": NOTES}
    return loaded(bench, tables)


def sight(bench: Bench, *owners: str) -> Sight:
    return bench.workspace().seen_by(Scope(owners or None))


def listed(bench: Bench, column: str, *owners: str) -> dict[str, Any]:
    return {row["account_id"]: row[column] for row in sight(bench, *owners).rows("accounts").rows}


def by_tier(bench: Bench) -> list[tuple[Any, Any, Any]]:
    """MRR of each month of 2026 by tier: what an attribute makes of figures."""
    shown = sight(bench).show("mrr", start="2026-01", end="2026-11", by=["tier"])
    return [(each.period_start, each.slice["tier"], each.value) for each in shown]


def test_accounts_are_counted_and_added_up(told: Bench) -> None:
    (all_in_one,) = sight(told).tally(sums=("mrr", "arr")).groups
    assert (all_in_one.accounts, all_in_one.sums) == (3, {"mrr": Decimal(157), "arr": Decimal(1884)})
    groups = sight(told).tally("segment", sums=("mrr",)).groups
    assert [(g.value, g.accounts, g.sums["mrr"]) for g in groups] == [("SMB", 2, 107), ("ENT", 1, 50)]
    tiers = sight(told).tally("tier", where=[("mrr", "less", 100)]).groups
    assert [(g.value, g.accounts) for g in tiers] == [("gold", 1), (None, 1)]
    (mine,) = sight(told, "ada").tally(search="c", sums=("mrr",)).groups
    assert (mine.accounts, mine.sums["mrr"]) == (1, 100)
    (nothing,) = sight(told).tally(where=[("mrr", "greater", 1000)], sums=("mrr", "at_risk")).groups
    assert (nothing.accounts, nothing.sums) == (0, {"mrr": None, "at_risk": None})
    with pytest.raises(UsageError, match="cannot be added up"):
        sight(told).tally(sums=("name",))


def test_the_next_step_is_the_note_of_that_kind_that_was_written_last(told: Bench) -> None:
    (step,) = sight(told, "ada").next_steps(["acme", "birch", "cedar"])
    assert (step.account_id, step.text, step.by) == ("acme", "Send the offer", "ada")
    assert step.at == datetime(2026, 11, 12, 9, tzinfo=UTC)
    assert [one.text for one in sight(told).next_steps(["birch"])] == ["Ask Rob"]
    assert sight(told).next_steps([]) == ()


def test_metrics_of_single_accounts_add_up_to_the_metric(told: Bench) -> None:
    mrr, retained, left = sight(told).measured(
        ["mrr", "gross_revenue_retention", "customer_churn_rate"], ["acme", "birch", "cedar"]
    )
    assert mrr.unit == "money"
    assert mrr.values == {"acme": 100, "birch": 50, "cedar": 7}
    assert mrr.period is not None
    assert (mrr.period.isoformat(), mrr.at_hand) == ("2026-10-01", True)
    assert retained.unit == "share"
    assert set(retained.values.values()) == {1}
    assert set(left.values.values()) == {0}
    (mine,) = sight(told, "ada").measured(["mrr"], ["acme", "birch"])
    assert mine.values == {"acme": 100}
    (none,) = sight(told).measured(["time_to_value"], ["acme"])
    assert (none.at_hand, none.values) == (False, {})
    with pytest.raises(UsageError, match="no metric"):
        sight(told).measured(["mrrr"], ["acme"])


def test_an_attribute_is_amended_from_now_on_and_taken_back_as_if_it_had_never_been(told: Bench) -> None:
    before, names = by_tier(told), listed(told, "custom:vip")
    found = sight(told, "ada").amend(
        "tier", [("acme", "gold")], by="user 1", message_id="m1"
    )  # its parent is out of sight
    assert [(c.account_id, c.before, c.after) for c in found.changes] == [("acme", "silver", "gold")]
    told.now += timedelta(minutes=1)
    assert listed(told, "tier") == {"acme": "gold", "birch": "gold", "cedar": None}
    assert listed(told, "custom:vip") == names, "what was not told stays"
    assert by_tier(told) != before
    row = sight(told).rows("account", where=[("account_id", "equals", "acme")], order=("-valid_from",)).rows[0]
    assert (row["parent_id"], row["segment"], row["tier"]) == ("birch", "SMB", "gold")
    again = sight(told, "ada").amend("tier", [("acme", "gold")], by="user 1", message_id="m2")
    assert again.changes == (), "it is so already"
    back = sight(told, "ada").take_back("m1", by="user 1", reason="undone")
    assert (back.table, back.accounts, back.kept) == ("account", ("acme",), ())
    told.now += timedelta(minutes=1)
    assert listed(told, "tier") == {"acme": "silver", "birch": "gold", "cedar": None}
    assert by_tier(told) == before
    assert sight(told).take_back("m1", by="user 1", reason="undone").accounts == (), "once is enough"


def test_who_an_account_is_stays_what_its_source_says(told: Bench) -> None:
    before = by_tier(told)[:-1]
    sight(told).amend("tier", [("cedar", "gold")], by="user 1", message_id="m1")
    told.now += timedelta(days=1)
    told.load("account", "account_id,name,segment\ncedar,Cedar & Sons,SMB\n")
    names, tiers = listed(told, "name"), listed(told, "tier")
    assert (names["cedar"], tiers["cedar"]) == ("Cedar & Sons", "gold")
    assert [line for line in by_tier(told) if line[0] < told.now.date().replace(day=1)] == [
        line for line in before if line[0] < told.now.date().replace(day=1)
    ]
    told.now += timedelta(days=1)
    told.load("account", "account_id,name,segment,merged_into\ncedar,Cedar & Sons,SMB,birch\n")
    assert listed(told, "mrr") == {"acme": 100, "birch": 57}
    told.now += timedelta(days=1)
    told.load("account", "account_id,name,segment,merged_into\ncedar,Cedar & Sons,SMB,\n")
    assert listed(told, "mrr") == {"acme": 100, "birch": 50, "cedar": 7}


def test_what_belongs_to_no_account_is_taken_back_by_whoever_sees_all(told: Bench) -> None:
    sight(told).record("person", [{"person_id": "x", "account_id": None, "name": "X"}], by="boss", message_id="p1")
    told.now += timedelta(minutes=1)
    known = [("person_id", "equals", "x")]
    sight(told, "ada").take_back("p1", by="user 1", reason="undone")
    assert sight(told).rows("person", where=known).total == 1
    sight(told).take_back("p1", by="boss", reason="undone")
    assert sight(told).rows("person", where=known).total == 0


def test_what_was_told_later_of_an_account_stands(told: Bench) -> None:
    sight(told).amend("tier", [("acme", "gold"), ("cedar", "gold")], by="user 1", message_id="m1")
    told.now += timedelta(minutes=1)
    sight(told).amend("custom:vip", [("acme", None)], by="user 2", message_id="m2")
    told.now += timedelta(minutes=1)
    back = sight(told).take_back("m1", by="user 1", reason="undone")
    assert (back.accounts, back.kept) == (("cedar",), ("acme",))
    assert listed(told, "tier") == {"acme": "gold", "birch": "gold", "cedar": None}
    assert listed(told, "custom:vip")["acme"] is None


@pytest.mark.parametrize(
    ("column", "account", "code"),
    [("tier", "birch", "not_found"), ("tier", "zebra", "not_found"), ("name", "acme", "unknown_attribute"),
     ("custom:new", "acme", "unknown_attribute"), ("merged_into", "acme", "unknown_attribute")],
)  # fmt: skip
def test_nothing_is_amended_beyond_the_scope_or_the_attributes(
    told: Bench, column: str, account: str, code: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        sight(told, "ada").amend(column, [("acme", "x"), (account, "x")], by="user 1", message_id="m1")
    assert wrong.value.code == code
    assert listed(told, "tier")["acme"] == "silver"


def test_an_owner_and_a_contact_are_taken_back_too(told: Bench) -> None:
    def books() -> list[tuple[Any, Any]]:
        shown = sight(told).show("mrr", start="2026-11", end="2026-11", by=["owner"])
        return sorted(((each.slice["owner"] or "", each.value) for each in shown), key=str)

    before = books()
    told.now += timedelta(minutes=1)
    rows = [
        {"account_id": account, "csm_id": "ben", "role": "owner", "valid_from": told.now.replace(tzinfo=UTC)}
        for account in ("acme", "cedar")
    ]
    sight(told).record("assignment", rows, by="boss", message_id="a1")
    called = [
        {
            "touchpoint_id": f"t-{account}",
            "account_id": account,
            "channel": "meeting",
            "occurred_at": "2026-11-20T10:00:00Z",
        }
        for account in ("acme", "birch")
    ]
    sight(told).record("touchpoint", called, by="boss", message_id="t1")
    told.now += timedelta(minutes=1)
    assert books() == [("ben", 157)]
    back = sight(told, "ada").take_back("a1", by="user 1", reason="undone")
    assert (back.accounts, back.kept) == ((), ("acme", "cedar")), "nobody takes back what she does not see"
    assert sight(told, "ben").take_back("t1", by="user 2", reason="undone").accounts == ("acme", "birch")
    assert sight(told).take_back("a1", by="boss", reason="undone").accounts == ("acme", "cedar")
    told.now += timedelta(minutes=1)
    assert books() == before
    assert listed(told, "last_touch") == {"acme": None, "birch": None, "cedar": None}
    for name in ("no such", "a1 taken back"):
        with pytest.raises(UsageError, match="nothing of this name"):
            sight(told).take_back(name, by="boss", reason="undone")
