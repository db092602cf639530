"""``active_usage_rate``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tenure.core.config import Use
from tests.example import Example, Shown
from tests.metrics.use.product import FEATURES, did, seats, told
from tests.world import ADA, BEN, World

EXAMPLE = Example(
    """Acme has licences for four people and Birch for two. Planning is the key action: Ann, Bob and Dan plan in March. Cleo
    only logs in, which is none, and Ann, who plans twice, is one person. 3 / (4 + 2) = 50 %.""",
    {
        "feature": """
        feature_id,name,product_id,is_key,is_login
        plan,Plan,core,true,false
        login,Log-in,core,false,true
        """,
        "entitlement": """
        account_id,product_id,seats,valid_from
        acme,core,4,2025-01-01
        birch,core,2,2025-02-01
        """,
        "usage": """
        account_id,person_id,feature,occurred_at
        acme,ann,plan,2026-03-02 09:00
        acme,ann,plan,2026-03-09 09:00
        acme,bob,plan,2026-03-04 10:00
        acme,cleo,login,2026-03-05 11:00
        birch,dan,plan,2026-03-06 14:00
        """,
    },
    "2026-03",
    (Shown("0.5", "3", "6"),),
)

SLUG = "active_usage_rate"
TEN = (seats("acme", 10),)


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_distinct_people_with_a_key_action_over_seats():
    world = told(
        did("acme", "ann", "2026-03-01"), did("acme", "ann", "2026-03-02", "share"), did("acme", "bob", "2026-03-31 23:59"),
        did("acme", "cleo", "2026-03-10", "login"), did("acme", "dan", "2026-03-10", "look"),  # no key actions
        did("acme", "eve", "2026-02-28"), did("acme", "eve", "2026-04-01"), did("acme", "fay", "2026-03-05", count=0),
        entitled=(*TEN, seats("birch", 30)),
    )  # fmt: skip
    figure = march(world)
    assert (figure.numerator, figure.denominator, figure.n, figure.value) == (2, 40, 2, Decimal("0.05"))


def test_without_marks_every_use_but_a_log_in_is_a_key_action():
    world = (
        World().account("acme").add("entitlement", *TEN).add("feature", *(row | {"is_key": None} for row in FEATURES))
    )
    world.add("usage", did("acme", "ann", "2026-03-02", "look"), did("acme", "bob", "2026-03-02", "login"),
              did("acme", "cleo", "2026-03-02", "unheard of", product_id="core"))  # fmt: skip
    assert march(world).numerator == 2


def test_staff_and_machines_are_no_users():
    world = told(*(did("acme", who, "2026-03-02") for who in ("ann", "ours", "robot")), entitled=TEN)
    world.add("person", {"person_id": "ours", "is_internal": True}, {"person_id": "robot", "is_service": True})
    assert march(world).numerator == 1


@pytest.mark.parametrize(
    ("rows", "days"),
    [
        ((seats("acme", 10, "2026-03-01", "2026-03-11"),), 100),
        ((seats("acme", 10, "2026-03-22 15:00:00"),), 100),
        ((seats("acme", 10), seats("acme", 20, "2026-03-22")), 10 * 21 + 20 * 10),  # says anew how many
        ((seats("acme", "2.5"),), 77.5),
        ((seats("acme", 10, "2026-04-01"), seats("birch", 1)), 31),
    ],
)
def test_seats_are_seat_days_over_the_days(rows, days):
    figure = march(told(did("acme", "ann", "2026-03-02"), entitled=rows))
    assert float(figure.denominator) == pytest.approx(days / 31, abs=2e-6)


def test_days_are_local_ones_and_a_running_month_has_those_that_began():
    world = told(did("acme", "ann", "2026-03-02"), entitled=(seats("acme", 10, "2026-03-09 23:30:00"),),
                 zone="Europe/Berlin", now="2026-03-14 12:00")  # fmt: skip
    figure = march(world)
    assert float(figure.denominator) == pytest.approx(10 * 5 / 14, abs=2e-6)  # from the tenth on, of fourteen
    assert float(figure.value) == pytest.approx(float(Fraction(14, 50)), abs=1e-6)


def test_without_an_entitlement_the_lines_quantities_are_seats():
    world = told(did("acme", "ann", "2026-03-02"), did("birch", "bob", "2026-03-02"))
    world.pays("acme", 100, "2026-01-01", quantity=4, product_id="core")
    world.pays("acme", 50, "2026-03-17", line="more", quantity=2, product_id="core")
    world.pays("acme", 50, "2026-01-01", line="trial", quantity=50, product_id="core", is_trial=True)
    world.pays("birch", 100, "2026-01-01", quantity=7, product_id="core").add("entitlement", seats("birch", 3))
    figure = march(world)
    assert (figure.numerator, figure.n) == (2, 2)
    assert float(figure.denominator) == pytest.approx(4 + 2 * 15 / 31 + 3, abs=2e-6)


def test_products_are_apart_where_use_and_licences_name_them():
    other = {"product_id": "other", "seats": 5, "account_id": "acme", "valid_from": "2020-01-01"}
    rows = [did("acme", "ann", "2026-03-02"), did("acme", "bob", "2026-03-02"),
            did("acme", "ann", "2026-03-02", "share", product_id="other")]  # fmt: skip
    world = told(*rows, entitled=(*TEN, other))
    # The feature belongs to the core, whatever the event says.
    assert world.values(SLUG, "2026-03", "product") == {"core": Decimal("0.2"), "other": None}
    world.add("feature", {"feature_id": "draw", "name": "Draw", "product_id": "other", "is_key": True})
    world.add("usage", did("acme", "ann", "2026-03-03", "draw"))
    assert world.values(SLUG, "2026-03", "product") == {"core": Decimal("0.2"), "other": Decimal("0.2")}
    assert march(world).numerator == 3  # of fifteen seats, ann has two
    world.add("feature", {"feature_id": "any", "name": "Any", "is_key": True}).add(
        "usage", did("acme", "ann", "2026-03-04", "any")
    )
    figure = march(world)
    assert (figure.numerator, figure.denominator, figure.n) == (2, 15, 1)


def test_what_cannot_be_compared_is_left_out_with_the_reason():
    world = told(
        did("acme", "ann", "2026-03-02"), did("nameless", None, "2026-03-02"), did("free", "fred", "2026-03-02")
    )
    for name in ("free", "nameless", "sums", "unnumbered", "dormant"):
        world.account(name)
    world.add("entitlement", *TEN, seats("free", None), seats("nameless", 3), seats("sums", 5), seats("dormant", 10),
              {"account_id": "acme", "product_id": "dark", "seats": 4, "valid_from": "2020-01-01"})  # fmt: skip
    world.pays("unnumbered", 10, "2026-01-01", product_id="core")
    world.add("usage_daily", {"account_id": "sums", "day": "2026-03-02", "product_id": "core", "active_users": 3, "events": 9},
              {"account_id": "acme", "day": "2026-03-02", "product_id": "core", "active_users": 3, "events": 9})  # fmt: skip
    figure = march(world)
    assert (figure.numerator, figure.denominator, figure.n) == (1, 20, 2)  # acme, and dormant
    assert figure.excluded == {
        "seats without limit": 1, "no number of seats": 1, "only daily sums of use": 1, "use names no person": 1,
        "no key action in the product is known": 1,
    }  # fmt: skip


def test_merged_accounts_are_one_and_test_accounts_none():
    world = told(did("acme", "ann", "2026-03-02"), did("old", "ann", "2026-03-03"), did("test", "tom", "2026-03-03"))
    world.account("old", merged_into="acme").account("test", is_test=True)
    world.add("entitlement", *TEN, seats("old", 5), seats("test", 99))
    figure = march(world)
    assert (figure.numerator, figure.denominator, figure.n) == (1, 15, 1)
    family = told(
        did("acme", "ann", "2026-03-02"), did("child", "ann", "2026-03-02"), entitled=(*TEN, seats("child", 10))
    )
    family.account("child", parent_id="acme")
    assert (march(family).numerator, march(family, variant=("parent",)).numerator) == (2, 1)


def test_distinct_over_the_whole_window():
    world = told(
        did("acme", "ann", "2026-01-02"),
        did("acme", "ann", "2026-03-02"),
        did("acme", "bob", "2026-02-02"),
        entitled=TEN,
    )
    (quarter,) = world.ask(SLUG, "2026-Q1", grain="quarter")
    assert (quarter.numerator, quarter.denominator) == (2, 10)
    assert march(world, window="3m").numerator == 2


def test_the_owner_is_the_one_just_before_the_close():
    world = told(did("acme", "ann", "2026-03-02"), entitled=(*TEN, seats("birch", 5)))
    world.owns(ADA, "acme").owns(BEN, "acme", "2026-03-31").owns(ADA, "birch")
    found = {f.slice["owner"]: (f.numerator, f.denominator) for f in world.ask(SLUG, "2026-03", by=("owner",))}
    assert found == {ADA: (0, 5), BEN: (1, 10)}


def test_accounts_with_enough_key_actions_by_whomever():
    rules = {"use": Use(key_actions=3)}
    world = told(
        did("acme", None, "2026-03-02", count=2),
        did("acme", "ann", "2026-03-03"),
        did("birch", "bob", "2026-03-02"),
        **rules,
    )
    for name in ("acme", "birch", "sums", "vague", "gone", "none"):
        world.account(name).pays(name, 10, "2025-01-01", "2026-03-31" if name == "gone" else None)
    world.account("prospect").add("usage", *(did("prospect", "pam", f"2026-03-0{day}") for day in range(1, 5)))
    world.add("usage_daily", {"account_id": "sums", "day": "2026-03-05", "feature": "plan", "events": 3},
              {"account_id": "vague", "day": "2026-03-05", "events": 30})  # fmt: skip
    figure = march(world, variant=("accounts",))
    assert (figure.numerator, figure.denominator) == (2, 4)  # acme and sums; birch and none are not
    assert figure.excluded == {"daily sums of use name no feature": 1}


def test_nothing_no_value():
    assert march(told()).value is None
    assert march(told(), variant=("accounts",)).value is None
