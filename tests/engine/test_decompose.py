"""Why a figure changed, by its slices."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tenure.engine.decompose import Against, Why, decompose
from tenure.figures.request import Asked
from tenure.figures.scope import Scope
from tests.core.test_mix import KEYHOLE, OPEN
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World


def asked(world, metric, by, at="2026-03", compare="before", scope=None, **more):
    def ask(metric, **given):
        return world.ask(metric, **given, **({"scope": scope} if scope else {}))

    return decompose(ask, Asked(metric, at, at, by=(by,), compare=compare, **more), world.settings, world.now)


def customers(world, year, sizes):
    """So many customers of each segment on the first of March, of whom so many are there on the last."""
    accounts, lines = [], []
    for segment, (stay, count) in sizes.items():
        for number in range(count):
            name = f"{segment} {year} {number}"
            accounts.append({"account_id": name, "name": name, "segment": segment})
            end = f"{year}-06-01" if number < stay else f"{year}-03-15"
            lines.append({"subscription_id": name, "account_id": name, "amount": 1, "started_at": f"{year}-01-01",
                          "ended_at": end})  # fmt: skip
    return world.add("account", *accounts).add("subscription", *lines)


def test_every_segment_rose_and_the_total_fell():
    """The kidney stones (see tests/core/test_mix.py) as customers who stay: 83 to 78 %, 87 to 93 and 69 to 73 %."""
    world = customers(customers(World(), 2025, KEYHOLE), 2026, OPEN)
    found = asked(world, "customer_retention_rate", "segment", compare="year")
    assert (round(found.rate, 6), round(found.mix, 6)) == (Decimal("0.053671"), Decimal("-0.099386"))
    assert (found.against, found.mostly_mix, found.why) == (Against.EVERY, True, Why.NONE)
    large, _ = found.slices
    assert (large.slice, large.before, large.after) == ("large", Decimal("0.6875"), Decimal("0.7300380228"))
    assert (round(large.weight_before, 4), round(large.weight_after, 4)) == (Decimal("0.2286"), Decimal("0.7514"))
    assert found.shifted == large  # both moved by as much: the one that grew
    assert sum(each.contribution for each in found.slices) == found.rate + found.mix == found.change
    assert all(each.rate + each.mix == each.contribution for each in found.slices)


def test_without_a_mixture_nothing_is_mix():
    world = customers(World(), 2025, {"small": (1, 2)})
    found = asked(customers(world, 2026, {"small": (9, 10)}), "customer_retention_rate", "segment", compare="year")
    assert (found.rate, found.mix, found.against, found.mostly_mix) == (Decimal("0.4"), 0, Against.NONE, False)


@pytest.fixture(scope="module")
def company():
    """Acme grows from 100 to 150; Birch pays 50 and is shared by Ada (a quarter) and Ben; Cedar comes in March and
    goes in May.
    """
    world = World().account(ACME, segment="SMB").account(BIRCH, segment="SMB").account(CEDAR, segment="Enterprise")
    world.pays(ACME, 100, "2026-01-01", "2026-03-10", line="a").pays(ACME, 150, "2026-03-10", line="b")
    world.pays(BIRCH, 50, "2026-01-01").pays(CEDAR, 7, "2026-03-05", "2026-05-10")
    world.owns(ADA, ACME).owns(ADA, BIRCH, share="0.25").owns(BEN, BIRCH, share="0.75").owns(BEN, CEDAR)
    return world


def test_the_parts_of_a_sum_add_up(company):
    found = asked(company, "mrr", "owner")
    assert [(each.slice, each.contribution) for each in found.slices] == [(ADA, 50), (BEN, 7)]
    assert (found.before, found.after, found.change, found.rate, found.mix) == (150, 207, 57, None, None)


def test_shares_of_an_account_count_on_both_sides(company):
    """Revenue per account in April against March: Ada has 162.5 of 1.25 accounts, Ben 44.5 of 1.75, both times."""
    found = asked(company, "average_revenue_per_account", "owner", at="2026-04")
    assert [(each.slice, each.before) for each in found.slices] == [(ADA, 130), (BEN, Decimal("25.42857142857143"))]
    assert (found.change, found.rate, found.mix) == (0, 0, 0)
    moved = asked(company, "average_revenue_per_account", "owner")
    assert moved.change == 69 - 75
    assert moved.rate + moved.mix == sum(each.contribution for each in moved.slices) == -6


def test_a_narrow_scope_splits_what_it_sees(company):
    found = asked(company, "mrr", "segment", scope=Scope((ADA,)))
    assert [(each.slice, each.after) for each in found.slices] == [("SMB", 200)]


@pytest.mark.parametrize(
    ("metric", "by", "more", "why"),
    [
        ("response_time", "segment", {}, Why.TIMES),
        ("customer_lifetime_value", "segment", {}, Why.PRODUCT),
        ("mrr_movements", "segment", {}, Why.KINDS),
        ("customer_churn_rate", "segment", {"variant": ("daily",), "at": "2026-05"}, Why.STEPS),
        ("customer_retention_rate", "segment", {"at": "2026-01"}, Why.UNDEFINED),
        ("customer_retention_rate", "segment", {"at": "2025-06"}, Why.UNDEFINED),
    ],
)
def test_what_has_no_split_says_why(company, metric, by, more, why):
    found = asked(company, metric, by, **more)
    assert (found.why, found.slices, found.rate) == (why, (), None)


def test_a_unit_that_is_split_by_product_does_not_add_up():
    world = World().account(ACME)
    world.pays(ACME, 60, "2026-01-01", "2026-03-10", line="a", product_id="x").pays(ACME, 40, "2026-01-01", line="b",
                                                                                   product_id="y")  # fmt: skip
    world.pays(ACME, 90, "2026-03-20", line="c", product_id="y")
    assert asked(world, "gross_revenue_retention", "product", window="period").why is Why.APART


def test_a_hidden_slice_hides_the_split():
    """One anonymous answer in a segment of its own: beside the whole, the other slices' parts would tell its score."""
    world = World()
    who = ["e", *(f"s{number}" for number in range(9))]
    world.add("account", *({"account_id": one, "name": one, "segment": one[0]} for one in who))
    answers = [
        {"answer_id": f"{one} {month}", "survey": "nps", "account_id": one, "score": 9, "scale_min": 0, "scale_max": 10,
         "kind": "relational", "answered_at": f"2026-{month}-10", "is_anonymous": one == "e"}
        for one in who for month in ("02", "03")
    ]  # fmt: skip
    world.add("survey_answer", *answers)
    assert asked(world, "net_promoter_score", "segment").why is Why.HIDDEN
    assert asked(world, "net_promoter_score", "is_customer").why is Why.NONE


def test_a_variant_of_a_product_that_is_a_ratio_has_a_split():
    """Acme (SMB) was billed 100 up to February and 160 up to March, Birch (ENT) 40: (160 + 40) / 2 is 30 more, all SMB's."""
    world = World().account(ACME, segment="SMB").account(BIRCH, segment="ENT")
    world.pays(ACME, 1, "2025-01-01").pays(BIRCH, 1, "2025-01-01")
    bills = ((ACME, 100, "2026-02-01"), (ACME, 60, "2026-03-02"), (BIRCH, 40, "2026-01-01"))
    rows = [{"invoice_id": day, "account_id": who, "amount": amount, "issued_at": day} for who, amount, day in bills]
    found = asked(world.add("invoice", *rows), "customer_lifetime_value", "segment", variant=("realised",))
    assert (found.why, found.change, found.rate, found.mix) == (Why.NONE, 30, 30, 0)
    assert {each.slice: each.contribution for each in found.slices} == {"SMB": 30, "ENT": 0}


def test_two_dimensions_are_refused(company):
    with pytest.raises(UsageError, match="one dimension"):
        decompose(company.ask, Asked("mrr", by=("segment", "owner")), company.settings, company.now)
