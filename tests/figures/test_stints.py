"""Who owned an account and what it was: as of the event, never today."""

from __future__ import annotations

from tests.world import ACME, ADA, BEN, BIRCH, World


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
