"""Who owned an account and what it was: as of the event, never today."""

from __future__ import annotations

from decimal import Decimal

from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World


def paying(**account):
    return World().account(ACME, **account).pays(ACME, 10, "2025-01-01")


def closes(world, by, first="2026-01", last="2026-04"):
    return [(f.period_start.month, f.slice[by]) for f in world.ask("mrr", first, last, by=(by,))]


def test_a_later_assignment_ends_the_earlier_ones_and_another_role_does_not():
    world = (
        paying()
        .owns(ADA, ACME, "2025-01-01")
        .owns(BEN, ACME, "2026-03-01")
        .owns("cara", ACME, "2026-02-01", role="support")
    )
    assert closes(world, "owner") == [(1, ADA), (2, ADA), (3, BEN), (4, BEN)]


def test_nobody_owns_an_account_after_an_assignment_that_ends():
    world = paying().owns(ADA, ACME, "2025-01-01", valid_to="2026-02-15").owns(BEN, ACME, "2026-04-01")
    assert closes(world, "owner") == [(1, ADA), (2, None), (3, None), (4, BEN)]


def test_of_two_who_share_one_may_leave():
    world = (
        paying()
        .owns(ADA, ACME, "2025-01-01", share="0.5", valid_to="2026-02-15")
        .owns(BEN, ACME, "2025-01-01", share="0.5")
    )
    found = [
        (f.period_start.month, f.slice["owner"], f.value) for f in world.ask("mrr", "2026-01", "2026-02", by=("owner",))
    ]
    assert found == [(1, ADA, 5), (1, BEN, 5), (2, BEN, 5)]


def shared_by(*teams: str) -> World:
    """Acme is Ada's, Birch Ben's, Cedar's quarters are Ada's and Ben's, one and three. Birch shrank from 30 to 15, Cedar from 60 to 45."""
    world = World().add(
        "csm", *({"csm_id": one, "name": one, "team": team} for one, team in zip((ADA, BEN), teams, strict=True))
    )
    world.account(ACME, segment="SMB").account(BIRCH, segment="SMB").account(CEDAR, segment="SMB")
    world.pays(ACME, 10, "2025-01-01").pays(BIRCH, 15, "2025-01-01").pays(
        BIRCH, 15, "2025-01-01", "2026-03-10", line="b2"
    )
    world.pays(CEDAR, 45, "2025-01-01").pays(CEDAR, 15, "2025-01-01", "2026-03-10", line="c2")
    for name in (ACME, BIRCH, CEDAR):
        world.add(
            "touchpoint", {"touchpoint_id": name, "account_id": name, "channel": "call", "occurred_at": "2026-03-05"}
        )
    world.add(
        "inquiry",
        {"inquiry_id": "i", "account_id": CEDAR, "csm_id": ADA, "asked_at": "2026-03-02", "answered_at": "2026-03-03"},
    )
    world.owns(ADA, ACME).owns(BEN, BIRCH)
    return world.owns(ADA, CEDAR, share="0.25").owns(BEN, CEDAR, share="0.75")


def test_an_account_that_two_of_one_slice_share_is_one_there():
    """Both are in the team north, so that it has what all have, in values, n and intervals."""
    world = shared_by("north", "north")
    ways = {
        "gross_revenue_retention": {"window": "period"}, "customer_retention_rate": {}, "touchpoint_frequency": {},
        "response_time": {"variant": ("csm",)}, "touchpoint_coverage": {}, "mrr": {},
    }  # fmt: skip
    for metric, how in ways.items():
        for more in ({}, {"variant": ("owner_months",)} if "retention" in metric else {}):
            (whole,) = world.ask(metric, "2026-03", **how, **more)
            (team,) = world.ask(metric, "2026-03", **how, **more, by=("team",))
            (asked,) = world.ask(metric, "2026-03", **how, **more, where=(("team", "north"),))
            parts = [(f.value, f.numerator, f.denominator, f.n, f.low, f.high) for f in (whole, team, asked)]
            assert parts[0] == parts[1] == parts[2], metric
    (found,) = world.ask("gross_revenue_retention", "2026-03", window="period", where=(("team", "north"),))
    assert (found.value, found.n) == (Decimal("0.7"), 3)  # 70 of 100: three accounts, not four
    assert len(world.rows("gross_revenue_retention", "2026-03", window="period", where=(("team", "north"),))) == 3


def test_of_two_slices_each_has_its_share():
    world = shared_by("north", "south")
    found = world.ask("gross_revenue_retention", "2026-03", window="period", by=("team",))
    parts = {f.slice["team"]: (f.numerator, f.denominator, f.n) for f in found}
    assert parts == {"north": (Decimal("21.25"), 25, 2), "south": (Decimal("48.75"), 75, 2)}
    owners = world.ask("gross_revenue_retention", "2026-03", window="period", by=("owner", "team"))
    assert [(f.slice["owner"], f.n) for f in owners] == [(ADA, 2), (BEN, 2)]


def test_a_pool_may_own():
    world = paying().add("assignment", {"account_id": ACME, "pool": "digital", "valid_from": "2025-01-01"})
    assert closes(world, "owner", "2026-04") == [(4, "digital")]


def test_team_and_manager_are_those_of_the_owner_at_the_time():
    world = paying().owns(ADA, ACME, "2025-01-01")
    world.add(
        "csm",
        {"csm_id": ADA, "name": "Ada", "team": "north", "manager_id": "mia", "valid_from": "2026-02-01"},
        {"csm_id": ADA, "name": "Ada", "team": "south", "manager_id": "max", "valid_from": "2026-03-15"},
    )
    assert closes(world, "team") == [(1, None), (2, "north"), (3, "south"), (4, "south")]
    assert closes(world, "manager", "2026-03") == [(3, "max"), (4, "max")]
    assert closes(world, "owner") == [(month, ADA) for month in (1, 2, 3, 4)]  # known or not, she owned it


def test_attributes_hold_from_their_date_and_without_one_from_the_beginning():
    world = paying(segment="SMB", tone="calm").account(ACME, segment="ENT", tone="loud", valid_from="2026-03-31")
    assert closes(world, "segment") == [(1, "SMB"), (2, "SMB"), (3, "ENT"), (4, "ENT")]
    assert closes(world, "tone", "2026-03") == [(3, "loud"), (4, "loud")]


def test_the_cohort_is_the_month_an_account_first_became_a_customer_in_the_organisations_zone():
    world = World(zone="Europe/Berlin").account(ACME).account(BIRCH)
    world.pays(ACME, 10, "2026-01-31 23:30:00", "2026-02-10").pays(ACME, 10, "2026-03-05", line="again")
    world.pays(BIRCH, 5, "2026-01-31 22:30:00")
    assert closes(world, "cohort", "2026-04") == [(4, "2026-01"), (4, "2026-02")]


def test_the_parent_is_a_dimension_too():
    world = paying().account(BIRCH, parent_id=ACME).pays(BIRCH, 7, "2025-01-01")
    assert world.values("mrr", "2026-04", "parent") == {ACME: 17}


def test_owners_known_later_are_not_known_as_of_an_earlier_day():
    world = World().account(ACME, known="2025-01-01").pays(ACME, 10, "2025-01-01", known="2025-01-01")
    world.add("assignment", {"account_id": ACME, "csm_id": ADA, "valid_from": "2025-01-01"}, known="2026-03-10")
    assert world.values("mrr", "2026-02", "owner") == {ADA: 10}
    assert world.values("mrr", "2026-02", "owner", as_of="2026-03-09") == {None: 10}
