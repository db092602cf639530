"""``speed_to_launch``: expected values are worked out by hand."""

from __future__ import annotations

from tests.world import ACME, BIRCH, CEDAR, World

SLUG = "speed_to_launch"


def told(*steps):
    world = World(now="2026-07-01")
    for name in (ACME, BIRCH, CEDAR):
        world.account(name)
    rows = [{"account_id": name, "kind": kind, "completed_at": day, **more} for name, kind, day, more in steps]
    return world.add("milestone", *rows)


def test_from_the_deal_to_being_live():
    world = told((ACME, "closed_won", "2026-01-01", {}), (ACME, "live", "2026-01-31", {"product_id": "p"}),
                 (ACME, "live", "2026-02-20", {"product_id": "q"}), (BIRCH, "closed_won", "2026-01-10", {}),
                 (CEDAR, "live", "2026-01-20", {}))  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-01")
    # The first time that it is live counts; who is live without a deal is no case.
    assert (figure.value, figure.n, figure.extra["open"]) == (30, 2, 1)


def test_merged_accounts_are_one():
    world = told((ACME, "closed_won", "2026-01-01", {}), (BIRCH, "live", "2026-01-11", {}))
    world.account(ACME, merged_into=BIRCH, valid_from="2026-03-01")
    (figure,) = world.ask(SLUG, "2026-01")
    assert (figure.value, figure.n) == (10, 1)


def test_without_a_deal_in_the_period_there_is_no_value():
    (figure,) = told((ACME, "closed_won", "2026-02-01", {})).ask(SLUG, "2026-01")
    assert (figure.value, figure.n) == (None, 0)
