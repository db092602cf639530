"""``feature_adoption_rate``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.config import Use
from tests.example import Example, Shown
from tests.metrics.use.product import did, seats, told
from tests.world import World

EXAMPLE = Example(
    """Reports come out on 10 March. Ann uses them; Bob logs in after that day and does not, but could have. Cleo was there
    before that day only: she never had the chance, and is in neither term. 1 / 2 = 50 %.""",
    {
        "feature": """
        feature_id,name,product_id,released_at,is_login
        reports,Reports,core,2026-03-10,false
        login,Log-in,core,,true
        """,
        "entitlement": """
        account_id,product_id,valid_from
        acme,core,2025-01-01
        birch,core,2025-02-01
        """,
        "usage": """
        account_id,person_id,feature,occurred_at
        acme,ann,reports,2026-03-12 09:00
        acme,bob,login,2026-03-15 10:00
        birch,cleo,login,2026-03-05 11:00
        """,
    },
    "2026-03",
    (Shown("0.5", "1", "2"),),
)

SLUG = "feature_adoption_rate"
BOTH = (seats("acme", 10), seats("birch", 10))


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def of(world, feature, period="2026-03", **more):
    """Numerator and denominator of one feature."""
    found = {f.slice["feature"]: (f.numerator, f.denominator) for f in world.ask(SLUG, period, by=("feature",), **more)}
    return found.get(feature)


def test_users_of_a_feature_over_those_who_came():
    world = told(
        did("acme", "ann", "2026-03-02"), did("acme", "bob", "2026-03-02", "look"), did("birch", "cleo", "2026-03-02", "login"),
        did("birch", "dan", "2026-02-02"), entitled=BOTH,
    )  # fmt: skip
    assert of(world, "plan") == (1, 3)
    assert of(world, "look") == (1, 3)
    assert of(world, "login") is None
    figure = march(world)
    assert (figure.numerator, figure.denominator, figure.n) == (2, 9, 6)  # three features, two accounts


def test_k_times_within_the_window():
    rows = [did("acme", "ann", f"2026-03-0{day}") for day in (1, 2)] + [did("acme", "ann", "2026-02-28")]
    rows += [did("acme", "bob", "2026-03-05", count=3)]
    for k, users in ((1, 2), (3, 1), (4, 0)):
        assert of(told(*rows, entitled=BOTH, use=Use(feature_uses=k)), "plan") == (users, 2)


def test_the_release_bounds_who_was_exposed_and_what_counts():
    rows = [did("acme", "ann", "2026-03-09"), did("acme", "ann", "2026-03-09", "new", count=5),
            did("acme", "bob", "2026-03-09"), did("acme", "bob", "2026-03-10 12:00", "login"),
            did("acme", "cleo", "2026-03-11", "new")]  # fmt: skip
    world = told(*rows, entitled=BOTH)
    world.add("feature", {"feature_id": "new", "name": "New", "product_id": "core", "released_at": "2026-03-10"})
    assert of(world, "new") == (1, 2)  # bob and cleo met it; what ann did with it was before
    assert of(world, "new", "2026-02") is None
    assert of(world, "new", variant=("accounts",)) == (1, 2)
    assert of(world, "new", "2026-02", variant=("accounts",)) is None


def test_the_entitlement_bounds_who_was_exposed():
    rows = [did("acme", "ann", "2026-03-02"), did("acme", "bob", "2026-03-20"), did("birch", "cleo", "2026-03-05"),
            did("birch", "dan", "2026-03-25")]  # fmt: skip
    world = told(*rows, entitled=(seats("acme", 5, "2026-03-10"), seats("birch", 5, "2026-01-01", "2026-03-20")))
    assert of(world, "plan") == (2, 2)  # bob and cleo
    assert of(world, "look", variant=("accounts",)) == (0, 2)
    assert of(world, "look", "2026-04", variant=("accounts",)) == (0, 1)


def test_a_feature_sold_by_itself_is_for_those_who_have_it():
    rows = [did("acme", "ann", "2026-03-02"), did("birch", "bob", "2026-03-02", "look")]
    world = told(*rows, entitled=(*BOTH, seats("acme", None, "2026-02-01", feature_id="look")))
    assert of(world, "look", variant=("accounts",)) == (0, 1)
    assert of(world, "look") == (0, 1)
    assert of(world, "plan", variant=("accounts",)) == (1, 2)
    assert of(world, "look", "2026-01", variant=("accounts",)) == (0, 2)  # nobody had bought it yet


def test_without_entitlements_what_is_paid_for():
    world = told(
        did("acme", "ann", "2026-03-02"), did("birch", "bob", "2026-03-02"), did("cedar", "cleo", "2026-03-02")
    )
    world.account("cedar").pays("acme", 10, "2026-01-01", product_id="core").pays("cedar", 10, "2026-01-01")
    world.pays("birch", 10, "2026-01-01", product_id="other")
    assert of(world, "plan") == (2, 2)  # acme, and cedar, of which it is not known what it holds


def test_a_feature_must_have_been_there_for_so_many_days():
    rules = {"use": Use(exposed_days=10)}
    world = told(did("acme", "ann", "2026-03-30"), entitled=(seats("acme", 5, "2026-03-22"),), **rules)
    assert of(world, "plan") == (1, 1)
    world = told(did("acme", "ann", "2026-03-30"), entitled=(seats("acme", 5, "2026-03-23"),), **rules)
    assert of(world, "plan") is None


def test_products_do_not_mix_unless_use_names_none():
    draw = {"feature_id": "draw", "name": "Draw", "product_id": "other"}
    other = {"account_id": "acme", "product_id": "other", "seats": 1, "valid_from": "2020-01-01"}
    world = told(did("acme", "ann", "2026-03-02"), did("acme", "bob", "2026-03-02", "draw"), entitled=(*BOTH, other))
    world.add("feature", draw)
    assert of(world, "draw") == (1, 1)
    world.add("feature", {"feature_id": "enter", "name": "Enter", "is_login": True})
    world.add("usage", did("acme", "cleo", "2026-03-02", "enter"))
    assert of(world, "draw") == (1, 3)


def test_accounts_count_uses_by_whomever_and_need_not_come():
    world = told(did("acme", None, "2026-03-02"), entitled=BOTH).account("sums").account("vague")
    world.add("entitlement", seats("sums", 1), seats("vague", 1))
    world.add("usage_daily", {"account_id": "sums", "day": "2026-03-05", "product_id": "core", "feature": "plan", "events": 3},
              {"account_id": "vague", "day": "2026-03-05", "product_id": "core", "events": 30})  # fmt: skip
    assert of(world, "plan", variant=("accounts",)) == (2, 3)
    assert march(world, variant=("accounts",)).excluded == {"daily sums of use name no feature": 3}
    assert march(world).excluded == {"use names no person": 3, "only daily sums of use": 6}


def test_staff_are_nobody():
    world = told(did("acme", "ann", "2026-03-02"), did("acme", "ours", "2026-03-02"), entitled=BOTH)
    world.add("person", {"person_id": "ours", "is_internal": True})
    assert of(world, "plan") == (1, 1)


@pytest.mark.parametrize("variant", [(), ("accounts",)])
def test_nothing_no_value(variant):
    assert march(World(), variant=variant).value is None


def test_a_quarter_is_asked_as_a_quarter():
    world = told(did("acme", "ann", "2026-01-02"), did("acme", "ann", "2026-03-02", "look"), entitled=BOTH)
    (figure,) = world.ask(SLUG, "2026-Q1", grain="quarter", where=(("feature", "plan"),))
    assert (figure.value, figure.denominator) == (Decimal(1), 1)
